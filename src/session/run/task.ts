import { relative } from 'node:path';
import type { UserInbox } from '../../agent/inbox.ts';
import { type LoopDeps, type LoopEnd, runLoop } from '../../agent/loop.ts';
import { Stop } from '../../agent/stop-reason.ts';
import { priceShare } from '../../core/price-share.ts';
import type { Run } from '../../core/run/run.ts';
import type { CacheUse, RunResult, SubagentSummary } from '../../core/run/run-result.ts';
import type { Usage } from '../../core/types.ts';
import type { HookRefusal } from '../../hooks/hook-answer.ts';
import type { Observer } from '../../observer/observer.ts';
import type { Permissions } from '../../permissions/permissions.ts';
import type { Extensions } from '../calls/extensions.ts';
import { sessionGate } from '../session-gate.ts';
import type { ModelSlot } from './model-slot.ts';
import type { RunOptions } from './prepare-parts.ts';
import type { SessionCheckpoints } from './session-checkpoints.ts';
import type { trackChanges } from './track-changes.ts';
import { createTurnChanges, type TurnChanges } from './turn-changes.ts';
import { createUserWords, type UserWords } from './user-words.ts';

/** What a task of the user's works with: the loop's own parts, and those around it. */
export type TaskParts = Pick<
  LoopDeps,
  'trajectory' | 'tools' | 'workspace' | 'observerPort' | 'permit' | 'emit' | 'makeRoom'
> & {
  readonly options: RunOptions;
  readonly model: ModelSlot;
  readonly inbox: UserInbox;
  readonly observer: Observer;
  readonly permissions: Permissions;
  readonly extensions: Extensions;
  readonly sessionCheckpoints: SessionCheckpoints;
  readonly changes: ReturnType<typeof trackChanges>;
  /** What the session has used so far, without the observer. */
  readonly used: () => Usage;
  /** Of the whole session, observers and subagents included. */
  readonly spent: () => Usage;
  readonly subagents: () => readonly SubagentSummary[];
  /** Asks the user's hooks about words of theirs; gives why these are not taken. */
  readonly askPrompt: (text: string) => Promise<HookRefusal | undefined>;
};

export type UserTask = Pick<Run, 'submit' | 'say' | 'stop'> & {
  /** What precedes a change of this turn: a snapshot before its first. */
  readonly beforeChange: () => Promise<void>;
};

/** Takes the user's messages: each is worked on until its turn ends, and can be steered and stopped meanwhile. */
export function createTask(parts: TaskParts): UserTask {
  const { options, trajectory, model, observer, permissions, emit } = parts;
  const { setup, choice } = options;
  const words = createUserWords({ ...parts, cwd: setup.cwd, gate: sessionGate(setup) });
  const turn = createTurnChanges(parts);
  let stop = new AbortController();

  const submit = async (text: string, images: readonly string[] = []): Promise<RunResult> => {
    const startedAt = performance.now();
    const firstStep = trajectory.steps.length;
    stop = new AbortController();
    turn.begin(text);
    const timer = startTimer(setup.loaded.config.timeoutSeconds, stop);
    emit({
      type: 'session.start',
      model: model.current().name,
      cwd: setup.cwd,
      mode: observer.mode(),
      approval: permissions.mode(),
      resumed: choice.saved !== undefined,
    });
    const end = await work(parts, { words, turn, text, images, signal: stop.signal }).finally(() =>
      clearTimeout(timer),
    );
    observer.finish(end.outcome);
    await turn.noteEnd();
    const changed = turn.files().map((path) => relative(setup.cwd, path));
    const completion = trajectory.steps.length > firstStep ? observer.completion(changed, end.outcome) : undefined;
    const durationMs = Math.round(performance.now() - startedAt);
    const result: RunResult = { ...resultOf(parts, end, durationMs), ...(completion && { completion }) };
    emit({ type: 'result', result });
    return result;
  };

  return {
    submit,
    say: (text, images = []) => words.sayMeanwhile(text, images),
    stop: (reason) => stop.abort(reason),
    beforeChange: turn.beforeChange,
  };
}

type Turn = {
  readonly words: UserWords;
  readonly turn: TurnChanges;
  readonly text: string;
  readonly images: readonly string[];
  readonly signal: AbortSignal;
};

/** One turn: the user's words reach the model, and the loop runs until it has ended. */
async function work(parts: TaskParts, { words, turn, text, images, signal }: Turn): Promise<LoopEnd> {
  const { options, model, inbox, extensions, observerPort } = parts;
  const { maxTurns, maxCostUsd, maxTokens } = options.setup.loaded.config;
  const refusal = await parts.askPrompt(text);
  if (refusal !== undefined)
    return { outcome: 'denied', text: '', error: `${refusal.by} did not take the prompt: ${refusal.reason}` };
  words.sayPlanMode();
  words.sayCutOff();
  await words.say(text, images);
  const form = options.answerForm;
  if (form) inbox.say({ from: 'harness', text: form.instructions, at: new Date().toISOString() });
  return runLoop({
    ...parts,
    observerPort: {
      ...observerPort,
      drain: () => {
        const drained = observerPort.drain();
        const said = drained.notes.find(({ from }) => from === 'user');
        if (said) turn.hearMeanwhile(said.text);
        return drained;
      },
      settle: async (aborted) => {
        await Promise.all([turn.noteEnd(), observerPort.settle(aborted)]);
      },
    },
    ...(form ? { checkAnswer: form.startTurn() } : {}),
    model: extensions.guardModel(model.current()),
    limits: { maxTurns, maxCostUsd, maxTokens },
    signal,
    giveBack: inbox.giveBack,
    beforeChange: turn.beforeChange,
    beforeEachChange: turn.beforeEachChange,
  });
}

function resultOf(parts: TaskParts, end: LoopEnd, durationMs: number): RunResult {
  const { options, trajectory, model, observer, changes } = parts;
  const { setup, choice } = options;
  const subagents = parts.subagents();
  const usage = parts.used();
  const wink = observer.summary();
  const score = observer.score(end.outcome);
  return {
    type: 'result',
    outcome: end.outcome,
    result: end.text,
    session: choice.id,
    model: model.current().name,
    steps: trajectory.steps.length,
    usage,
    cache: cacheUse(usage),
    durationMs,
    cwd: setup.cwd,
    filesChanged: changes.files(),
    wink: { ...wink, share: priceShare(wink.usage, usage), ...(score && { score }) },
    ...(subagents.length > 0 ? { subagents } : {}),
    ...(end.error ? { error: end.error } : {}),
  };
}

function cacheUse({ inputTokens, cachedInputTokens, cacheWriteTokens = 0 }: Usage): CacheUse {
  const share = inputTokens === 0 ? 0 : cachedInputTokens / inputTokens;
  return { readShare: Math.round(share * 1000) / 1000, readTokens: cachedInputTokens, writtenTokens: cacheWriteTokens };
}

function startTimer(seconds: number | undefined, stop: AbortController): NodeJS.Timeout | undefined {
  if (seconds === undefined) return undefined;
  return setTimeout(
    () => stop.abort(new Stop('timeout', `The run reached its limit of ${seconds} s (--timeout).`)),
    seconds * 1000,
  );
}
