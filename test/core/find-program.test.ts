import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runGitSafely } from '../../src/core/git/ask-git.ts';
import {
  findProgram,
  keepProgramsOutOf,
  ownPath,
  ownPlace,
  ownProgram,
  ownProgramsFirst,
} from '../../src/core/process/find-program.ts';

function makeFolders() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-program-')));
  const [work, own] = [join(base, 'work'), join(base, 'own')];
  for (const folder of [join(work, '.git'), join(work, 'bin/tool'), join(work, 'sub/.git'), own])
    mkdirSync(folder, { recursive: true });
  for (const folder of [join(work, 'bin'), own]) addProgram(join(folder, 'rg'), 'exit 0');
  return { base, work, own };
}

function addProgram(file: string, script: string): void {
  writeFileSync(file, `#!/bin/sh\n${script}\n`);
  chmodSync(file, 0o755);
}

test('a program is taken from the path, but none from the given folders, also not by a link', () => {
  const { base, work, own } = makeFolders();
  symlinkSync(join(work, 'bin'), join(base, 'link'));
  symlinkSync(join(work, 'bin/rg'), join(own, 'grep'));
  expect(findProgram('rg', `bin:.::${work}/bin:${base}/link:${own}`, [work])).toBe(join(own, 'rg'));
  expect(findProgram('rg', `${work}/bin`, [work])).toBeUndefined();
  expect(findProgram('grep', own, [work])).toBeUndefined();
  expect(findProgram('grep', own, [])).toBe(join(own, 'grep'));
  expect(findProgram('tool', `${work}/bin`, [])).toBeUndefined();
});

test('what the agent starts for itself comes from no repository around it and from no workspace', () => {
  const { base, work, own } = makeFolders();
  const path = `./bin:${work}/bin::${base}/added/bin:${own}`;
  expect(ownPath(path, join(work, 'sub'))).toBe(`${base}/added/bin:${own}`);
  keepProgramsOutOf([join(base, 'added')]);
  expect(ownPath(path, join(work, 'sub'))).toBe(own);
  expect(ownPath(`${work}/bin:`, work)).toBe('/usr/bin:/bin');
  expect(ownProgramsFirst({ PATH: path }, work)).toEqual({ PATH: `${own}:./bin:${work}/bin:${base}/added/bin` });
  expect(ownProgram('rg', { PATH: path, A: '1', B: undefined }, work)).toEqual({
    file: join(own, 'rg'),
    env: { PATH: own, A: '1' },
  });
  const missing = ownProgram('tool', { PATH: `${work}/bin` }, work);
  expect(spawnSync(missing.file, [], { env: missing.env, cwd: work }).error).toMatchObject({ code: 'ENOENT' });
});

test('the git of a workspace is not the one that is asked about it', () => {
  const { work } = makeFolders();
  addProgram(join(work, 'bin/git'), `echo ran > ${join(work, 'ran')}`);
  const before = process.env.PATH;
  process.env.PATH = `./bin:${join(work, 'bin')}:${before}`;
  try {
    expect(runGitSafely(work, ['--version'])).toMatch(/^git version/);
  } finally {
    process.env.PATH = before;
  }
  expect(existsSync(join(work, 'ran'))).toBe(false);
});

test('the user’s own programs start in an empty folder of ours, or in the root where that can’t be made or lies in the repository', () => {
  const { base, work, own } = makeFolders();
  const env = { PATH: `${work}/bin:${own}` };
  expect(ownPlace(env, join(base, 'home'), work)).toEqual({ cwd: join(base, 'home/start'), env: { PATH: own } });
  for (const home of [join(work, 'home'), join(own, 'rg')]) expect(ownPlace(env, home, work).cwd).toBe('/');
});
