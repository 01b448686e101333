import type { Emit } from '../../core/event.ts';
import type { ObserverPort } from '../../core/observer-port.ts';
import type { Run } from '../../core/run/run.ts';
import type { ObserverSide } from './observer-side.ts';
import type { TurnEndWait } from './turn-end.ts';

/** The review at the end of a turn, where the user need not wait for it. */
export type ReviewBehind = {
  /** Waits for the review, and reports when it begins and ends. */
  readonly wait: TurnEndWait;
  /** What the drain after it gives: nothing, where the user has cut the review. */
  readonly drain: ObserverPort['drain'];
  readonly isUnderWay: () => boolean;
  /** Ends the review: the turn stays as it was ended, and nothing more is said of it. */
  readonly cut: () => void;
};

/** On the screen the answer is there and the composer is free while the review goes on; the user's next act cuts it. */
export function reviewBehind({ port, review: wait }: Pick<ObserverSide, 'port' | 'review'>, emit: Emit): ReviewBehind {
  let review: AbortController | undefined;
  let isCut = false;
  return {
    isUnderWay: () => review !== undefined,
    cut: () => {
      isCut = review !== undefined;
      review?.abort();
    },
    wait: async (signal) => {
      review = new AbortController();
      emit({ type: 'review', isUnderWay: true });
      try {
        await wait(AbortSignal.any([signal, review.signal]));
      } finally {
        review = undefined;
        emit({ type: 'review', isUnderWay: false });
      }
    },
    drain: () => {
      if (!isCut) return port.drain();
      isCut = false;
      return { notes: [] };
    },
  };
}

type Task = Pick<Run, 'submit' | 'say' | 'stop'>;

export type ReviewedTask = Task & {
  /** Whether the review of a turn goes on behind the user. */
  readonly isReviewing: () => boolean;
  /** Ends such a review; resolves when the turn's result is there. */
  readonly endReview: () => Promise<void>;
};

/** The task whose turns may be over before their review is: what would stop the turn then only ends the review. */
export function withReview(task: Task, review: ReviewBehind | undefined): ReviewedTask {
  let turn: Promise<unknown> = Promise.resolve();
  const isReviewing = (): boolean => review?.isUnderWay() ?? false;
  return {
    ...task,
    isReviewing,
    submit: (text, images) => {
      const result = task.submit(text, images);
      turn = result.catch(() => undefined);
      return result;
    },
    stop: (reason) => (isReviewing() ? review?.cut() : task.stop(reason)),
    endReview: async () => {
      if (!isReviewing()) return;
      review?.cut();
      await turn;
    },
  };
}
