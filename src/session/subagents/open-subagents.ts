import type { Permit } from '../../agent/permit.ts';
import type { Emit } from '../../core/event.ts';
import type { Model } from '../../core/model.ts';
import type { ObserverPort } from '../../core/observer-port.ts';
import type { Workspace } from '../../core/tool.ts';
import type { Note, Trajectory, Usage } from '../../core/types.ts';
import { openModel } from '../../model/openai.ts';
import type { Observer } from '../../observer/observer.ts';
import type { Permissions } from '../../permissions/permissions.ts';
import { resolveModels } from '../../providers/resolve.ts';
import type { Extensions } from '../calls/extensions.ts';
import type { HookPoints } from '../calls/hook-points.ts';
import type { ModelSlot } from '../run/model-slot.ts';
import type { PermissionRules, RunOptions } from '../run/prepare.ts';
import type { AgentDefinition } from './find-agents.ts';
import { type IsolatedParts, openIsolated } from './isolated.ts';
import { createSubagents, type Subagents } from './subagents.ts';

type Parts = {
  readonly options: RunOptions;
  readonly system: string;
  readonly extensions: Extensions;
  readonly model: ModelSlot;
  readonly emit: Emit;
  readonly permit: Permit;
  readonly permissions: Permissions;
  readonly rules: PermissionRules;
  readonly permitParts: IsolatedParts['permitParts'];
  readonly openWorkspace: () => Workspace;
  readonly openObserver: (task: string, trajectory: Trajectory, emit: Emit) => Promise<Observer>;
  readonly userNotes: () => readonly Note[];
  readonly spend: (usage: Usage) => void;
  readonly spent: () => Usage;
  readonly beforeChange: () => Promise<void>;
  readonly points: HookPoints;
  readonly onChanged: (paths: readonly string[]) => void;
  readonly say: (text: string) => void;
};

/** The subagents of a session; undefined where they are off. */
export function openSubagents(parts: Parts): Subagents | undefined {
  const { options, extensions, model, points } = parts;
  const { setup, choice } = options;
  const { config } = setup.loaded;
  if (!config.subagents.enabled) return undefined;
  return createSubagents({
    ...parts,
    session: choice.id,
    openPlace: async (agent, id, { prompt, worktree }) =>
      worktree === true || agent.isIsolated
        ? openIsolated({ ...parts, options: forSubagent(options, prompt) }, id, agent.name, prompt)
        : {
            cwd: setup.cwd,
            system: parts.system,
            workspace: parts.openWorkspace(),
            permit: parts.permit,
            openObserver: (trajectory, emit) => parts.openObserver(prompt, trajectory, emit),
          },
    agents: extensions.agents,
    limits: config.subagents,
    shared: { maxCostUsd: config.maxCostUsd, maxTokens: config.maxTokens },
    compaction: config.compaction,
    modelFor: async (agent) => extensions.guardModel(await openModelFor(agent, options, model)),
    ask: model.ask,
    askStop: ({ id, agent, lastText, isAgain }) =>
      points.askSubagentStop({
        agent_id: id,
        agent_type: agent,
        last_assistant_message: lastText,
        stop_hook_active: isAgain,
      }),
  });
}

/** Names that agent files of Claude Code use; they mean something only where the user says which model. */
const foreignModels: readonly string[] = ['opus', 'sonnet', 'haiku', 'fable'];

/** The session's model as it is now, or the one that the agent's file names, with its effort. */
async function openModelFor(agent: AgentDefinition, { setup }: RunOptions, slot: ModelSlot): Promise<Model> {
  const { config, origins } = setup.loaded;
  const named = agent.model === undefined ? undefined : (config.subagents.models[agent.model] ?? agent.model);
  const name = named !== undefined && foreignModels.includes(named) ? undefined : named;
  const current = slot.settings();
  if (current === undefined || (name === undefined && agent.effort === undefined)) return slot.current();
  const effort = agent.effort === undefined ? {} : { reasoningEffort: agent.effort };
  if (name === undefined) return openModel({ ...current, ...effort });
  if (!name.includes('/')) {
    const { contextWindow: _, ...rest } = current;
    return openModel({ ...rest, name, ...effort });
  }
  const models = await resolveModels({ config: { ...config, model: name }, origins, env: setup.env, home: setup.home });
  return models === undefined ? slot.current() : openModel({ ...models.main, ...effort });
}

/** A run's options as its subagent's observer sees them: another task, nothing saved, and nobody to ask when the ladder ends. */
export function forSubagent(options: RunOptions, task: string): RunOptions {
  const { onAskUser: _, ...rest } = options;
  const { saved: __, ...choice } = options.choice;
  return { ...rest, choice, task };
}

/** The loop's other side: a turn does not end while a subagent works in the background. */
export function waitForSubagents(port: ObserverPort, subagents: Subagents | undefined): ObserverPort {
  if (subagents === undefined) return port;
  return {
    ...port,
    settle: async (signal) => {
      await subagents.settle(signal);
      await port.settle(signal);
    },
  };
}
