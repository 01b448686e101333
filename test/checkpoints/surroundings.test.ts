import { readFileSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { checkpointsOf, commitFiles, makeSandpit, write } from './repository.ts';

describe('checkpoints', () => {
  it('work for two sessions at once in one repository', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'a.txt': 'a\n', 'b.txt': 'b\n' });
    const [one, two] = [checkpointsOf(sandpit, 's1'), checkpointsOf(sandpit, 's2')];
    const made = await Promise.all([one.snapshot('x', 0), two.snapshot('y', 0)]);
    expect(made.every((each) => each !== undefined)).toBe(true);
    write(sandpit.work, { 'a.txt': 'one\n', 'b.txt': 'two\n' });
    await Promise.all([one.restore(made[0]!.id, { paths: ['a.txt'] }), two.restore(made[1]!.id, { paths: ['b.txt'] })]);
    expect(readFileSync(join(sandpit.work, 'a.txt'), 'utf8') + readFileSync(join(sandpit.work, 'b.txt'), 'utf8')).toBe(
      'a\nb\n',
    );
    await Promise.all([one.close(), two.close()]);
  });

  it('start from a folder below the root of the repository, and when their home lies inside', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'a.txt': 'a\n', 'sub/b.txt': 'b\n' });
    const checkpoints = checkpointsOf({ work: join(sandpit.work, 'sub'), home: join(sandpit.work, '.state') });
    await checkpoints.snapshot('x', 0);
    write(sandpit.work, { 'a.txt': 'changed\n' });
    expect((await checkpoints.undo())?.changed).toEqual([join(sandpit.work, 'a.txt')]);
  });

  it('say what is wrong and go on when git is missing or the home can not be written', async () => {
    const sandpit = makeSandpit();
    write(sandpit.work, { 'a.txt': 'a\n' });
    const path = process.env.PATH;
    process.env.PATH = '/nonexistent';
    try {
      const checkpoints = checkpointsOf(sandpit);
      expect(await checkpoints.snapshot('x', 0)).toBeUndefined();
      expect(checkpoints.problem()).toContain('git is not installed');
      await expect(checkpoints.undo()).rejects.toThrow(UserError);
    } finally {
      process.env.PATH = path;
    }
    writeFileSync(sandpit.home, 'a file');
    const checkpoints = checkpointsOf(sandpit);
    expect(await checkpoints.snapshot('x', 0)).toBeUndefined();
    expect(checkpoints.problem()).toMatch(/^No checkpoint could be made: .*The task continues/);
  });

  it('go over a damaged user index and a broken record', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'a.txt': 'a\n' });
    writeFileSync(join(sandpit.work, '.git/index'), 'garbage');
    const checkpoints = checkpointsOf(sandpit);
    expect(await checkpoints.snapshot('x', 0)).toBeDefined();
    writeFileSync(
      join(sandpit.home, 'checkpoints/sessions/s1.jsonl'),
      `${readFileSync(join(sandpit.home, 'checkpoints/sessions/s1.jsonl'), 'utf8')}\n{"id":"s1.2","kin`,
    );
    await checkpoints.close();
    const resumed = checkpointsOf(sandpit);
    unlinkSync(join(sandpit.work, 'a.txt'));
    expect((await resumed.undo())?.changed).toEqual([join(sandpit.work, 'a.txt')]);
  });
});
