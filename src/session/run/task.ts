import { relative } from 'node:path';
import type { UserInbox } from '../../agent/inbox.ts';
import { type LoopDeps, type LoopEnd, runLoop } from '../../agent/loop.ts';
import { Stop } from '../../agent/stop-reason.ts';
import { expandMentions } from '../../context/mentions.ts';
import { messageOf } from '../../core/errors.ts';
import type { ObserverPort } from '../../core/observer-port.ts';
import { priceShare } from '../../core/price-share.ts';
import { loadPrompt } from '../../core/prompt.ts';
import type { Run } from '../../core/run/run.ts';
import type { CacheUse, RunResult, SubagentSummary } from '../../core/run/run-result.ts';
import type { Note, Step, Usage } from '../../core/types.ts';
import type { Observer } from '../../observer/observer.ts';
import type { Permissions } from '../../permissions/permissions.ts';
import type { Extensions } from '../calls/extensions.ts';
import type { ModelSlot } from './model-slot.ts';
import type { RunOptions } from './prepare-parts.ts';
import type { SessionCheckpoints } from './session-checkpoints.ts';
import type { trackChanges } from './track-changes.ts';

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
  readonly askPrompt: (text: string) => Promise<string | undefined>;
};

export type UserTask = Pick<Run, 'submit' | 'say' | 'stop'> & {
  /** What precedes a change of this turn: a snapshot before its first. */
  readonly beforeChange: () => Promise<void>;
};

/** Takes the user's messages: each is worked on until its turn ends, and can be steered and stopped meanwhile. */
export function createTask(parts: TaskParts): UserTask {
  const { options, trajectory, model, inbox, observer, permissions, sessionCheckpoints, changes, emit } = parts;
  const { setup, choice } = options;
  const { config } = setup.loaded;
  let stop = new AbortController();
  let beforeChange = async () => {};
  /** Steps before the turn's first change; infinite as long as there is none. */
  let changedFrom = Number.POSITIVE_INFINITY;

  /** A prompt may hold words of strangers, so a name in it reads no more than the model may by itself; `read` asks for the rest. */
  const mayRead = async (path: string): Promise<boolean> => {
    const { ruling, reason } = await permissions.decide({ name: 'read', act: 'read' }, [
      { kind: 'path', access: 'read', path },
    ]);
    if (ruling !== 'allow')
      emit({ type: 'warning', message: `@${relative(setup.cwd, path)} was not attached. ${reason}` });
    return ruling === 'allow';
  };

  const sayWithMentions = async (text: string, images: readonly string[]): Promise<void> => {
    const readOther = parts.extensions.readResource;
    const { note, images: named } = await expandMentions(text, { cwd: setup.cwd, mayRead, readOther });
    const attached: Note | undefined = note ? { from: 'harness', text: note, at: new Date().toISOString() } : undefined;
    inbox.say(userNote(text, [...images, ...named]), attached);
  };

  let knowsPlanMode = false;
  /** The model hears of mode plan before it runs into refusals, and of its end. */
  const tellPlanMode = () => {
    const isPlanMode = permissions.mode() === 'plan';
    if (isPlanMode !== knowsPlanMode)
      inbox.tell(loadPrompt(isPlanMode ? 'session/plan-mode' : 'session/plan-mode-over', {}).trim());
    knowsPlanMode = isPlanMode;
  };

  let keptGreen = -1;
  /** Absolute paths that the turn changed by what the disk shows. */
  const turnFiles = new Set<string>();

  /** What the agent left on the disk; what changes after that, while the turn is reviewed or later, is the user's. */
  const noteEnd = async (): Promise<void> => {
    if (changedFrom === Number.POSITIVE_INFINITY) return;
    const files = (await sessionCheckpoints.checkpoints?.finishTurn(trajectory.steps.length)) ?? [];
    for (const path of files) turnFiles.add(path);
    changes.add(files);
  };
  const noteEndBeforeReview: ObserverPort = {
    ...parts.observerPort,
    settle: async (signal) => {
      await Promise.all([noteEnd(), parts.observerPort.settle(signal)]);
    },
  };

  const work = async (text: string, images: readonly string[]): Promise<LoopEnd> => {
    const refusal = await parts.askPrompt(text);
    if (refusal !== undefined)
      return { outcome: 'denied', text: '', error: `A hook of the user did not take the prompt: ${refusal}` };
    tellPlanMode();
    if (wasStopped(trajectory.steps.at(-1))) inbox.tell(loadPrompt('session/cut-off', {}).trim());
    await sayWithMentions(text, images);
    const form = options.answerForm;
    if (form) inbox.say({ from: 'harness', text: form.instructions, at: new Date().toISOString() });
    beforeChange = once(() => {
      changedFrom = trajectory.steps.length;
      return sessionCheckpoints.snapshot(text, changedFrom);
    });
    const beforeEachChange = async () => {
      const green = observer.lastGreen();
      // The state before the turn's first change is kept already.
      if (green === undefined || green.step <= keptGreen || green.step < changedFrom) return;
      keptGreen = green.step;
      await sessionCheckpoints.keepGreen(`checks green: ${green.check}`, green.step + 1);
    };
    return runLoop({
      ...parts,
      observerPort: noteEndBeforeReview,
      ...(form ? { checkAnswer: form.startTurn() } : {}),
      model: parts.extensions.guardModel(model.current()),
      limits: { maxTurns: config.maxTurns, maxCostUsd: config.maxCostUsd, maxTokens: config.maxTokens },
      signal: stop.signal,
      giveBack: inbox.giveBack,
      beforeChange,
      beforeEachChange,
    });
  };

  const submit = async (text: string, images: readonly string[] = []): Promise<RunResult> => {
    const startedAt = performance.now();
    const firstStep = trajectory.steps.length;
    stop = new AbortController();
    turnFiles.clear();
    changedFrom = Number.POSITIVE_INFINITY;
    const timer = startTimer(config.timeoutSeconds, stop);
    emit({
      type: 'session.start',
      model: model.current().name,
      cwd: setup.cwd,
      mode: observer.mode(),
      approval: permissions.mode(),
      resumed: choice.saved !== undefined,
    });
    const end = await work(text, images).finally(() => clearTimeout(timer));
    observer.finish(end.outcome);
    await noteEnd();
    const completion =
      end.outcome === 'aborted' || trajectory.steps.length === firstStep
        ? undefined
        : observer.completion([...turnFiles].map((path) => relative(setup.cwd, path)));
    const subagents = parts.subagents();
    const usage = parts.used();
    const wink = observer.summary();
    const score = observer.score(end.outcome);
    const result: RunResult = {
      type: 'result',
      outcome: end.outcome,
      result: end.text,
      session: choice.id,
      model: model.current().name,
      steps: trajectory.steps.length,
      usage,
      cache: cacheUse(usage),
      durationMs: Math.round(performance.now() - startedAt),
      cwd: setup.cwd,
      filesChanged: changes.files(),
      wink: { ...wink, share: priceShare(wink.usage, usage), ...(score && { score }) },
      ...(completion && { completion }),
      ...(subagents.length > 0 ? { subagents } : {}),
      ...(end.error ? { error: end.error } : {}),
    };
    emit({ type: 'result', result });
    return result;
  };

  return {
    submit,
    say: (text, images = []) => {
      const take = async () => {
        const refusal = await parts.askPrompt(text);
        if (refusal === undefined) return sayWithMentions(text, images);
        emit({ type: 'warning', message: `A hook of the user did not take the message: ${refusal}` });
      };
      void take().catch((error: unknown) => {
        emit({ type: 'warning', message: `What the message names was not attached: ${messageOf(error)}` });
        inbox.say(userNote(text, images));
      });
    },
    stop: (reason) => stop.abort(reason),
    beforeChange: () => beforeChange(),
  };
}

/** An answer that ends where somebody stopped it (Esc, a limit, a kill); the model would take it for a whole one. */
function wasStopped(step: Step | undefined): boolean {
  return step?.finish === 'cut' && step.text.trim() !== '';
}

function once(action: () => Promise<void>): () => Promise<void> {
  let started: Promise<void> | undefined;
  return () => {
    started ??= action();
    return started;
  };
}

function cacheUse({ inputTokens, cachedInputTokens, cacheWriteTokens = 0 }: Usage): CacheUse {
  const share = inputTokens === 0 ? 0 : cachedInputTokens / inputTokens;
  return { readShare: Math.round(share * 1000) / 1000, readTokens: cachedInputTokens, writtenTokens: cacheWriteTokens };
}

function userNote(text: string, images: readonly string[]): Note {
  return { from: 'user', text, at: new Date().toISOString(), ...(images.length ? { images } : {}) };
}

function startTimer(seconds: number | undefined, stop: AbortController): NodeJS.Timeout | undefined {
  if (seconds === undefined) return undefined;
  return setTimeout(
    () => stop.abort(new Stop('timeout', `The run reached its limit of ${seconds} s (--timeout).`)),
    seconds * 1000,
  );
}
