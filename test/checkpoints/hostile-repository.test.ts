import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { createCheckpoints } from '../../src/checkpoints/checkpoints.ts';
import { dirtyFiles } from '../../src/checkpoints/uncommitted-files.ts';
import { runGitSafely } from '../../src/core/git/ask-git.ts';
import { stageAll } from '../../src/core/git/guard-git.ts';
import { readRepositoryState } from '../../src/observer/worker/repository-state.ts';
import { listFiles } from '../../src/ui/input/file-source.ts';

/** A repository without files, and beside it a program that leaves a file when it is started. */
function makeRepository() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-hostile-')));
  const [root, marker, program] = [join(base, 'work'), join(base, 'RAN'), join(base, 'evil')];
  writeFileSync(program, `#!/bin/sh\necho "$0 $@" >> ${marker}\ncat\n`);
  chmodSync(program, 0o755);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@e', ...args], { cwd: root, stdio: 'ignore' });
  execFileSync('git', ['init', '-q', root]);
  return { base, root, marker, program, git };
}

/** A repository whose settings name a program for everything that git can start by itself; the program leaves a file beside it. */
function makeHostile() {
  const { base, root, marker, program, git } = makeRepository();
  writeFileSync(
    join(root, '.gitattributes'),
    '*.txt filter=evil diff=evil merge=evil\nb.txt filter=a=b diff=a=b merge=a=b\n',
  );
  writeFileSync(join(root, 'a.txt'), 'one\n');
  writeFileSync(join(root, 'b.txt'), 'one\n');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  for (const [name, value] of [
    ['core.fsmonitor', program],
    ['core.hooksPath', base],
    ['core.pager', program],
    ['core.sshCommand', program],
    ['core.alternateRefsCommand', program],
    ['filter.evil.clean', program],
    ['filter.evil.smudge', program],
    ['filter.evil.process', program],
    ['filter.evil.required', 'true'],
    ['filter.e.v.clean', program],
    ['filter.a=b.clean', program],
    ['filter.a=b.process', program],
    ['filter.a=b.required', 'true'],
    ['diff.a=b.textconv', program],
    ['diff.a=b.command', program],
    ['merge.a=b.driver', program],
    ['diff.external', program],
    ['diff.evil.textconv', program],
    ['diff.evil.command', program],
    ['merge.evil.driver', program],
    ['alias.status', `!${program}`],
    ['alias.ls-files', `!${program}`],
    ['gpg.program', program],
    ['log.showSignature', 'true'],
  ] as const)
    git('config', name, value);
  writeFileSync(join(root, 'a.txt'), 'two\n');
  utimesSync(join(root, 'b.txt'), new Date(), new Date(Date.now() + 5000));
  return { base, root, marker };
}

it('no git of ours starts what a repository names', async () => {
  const { base, root, marker } = makeHostile();
  const dirty = await dirtyFiles(root);
  expect(dirty.map(({ path }) => path)).toContain(join(root, 'a.txt'));
  expect(await listFiles(root)).toContain('a.txt');
  const head = runGitSafely(root, ['rev-parse', 'HEAD'])?.trim() ?? '';
  expect(runGitSafely(root, ['diff', '--numstat', '-z', '--no-renames', head])).toContain('a.txt');
  expect(runGitSafely(root, ['ls-files', '--others', '--exclude-standard', '-z'])).toBe('');
  const checkpoints = createCheckpoints({ cwd: root, home: join(base, 'home'), session: 's1' });
  const kept = await checkpoints.snapshot('before', 0);
  writeFileSync(join(root, 'b.txt'), 'three\n');
  expect((await checkpoints.diffSince(kept?.id ?? '')).patch).toContain('three');
  await checkpoints.close();
  expect(existsSync(marker)).toBe(false);
});

it('no git of ours looks into a submodule, whose settings name programs of their own', async () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-hostile-')));
  const [root, marker, inner] = [join(base, 'work'), join(base, 'RAN'), join(base, 'work/sub')];
  const git = (cwd: string, ...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@e', ...args], { cwd, stdio: 'ignore' });
  mkdirSync(inner, { recursive: true });
  for (const folder of [inner, root]) {
    git(folder, 'init', '-q');
    writeFileSync(join(folder, 'a.txt'), 'one\n');
    git(folder, 'add', '.');
    git(folder, 'commit', '-q', '-m', 'first');
  }
  writeFileSync(join(inner, '.gitattributes'), '* filter=evil diff=evil\n');
  git(inner, 'config', 'filter.evil.clean', `touch ${marker}; cat`);
  git(inner, 'config', 'diff.evil.textconv', `touch ${marker}; cat`);
  git(root, 'config', 'diff.submodule', 'diff');
  git(root, 'config', 'status.submoduleSummary', 'true');
  // What a repository says of its submodules goes before what its settings say of all.
  writeFileSync(join(root, '.gitmodules'), '[submodule "sub"]\npath = sub\nurl = x\nignore = none\n');
  writeFileSync(join(root, 'a.txt'), 'two\n');
  writeFileSync(join(inner, 'a.txt'), 'two\n');
  expect(runGitSafely(root, ['diff', 'HEAD'])).toContain('+two');
  expect(runGitSafely(root, ['status', '--porcelain'])).toContain('a.txt');
  const found = runGitSafely(root, stageAll.find) ?? '';
  const staging = { input: stageAll.input(found), writes: [join(root, '.git')] };
  expect(runGitSafely(root, stageAll.stage, [0], staging)).toBe('');
  expect(runGitSafely(root, ['diff', '--cached', '--name-only'])).toBe('.gitmodules\na.txt\n');
  expect(existsSync(marker)).toBe(false);
  // A plain git would have started it.
  git(root, 'status');
  expect(existsSync(marker)).toBe(true);
});

it('a change shows its lines, whatever the repository says of its diffs; of bytes that are no text it says so', async () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-hostile-')));
  const root = join(base, 'work');
  execFileSync('git', ['init', '-q', root]);
  writeFileSync(join(root, '.gitattributes'), '*.js -diff\n*.lock binary\n');
  for (const name of ['a.js', 'b.lock', 'c.bin']) writeFileSync(join(root, name), 'one\n');
  const checkpoints = createCheckpoints({ cwd: root, home: join(base, 'home'), session: 's1' });
  const kept = await checkpoints.snapshot('before', 0);
  for (const name of ['a.js', 'b.lock']) writeFileSync(join(root, name), `evil ${name}\n`);
  writeFileSync(join(root, 'c.bin'), Buffer.from([0, 1, 2]));
  const { patch } = await checkpoints.diffSince(kept?.id ?? '');
  await checkpoints.close();
  expect(patch).toContain('+evil a.js');
  expect(patch).toContain('+evil b.lock');
  expect(patch).toMatch(/c\.bin[\s\S]*(Binary files|GIT binary patch)/);
});

it.each([
  ['no name at all', '[filter ""]\n\tclean = PROGRAM\n', '* filter=\n'],
  ['a name that is no text', '[filter "\xff"]\n\tclean = PROGRAM\n', '* filter=\xff\n'],
  ['a name with a line of its own', '[filter "a\x01"]\n\tclean = PROGRAM\n', '* filter=a\x01\n'],
  [
    'a file that is included only elsewhere',
    '[includeIf "gitdir:**/worktrees/**"]\n\tpath = other.inc\n',
    '* filter=evil\n',
  ],
])(
  'no git of ours looks at files where a driver has %s: it can not be switched off',
  async (_, settings, attributes) => {
    const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-hostile-')));
    const [root, marker, program] = [join(base, 'work'), join(base, 'RAN'), join(base, 'evil')];
    writeFileSync(program, `#!/bin/sh\necho "$0 $@" >> ${marker}\ncat\n`);
    chmodSync(program, 0o755);
    const git = (...args: string[]) =>
      execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@e', ...args], { cwd: root, stdio: 'ignore' });
    execFileSync('git', ['init', '-q', root]);
    writeFileSync(join(root, 'a.txt'), 'one\n');
    git('add', '.');
    git('commit', '-q', '-m', 'first');
    const append = (path: string, text: string) =>
      writeFileSync(join(root, path), Buffer.from(text.replace('PROGRAM', program), 'latin1'), { flag: 'a' });
    append('.git/other.inc', '[filter "evil"]\n\tclean = PROGRAM\n\tsmudge = PROGRAM\n');
    append('.git/config', settings);
    append('.git/info/attributes', attributes);
    utimesSync(join(root, 'a.txt'), new Date(), new Date(Date.now() + 5000));
    await dirtyFiles(root).catch(() => undefined);
    expect(runGitSafely(root, ['diff', '--stat'])).toBeUndefined();
    expect(await readRepositoryState(root)).toBeUndefined();
    const checkpoints = createCheckpoints({ cwd: root, home: join(base, 'home'), session: 's1' });
    await checkpoints.snapshot('before', 0).catch(() => undefined);
    expect(existsSync(marker)).toBe(false);
  },
);
