import type { RunRecord } from '../../input/run-record.ts';

/** A pause longer than this counts as this much work: a machine that slept, a question nobody was there to answer. Milliseconds. */
const maxWorkLength = 10 * 60_000;

/** Reads the times of a conversation's messages: when it began and ended, and how much of that the agent was at work. */
export function createClock() {
  let startedAt: string | undefined;
  let endedAt: string | undefined;
  let lastMs = Number.NaN;
  let activeMs = 0;
  return {
    /** A message at an ISO time. `isPause`: until then nobody worked, as it was the person's turn. */
    see: (at: string | undefined, isPause = false): void => {
      if (at === undefined) return;
      startedAt ??= at;
      endedAt = at;
      const ms = Date.parse(at);
      if (!isPause && ms > lastMs) activeMs += Math.min(ms - lastMs, maxWorkLength);
      if (Number.isFinite(ms)) lastMs = ms;
    },
    times: (): Pick<RunRecord, 'startedAt' | 'endedAt' | 'durationMs' | 'activeMs'> => {
      const wallMs =
        startedAt === undefined || endedAt === undefined ? Number.NaN : Date.parse(endedAt) - Date.parse(startedAt);
      return {
        ...(startedAt !== undefined && { startedAt }),
        ...(endedAt !== undefined && { endedAt }),
        ...(wallMs >= 0 && { durationMs: wallMs, activeMs: Math.min(activeMs, wallMs) }),
      };
    },
  };
}
