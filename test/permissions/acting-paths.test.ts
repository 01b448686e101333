import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isProtected, protectedFiles, protectedThings } from '../../src/core/disk/protected-files.ts';
import type { Target } from '../../src/core/tool.ts';
import { findPathFolders } from '../../src/permissions/acting/path-folders.ts';
import { makeWorkspace } from './repository.ts';
import { verdictOf } from './workspace.ts';

const { rulingOn: rulingOnName } = makeWorkspace();

describe('in mode edits, what acts by itself', () => {
  it.each([
    ...['.git/hooks/x', 'sub/.gitmodules', '.husky/pre-commit', 'lefthook.yml', '.pre-commit-config.yaml'],
    ...['lefthook-local.json', '.config/lefthook.yml', '.hg/hgrc', '.jj/repo/config.toml', '.tool-versions', '.pdbrc'],
    ...['app/.mvn/jvm.config', 'bunfig.toml', '.vim/coc-settings.json', 'x.sublime-project', '.agents/mcp.json'],
    ...[
      '.mcp.json',
      '.claude/x',
      'opencode.json',
      '.kiro/settings/mcp.json',
      '.crush.json',
      '.agents/skills/x/SKILL.md',
    ],
    ...['x.code-workspace', '.zed/tasks.json', '.devcontainer/devcontainer.json', '.nvim.lua', '.dir-locals.el'],
    ...['.envrc', 'mise.toml', 'mise.local.toml', '.config/mise/config.toml', '.bash_logout', '.MISE.toml'],
    ...['.npmrc', '.yarn/releases/yarn.cjs', '.pnpmfile.cjs', '.cargo/config.toml', '.gdbinit', '.Rprofile'],
  ])('is asked about: %s', async (path) => {
    expect(await rulingOnName(path)).toBe('ask');
  });

  it.each([
    ...['package.json', 'Makefile', '.github/workflows/ci.yml', '.editorconfig', '.gitattributes', '.nvmrc'],
    ...['.agents/notes.md', 'src/lefthook.ts', 'promise.toml', 'opencode.ts', '.cargo/audit.toml', 'code-workspace'],
    ...['.hg/store/data', '.jj/repo/store', 'tool-versions', 'lefthook.md', '.config/app.yml', '.agents/mcp.md'],
  ])('and what a person starts by its name is not: %s', async (path) => {
    expect(await rulingOnName(path)).toBe('allow');
  });

  it('is covered only by a rule that names each such thing in the path', async () => {
    expect(await rulingOnName('.vscode/a', ['edit(.vscode/**)'])).toBe('allow');
    expect(await rulingOnName('.vscode/.git/config', ['edit(.vscode/**)'])).toBe('ask');
    expect(await rulingOnName('.vscode/.git/config', ['edit(.vscode/.git/**)'])).toBe('allow');
    expect(await rulingOnName('sub/x.code-workspace', ['edit(*.code-workspace)'])).toBe('allow');
    expect(await rulingOnName('sub/x.code-workspace', ['edit(sub/**)'])).toBe('ask');
  });
});

describe('the file that makes a repository of a folder', () => {
  const settings = '[core]\n\tfsmonitor = ./evil\n';

  it.each([
    ['HEAD', 'objects/x', 'refs/x', 'config'],
    ['config', 'HEAD', 'objects/x', 'refs/heads/x'],
    ['hooks/pre-commit', 'refs/x', 'objects/x', 'HEAD'],
    ['HEAD', 'commondir'],
  ])('is asked about, in whatever order they come: %s %s %s %s', async (...given) => {
    const paths = given.filter((path) => path !== undefined).map((path) => `deep/ev/${path}`);
    const { put, rulingOn } = makeWorkspace();
    for (const path of paths.slice(0, -1)) {
      expect([path, await rulingOn(path)]).toEqual([path, 'allow']);
      put(path, settings);
    }
    expect(await rulingOn(paths.at(-1)!)).toBe('ask');
    expect(await rulingOn(paths.at(-1)!, ['edit(deep/**)'])).toBe('ask');
    expect(await rulingOn(paths.at(-1)!, [`edit(${paths.at(-1)})`])).toBe('allow');
    // As a worktree brings them back.
    expect(await makeWorkspace().rulingOn(paths)).toBe('ask');
  });

  it('is none where a part is missing', async () => {
    const { rulingOn } = makeWorkspace();
    expect(await rulingOn(['config', 'hooks/x', 'objects/x', 'refs/x', 'sub/HEAD'])).toBe('allow');
  });
});

describe('what a link lets act by itself', () => {
  const makeLinked = () => {
    const workspace = makeWorkspace();
    const link = (aim: string, path: string) => {
      mkdirSync(dirname(join(workspace.cwd, path)), { recursive: true });
      symlinkSync(aim, join(workspace.cwd, path));
    };
    workspace.put('cfg/vscode/settings.json');
    return { ...workspace, link };
  };

  it('is asked about by the name of the link and by its own, also where nothing is there yet', async () => {
    const { link, rulingOn, permissions } = makeLinked();
    link('cfg/vscode', '.vscode');
    link('middle', '.mcp.json');
    link('cfg/mcp.json', 'middle');
    link('cfg', '.config');
    link('../cfg/agent.json', '.claude/settings.json');
    link('../../tools/fmt.sh', '.claude/hooks/fmt.sh');
    link('../../tools/check.sh', '.git/hooks/pre-commit');
    for (const path of [
      ...['.vscode/tasks.json', 'cfg/vscode/tasks.json', 'cfg/vscode/settings.json', 'cfg/vscode'],
      ...['.mcp.json', 'cfg/mcp.json', 'middle', '.config/git/config', 'cfg/git/config'],
      ...['cfg/agent.json', 'tools/fmt.sh', 'tools/check.sh'],
    ])
      expect([path, await rulingOn(path)]).toEqual([path, 'ask']);
    for (const path of ['cfg/app.json', 'cfg/vscode.md', 'tools/other.sh', '.config/app.json'])
      expect([path, await rulingOn(path)]).toEqual([path, 'allow']);
    for (const path of ['cfg/vscode/tasks.json', '.vscode/tasks.json'])
      expect(await verdictOf(permissions(), `echo x > ${path}`)).toBe('ask');
  });

  it('is covered by a rule for where it lies, which is offered', async () => {
    const { cwd, link, rulingOn, permissions } = makeLinked();
    link('cfg/vscode', '.vscode');
    const target: Target = { kind: 'path', access: 'write', path: join(cwd, '.vscode/tasks.json') };
    const { suggestedRule } = await permissions().decide({ name: 'write', act: 'edit' }, [target]);
    expect(suggestedRule).toBe('edit(cfg/vscode/tasks.json)');
    expect(await rulingOn('.vscode/tasks.json', [suggestedRule!])).toBe('allow');
    expect(await rulingOn('cfg/vscode/a', ['edit(cfg/vscode/**)'])).toBe('allow');
    expect(await rulingOn('cfg/vscode/a', ['edit(cfg/**)'])).toBe('ask');
  });

  it('follows a link that comes or is changed later, and the name of one that lies deeper', async () => {
    const { cwd, link, rulingOn } = makeLinked();
    expect(await rulingOn('cfg/vscode/a')).toBe('allow');
    link('cfg/vscode', '.vscode');
    expect(await rulingOn('cfg/vscode/a')).toBe('ask');
    rmSync(join(cwd, '.vscode'));
    link('elsewhere', '.vscode');
    expect(await rulingOn('cfg/vscode/a')).toBe('allow');
    expect(await rulingOn('elsewhere/a')).toBe('ask');
    link('../cfg/vscode', 'packages/.vscode');
    expect(await rulingOn('packages/.vscode/a')).toBe('ask');
  });

  it('are not instructions in Markdown, nor what links of another kind lead to', async () => {
    const { link, rulingOn } = makeLinked();
    link('AGENTS.md', '.clinerules');
    link('../AGENTS.md', '.junie/guidelines.md');
    link('cfg', 'config');
    link('a.txt', 'b.txt');
    link('loop', '.envrc');
    link('.envrc', 'loop');
    link('../../../../node_modules', '.claude/worktrees/one/deep/node_modules');
    for (const path of ['AGENTS.md', 'cfg/x', 'config/x', 'a.txt', 'b.txt', 'node_modules/x'])
      expect([path, await rulingOn(path)]).toEqual([path, 'allow']);
  });
});

describe('what git starts because its settings name it', () => {
  it('is asked about: hooks, programs and files of settings in the workspace', async () => {
    const { git, put, gitStarted, rulingOn } = makeWorkspace();
    put('tools/clean.py');
    put('tools/lib.py');
    put('monitor');
    git('config', 'core.hooksPath', 'build/hooks');
    git('config', 'filter.x.clean', "python3 tools/clean.py '%f' | sort");
    git('config', 'core.fsmonitor', './monitor');
    git('config', 'include.path', '../settings/git.ini');
    git('config', 'alias.go', '!sh tools/lib.py');
    git('config', 'core.pager', 'sh -e pager.sh absent');
    git('config', 'mergetool.x.cmd', 'tools/merge "$LOCAL"');
    await gitStarted.refresh();
    const started = ['build/hooks/pre-commit', 'build/hooks/lib/x', 'tools/clean.py', 'monitor', 'settings/git.ini'];
    for (const path of [...started, 'pager.sh', 'tools/merge'])
      expect([path, await rulingOn(path)]).toEqual([path, 'ask']);
    for (const path of ['build/x', 'tools/lib.py', 'tools/new.py', 'sort', 'settings/x', 'absent'])
      expect([path, await rulingOn(path)]).toEqual([path, 'allow']);
    expect(await rulingOn('build/hooks/pre-commit', ['edit(build/**)'])).toBe('ask');
    expect(await rulingOn('build/hooks/pre-commit', ['edit(build/hooks/**)'])).toBe('allow');
  });

  it('is known anew when the settings change, and through a link', async () => {
    const { cwd, git, gitStarted, rulingOn } = makeWorkspace();
    await gitStarted.refresh();
    expect(await rulingOn('scripts/hooks/pre-commit')).toBe('allow');
    mkdirSync(join(cwd, 'scripts/hooks'), { recursive: true });
    symlinkSync('scripts/hooks', join(cwd, 'hooks'));
    git('config', 'core.hooksPath', 'hooks');
    await gitStarted.refresh();
    expect(await rulingOn('scripts/hooks/pre-commit')).toBe('ask');
    expect(await rulingOn('hooks/pre-commit')).toBe('ask');
    expect(gitStarted.paths()).toContain(join(cwd, 'hooks'));
    git('config', 'core.hooksPath', '.');
    await gitStarted.refresh();
    expect(await rulingOn('scripts/hooks/pre-commit')).toBe('allow');
    expect(await rulingOn('pre-commit')).toBe('ask');
    expect(await rulingOn('a.txt')).toBe('allow');
  });
});

describe('a git command in mode edits', () => {
  it('that brings what acts by itself is asked about, since confined it would leave it out', async () => {
    const { git, put, gitStarted, permissions } = makeWorkspace();
    put('.vscode/settings.json', '1');
    put('.githooks/pre-commit', '1');
    git('config', 'core.hooksPath', '.githooks');
    git('add', '.');
    git('commit', '-qm', 'second');
    for (const [branch, path] of [
      ['plain', 'a.txt'],
      ['editor', '.vscode/settings.json'],
      ['hooks', '.githooks/pre-commit'],
    ] as const) {
      git('checkout', '-qb', branch, 'main');
      put(path, branch);
      git('-c', 'core.hooksPath=/dev/null', 'commit', '-qam', branch);
    }
    git('checkout', '-q', 'main');
    await gitStarted.refresh();
    const on = (command: string) => verdictOf(permissions(), command);
    for (const command of ['git checkout plain', 'git merge plain', 'git cherry-pick plain', 'git checkout -b new'])
      expect([command, await on(command)]).toEqual([command, 'allow']);
    for (const verb of ['checkout', 'switch', 'merge', 'cherry-pick', 'revert', 'checkout -b new'])
      for (const branch of ['editor', 'hooks'])
        expect([verb, branch, await on(`git ${verb} ${branch}`)]).toEqual([verb, branch, 'ask']);
    expect(await on('git --no-pager checkout editor')).toBe('ask');
    put('src/a.ts');
    expect(await on('cd src && git checkout editor')).toBe('ask');
    expect(await on('cd src && git checkout plain')).toBe('allow');
    put('.vscode/settings.json', 'mine');
    expect(await on('git checkout plain')).toBe('allow');
    for (const command of ['git stash', 'git checkout .', 'git restore .', 'git checkout plain -- .vscode'])
      expect([command, await on(command)]).toEqual([command, 'ask']);
    git('stash', '-q');
    expect(await on('git stash pop')).toBe('ask');
    const { reason } = await permissions().decide({ name: 'shell', act: 'shell' }, [
      { kind: 'command', command: 'git checkout hooks' },
    ]);
    expect(reason).toContain('also changes .githooks/pre-commit, which can run code');
  });

  it('that amends is asked about where the commit was there before the session', async () => {
    const { permissions } = makeWorkspace();
    const soon = Date.now() + 60_000;
    for (const word of ['--amend', '--amen', '--am'])
      expect(await verdictOf(permissions({ startedAtMs: soon }), `git commit -q ${word} -m x`)).toBe('ask');
    expect(await verdictOf(permissions({ startedAtMs: soon }), 'git commit -qm x -- --amend')).toBe('allow');
    expect(await verdictOf(permissions({ startedAtMs: Date.now() - 3_600_000 }), 'git commit --amend -m x')).toBe(
      'allow',
    );
  });

  it('that gives up a merge or a row of commits is asked about where that was under way before the session', async () => {
    const { git, put, permissions } = makeWorkspace();
    const on = (command: string, startedAtMs: number) => verdictOf(permissions({ startedAtMs }), command);
    const [soon, before] = [Date.now() + 60_000, Date.now() - 60_000];
    git('checkout', '-qb', 'topic');
    for (const [name, text] of [
      ['b.txt', 'b'],
      ['a.txt', 'theirs'],
    ] as const) {
      put(name, text);
      git('add', '.');
      git('commit', '-qm', name);
    }
    git('checkout', '-q', 'main');
    put('a.txt', 'ours');
    git('commit', '-qam', 'ours');
    for (const command of ['git cherry-pick --abort', 'git merge --abort', 'git am --quit'])
      expect([command, await on(command, soon)]).toEqual([command, 'allow']);
    expect(() => git('cherry-pick', 'topic~1', 'topic')).toThrow();
    for (const command of ['git cherry-pick --abort', 'git cherry-pick --ab', 'git -P cherry-pick --quit'])
      expect([command, await on(command, soon), await on(command, before)]).toEqual([command, 'ask', 'allow']);
    expect(await on('git cherry-pick --skip', soon)).toBe('ask');
    expect(await on('git cherry-pick --continue', soon)).toBe('allow');
    git('cherry-pick', '--abort');
    expect(() => git('merge', '-q', 'topic')).toThrow();
    for (const command of ['git merge --abort', 'git stash', 'git checkout topic'])
      expect([command, await on(command, soon), await on(command, before)]).toEqual([command, 'ask', 'allow']);
    expect(await on('git checkout a.txt', soon)).toBe('allow');
  });

  it('that takes out of the index what was staged before the session, and nothing else holds, is asked about', async () => {
    const { cwd, git, put, permissions } = makeWorkspace();
    const decide = (command: string, startedAtMs = Date.now() + 60_000) =>
      permissions({ startedAtMs }).decide({ name: 'shell', act: 'shell' }, [{ kind: 'command', command }]);
    put('b.txt');
    git('add', '.');
    git('commit', '-qm', 'second');
    put('b.txt', 'whole\n');
    git('add', '.');
    // What is staged as a whole is lost by none of these.
    for (const command of ['git add -A', 'git commit -am x', 'git commit -m x'])
      expect([command, (await decide(command)).ruling]).toEqual([command, 'allow']);
    put('a.txt', 'one\n');
    git('add', 'a.txt');
    put('a.txt', 'one and two\n');
    for (const command of ['git add -A', 'git add a.txt', 'git commit -am x', 'git commit -m x a.txt', 'git add -u .'])
      expect([command, (await decide(command)).reason]).toEqual([
        command,
        expect.stringContaining('replaces in the index what was staged before this session (a.txt) and no checkpoint'),
      ]);
    for (const command of [
      'git stash',
      'git stash push -m x',
      'git restore --staged .',
      'git restore -SW -s HEAD .',
      'git rm --cached -r -q .',
      'git checkout HEAD -- .',
      'git checkout HEAD a.txt b.txt',
    ])
      expect([command, (await decide(command)).reason]).toEqual([
        command,
        expect.stringContaining('takes out of the index what was staged before this session (a.txt and 1 more)'),
      ]);
    for (const command of ['git add b.txt', 'git commit -m a.txt', 'git stash -k', 'git stash list', 'git checkout .'])
      expect([command, (await decide(command)).ruling]).toEqual([command, 'allow']);
    expect((await decide('git add -A')).suggestedRule).toBeUndefined();
    // What the session staged itself is its own, also where git had it already.
    git('mv', 'b.txt', 'c.txt');
    expect((await decide('git restore --staged c.txt', statSync(join(cwd, 'c.txt')).ctimeMs - 1)).ruling).toBe('allow');
    for (const command of ['git add -A', 'git stash', 'git restore --staged .'])
      expect([command, (await decide(command, Date.now() - 60_000)).ruling]).toEqual([command, 'allow']);
  });

  it('that may lose what git, which a pipe keeps waiting, can’t tell of is asked about', {
    timeout: 60_000,
  }, async () => {
    const { cwd, git, put, permissions } = makeWorkspace();
    put('a.txt', 'one\n');
    git('add', 'a.txt');
    put('a.txt', 'one and two\n');
    execFileSync('mkfifo', [join(cwd, '.gitattributes')]);
    const decide = (command: string) =>
      permissions({ startedAtMs: Date.now() + 60_000 }).decide({ name: 'shell', act: 'shell' }, [
        { kind: 'command', command },
      ]);
    const { ruling, reason } = await decide('git add a.txt; git commit -qam x');
    expect([ruling, reason]).toEqual(['ask', expect.stringContaining("would lose can't be told: git gave no answer")]);
    expect((await decide('git status')).ruling).toBe('allow');
  });

  it('that takes a stash off the list is asked about where it was there before the session', async () => {
    const { git, put, permissions } = makeWorkspace();
    const on = (command: string, startedAtMs = Date.now() + 60_000) => verdictOf(permissions({ startedAtMs }), command);
    put('a.txt', 'mine\n');
    git('stash', '-q');
    for (const command of [
      'git stash pop',
      'git stash pop --index 0',
      'git stash branch x',
      'git stash && git stash pop',
    ])
      expect([command, await on(command)]).toEqual([command, 'ask']);
    for (const command of ['git stash apply', 'git stash show', 'git stash pop 1'])
      expect([command, await on(command)]).toEqual([command, 'allow']);
    expect(await on('git stash pop', Date.now() - 60_000)).toBe('allow');
    // With something to stash, the same script takes its own.
    put('a.txt', 'other\n');
    expect(await on('git stash && git stash pop')).toBe('allow');
  });
});

it('a folder of the workspace that is on the PATH acts by itself, but not that of installed packages', () => {
  const { cwd, put } = makeWorkspace();
  put('.venv/bin/python');
  put('node_modules/.bin/tsc');
  symlinkSync('.venv/bin', join(cwd, 'link'));
  const path = ['/usr/bin', join(cwd, 'link'), join(cwd, 'node_modules/.bin'), cwd, 'bin', ''].join(':');
  expect(findPathFolders([cwd], path)).toEqual([join(cwd, '.venv/bin')]);
});

it('a rule for a program covers none that the workspace puts in its place, but one that only the workspace has', async () => {
  const { cwd, put, permissions } = makeWorkspace();
  for (const name of ['npm', 'only-here']) {
    put(`node_modules/.bin/${name}`, '#!/bin/sh\n');
    chmodSync(join(cwd, 'node_modules/.bin', name), 0o755);
  }
  const path = process.env.PATH;
  const rules = { allow: ['shell(npm test:*)', 'shell(only-here:*)'] };
  const on = (command: string) =>
    verdictOf(permissions({ mode: 'ask', rules, sandbox: () => ({ canConfine: false }) }), command);
  try {
    expect(await on('npm test')).toBe('allow');
    process.env.PATH = `${join(cwd, 'node_modules/.bin')}:${path}`;
    expect(await on('npm test')).toBe('ask');
    expect(await on('time npm test')).toBe('ask');
    expect(await on('only-here x')).toBe('allow');
  } finally {
    process.env.PATH = path;
  }
});

it('is listed in docs/permissions.md name by name', () => {
  const page = readFileSync(resolve(import.meta.dirname, '../../docs/permissions.md'), 'utf8');
  const rows = page.split('\n').filter((line) => line.startsWith('| '));
  for (const names of Object.values(protectedFiles)) {
    const cell = names
      .split(' ')
      .map((name) => `\`${name}\``)
      .join(' ');
    expect(rows.some((row) => row.endsWith(`| ${cell} |`))).toBe(true);
  }
});

it('what lies in a worktree that an agent keeps in its own folder is as ordinary as elsewhere', () => {
  const worktree = '/home/me/app/.claude/worktrees/one';
  for (const path of [worktree, `${worktree}/src/a.ts`, `${worktree}/package.json`])
    expect([path, isProtected(path), protectedThings(path)]).toEqual([path, false, []]);
  for (const path of [`${worktree}/.vscode/tasks.json`, `${worktree}/.git`, '/home/me/app/.claude/settings.json'])
    expect([path, isProtected(path)]).toEqual([path, true]);
});
