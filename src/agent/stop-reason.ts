import type { Outcome } from '../core/types.ts';

/** Why a run's AbortSignal fired. It is the signal's reason, so the end of the run can be told from it. */
export class Stop extends Error {
  override readonly name = 'Stop';
  readonly outcome: Outcome;
  readonly exitSignal: 'SIGINT' | 'SIGTERM' | 'SIGHUP' | undefined;
  constructor(
    outcome: 'aborted' | 'timeout' | 'denied' | 'budget',
    message: string,
    exitSignal?: 'SIGINT' | 'SIGTERM' | 'SIGHUP',
  ) {
    super(message);
    this.outcome = outcome;
    this.exitSignal = exitSignal;
  }
}
