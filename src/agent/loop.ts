import { ModelError } from '../core/errors.ts';
import type { Emit } from '../core/event.ts';
import { takeJobEnds } from '../core/job-end.ts';
import { askedOf, type Model, type ToolSchema } from '../core/model.ts';
import type { Inbox, ObserverPort } from '../core/observer-port.ts';
import type { AnswerCheck } from '../core/run/answer-form.ts';
import { doPutOff, type Tool, type Workspace } from '../core/tool.ts';
import {
  type Note,
  noUsage,
  type Outcome,
  type Reply,
  type Step,
  type ToolResult,
  type Trajectory,
  type Usage,
} from '../core/types.ts';
import { askModel } from './ask-model.ts';
import type { Permit } from './call-permission.ts';
import { createDenials } from './denials.ts';
import { actOnCalls } from './run-calls.ts';
import { overLimit, type RunLimits } from './run-limits.ts';
import { Stop } from './stop-reason.ts';

export type LoopDeps = {
  readonly trajectory: Trajectory;
  readonly model: Model;
  readonly tools: readonly Tool[];
  readonly workspace: Workspace;
  readonly observerPort: ObserverPort;
  readonly permit: Permit;
  readonly emit: Emit;
  readonly limits: RunLimits;
  readonly signal: AbortSignal;
  /** What the run has used so far, observer and compaction included. */
  readonly spent: () => Usage;
  /** Called before each request; makes room in the window when it is nearly full. `force` after the endpoint said it was too long. */
  readonly makeRoom?: (force: boolean, signal: AbortSignal) => Promise<boolean>;
  /** Called once a turn before the first call that may change files. */
  readonly beforeChange?: () => Promise<void>;
  /** Called before each call that may change files, after `beforeChange`. */
  readonly beforeEachChange?: () => Promise<void>;
  /** Checks the last answer of the turn against the form that the user wants. */
  readonly checkAnswer?: (answer: string) => AnswerCheck;
  /** Takes the notes that are in no step when the loop ends: no answer was had to them, so they go in front of the next request. */
  readonly giveBack?: (notes: readonly Note[]) => void;
};

export type LoopEnd = { readonly outcome: Outcome; readonly text: string; readonly error?: string };

/** How often in a row an empty or a cut-off answer is asked on before the run ends with an error. */
const patience = 3;

/**
 * The loop: drain the inbox, ask the model, run the tools, record the step; until the model ends its turn, a limit is reached, the
 * observer's ladder ends or the signal fires. Only the model, the tools and the user's answers are awaited, and the observer's look at
 * the last step for at most 25 ms.
 */
export async function runLoop(deps: LoopDeps): Promise<LoopEnd> {
  const open: OpenNotes = { notes: [] };
  try {
    return await runTurns(deps, open);
  } finally {
    if (open.notes.length > 0) deps.giveBack?.(open.notes);
  }
}

/** The notes that were handed over and are in no step yet. */
type OpenNotes = { notes: readonly Note[] };

async function runTurns(deps: LoopDeps, open: OpenNotes): Promise<LoopEnd> {
  const { trajectory, observerPort, emit, signal } = deps;
  const schemas: readonly ToolSchema[] = deps.tools.filter(({ isDeferred }) => !isDeferred).map((tool) => tool.schema);
  const denials = createDenials();
  const beforeFirst = once(deps.beforeChange);
  const beforeChange = async () => {
    await beforeFirst?.();
    await deps.beforeEachChange?.();
  };
  let turns = 0;
  let idle = 0;
  let text = '';
  /** An answer of which the model was asked what it meant: it stays a part of the result. */
  let unclear = '';
  const end = (outcome: Outcome, error?: string): LoopEnd => ({ outcome, text, ...(error ? { error } : {}) });

  for (;;) {
    const over = overLimit(deps.limits, turns, deps.spent());
    // What is found of the work so far comes in front of the next request, should the session go on.
    if (over?.outcome === 'turn-limit' && trajectory.steps.length > 0) await observerPort.settle(signal);
    try {
      // While the observer looks at the last step, the request is made ready.
      await Promise.all([observerPort.awaitSeen(), over ? undefined : deps.makeRoom?.(false, signal)]);
    } catch (error) {
      return endOfFault(error, signal, text);
    }
    const inbox = await drainWithAnswer(observerPort, signal);
    const notes = [...open.notes, ...takeJobEnds(deps.workspace.jobs).map(harnessNote), ...inbox.notes];
    open.notes = notes;
    if (signal.aborted) return endOfSignal(signal, text);
    if (inbox.stop) return end('stuck', inbox.stop.reason);
    if (over) return end(over.outcome, over.error);

    const startedAt = performance.now();
    let reply: Reply;
    try {
      emit({ type: 'request', step: trajectory.steps.length, asked: askedOf(deps.model) });
      const asking = askWithRoom(deps, notes, schemas);
      // By then the request has been handed to the system.
      setImmediate(() => void doPutOff(deps.workspace));
      reply = await asking;
    } catch (error) {
      return endOfFault(error, signal, text);
    }
    // Nothing came of it: the words go before the next request, or back to the user.
    if (signal.aborted && reply.finish === 'cut' && reply.usage === noUsage) return endOfSignal(signal, text);
    const index = trajectory.steps.length;
    const results = await actOnCalls(reply.calls, index, {
      ...deps,
      guard: observerPort.guard,
      denials,
      beforeChange,
    });
    const step = recordStep(trajectory, index, notes, reply, results, performance.now() - startedAt);
    open.notes = [];
    emit({ type: 'step', step });
    turns++;
    if (reply.text) text = unclear ? `${unclear}\n\n${reply.text}` : reply.text;
    unclear = reply.hint ? text : '';
    if (signal.aborted) return endOfSignal(signal, text);
    if (reply.calls.length > 0) {
      idle = 0;
      continue;
    }

    if (reply.hint) {
      open.notes = [harnessNote(reply.hint)];
      continue;
    }
    if (reply.finish === 'length' || reply.finish === 'cut' || !reply.text.trim()) {
      if (++idle > patience)
        return end(
          'error',
          `The model gave ${idle} answers in a row that were empty or cut off; try again, or use another model.`,
        );
      open.notes = [
        harnessNote(
          reply.finish === 'length'
            ? 'Your answer was cut off at the output limit. Go on in smaller parts.'
            : reply.finish === 'cut'
              ? 'Your answer was cut off because it repeated itself. Go on with the next act, or finish in one sentence.'
              : 'Your answer was empty. Go on with the task, or say in words that it is done.',
        ),
      ];
      continue;
    }
    if (reply.finish === 'content-filter')
      return end('error', "The provider's content filter ended the answer; rephrase the task or use another model.");
    await observerPort.settle(signal);
    const late = observerPort.drain();
    open.notes = late.notes;
    if (late.stop) return end('stuck', late.stop.reason);
    if (signal.aborted) return endOfSignal(signal, text);
    if (late.notes.length > 0) continue;
    const checked = deps.checkAnswer?.(reply.text);
    if (checked?.kind === 'fail') return end('error', checked.error);
    if (checked?.kind === 'again') {
      open.notes = [harnessNote(checked.note)];
      continue;
    }
    if (checked) text = checked.text;
    return end(denials.hasOpen() ? 'denied' : 'done');
  }
}

/** Empties the inbox; where the user was asked how to go on, nothing is done before they have answered. */
async function drainWithAnswer(observerPort: ObserverPort, signal: AbortSignal): Promise<Inbox> {
  const inbox = observerPort.drain();
  if (inbox.answer === undefined) return inbox;
  await settledOrAborted(inbox.answer, signal);
  const after = observerPort.drain();
  return { ...after, notes: [...inbox.notes, ...after.notes] };
}

async function settledOrAborted(answer: Promise<void>, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  let onAbort = () => {};
  const aborted = new Promise<void>((resolve) => {
    onAbort = resolve;
  });
  signal.addEventListener('abort', onAbort, { once: true });
  await Promise.race([answer, aborted]);
  signal.removeEventListener('abort', onAbort);
}

/** Asks; when the endpoint says that the conversation is too long, makes room once and asks again. */
async function askWithRoom(deps: LoopDeps, notes: readonly Note[], tools: readonly ToolSchema[]): Promise<Reply> {
  const ask = () =>
    askModel(deps.model, { trajectory: deps.trajectory, notes, tools }, deps.observerPort, deps.emit, deps.signal);
  try {
    return await ask();
  } catch (error) {
    if (
      !(error instanceof ModelError) ||
      error.kind !== 'context-length' ||
      !(await deps.makeRoom?.(true, deps.signal))
    )
      throw error;
    return ask();
  }
}

function recordStep(
  trajectory: Trajectory,
  index: number,
  notes: readonly Note[],
  reply: Reply,
  results: readonly ToolResult[],
  ms: number,
): Step {
  const step: Step = {
    type: 'step',
    index,
    at: new Date().toISOString(),
    notes,
    text: reply.text,
    ...(reply.reasoning ? { reasoning: reply.reasoning } : {}),
    calls: reply.calls,
    results,
    usage: reply.usage,
    ms: Math.round(ms),
    finish: reply.finish,
    ...(reply.carry ? { carry: reply.carry } : {}),
  };
  trajectory.steps.push(step);
  return step;
}

function endOfSignal(signal: AbortSignal, text: string): LoopEnd {
  const stop = signal.reason instanceof Stop ? signal.reason : undefined;
  return { outcome: stop?.outcome ?? 'aborted', text, error: stop?.message ?? 'The run was interrupted.' };
}

/** The end of a run whose request could not be made or answered; a fault of ours is thrown on. */
function endOfFault(error: unknown, signal: AbortSignal, text: string): LoopEnd {
  if (signal.aborted) return endOfSignal(signal, text);
  if (error instanceof ModelError) return { outcome: 'error', text, error: error.message };
  throw error;
}

function harnessNote(text: string): Note {
  return { from: 'harness', text, at: new Date().toISOString() };
}

function once(action: (() => Promise<void>) | undefined): (() => Promise<void>) | undefined {
  if (!action) return undefined;
  let started: Promise<void> | undefined;
  return () => {
    started ??= action();
    return started;
  };
}
