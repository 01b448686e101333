import type { Verdict } from '../../core/types.ts';
import type { ReviewQuestion } from './schedule.ts';

/** One thing to ask a model, or to report when all before it is done. */
export type QueuedTask =
  | { readonly kind: 'review'; readonly question: ReviewQuestion }
  | { readonly kind: 'advice'; readonly verdict: Verdict }
  | { readonly kind: 'constraints'; readonly words: string }
  /** `questions`: how many were asked about the turn. */
  | { readonly kind: 'settled'; readonly index: number; readonly questions: number };

/** What waits to be asked, in its order. */
export type TaskQueue = {
  /** At the end; nothing when too much waits already. */
  readonly add: (task: QueuedTask) => void;
  /** At the front, likewise. */
  readonly addFirst: (task: QueuedTask) => void;
  /** At the front, whatever waits. */
  readonly putBefore: (tasks: readonly QueuedTask[]) => void;
  /** What was cut off goes first again, but not before the end of a turn that waits; what is cut off again and again is given up. */
  readonly putBack: (task: QueuedTask) => void;
  /** Takes the next one out; while the server is not free only the word that a turn is settled, which needs none. */
  readonly next: (isFree: boolean) => QueuedTask | undefined;
  /** How many questions were dropped that nobody had begun to ask. */
  readonly dropReviews: () => number;
};

/** Questions that wait at most, and how often one is begun again that was cut off. */
const maxWaiting = 12;
const maxCuts = 2;

export function createTaskQueue(): TaskQueue {
  const cuts = new Map<QueuedTask, number>();
  let tasks: QueuedTask[] = [];
  const placeOfSettled = (): number => tasks.findIndex(({ kind }) => kind === 'settled');
  return {
    add: (task) => {
      if (tasks.length < maxWaiting) tasks.push(task);
    },
    addFirst: (task) => {
      if (tasks.length < maxWaiting) tasks.unshift(task);
    },
    putBefore: (first) => {
      tasks = [...first, ...tasks];
    },
    putBack: (task) => {
      const count = (cuts.get(task) ?? 0) + 1;
      cuts.set(task, count);
      if (count <= maxCuts) tasks.splice(placeOfSettled() + 1, 0, task);
    },
    next: (isFree) => {
      const at = isFree ? 0 : placeOfSettled();
      return at === -1 || tasks.length === 0 ? undefined : tasks.splice(at, 1)[0];
    },
    dropReviews: () => {
      const unasked = tasks.filter((task) => task.kind === 'review' && !cuts.has(task)).length;
      tasks = tasks.filter(({ kind }) => kind === 'settled' || kind === 'constraints');
      return unasked;
    },
  };
}
