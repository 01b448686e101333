import type { SessionFacts } from '../metrics/session-facts.ts';

/** The state of a run, for whoever runs thousands of them. */
export const runStates = ['done', 'doubtful', 'limit', 'failed', 'unknown'] as const;
export type RunState = (typeof runStates)[number];

export const stateWords: Readonly<Record<RunState, string>> = {
  done: 'done',
  doubtful: 'done, but doubtful',
  limit: 'stopped at a limit',
  failed: 'failed',
  unknown: 'without an end',
};

/** Below it the observer's estimate says that a run that ended as done is more likely not. */
const doubtfulScore = 0.5;

/**
 * A run that ended as done is doubtful when its last check was red, the observer's score is below 0.5, or a judgement in the file says that it failed.
 * `failed` is an error, a denial, or a stop by the observer; `unknown` are interrupted runs and files that say no end.
 */
export function stateOf({ outcome, success, isLastCheckRed, score }: SessionFacts): RunState {
  switch (outcome) {
    case 'done':
      return success === false || isLastCheckRed === true || (score !== null && score < doubtfulScore)
        ? 'doubtful'
        : 'done';
    case 'turn-limit':
    case 'budget':
    case 'timeout':
      return 'limit';
    case 'error':
    case 'stuck':
    case 'denied':
      return 'failed';
    default:
      return success === null ? 'unknown' : success ? 'done' : 'failed';
  }
}
