import { existsSync, lstatSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sweepIndexes } from './snapshot-store.ts';
import { GitError, runGit } from './store-git.ts';

export type CheckpointLimits = {
  /** Checkpoints of sessions that took none for so many days go. */
  readonly days: number;
  /** Above this size of all stores, those of the oldest sessions go. */
  readonly megabytes: number;
  /** Sessions whose checkpoints go whatever their age (they were removed themselves). */
  readonly gone?: readonly string[];
  /** Milliseconds since 1970; default now. */
  readonly now?: number;
};

const dayMs = 24 * 3600 * 1000;
const restMs = 3600 * 1000;

/**
 * Removes old checkpoints and what only they kept. Sessions that took a checkpoint within the last hour are left. Gives the sessions
 * whose checkpoints went and the bytes freed. Without git only whole stores that nobody uses can go.
 */
export async function pruneCheckpoints(
  home: string,
  limits: CheckpointLimits,
): Promise<{ sessions: string[]; bytes: number }> {
  const folder = join(home, 'checkpoints');
  const now = limits.now ?? Date.now();
  const before = sizeOf(folder);
  const sessions = findRecords(folder).filter(({ changedMs }) => now - changedMs > restMs);
  const gone = new Set(limits.gone ?? []);
  const old = sessions.filter(({ id, changedMs }) => gone.has(id) || now - changedMs > limits.days * dayMs);
  const removed = old.map(({ id }) => id);
  await removeCheckpoints(folder, removed);
  const rest = sessions.filter(({ id }) => !removed.includes(id));
  while (rest.length > 0 && sizeOf(folder) > limits.megabytes * 1_000_000) {
    const oldest = rest.splice(0, Math.ceil(rest.length / 2)).map(({ id }) => id);
    await removeCheckpoints(folder, oldest);
    removed.push(...oldest);
  }
  return { sessions: removed, bytes: Math.max(before - sizeOf(folder), 0) };
}

/** The sessions that have checkpoints, the oldest first. */
function findRecords(folder: string): { id: string; changedMs: number }[] {
  return names(join(folder, 'sessions'))
    .filter((name) => name.endsWith('.jsonl'))
    .map((name) => ({
      id: name.slice(0, -'.jsonl'.length),
      changedMs: lstatSync(join(folder, 'sessions', name)).mtimeMs,
    }))
    .sort((left, right) => left.changedMs - right.changedMs);
}

async function removeCheckpoints(folder: string, sessions: readonly string[]): Promise<void> {
  for (const slug of names(folder)) {
    if (slug === 'sessions') continue;
    if (sessions.length === 0 && !storesIn(join(folder, slug)).some(isUnfinished)) continue;
    for (const store of storesIn(join(folder, slug))) await pruneStore(store, sessions);
    if (storesIn(join(folder, slug)).length === 0) rmSync(join(folder, slug), { recursive: true, force: true });
  }
  for (const id of sessions) rmSync(join(folder, 'sessions', `${id}.jsonl`), { force: true });
}

function storesIn(folder: string): string[] {
  const nested = names(join(folder, 'nested')).map((name) => join(folder, 'nested', name));
  return [folder, ...nested].filter((store) => existsSync(join(store, 'git')));
}

/** Marks a store from which references were taken, but not yet what only they held. */
const unfinished = 'unfinished';
const isUnfinished = (store: string) => existsSync(join(store, unfinished));

/** Deletes the sessions' references, then the objects that nothing holds any more; a store without references goes as a whole. */
async function pruneStore(store: string, sessions: readonly string[]): Promise<void> {
  const git = (args: readonly string[], input?: string) =>
    runGit(args, {
      cwd: store,
      writes: [store],
      env: { GIT_DIR: join(store, 'git'), GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' },
      ...(input === undefined ? {} : { input: Buffer.from(input) }),
    });
  const references = (await git(['for-each-ref', '--format=%(refname)', 'refs/wink/']))
    .toString('utf8')
    .split('\n')
    .filter(Boolean);
  const doomed = references.filter((name) => sessions.some((id) => name.startsWith(`refs/wink/${id}.`)));
  sweepIndexes(store);
  const isInUse = names(store).some((name) => name.startsWith('index-'));
  if (doomed.length === references.length && !isInUse) {
    for (const name of ['git', 'index', unfinished]) rmSync(join(store, name), { recursive: true, force: true });
    return;
  }
  if (doomed.length === 0 && !isUnfinished(store)) return;
  writeFileSync(join(store, unfinished), '');
  await git(['update-ref', '--stdin'], doomed.map((name) => `delete ${name}\n`).join(''));
  // The warm index names objects that may go now; the next session makes a new one.
  rmSync(join(store, 'index'), { force: true });
  // Of a pack only what is still held is kept; what is not becomes a file of its own, which `prune` looks at.
  const isPacked = names(join(store, 'git/objects/pack')).length > 0;
  const repacked = isPacked
    ? await succeeds(git(['repack', '-A', '-d', '-l', '-q', '--unpack-unreachable=1.hour.ago']))
    : true;
  const pruned = await succeeds(git(['prune', '--expire=1.hour.ago']));
  if (repacked && pruned) rmSync(join(store, unfinished), { force: true });
}

/** Git refuses where the user's repository has lost something that a checkpoint borrows from it; the next run tries again. */
async function succeeds(work: Promise<Buffer>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof GitError) return false;
    throw error;
  }
}

function sizeOf(path: string): number {
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (!stats) return 0;
  if (!stats.isDirectory()) return stats.size;
  return names(path).reduce((sum, name) => sum + sizeOf(join(path, name)), 0);
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
