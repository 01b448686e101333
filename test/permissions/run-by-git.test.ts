// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are shell texts
import { chmodSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { makeWorkspace } from './repository.ts';
import { verdictOf } from './workspace.ts';

function makeHooked() {
  const workspace = makeWorkspace();
  const { cwd, put, permissions } = workspace;
  const program = (path: string, text = '#!/bin/sh\nnpm test\n') => {
    put(path, text);
    chmodSync(join(cwd, path), 0o755);
  };
  const on = (command: string) => verdictOf(permissions(), command);
  const decide = (command: string, rules = {}) =>
    permissions({ rules }).decide({ name: 'shell', act: 'shell' }, [{ kind: 'command', command }]);
  return { ...workspace, program, on, decide };
}

describe('in mode edits, a git command that may write in the repository', () => {
  it('is asked about where it runs a hook, which is named', async () => {
    const { program, on, decide } = makeHooked();
    expect(await on('git add -A && git commit -m x')).toBe('allow');
    program('.git/hooks/pre-commit');
    program('.git/hooks/post-commit');
    const { ruling, reason, suggestedRule } = await decide('git add -A && git commit -m x');
    expect(ruling).toBe('ask');
    expect(reason).toBe(
      "`git commit` runs this repository's hooks (pre-commit, post-commit), which may do anything to .git; mode edits asks first.",
    );
    expect(suggestedRule).toBeUndefined();
    expect((await decide('git commit -m x')).suggestedRule).toBe('shell(git commit:*)');
    expect(await decide('git commit -m x', { allow: ['shell(git commit:*)'] })).toMatchObject({
      ruling: 'allow',
      confinement: 'approved',
    });
    for (const command of [
      'git merge topic',
      'git cherry-pick topic',
      'timeout 60 git commit -m x',
      'git --no-pager commit',
    ])
      expect([command, await on(command)]).toEqual([command, 'ask']);
    for (const command of ['git add -A', 'git status', 'git checkout -b topic', 'git stash', 'git tag v1'])
      expect([command, await on(command)]).toEqual([command, 'allow']);
  });

  it('is not asked about for a sample, a hook that git does not run, or one that its own words leave out', async () => {
    const { put, program, on } = makeHooked();
    put('.git/hooks/pre-commit', 'not executable');
    program('.git/hooks/pre-commit.sample');
    program('.git/hooks/pre-push');
    expect(await on('git commit -m x')).toBe('allow');
    program('.git/hooks/pre-commit');
    for (const command of ['git commit --no-verify -m x', 'git commit -n -m x', 'git commit -m x -an'])
      expect([command, await on(command)]).toEqual([command, 'allow']);
    for (const command of ['git commit -m -n', 'git commit -m --no-verify', 'git commit -m x -- -n', 'git commit -mn'])
      expect([command, await on(command)]).toEqual([command, 'ask']);
    program('.git/hooks/prepare-commit-msg');
    expect(await on('git commit --no-verify -m x')).toBe('ask');
  });

  it.each([
    ['checkout -b new', 'post-checkout'],
    ['switch -c new', 'post-checkout'],
    ['merge main', 'post-merge'],
    ['am x.patch', 'applypatch-msg'],
    ['branch new', 'reference-transaction'],
    ['add -A', 'post-index-change'],
    ['revert HEAD', 'commit-msg'],
  ])('runs hooks of its own: git %s, %s', async (words, hook) => {
    const { program, on } = makeHooked();
    expect(await on(`git ${words}`)).toBe('allow');
    program(`.git/hooks/${hook}`);
    expect(await on(`git ${words}`)).toBe('ask');
  });

  it('is asked about for the hooks of core.hooksPath, from any folder, and as soon as there are some', async () => {
    const { cwd, git, program, on } = makeHooked();
    mkdirSync(join(cwd, 'src'));
    git('config', 'core.hooksPath', '.githooks');
    program('.git/hooks/pre-commit');
    expect(await on('git commit -m x')).toBe('allow');
    program('.githooks/pre-commit');
    expect(await on('git commit -m x')).toBe('ask');
    expect(await on('cd src && git commit -m x')).toBe('ask');
    git('config', 'core.hooksPath', 'other/place');
    expect(await on('git commit -m x')).toBe('allow');
  });

  it('is asked about for husky only where the repository has that hook, and not for git-lfs', async () => {
    const { git, program, on } = makeHooked();
    git('config', 'core.hooksPath', '.husky/_');
    for (const name of ['pre-commit', 'post-commit', 'post-checkout'])
      program(`.husky/_/${name}`, '#!/usr/bin/env sh\n. "${0%/*}/h"');
    expect(await on('git commit -m x')).toBe('allow');
    program('.husky/pre-commit');
    expect(await on('git commit -m x')).toBe('ask');
    expect(await on('git checkout -b x')).toBe('allow');
    git('config', '--unset', 'core.hooksPath');
    const missing = '{ printf >&2 "\\n%s\\n\\n" "This repository is configured for Git LFS."; exit 2; }';
    program(
      '.git/hooks/post-commit',
      `#!/bin/sh\ncommand -v git-lfs >/dev/null 2>&1 || ${missing}\ngit lfs post-commit "$@"\n`,
    );
    git('config', 'filter.lfs.process', 'git-lfs filter-process');
    expect(await on('git commit -m x')).toBe('allow');
    git('config', 'filter.lfs.clean', 'git-lfs clean -- %f; sh tools/x');
    expect(await on('git commit -m x')).toBe('ask');
  });

  it.each([
    ['filter.x.clean', 'sh tools/clean.sh'],
    ['core.fsmonitor', 'tools/monitor'],
    ['gpg.program', 'tools/sign'],
    ['merge.x.driver', 'tools/merge %A'],
    ['diff.x.textconv', 'tools/text'],
  ])('is asked about where the settings of the repository name a program: %s', async (name, value) => {
    const { put, git, on, decide } = makeHooked();
    git('config', name, value);
    expect((await decide('git add -A')).reason).toContain(`\`git add\` runs what git's settings name (${name})`);
    expect(await on('git status')).toBe('allow');
    git('config', '--unset', name);
    expect(await on('git add -A')).toBe('allow');
    put('more.ini', '');
    git('config', '--file', 'more.ini', name, value);
    git('config', 'include.path', '../more.ini');
    expect(await on('git add -A')).toBe('ask');
    git('config', '--file', 'more.ini', '--unset', name);
    expect(await on('git add -A')).toBe('allow');
  });

  it('is not asked about for the file system monitor that is part of git, nor in a folder that is still to be made', async () => {
    const { git, on } = makeHooked();
    git('config', 'core.fsmonitor', 'true');
    expect(await on('git add -A')).toBe('allow');
    expect(await on('mkdir -p made && cd made && git add -A')).toBe('allow');
  });
});
