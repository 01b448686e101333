import type { RunResult } from '../core/run/run-result.ts';

/** Exit codes by outcome; 2 is kept for usage and configuration. `aborted` is 130, or 143 when SIGTERM ended the run. */
export function exitCodeOf(outcome: RunResult['outcome'], signal?: 'SIGINT' | 'SIGTERM' | 'SIGHUP'): number {
  switch (outcome) {
    case 'done':
      return 0;
    case 'error':
      return 1;
    case 'turn-limit':
      return 3;
    case 'budget':
      return 4;
    case 'timeout':
      return 5;
    case 'stuck':
      return 6;
    case 'denied':
      return 7;
    case 'aborted':
      return signal === 'SIGTERM' ? 143 : signal === 'SIGHUP' ? 129 : 130;
    default:
      return outcome satisfies never;
  }
}
