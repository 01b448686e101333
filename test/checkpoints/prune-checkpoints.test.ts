import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pruneCheckpoints } from '../../src/checkpoints/prune-checkpoints.ts';
import { checkpointsOf, commitFiles, git, makeSandpit, type Sandpit, write } from './repository.ts';

async function takeOne(sandpit: Sandpit, session: string, daysOld: number): Promise<void> {
  const checkpoints = checkpointsOf(sandpit, session);
  write(sandpit.work, { 'a.txt': `${session}\n`, [`${session}.bin`]: session.repeat(20_000) });
  await checkpoints.snapshot(session, 0);
  await checkpoints.close();
  const then = new Date(Date.now() - daysOld * 24 * 3600 * 1000);
  utimesSync(join(sandpit.home, 'checkpoints/sessions', `${session}.jsonl`), then, then);
}

const hashOf = (text: string) => execFileSync('git', ['hash-object', '--stdin'], { input: text }).toString().trim();

const many = (text: string) =>
  Object.fromEntries(Array.from({ length: 600 }, (_, at) => [`f${at}`, `${text} ${at}\n`]));

describe('pruneCheckpoints', () => {
  it('removes old ones and leaves newer ones of the same store usable', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'a.txt': 'a\n' });
    await takeOne(sandpit, 'old', 40);
    await takeOne(sandpit, 'new', 2);
    expect((await pruneCheckpoints(sandpit.home, { days: 30, megabytes: 100 })).sessions).toEqual(['old']);
    write(sandpit.work, { 'a.txt': 'changed\n' });
    const resumed = checkpointsOf(sandpit, 'new');
    expect((await resumed.undo())?.changed).toEqual([join(sandpit.work, 'a.txt')]);
    expect(readFileSync(join(sandpit.work, 'a.txt'), 'utf8')).toBe('new\n');
    await resumed.close();
  });

  it('removes what only old ones hold from a pack as well', async () => {
    const sandpit = makeSandpit();
    write(sandpit.work, many('first'));
    await takeOne(sandpit, 'old', 40);
    write(sandpit.work, many('second'));
    await takeOne(sandpit, 'new', 2);
    const [slug = ''] = readdirSync(join(sandpit.home, 'checkpoints')).filter((name) => name !== 'sessions');
    const store = join(sandpit.home, 'checkpoints', slug, 'git');
    const packs = join(store, 'objects/pack');
    const packed = () => readdirSync(packs).filter((name) => name.endsWith('.pack'));
    expect(packed()).toHaveLength(2);
    const before = new Date(Date.now() - 2 * 3600 * 1000);
    // Trees are younger than an hour otherwise, and keep what they name.
    for (const name of readdirSync(join(store, 'objects'), { recursive: true, encoding: 'utf8' }))
      utimesSync(join(store, 'objects', name), before, before);
    await pruneCheckpoints(sandpit.home, { days: 30, megabytes: 100 });
    expect(packed()).toHaveLength(1);
    const objects = git(store, 'cat-file', '--batch-all-objects', '--batch-check');
    const isKept = (text: string) => objects.includes(hashOf(text));
    expect([isKept('first 5\n'), isKept('second 5\n')]).toEqual([false, true]);
    write(sandpit.work, many('third'));
    const resumed = checkpointsOf(sandpit, 'new');
    await resumed.undo();
    expect(readFileSync(join(sandpit.work, 'f599'), 'utf8')).toBe('second 599\n');
    await resumed.close();
  });

  it('goes on where the repository has lost what a pack borrows, and looks again next time', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'kept.txt': 'borrowed\n' });
    write(sandpit.work, many('first'));
    await takeOne(sandpit, 'old', 40);
    write(sandpit.work, many('second'));
    await takeOne(sandpit, 'new', 2);
    const [slug = ''] = readdirSync(join(sandpit.home, 'checkpoints')).filter((name) => name !== 'sessions');
    const store = join(sandpit.home, 'checkpoints', slug);
    const blob = git(sandpit.work, 'rev-parse', 'HEAD:kept.txt').trim();
    const object = join(sandpit.work, '.git/objects', blob.slice(0, 2), blob.slice(2));
    renameSync(object, `${object}-away`);
    const other = { work: join(sandpit.work, '../zzz-other'), home: sandpit.home };
    mkdirSync(other.work);
    await takeOne(other, 'older', 50);
    expect((await pruneCheckpoints(sandpit.home, { days: 30, megabytes: 100 })).sessions).toEqual(['older', 'old']);
    expect(readdirSync(join(sandpit.home, 'checkpoints')).sort()).toEqual([slug, 'sessions'].sort());
    expect(readdirSync(join(sandpit.home, 'checkpoints/sessions'))).toEqual(['new.jsonl']);
    const doomed = hashOf('first 5\n');
    const isKept = () => git(join(store, 'git'), 'cat-file', '--batch-all-objects', '--batch-check').includes(doomed);
    const before = new Date(Date.now() - 2 * 3600 * 1000);
    for (const name of readdirSync(join(store, 'git/objects'), { recursive: true, encoding: 'utf8' }))
      utimesSync(join(store, 'git/objects', name), before, before);
    expect(isKept()).toBe(true);
    renameSync(`${object}-away`, object);
    expect((await pruneCheckpoints(sandpit.home, { days: 30, megabytes: 100 })).sessions).toEqual([]);
    expect(isKept()).toBe(false);
    expect(existsSync(join(store, 'unfinished'))).toBe(false);
  });

  it('removes a store that nothing needs any more, and one by size', async () => {
    const sandpit = makeSandpit();
    write(sandpit.work, { 'a.txt': 'a\n' });
    await takeOne(sandpit, 's1', 3);
    const pruned = await pruneCheckpoints(sandpit.home, { days: 30, megabytes: 0.001 });
    expect(pruned.sessions).toEqual(['s1']);
    expect(pruned.bytes).toBeGreaterThan(100);
    expect(readdirSync(join(sandpit.home, 'checkpoints'))).toEqual(['sessions']);
  });

  it('leaves those of a session that may be running, even when it is said to be gone', async () => {
    const sandpit = makeSandpit();
    write(sandpit.work, { 'a.txt': 'a\n' });
    await takeOne(sandpit, 's1', 0);
    expect((await pruneCheckpoints(sandpit.home, { days: 30, megabytes: 0, gone: ['s1'] })).sessions).toEqual([]);
    expect(existsSync(join(sandpit.home, 'checkpoints/sessions/s1.jsonl'))).toBe(true);
  });
});
