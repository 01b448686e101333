import { mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pruneCheckpoints } from '../checkpoints/prune-checkpoints.ts';
import type { CommandIo } from '../core/command-io.ts';
import { UserError } from '../core/errors.ts';
import { count } from '../core/text/count.ts';
import { pruneHeldCaches } from '../sandbox/held-cache.ts';
import { pruneSessions } from '../store/prune-sessions.ts';

export type Retention = { readonly days: number; readonly megabytes: number };

/** `wink-agent sessions prune`: removes old sessions, kept outputs and checkpoints at once. */
export async function runPrune(home: string, limits: Retention, io: CommandIo): Promise<number> {
  const sessions = pruneSessions(home, limits);
  const checkpoints = await pruneCheckpoints(home, { ...limits, gone: sessions.sessions });
  pruneHeldCaches(home, limits.days);
  const freed = ((sessions.bytes + checkpoints.bytes) / 1_000_000).toFixed(1);
  io.stdout.write(`Removed ${count(sessions.sessions.length, 'session')}; ${freed} MB freed.\n`);
  return 0;
}

/** A limit given as a flag; throws UserError when it is not a number above 0. */
export function readLimit(flag: string, value: unknown, otherwise: number): number {
  if (value === undefined) return otherwise;
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0)
    throw new UserError(`--${flag} takes a number above 0; it was given \`${String(value)}\`.`);
  return number;
}

const dayMs = 24 * 3600 * 1000;

/** Prunes at most once a day. Faults are no matter of the run that happens to do it. */
export async function pruneIfDue(home: string, limits: Retention, keep: string): Promise<void> {
  const stamp = join(home, 'pruned');
  try {
    const last = statSync(stamp, { throwIfNoEntry: false })?.mtimeMs ?? 0;
    if (Date.now() - last < dayMs) return;
    mkdirSync(home, { recursive: true, mode: 0o700 });
    writeFileSync(stamp, '');
    const { sessions } = pruneSessions(home, { ...limits, keep: [keep] });
    await pruneCheckpoints(home, { ...limits, gone: sessions });
    pruneHeldCaches(home, limits.days);
  } catch {
    // An unwritable home is reported where it matters: when the session can't be saved.
  }
}
