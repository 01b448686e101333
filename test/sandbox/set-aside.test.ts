import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { isProtected } from '../../src/core/disk/protected-files.ts';
import { watchAbsent, watchNested } from '../../src/sandbox/made/set-aside.ts';
import { createMarkFinder, lookFurther } from '../../src/sandbox/marks/marks.ts';
import { removeFolder } from '../remove-folder.ts';

/** A workspace with a repository, and what is said of it after `act`, as after a command. */
async function workspace() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-aside-')));
  onTestFinished(() => removeFolder(base));
  const root = join(base, 'work');
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd: root, stdio: 'pipe' });
  const put = (path: string, text = '') => {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  mkdirSync(root);
  git('init', '-q');
  put('a.txt', 'a\n');
  git('add', '.');
  git('commit', '-qm', 'first');
  const keepIn = () => join(base, 'kept');
  const find = createMarkFinder([root], { isHidden: () => false, isProtected });
  const afterwards = async (act: () => void) => {
    const absent = watchAbsent([root], 'workspace', keepIn);
    const nested = watchNested((await find())!, find, keepIn, [root]);
    act();
    return [absent(), await nested()].flatMap((said) => said?.note ?? []).join('\n');
  };
  return { base, root, git, put, afterwards, has: (path: string) => existsSync(join(root, path)) };
}

describe('after a command', () => {
  test('nothing outside of the workspace is moved where a link takes the place of a folder meanwhile', async () => {
    const { base, root, put } = await workspace();
    const home = join(base, 'home');
    mkdirSync(home);
    writeFileSync(join(home, '.envrc'), 'mine');
    const find = createMarkFinder([root], { isHidden: () => false, isProtected });
    const swap = () => {
      renameSync(join(root, 'sub'), join(root, 'other'));
      symlinkSync(home, join(root, 'sub'));
      return join(base, 'kept');
    };
    const after = watchNested((await find())!, find, swap, [root]);
    put('sub/.envrc', 'made');
    expect((await after())?.note).toMatch(/^\[not set aside: .*sub\/\.envrc .* leads out of the workspace now/);
    expect(existsSync(join(home, '.envrc'))).toBe(true);
  });

  test.runIf(existsSync('/dev/shm'))('a folder is set aside on another disk, with its links as they are', async () => {
    const { base, root, put } = await workspace();
    mkdirSync(join(base, 'home'));
    writeFileSync(join(base, 'home/mine'), 'mine');
    const find = createMarkFinder([root], { isHidden: () => false, isProtected });
    const elsewhere = realpathSync(mkdtempSync('/dev/shm/wink-aside-'));
    onTestFinished(() => removeFolder(elsewhere));
    const look = watchNested((await find())!, find, () => elsewhere, [root]);
    put('.vscode/sub/run.sh', 'made');
    chmodSync(join(root, '.vscode/sub/run.sh'), 0o755);
    symlinkSync(join(base, 'home'), join(root, '.vscode/sub/home'));
    const [, folder] = /Now in (.*);/.exec((await look())?.note ?? '') ?? [];
    const [name] = readdirSync(folder!);
    const moved = join(folder!, name!, 'sub');
    expect([readFileSync(join(moved, 'run.sh'), 'utf8'), lstatSync(join(moved, 'run.sh')).mode & 0o777]).toEqual([
      'made',
      0o755,
    ]);
    expect(lstatSync(join(moved, 'home')).isSymbolicLink()).toBe(true);
    expect([existsSync(join(root, '.vscode')), existsSync(join(base, 'home/mine'))]).toEqual([false, true]);
  });

  test('a pipe that it left is set aside, one that was there before stays', async () => {
    const { root, put, afterwards } = await workspace();
    put('sub/a.txt');
    execFileSync('mkfifo', [join(root, 'mine')]);
    const said = await afterwards(() => execFileSync('mkfifo', [join(root, 'sub/.gitignore')]));
    expect(said).toContain(`${root}/sub/.gitignore appeared while this command ran and is a pipe, at which git`);
    expect(existsSync(join(root, 'sub/.gitignore'))).toBe(false);
    expect(existsSync(join(root, 'mine'))).toBe(true);
  });

  test.runIf(process.platform === 'linux')('a folder whose name is no text is said when it is new', async () => {
    const { root, afterwards } = await workspace();
    const odd = (name: string) => Buffer.concat([Buffer.from(`${root}/${name}`), Buffer.from([0xff, 0xfe])]);
    mkdirSync(odd('old'));
    expect(await afterwards(() => mkdirSync(join(root, 'usual\ufffd')))).toBe('');
    expect(await afterwards(() => mkdirSync(odd('new')))).toContain(`[not looked through: ${root}/new`);
  });

  test('repositories that name no programs stay, whoever made them', async () => {
    const { git, afterwards, has } = await workspace();
    git('config', 'core.hooksPath', '.githooks');
    const said = await afterwards(() => {
      git('clone', '-q', '.', 'vendor/lib');
      git('init', '-q', 'new');
      git('init', '-q', '--bare', 'store.git');
      git('worktree', 'add', '-q', 'trees/one');
      git('clone', '-q', '--bare', '.', 'whole.git');
      git('-C', 'whole.git', 'worktree', 'add', '-q', '../trees/two');
    });
    expect(said).toBe('');
    for (const path of [
      ...['vendor/lib/.git', 'new/.git', 'store.git/config', 'trees/one/.git'],
      ...['whole.git/config', 'whole.git/worktrees/two/commondir', 'trees/two/.git'],
    ])
      expect([path, has(path)]).toEqual([path, true]);
  });

  test('a repository with a submodule stays, whose settings name its own folder', async () => {
    const { root, git, afterwards, has } = await workspace();
    await afterwards(() => {
      git('init', '-q', 'outer');
      git('-C', 'outer', '-c', 'protocol.file.allow=always', 'submodule', 'add', '-q', root, 'libs/inner');
    });
    for (const path of ['outer/.git/modules/libs/inner/config', 'outer/libs/inner/.git'])
      expect([path, has(path)]).toEqual([path, true]);
  });

  test.each<[string, string, (root: string, put: (path: string, text?: string) => void) => void]>([
    ['a setting that starts a program', '[core]\n\tfsmonitor = ./evil\n', () => {}],
    ['a setting on the line of its section', '[core] fsmonitor = ./evil\n', () => {}],
    ['an address that is a command', '[remote "o"]\n\turl = ext::sh -c evil\n', () => {}],
    ['settings in another file', '[include]\n\tpath = ../evil\n', () => {}],
    ['the files of another folder for its own', '[core]\n\tworktree = ../../..\n', () => {}],
    ['a hook', '', (_, put) => put('new/.git/hooks/pre-commit', 'evil')],
    [
      'a link to hooks',
      '',
      (root, put) => {
        put('new/evil/pre-commit', 'evil');
        symlinkSync('../evil', join(root, 'new/.git/hooks'));
      },
    ],
    ['settings shared with another folder', '', (_, put) => put('new/.git/commondir', '../evil')],
    ['a submodule with a hook', '', (_, put) => put('new/.git/modules/a/b/hooks/post-checkout', 'evil')],
  ])('a repository with %s is set aside', async (_, config, add) => {
    const { root, put, afterwards, has } = await workspace();
    const said = await afterwards(() => {
      for (const name of ['HEAD', 'objects/x', 'refs/x']) put(`new/.git/${name}`);
      for (const name of ['HEAD', 'objects/x', 'refs/x']) put(`new/.git/modules/a/b/${name}`);
      put('new/.git/config', config);
      add(root, put);
    });
    expect(said).toContain(`[set aside: ${root}/new/.git appeared`);
    expect(has('new/.git')).toBe(false);
  });

  test.each([
    ['as it is', []],
    ['of version 4', ['--index-version', '4']],
    ['in two parts', ['--split-index']],
  ])('a repository among installed packages is set aside once an index %s makes git enter it', async (_, option) => {
    const { root, git, put, afterwards, has } = await workspace();
    put('node_modules/a/index.js');
    git('add', '-f', '.');
    const made = await afterwards(() => {
      git('init', '-q', 'node_modules/sub');
      git('-C', 'node_modules/sub', 'commit', '-qm', 'x', '--allow-empty');
      git('-C', 'node_modules/sub', 'config', 'core.fsmonitor', './evil');
    });
    expect([made, has('node_modules/sub/.git')]).toEqual(['', true]);
    const said = await afterwards(() => {
      git('update-index', ...option);
      const commit = String(git('-C', 'node_modules/sub', 'rev-parse', 'HEAD')).trim();
      git('update-index', '--add', '--cacheinfo', `160000,${commit},node_modules/sub`);
    });
    expect(said).toContain(`[set aside: ${root}/node_modules/sub/.git appeared`);
  });

  test('a file in the root that was replaced meanwhile is nobody’s but the user’s: it stays, and is named', async () => {
    const { root, put, afterwards, has } = await workspace();
    put('.envrc', 'export A=1\n');
    const said = await afterwards(() => {
      put('.envrc.new', 'export A=2\n');
      renameSync(join(root, '.envrc.new'), join(root, '.envrc'));
      put('.vscode/tasks.json', '{}');
    });
    expect(said).toContain(`[replaced by somebody else while this command ran: ${root}/.envrc`);
    expect(said).toContain(`[set aside: ${root}/.vscode appeared`);
    expect([has('.envrc'), has('.vscode')]).toEqual([true, false]);
  });

  test('what runs code is found also beside folders that lie too deep to be opened by a path', async () => {
    const { root } = await workspace();
    const find = createMarkFinder([root], { isHidden: () => false, isProtected });
    const further = lookFurther(find, [root], { isHidden: () => false, isProtected });
    execFileSync('sh', ['-c', 'for n in $(seq 16); do mkdir $0; cd $0; done', 'd'.repeat(250)], { cwd: root });
    mkdirSync(join(root, 'app/.vscode'), { recursive: true });
    expect(await find()).toBeUndefined();
    expect((await further())?.fixed).toContain(join(root, 'app/.vscode'));
  });

  test('that the workspace became too large to be looked through is said', async () => {
    const tidy = watchNested(
      { hidden: [], fixed: [] },
      async () => undefined,
      () => '/nowhere',
      [],
    );
    expect((await tidy())?.note).toContain('not looked through');
  });
});
