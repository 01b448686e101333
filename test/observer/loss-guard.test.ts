import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readAskedDiscards } from '../../src/observer/guards/asked-loss.ts';
import { createLossGuard } from '../../src/observer/guards/loss-guard.ts';
import { call, shell, steps } from './detectors/steps.ts';
import { checkCall, eventsOf, startRun } from './runs.ts';

let folder: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder });
const change = (name: string, text = 'changed') => writeFileSync(join(folder, name), text);

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'wink-loss-')));
  mkdirSync(join(folder, 'src'));
  for (const name of ['src/a.ts', 'src/b.ts', 'notes.txt']) change(name, 'first');
  git('init', '-q');
  git('add', '.');
  git('commit', '-qm', 'first');
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

/** A guard of a session in which `dirtyFiles` had the user's changes at the start; what each line would destroy. */
function guardOf(dirtyFiles: readonly string[], task = 'Make the parser faster.') {
  const guard = createLossGuard({ cwd: folder, task, dirtyFiles });
  return { guard, output: (command: string) => guard.check([{ kind: 'command', command }], 1)?.output };
}

describe('the loss guard', () => {
  it('keeps the user’s uncommitted work, however often it is tried', () => {
    change('src/a.ts');
    git('config', 'alias.undo', 'reset --hard');
    git('config', 'alias.wipe', '!git checkout -- .');
    const { output } = guardOf(['src/a.ts']);
    const commands = [
      'git reset --hard',
      'git checkout -- .',
      'git checkout -f',
      'git restore src',
      'rm src/a.ts',
      'cd src && git checkout -- a.ts',
      'cd src; git checkout .',
      'git -C src restore a.ts',
      'git checkout other src/a.ts',
      'git restore --staged --worktree src/a.ts',
      'git switch --discard-changes other',
      'git checkout-index -f -a',
      'git stash && git stash drop',
      'git stash push -m aside -- src/a.ts && git stash drop',
      '(cd notes && ls); git checkout -- src/a.ts',
      'git undo',
      'git wipe',
      "bash -c 'git reset --hard'",
      `cd .. && rm -rf ${basename(folder)}/src`,
      'rm -f src/*.ts',
      "find src -name '*.ts' -delete",
      'python3 -c "import shutil; shutil.rmtree(\'src\')"',
    ];
    for (const command of [...commands, 'git reset --hard']) {
      const said = output(command);
      expect([command, said]).toEqual([command, expect.stringContaining('src/a.ts')]);
      expect(said).toContain('ask the user');
    }
  });

  it('lets go what the session changed itself, what is committed by now, and what only looks', () => {
    change('src/b.ts');
    const { guard, output } = guardOf(['src/a.ts']);
    for (const step of steps(call('edit', { path: 'src/b.ts', old_string: 'a', new_string: 'b' }))) guard.learn(step);
    for (const command of [
      'git reset --hard',
      'git checkout -- src/b.ts',
      'git checkout main',
      'git status',
      'rm -rf dist',
    ])
      expect(output(command)).toBeUndefined();
  });

  it('goes on when the user asked for it', () => {
    change('src/a.ts');
    const { guard, output } = guardOf(['src/a.ts']);
    guard.readWords('Please discard my changes.');
    expect(output('git checkout -- src/a.ts')).toBeUndefined();
  });

  it('says once what else was changed by nobody it knows, and lets the same call pass then', () => {
    change('src/b.ts');
    const { output } = guardOf([]);
    expect(output('git checkout -- src/b.ts')).toContain('make the same call again');
    expect(output('git checkout -- src/b.ts')).toBeUndefined();
  });

  it('does not let pass what git, which a pipe keeps waiting, can’t tell of', { timeout: 60_000 }, () => {
    change('src/a.ts');
    execFileSync('mkfifo', [join(folder, '.gitignore')]);
    const { guard } = guardOf([]);
    const check = (command: string) => guard.check([{ kind: 'command', command }], 1);
    expect(check('git checkout -- src/a.ts')).toMatchObject({
      output: expect.stringContaining('gave no answer'),
      question: expect.stringContaining('gave no answer'),
    });
    expect(check('git checkout -- src/a.ts')).toMatchObject({ question: expect.any(String), onlyAsks: true });
    rmSync(join(folder, '.git'), { recursive: true });
    expect(check('git checkout -- src/b.ts')).toBeUndefined();
  });

  it('spares new files unless they are cleaned away', () => {
    change('src/new.ts');
    const { output } = guardOf(['src/new.ts']);
    expect(output('git reset --hard')).toBeUndefined();
    expect(output('git stash')).toBeUndefined();
    expect(output('git clean -fd')).toContain('src/new.ts');
  });

  it('speaks before a push by force and before a stash of somebody’s is dropped', () => {
    const { guard, output } = guardOf([]);
    expect(output('git push --force origin main')).toContain('--force-with-lease');
    expect(output('git push -f')).toContain('overwrite the branch');
    expect(output('git push --force-with-lease')).toBeUndefined();
    expect(output('git stash drop')).toContain('did not stash');
    for (const step of steps(shell('git stash', 'Saved'))) guard.learn(step);
    expect(output('git stash drop stash@{0}')).toBeUndefined();
    expect(guardOf([], 'Force-push the rebased branch.').output('git push --force')).toBeUndefined();
  });

  it('lets go a stash that the same line took out, and what no part of was put away', () => {
    change('src/a.ts');
    const { output } = guardOf(['src/a.ts']);
    for (const command of [
      'git stash && npm test && git stash apply && git stash drop',
      'git stash && npm test && git stash pop',
      'git stash apply && git stash drop',
      'git stash push -- src/b.ts && git stash drop',
      'git stash push -m notes src/b.ts && git stash drop',
    ])
      expect([command, output(command)]).toEqual([command, undefined]);
    expect(output('git stash && git stash pop && git stash drop')).toContain('did not stash');
  });

  it('is unlocked by words about the push or the branch, not by a word that also means something else', () => {
    const given = (task: string, command: string) => guardOf([], task).output(command);
    const remove = 'git push origin --delete main';
    expect(given('Remove the unused import.', remove)).toContain('on the remote');
    expect(given('Remove the main menu.', remove)).toContain('on the remote');
    expect(given('Drop the old code. Work on a branch.', remove)).toContain('on the remote');
    expect(given('Delete the branch on the remote.', remove)).toBeUndefined();
    expect(given('old-login is merged, delete it there too.', 'git push origin :old-login')).toBeUndefined();
    expect(given('The force of the spring is wrong.', 'git push -f')).toContain('overwrite');
    expect(given('The force of the spring is wrong, fix it and push.', 'git push -f')).toContain('overwrite');
    expect(given('Rewrite the parser.', 'git push -f')).toContain('overwrite');
    expect(given('Squash them and push with -f.', 'git push -f')).toBeUndefined();
  });

  it('is unlocked by words that ask to throw away changes or these files, not by such a word about something else', () => {
    change('src/a.ts');
    const isAsked = (task: string, isRemoval = false) => readAskedDiscards([task])('src/a.ts', isRemoval);
    for (const task of [
      'Remove the unused import.',
      'Delete the old endpoint from src/a.ts.',
      'Check out this bug: the list is empty.',
      'Fix it so that the password reset works.',
      'Restore the scroll position when the tab is shown again.',
      'Add a button to undo the last action.',
      'Rewrite the parser from scratch.',
      'Clean up the naming in the parser.',
      "Don't discard my changes.",
      'Never revert src/a.ts.',
      'Fix the tests without resetting the branch.',
      'The drop down loses its changes. Fix that.',
    ])
      expect([task, isAsked(task)]).toEqual([task, false]);
    for (const task of [
      'Please discard my changes.',
      'Undo that.',
      'revert',
      'Revert src/a.ts and b.ts',
      'Throw the uncommitted stuff away and start over.',
      'I messed up, roll everything back to main.',
      'You can drop all my local changes, then pull.',
      'Reset the branch to origin/main.',
      'Restore a.ts from git.',
      'Run git reset --hard first.',
      "I'm fine with discarding the changes in a.ts.",
      'Verwirf meine Änderungen.',
    ])
      expect([task, isAsked(task)]).toEqual([task, true]);
    for (const task of ['Remove the unused import.', 'Delete the old endpoint from a.ts.', "Don't delete a.ts."])
      expect([task, isAsked(task, true)]).toEqual([task, false]);
    for (const task of ['Delete a.ts.', 'Get rid of the generated files.', 'Delete all folders but lib.'])
      expect([task, isAsked(task, true)]).toEqual([task, true]);
    const lost = (task: string, command: string) => guardOf(['src/a.ts'], task).output(command);
    expect(lost('Remove the unused import.', 'git checkout -- .')).toContain('src/a.ts');
    expect(lost('Remove the unused import.', 'rm -rf .git')).toContain('history');
    expect(lost('Remove the git history and make a new repository.', 'rm -rf .git')).toBeUndefined();
  });

  it('reads where a `find` and a `clean` begin, and what they leave out', () => {
    change('src/a.ts');
    change('own.txt');
    const { output } = guardOf(['src/a.ts', 'own.txt']);
    expect(output('cd src && find -delete')).toContain('src/a.ts');
    expect(output("find -name 'a.*' -delete")).toContain('src/a.ts');
    expect(output('git clean -fd -e dist')).toContain('own.txt');
    expect(output('git clean -fd -e own.txt')).toBeUndefined();
    expect(output('git clean -fd --exclude=own.txt')).toBeUndefined();
  });

  it('looks in the repository that would lose something: a worktree, a repository inside', () => {
    git('worktree', 'add', '-q', '-b', 'side', 'trees/side');
    change('trees/side/src/b.ts');
    const { output } = guardOf([]);
    for (const command of ['git -C trees/side reset --hard', 'cd trees/side && git checkout .', 'rm -rf trees/side'])
      expect(output(command)).toContain('trees/side/src/b.ts');
    expect(output('git worktree remove --force trees/side')).toContain('trees/side/src/b.ts');
    expect(output('git reset --hard')).toBeUndefined();
  });

  it('knows in a linked worktree that the history lies in the main repository', () => {
    const side = join(folder, 'trees/side');
    git('worktree', 'add', '-q', '-b', 'side', side);
    const guard = createLossGuard({ cwd: side, task: 'Make the parser faster.', dirtyFiles: [] });
    const output = (command: string) => guard.check([{ kind: 'command', command }], 1)?.output;
    for (const command of [`rm -rf ${folder}`, 'cd ../.. && rm -rf .git', `rm -rf ${folder}/.git/*`, 'rm -rf .git'])
      expect([command, output(command)]).toEqual([command, expect.stringContaining('history')]);
    for (const command of ['rm -rf src', `rm -rf ${folder}/src`])
      expect([command, output(command)]).toEqual([command, undefined]);
  });

  it('speaks before the history goes, a branch with commits of its own, or a branch on the remote', () => {
    const { guard, output } = guardOf([]);
    vi.stubEnv('HOME', dirname(folder));
    git('checkout', '-qb', 'alone');
    git('commit', '-qm', 'only here', '--allow-empty');
    git('checkout', '-q', '-');
    git('branch', 'same');
    const name = basename(folder);
    for (const command of [
      'rm -rf .git',
      `rm -rf ${folder}`,
      `cd .. && rm -rf ${name}`,
      'rm -rf ~',
      'rm -rf "$HOME"/*',
      'rm -rf "$PWD"',
      `cd ~ && rm -rf ${name}`,
      'find . -delete',
      'find -mindepth 1 -exec rm -rf {} +',
      `rm -rf ../${name.slice(0, -2)}*`,
    ])
      expect([command, output(command)]).toEqual([command, expect.stringContaining('history')]);
    for (const command of ['rm -rf *', 'find . -type d -empty -delete', "find . -name '*.pyc' -delete", 'rm -rf src/x'])
      expect([command, output(command)]).toEqual([command, undefined]);
    expect(output('git branch -D alone')).toContain('a commit that is on no other branch');
    expect(output('git branch -D same')).toBeUndefined();
    git('branch', 'twin', 'alone');
    expect(output('git branch -D twin')).toBeUndefined();
    expect(output('git branch -D alone twin')).toContain('a commit that is on no other branch');
    expect(output('git branch -D alone; git branch -D twin')).toContain('a commit that is on no other branch');
    git('branch', '-D', 'twin');
    expect(output('git push origin --delete alone')).toContain('on the remote');
    for (const step of steps(shell('git checkout -b mine', ''))) guard.learn(step);
    git('checkout', '-qb', 'mine');
    git('commit', '-qm', 'mine', '--allow-empty');
    expect(output('git branch -D mine')).toBeUndefined();
  });

  it('keeps the call from acting in a run, and only notes it in shadow', async () => {
    change('src/a.ts');
    const facts = { task: 'Fix it', cwd: folder, dirtyFiles: ['src/a.ts'] };
    const target = { kind: 'command', command: 'git checkout -- src/a.ts' } as const;
    for (const mode of ['on', 'shadow'] as const) {
      const run = startRun({}, { mode, facts });
      const refusal = checkCall(run, { id: 'a', name: 'shell', input: { command: target.command } }, [target]);
      expect(refusal === undefined).toBe(mode === 'shadow');
      expect(eventsOf(run.events, 'signal')).toMatchObject([{ signal: { detector: 'user-work', step: 0 } }]);
      await run.observer.close();
    }
  });
});
