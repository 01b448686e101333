import type { Model } from '../../core/model.ts';
import { openModel } from '../../model/openai.ts';
import { resolveModels } from '../../providers/resolve-models.ts';
import type { ModelSlot } from '../run/model-slot.ts';
import { openObserver, type RunOptions } from '../run/prepare-parts.ts';
import type { SessionParts } from '../run/session-parts.ts';
import type { AgentDefinition } from './find-agents.ts';
import { openIsolated } from './isolated.ts';
import { createSubagents, type Subagents } from './subagents.ts';
import { trackUserNotes } from './user-notes.ts';

/** The subagents of a session; undefined where they are off. */
export function openSubagents(parts: SessionParts): Subagents | undefined {
  const { base, extensions, place, gate, observerSide, spending, beforeChange } = parts;
  const { emit, model, system } = base;
  const { setup, choice } = base.options;
  const { config } = setup.loaded;
  if (!config.subagents.enabled) return undefined;
  const optionsFor = (task: string) => forSubagent(observerSide.ownOptions, task);
  return createSubagents({
    session: choice.id,
    emit,
    openPlace: async (agent, id, { prompt, worktree }) =>
      worktree === true || agent.isIsolated
        ? openIsolated({ place, gate, beforeChange, options: optionsFor(prompt) }, id, agent.name, prompt)
        : {
            cwd: setup.cwd,
            system: system.text,
            workspace: place.openWorkspace(),
            permit: gate.permit,
            openObserver: (trajectory, tell) =>
              openObserver(optionsFor(prompt), trajectory, system.instructions, place.dirtyPaths, tell),
          },
    agents: extensions.agents,
    limits: config.subagents,
    shared: { maxCostUsd: config.maxCostUsd, maxTokens: config.maxTokens },
    compaction: config.compaction,
    modelFor: async (agent) => extensions.guardModel(await openModelFor(agent, base.options, model)),
    ask: model.ask,
    askStop: ({ id, agent, lastText, isAgain }) =>
      gate.points.askSubagentStop({
        agent_id: id,
        agent_type: agent,
        last_assistant_message: lastText,
        stop_hook_active: isAgain,
      }),
    userNotes: trackUserNotes(base.trajectory, base.subscribe),
    spend: spending.spend,
    spent: spending.spent,
    beforeChange,
    onChanged: base.changes.add,
    say: observerSide.say,
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
