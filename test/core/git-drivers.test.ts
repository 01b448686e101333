import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mayNameDrivers, withSettings } from '../../src/core/git/git-drivers.ts';

function makeRepository(settings = ''): string {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'wink-drivers-')));
  execFileSync('git', ['init', '-q', root]);
  writeFileSync(join(root, '.git/config'), settings, { flag: 'a' });
  return root;
}

const filter = '[filter "evil"]\n\tclean = evil\n';

test('git is not asked for drivers where the settings of a repository name none', () => {
  const root = makeRepository('[branch "main"]\n\tmerge = refs/heads/filter\n');
  mkdirSync(join(root, 'src'));
  expect([mayNameDrivers(root), mayNameDrivers(join(root, 'src')), mayNameDrivers(tmpdir())]).toEqual([
    false,
    false,
    false,
  ]);
});

test.each([
  ['a section', filter],
  ['one behind another on its line', '[core] [Filter "evil"]\nclean = evil\n'],
  ['the old form', '[filter.evil]\nclean = evil\n'],
  ['a diff driver', '[diff "evil"]\ntextconv = evil\n'],
  ['a file that is included', '[include]\npath = other\n'],
  ['one that is included under a condition', '[includeIf "gitdir:/"]\npath = other\n'],
])('git is asked where the settings have %s', (_, settings) => {
  expect(mayNameDrivers(makeRepository(settings))).toBe(true);
});

test('git is asked where it may find another repository than the next folder that looks like one', () => {
  const root = makeRepository(filter);
  const put = (path: string, text: string) => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  put('hollow/.git/HEAD', 'ref: refs/heads/main\n');
  put('nonsense/.git', 'gitdir\n');
  for (const name of ['HEAD', 'objects/x']) put(`bare/${name}`, 'ref: refs/heads/main\n');
  mkdirSync(join(root, 'link'));
  symlinkSync('../.git', join(root, 'link/.git'));
  const places = ['hollow', 'nonsense', 'bare', 'link'];
  expect(places.filter((name) => !mayNameDrivers(join(root, name)))).toEqual([]);
});

test('a linked worktree has the settings of its repository', () => {
  const root = makeRepository(filter);
  const git = (...words: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@e', ...words], { cwd: root, stdio: 'ignore' });
  git('commit', '-q', '--allow-empty', '-m', 'first');
  const other = `${root}-other`;
  git('worktree', 'add', '-q', other);
  expect(mayNameDrivers(other)).toBe(true);
});

test('settings are added to those that an environment already has', () => {
  const first = withSettings({}, [['core.excludesFile', '/x']]);
  expect(withSettings(first, [['filter.a=b.clean', '']])).toEqual({
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'core.excludesFile',
    GIT_CONFIG_VALUE_0: '/x',
    GIT_CONFIG_KEY_1: 'filter.a=b.clean',
    GIT_CONFIG_VALUE_1: '',
  });
});
