import { closeWorkspace } from '../../../tools/file/workspace.ts';
import type { RunLimits } from '../../agent/run-limits.ts';
import { messageOf } from '../../core/errors.ts';
import type { Emit } from '../../core/event.ts';
import type { Ask, Model } from '../../core/model.ts';
import { loadPrompt } from '../../core/prompt.ts';
import type { SubagentSummary } from '../../core/run/run-result.ts';
import type { DiffView, ResultView } from '../../core/screen/result-view.ts';
import { clip } from '../../core/text/clip.ts';
import { count } from '../../core/text/count.ts';
import { sanitize } from '../../core/text/sanitize.ts';
import { type Tool, type ToolContext, ToolError, type ToolOutput } from '../../core/tool.ts';
import { addUsage, type Note, noUsage, type Usage } from '../../core/types.ts';
import type { HookRefusal } from '../../hooks/hook-answer.ts';
import type { Observer } from '../../observer/observer.ts';
import { chooseTools, isReadOnly, missingTools } from './choose-tools.ts';
import type { AgentDefinition } from './find-agents.ts';
import type { SubagentPlace } from './isolated.ts';
import { runSubagent, type SubagentEnd } from './run-subagent.ts';
import { createSlots, type SubagentLimits } from './slots.ts';
import { makeTaskTool, type TaskInput } from './task-tool.ts';

/** What subagents take from their session. */
export type SubagentsOptions = {
  readonly session: string;
  readonly agents: readonly AgentDefinition[];
  readonly limits: SubagentLimits;
  readonly shared: RunLimits;
  readonly compaction: { readonly atFraction: number; readonly keepSteps: number };
  readonly emit: Emit;
  readonly modelFor: (agent: AgentDefinition) => Promise<Model>;
  readonly ask: Ask;
  /** Where it works: the session's folder, or a worktree of its own. */
  readonly openPlace: (agent: AgentDefinition, id: string, task: TaskInput) => Promise<SubagentPlace>;
  readonly userNotes: () => readonly Note[];
  readonly spend: (usage: Usage) => void;
  /** Of the whole session, with all observers. */
  readonly spent: () => Usage;
  readonly beforeChange: (label: string) => Promise<void>;
  readonly askStop: (facts: {
    readonly id: string;
    readonly agent: string;
    readonly lastText: string;
    readonly isAgain: boolean;
  }) => Promise<HookRefusal | undefined>;
  readonly onChanged: (paths: readonly string[]) => void;
  /** A message for the model's next request. */
  readonly say: (text: string) => void;
};

export type Subagents = {
  /** The tool of the session's own agent, over the other tools that it has. */
  readonly makeTool: (tools: readonly Tool[]) => Tool;
  readonly summaries: () => readonly SubagentSummary[];
  /** What their observers have used. */
  readonly observerUsage: () => Usage;
  /** At the end of a turn: waits until one that works in the background has ended, if there is one. */
  readonly settle: (signal: AbortSignal) => Promise<void>;
  readonly close: () => Promise<void>;
};

const maxAnswerLength = 30_000;

/** The subagents of a session: their number, their places, those in the background. */
export function createSubagents(options: SubagentsOptions): Subagents {
  const { limits } = options;
  const slots = createSlots(limits);
  const closing = new AbortController();
  const background = new Set<Promise<void>>();
  const summaries: SubagentSummary[] = [];
  const observers = new Set<Observer>();
  const warned = new Set<string>();
  /** Said once: what other agents have and this one has not is usual in files that were written for them. */
  const warnOfMissing = (agent: AgentDefinition, tools: readonly Tool[]) => {
    const missing = missingTools(agent, tools);
    if (missing.length === 0 || warned.has(agent.name)) return;
    warned.add(agent.name);
    const message = `The agent ${agent.name} names tools that this session doesn't have: ${sanitize(missing.join(', ')).slice(0, 300)}.`;
    options.emit({ type: 'warning', message });
  };

  const start = async (
    agent: AgentDefinition,
    task: TaskInput,
    id: string,
    depth: number,
    tools: readonly Tool[],
    signal: AbortSignal,
    onOutput: (line: string) => void,
  ): Promise<ToolOutput> => {
    const leave = await slots.enter(signal);
    let place: SubagentPlace | undefined;
    try {
      warnOfMissing(agent, tools);
      place = await options.openPlace(agent, id, task);
      const { cwd, workspace, permit } = place;
      const system = loadPrompt('agents/frame', { system: place.system, name: agent.name, body: agent.body });
      const own = depth < limits.maxDepth ? [...tools, makeTool(tools, depth + 1)] : tools;
      const end = await runSubagent({
        ...options,
        id,
        agent: agent.name,
        description: task.description,
        prompt: task.prompt,
        trajectory: { session: `${options.session}/${id}`, cwd, system, steps: [], compactions: [] },
        tools: chooseTools(agent, own, depth < limits.maxDepth),
        workspace,
        model: await options.modelFor(agent),
        permit,
        openObserver: place.openObserver,
        userNotes: options.userNotes(),
        beforeChange: () => options.beforeChange(`${agent.name}: ${task.description}`),
        askStop: (lastText, isAgain) => options.askStop({ id, agent: agent.name, lastText, isAgain }),
        tell: (event) => options.emit({ type: 'subagent', id, agent: agent.name, event }),
        onOutput,
        onObserver: (observer) => observers.add(observer),
        signal,
      });
      summaries.push(end.summary);
      const outcome = await place.finish?.(signal);
      const changedFiles = outcome?.changedFiles ?? end.changedFiles;
      options.onChanged(changedFiles);
      // What it did in a worktree is only there once it was brought back.
      const diffs = place.finish ? (outcome?.diffs ?? []) : end.diffs;
      return describeEnd(agent, { ...end, changedFiles, diffs }, outcome?.words);
    } finally {
      if (place) await closeWorkspace(place.workspace);
      leave();
    }
  };

  const run = async (
    agent: AgentDefinition,
    task: TaskInput,
    depth: number,
    tools: readonly Tool[],
    { signal, onOutput }: ToolContext,
  ): Promise<ToolOutput> => {
    const claimed = slots.claim();
    if (typeof claimed === 'string') throw new ToolError('failed', claimed);
    const { id } = claimed;
    if (task.background !== true)
      return start(agent, task, id, depth, tools, AbortSignal.any([signal, closing.signal]), onOutput);
    const work = start(agent, task, id, depth, tools, closing.signal, () => {}).then(
      ({ output }) =>
        options.say(`The subagent ${id} (${agent.name}: ${task.description}) has ended. Its answer:\n${output}`),
      (error: unknown) => {
        if (!closing.signal.aborted)
          options.say(`The subagent ${id} (${agent.name}: ${task.description}) failed: ${messageOf(error)}`);
      },
    );
    const done = work.finally(() => background.delete(done));
    background.add(done);
    return { output: `The subagent ${id} (${agent.name}) works in the background; its answer comes as a message.` };
  };

  const makeTool = (tools: readonly Tool[], depth = 1): Tool =>
    makeTaskTool({
      agents: options.agents,
      isReadOnly: (agent) => isReadOnly(chooseTools(agent, tools, false)),
      run: (agent, task, context) => run(agent, task, depth, tools, context),
    });

  return {
    makeTool: (tools) => makeTool(tools),
    summaries: () => summaries,
    observerUsage: () => [...observers].reduce((sum, observer) => addUsage(sum, observer.summary().usage), noUsage),
    settle: async (signal) => {
      if (background.size === 0 || signal.aborted) return;
      let stop = () => {};
      const aborted = new Promise<void>((resolve) => {
        stop = resolve;
      });
      signal.addEventListener('abort', stop, { once: true });
      await Promise.race([...background, aborted]);
      signal.removeEventListener('abort', stop);
    },
    close: async () => {
      closing.abort(new Error('The session has ended.'));
      await Promise.all(background);
    },
  };
}

/** What the agent that gave the task reads: the last message, how it ended when that was not by itself, and what it took. */
function describeEnd(
  agent: AgentDefinition,
  { outcome, text, error, summary, changedFiles, diffs }: SubagentEnd,
  aboutChanges: string | undefined,
): ToolOutput {
  const { id, steps, usage } = summary;
  const tokens = (usage.inputTokens + usage.outputTokens).toLocaleString('en-US');
  const changed = changedFiles.length > 0 ? `; changed ${changedFiles.slice(0, 20).join(', ')}` : '';
  const facts = `${aboutChanges === undefined ? '' : `${aboutChanges}\n`}[${id}, ${agent.name}: ${count(steps, 'step')}, ${tokens} tokens${changed}]`;
  const answer = clip(text, maxAnswerLength, (omitted) => `${omitted} characters left out`);
  const shown: ResultView =
    diffs.length > 0
      ? { kind: 'patch', title: agent.name, files: keepLines(diffs) }
      : { kind: 'text', title: agent.name };
  const view = { view: shown, changedFiles };
  if (outcome === 'done' || (outcome === 'denied' && text !== '')) {
    const denied = outcome === 'denied' ? 'Some of its calls were not allowed.\n' : '';
    return { output: `${denied}${answer || '(It ended without a word.)'}\n\n${facts}`, ...view };
  }
  const why = `The subagent ended before its task was done (${outcome}): ${(error ?? 'no reason is known').replace('(--max-turns)', '(subagents.maxTurns)')}`;
  const words = answer === '' ? '' : `\nIts last words: ${answer}`;
  return { output: `${why}${words}\n\n${facts}`, isError: true, errorKind: 'failed', ...view };
}

/** Lines of diffs that a result keeps, of all files together: it is in the session file for good. */
const mostLines = 600;

function keepLines(diffs: readonly DiffView[]): DiffView[] {
  let left = mostLines;
  return diffs.map((diff) => {
    const lines = diff.lines.slice(0, left);
    left -= lines.length;
    return { ...diff, lines };
  });
}
