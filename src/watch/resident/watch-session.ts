import type { Emit } from '../../core/event.ts';
import type { RunResult } from '../../core/run/run-result.ts';
import { type Note, noUsage, type Outcome, type Reminder, type Trajectory } from '../../core/types.ts';
import type { Observer } from '../../observer/observer.ts';
import type { WatchEvent } from '../agents/read-event.ts';
import { createBoundedSettle } from './bounded-settle.ts';
import { createDueWords } from './due-words.ts';
import { createEventHandler } from './handle-event.ts';
import type { WatchAnswer } from './watch-answer.ts';

export type WatchSession = {
  /** Takes an event, and gives what the agent is told; to be called again only when it has resolved. */
  readonly handle: (event: WatchEvent) => Promise<WatchAnswer>;
  /** An answer that did not reach the agent: its words come with the next. */
  readonly giveBack: (answer: WatchAnswer) => void;
  readonly counts: () => { readonly steps: number; readonly reminders: number };
  /** The user's words so far; they hold for the agent's subagents too. */
  readonly userNotes: () => readonly Note[];
  /** The user calls a reminder wrong, the last one without an id; undefined when there isn't one. */
  readonly markWrong: (id?: string) => Reminder | undefined;
  readonly close: (outcome: Outcome) => Promise<void>;
};

export type WatchSessionOptions = {
  /** Its steps are those of before, where a session goes on; each new one is added. */
  readonly trajectory: Trajectory;
  /** What others were told before and holds here as well. */
  readonly inherited: readonly Note[];
  /** Gets what the session file of a run of ours would hold. */
  readonly emit: Emit;
  /** Made with the first words or the first call, since what the words forbid holds from then on. */
  readonly openObserver: (task: string) => Observer;
};

/** One run of another agent, observed as a run of ours: its calls are steps, its prompts the user's words. In shadow nothing is answered. */
export function createWatchSession(options: WatchSessionOptions): WatchSession {
  const { trajectory, inherited, emit } = options;
  let opened: Observer | undefined;
  const observer = (task = ''): Observer => {
    if (opened !== undefined) return opened;
    opened = options.openObserver(task);
    opened.readWords(inherited);
    return opened;
  };
  const due = createDueWords();
  const lastLook = createBoundedSettle();
  const events = createEventHandler({
    trajectory,
    emit,
    observer,
    isOpen: () => opened !== undefined,
    due,
    lastLook,
  });

  return {
    handle: async (event) => {
      await lastLook.cut();
      return events.handle(event);
    },
    giveBack: due.giveBack,
    counts: () => ({ steps: trajectory.steps.length, reminders: opened?.summary().reminders ?? 0 }),
    userNotes: () => [...inherited, ...events.userNotes()],
    markWrong: (id) => opened?.markWrong(id),
    close: async (outcome) => {
      await lastLook.cut();
      opened?.finish(outcome);
      if (outcome === 'done' && opened !== undefined) emit({ type: 'result', result: resultOf(trajectory, opened) });
      await opened?.close();
    },
  };
}

/** What is known of a run of another agent when it is over. It was done when the agent had ended its turn. */
function resultOf({ session, cwd, steps }: Trajectory, observer: Observer): RunResult {
  const [first, last] = [steps[0], steps.at(-1)];
  return {
    type: 'result',
    outcome: last?.finish === 'stop' ? 'done' : 'aborted',
    result: last?.text ?? '',
    session,
    model: '',
    steps: steps.length,
    usage: noUsage,
    durationMs: first && last ? Date.parse(last.at) - Date.parse(first.at) : 0,
    cwd,
    filesChanged: [],
    wink: observer.summary(),
  };
}
