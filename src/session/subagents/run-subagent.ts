import type { Permit } from '../../agent/call-permission.ts';
import { createCompactor } from '../../agent/compact.ts';
import { createBus } from '../../agent/event-bus.ts';
import { createInbox } from '../../agent/inbox.ts';
import { type LoopEnd, runLoop } from '../../agent/loop.ts';
import type { RunLimits } from '../../agent/run-limits.ts';
import { Stop } from '../../agent/stop-reason.ts';
import { createContextMeter } from '../../core/context-size.ts';
import type { Emit, Event } from '../../core/event.ts';
import type { Ask, Model } from '../../core/model.ts';
import type { SubagentSummary } from '../../core/run/run-result.ts';
import type { DiffView } from '../../core/screen/result-view.ts';
import type { Tool, Workspace } from '../../core/tool.ts';
import { addUsage, type Note, noUsage, type Trajectory, type Usage } from '../../core/types.ts';
import type { HookRefusal } from '../../hooks/hook-answer.ts';
import type { Observer } from '../../observer/observer.ts';
import { type TurnEndWait, waitAtTurnEnd } from '../run/turn-end.ts';
import type { SubagentLimits } from './slots.ts';

/** What a subagent is made of. */
export type SubagentParts = {
  readonly id: string;
  readonly agent: string;
  readonly description: string;
  readonly prompt: string;
  readonly trajectory: Trajectory;
  readonly tools: readonly Tool[];
  readonly workspace: Workspace;
  readonly model: Model;
  readonly ask: Ask;
  /** Its own observer, which gets its events; `emit` is its bus. */
  readonly openObserver: (trajectory: Trajectory, emit: Emit) => Promise<Observer>;
  /** What the user has said so far: it holds here too. */
  readonly userNotes: readonly Note[];
  readonly permit: Permit;
  readonly limits: SubagentLimits;
  /** Those of the whole session. */
  readonly shared: RunLimits;
  readonly compaction: { readonly atFraction: number; readonly keepSteps: number };
  /** Counts for the session. */
  readonly spend: (usage: Usage) => void;
  readonly spent: () => Usage;
  readonly beforeChange: () => Promise<void>;
  /** Asked when its turn ends; words say why it must go on. */
  readonly askStop: (lastText: string, isAgain: boolean) => Promise<HookRefusal | undefined>;
  /** To the session: what happens here. */
  readonly tell: (event: Event) => void;
  /** To whoever watches the call: a line a tool. */
  readonly onOutput: (line: string) => void;
  /** Its observer is there: what it uses counts from now on. */
  readonly onObserver: (observer: Observer) => void;
  readonly signal: AbortSignal;
};

export type SubagentEnd = LoopEnd & {
  readonly summary: SubagentSummary;
  readonly changedFiles: readonly string[];
  /** Its edits, line by line, in their order. */
  readonly diffs: readonly DiffView[];
};

/** Streams and counters are not handed on. */
const kept: ReadonlySet<Event['type']> = new Set<Event['type']>([
  'note',
  'request',
  'answer.start',
  'tool.start',
  'tool.end',
  'step',
  'signal',
  'verdict',
  'suppressed',
  'reminder',
  'recovery',
  'observer.lost',
  'retry',
  'compaction',
  'warning',
]);

/** Runs one subagent to its end: the same loop with a context, an inbox and an observer of its own. */
export async function runSubagent(parts: SubagentParts): Promise<SubagentEnd> {
  const { id, agent, description, trajectory, tools, workspace, limits } = parts;
  const { emit, subscribe } = createBus();
  const overspent = new AbortController();
  const observer = await parts.openObserver(trajectory, emit);
  parts.onObserver(observer);
  observer.readWords(parts.userNotes);
  const inbox = createInbox(emit);
  const sizes = tools.flatMap(({ schema, isDeferred }) => (isDeferred ? [] : [schema]));
  const meter = createContextMeter(trajectory, JSON.stringify(sizes).length);
  const changedFiles = new Set<string>();
  const diffs: DiffView[] = [];
  let usage = noUsage;
  const spend = (more: Usage) => {
    usage = addUsage(usage, more);
    parts.spend(more);
    const over = findOverspent(limits, usage);
    if (over !== undefined) overspent.abort(new Stop('budget', over));
  };
  subscribe((event) => {
    if (event.type === 'tool.start') parts.onOutput(`${event.name} ${event.title}\n`);
    if (event.type === 'retry')
      parts.onOutput(`asked again in ${Math.ceil(event.waitMs / 1000)} s, try ${event.attempt}: ${event.reason}\n`);
    if (event.type === 'compaction') observer.compacted();
    if (event.type === 'step') {
      for (const { changedFiles: paths = [], view } of event.step.results) {
        for (const path of paths) changedFiles.add(path);
        if (view?.kind === 'diff' && paths.length > 0) diffs.push(view);
      }
      spend(event.step.usage);
      observer.step(event.step);
    }
    if (kept.has(event.type)) parts.tell(event);
  });
  const compactor = createCompactor({
    trajectory,
    meter,
    ask: parts.ask,
    window: () => parts.model.contextWindow,
    ...parts.compaction,
    carry: () => '',
    emit,
    onUsage: spend,
  });
  inbox.say({ from: 'user', text: parts.prompt, at: new Date().toISOString() });
  const port = inbox.join(observer);
  const end = await runLoop({
    trajectory,
    model: parts.model,
    tools,
    workspace,
    observerPort: waitAtTurnEnd(port, {
      review: port.settle,
      stopHooks: askStopHooks(parts, (text) => inbox.say({ from: 'harness', text, at: new Date().toISOString() })),
    }),
    permit: (ready, signal) => {
      const prepared = { ...ready.prepared, title: `${agent}: ${ready.prepared.title}` };
      return parts.permit({ ...ready, prepared, subagent: agent }, signal);
    },
    emit,
    limits: { ...parts.shared, maxTurns: limits.maxTurns },
    signal: AbortSignal.any([parts.signal, overspent.signal]),
    spent: parts.spent,
    makeRoom: compactor.makeRoom,
    giveBack: inbox.giveBack,
    beforeChange: parts.beforeChange,
  });
  observer.finish(end.outcome);
  const { outcome } = end;
  const steps = trajectory.steps.length;
  const summary: SubagentSummary = { id, agent, description, outcome, steps, usage, wink: observer.summary() };
  await observer.close();
  return { ...end, summary, changedFiles: [...changedFiles], diffs };
}

function findOverspent({ maxCostUsd, maxTokens }: SubagentLimits, usage: Usage): string | undefined {
  if (maxCostUsd !== undefined && usage.costUsd !== null && usage.costUsd >= maxCostUsd)
    return `it reached its limit of $${maxCostUsd} (subagents.maxCostUsd)`;
  if (maxTokens !== undefined && usage.inputTokens + usage.outputTokens >= maxTokens)
    return `it reached its limit of ${maxTokens} tokens (subagents.maxTokens)`;
  return undefined;
}

/** How often in a row hooks may keep it from ending. */
const maxStopBlocks = 5;

function askStopHooks({ trajectory, askStop }: SubagentParts, say: (text: string) => void): TurnEndWait {
  let blocks = 0;
  return async (signal) => {
    if (signal.aborted || blocks >= maxStopBlocks) return;
    const refusal = await askStop(trajectory.steps.at(-1)?.text ?? '', blocks > 0);
    if (refusal === undefined) return;
    blocks++;
    say(`${refusal.by} keeps you from ending: ${refusal.reason}`);
  };
}
