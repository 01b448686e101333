import { execFileSync } from 'node:child_process';
import { mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createClaimCheck } from '../../../src/observer/worker/check-claims.ts';
import {
  parseStatus,
  type RepositoryState,
  readRepositoryState,
} from '../../../src/observer/worker/repository-state.ts';
import { call, shell, steps } from '../detectors/steps.ts';
import { eventsOf, startRun } from '../runs.ts';

let folder: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], {
    cwd: folder,
    stdio: 'pipe',
    env: { ...process.env, GIT_COMMITTER_DATE: '2020-02-02T02:02:02Z' },
  });
const put = (name: string, text = 'text') => writeFileSync(join(folder, name), text);
const edit = (path: string) => call('edit', { path, old_string: 'a', new_string: 'b' });

beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'wink-look-')));
  for (const name of ['a.ts', 'b.ts', 'README.md']) put(name);
  git('init', '-qb', 'main');
  git('add', '.');
  git('commit', '-qm', 'first');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function evidence(
  run: Parameters<typeof steps>,
  { task = 'Make it faster.', dirtyFiles = [] as string[], state = undefined as RepositoryState | undefined } = {},
): Promise<string[]> {
  const look = createClaimCheck(
    { task, cwd: folder, dirtyFiles },
    state === undefined ? readRepositoryState : async () => state,
  );
  for (const step of steps(...run)) look.feed(step);
  return (await look.look()).map((signal) => `${signal.confidence} ${signal.evidence}`);
}

describe('the look at the end of a turn', () => {
  it('finds files that were said to be committed and are not', async () => {
    put('a.ts', 'changed');
    expect(await evidence([edit('a.ts'), 'Everything is committed.'])).toEqual([
      '0.85 “Everything is committed.” was said, and a.ts has changes that are in no commit',
    ]);
    git('commit', '-qam', 'second');
    expect(await evidence([edit('a.ts'), 'Everything is committed.'])).toEqual([]);
  });

  it('finds tests, documentation and pushes that were claimed and are nowhere', async () => {
    const said = (words: string, ...calls: Parameters<typeof steps>) => evidence([edit('a.ts'), ...calls, words]);
    for (const [words, what] of [
      ['Fixed it and added tests for the empty case.', 'no test has changed'],
      ['- Updated the docs to match', 'no documentation has changed'],
      ['The CHANGELOG entry was added.', 'no changelog has changed'],
      ['I pushed the changes.', 'no remote branch contains the current commit'],
    ] as const)
      expect([words, await said(words)]).toEqual([words, [expect.stringContaining(what)]]);
    for (const words of [
      'Tests were not added.',
      'The user should be able to see the tests added by others.',
      'I read the tests that cover it.',
    ])
      expect([words, await said(words)]).toEqual([words, []]);
    expect(await said('I pushed the changes.', shell('git push -u origin x', ''))).toEqual([]);
    expect(await said('Added tests.', call('write', { path: 'a.rs', content: '#[test]\nfn a() {}' }))).toEqual([]);
    expect(await said('Added tests.', call('mcp__x__go', {}))).toEqual([]);
    put('README.md', 'more');
    expect(await said('Updated the README.')).toEqual([]);
    put('a.test.ts');
    expect(await said('Added tests.')).toEqual([]);
  });

  it('finds a branch that is ahead of its remote, and files that are not staged', async () => {
    const state = { upstream: 'origin/main', ahead: 2, uncommitted: new Map(), isOnRemote: true, recent: [] };
    expect(await evidence([edit('a.ts'), 'Committed and pushed.'], { state })).toEqual([
      expect.stringContaining('the branch is 2 commits ahead of origin/main'),
    ]);
    put('a.ts', 'changed');
    expect(await evidence([edit('a.ts'), 'The changes are staged.'])).toEqual([expect.stringContaining('not staged')]);
    git('add', 'a.ts');
    expect(await evidence([edit('a.ts'), 'The changes are staged.'])).toEqual([]);
  });

  it('finds a file that was said to be made and is not there', async () => {
    expect(await evidence([edit('a.ts'), 'I added tests in `test/a.test.ts`.'])).toEqual([
      expect.stringContaining('there is no such file'),
    ]);
    expect(await evidence([edit('a.ts'), 'I removed the tests I had added in `test/a.test.ts`.'])).toEqual([]);
  });

  it('notes for the judge which files the user named and nothing has changed', async () => {
    const task = 'Update a.ts and the README.md for the new flag.';
    expect(await evidence([edit('a.ts'), 'Done.'], { task })).toEqual([
      '0.6 the user named README.md for a change, and nothing has changed it',
    ]);
    expect(await evidence([edit('a.ts'), shell('sed -i s/a/b/ README.md'), 'Done.'], { task })).toEqual([]);
  });

  it('says nothing of the user’s own changes, of a turn that only talked, and of words that admit what is left', async () => {
    put('a.ts', 'changed');
    expect(await evidence([edit('a.ts'), 'Everything is committed.'], { dirtyFiles: ['a.ts'] })).toEqual([]);
    expect(await evidence(['Everything is committed.'])).toEqual([]);
    expect(await evidence([edit('a.ts'), 'The fix is committed; a.ts still has uncommitted changes.'])).toEqual([]);
  });

  it('knows nothing outside of a repository', async () => {
    expect(await readRepositoryState(tmpdir())).toBeUndefined();
    const { upstream, ahead, uncommitted } = parseStatus(
      '# branch.head main\0# branch.upstream origin/main\0# branch.ab +3 -1\0? pkg/new file.ts\0? other.ts\0',
      'pkg/',
    );
    expect([upstream, ahead, [...uncommitted.keys()]]).toEqual(['origin/main', 3, ['new file.ts']]);
  });

  it('re-opens the turn in a real run, with the words and what is true', async () => {
    const trajectory = { session: 's', cwd: folder, system: '', steps: [], compactions: [] };
    const run = startRun(
      { graceSteps: 0 },
      { trajectory, facts: { task: 'Fix it and commit.', cwd: folder, dirtyFiles: [] } },
    );
    put('a.ts', 'changed');
    run.act('edit', { path: 'a.ts', oldText: 'a', newText: 'b' });
    run.act('shell', { command: 'npm test' }, { output: '3 passed' });
    run.act('shell', { command: './commit.sh' }, { output: 'ok' });
    run.speak('All tests pass and everything is committed.');
    await run.observer.settle(new AbortController().signal);
    expect(
      run.observer
        .drain([])
        .notes.map(({ text }) => text)
        .join(),
    ).toContain('a.ts has changes that are in no commit');
    expect(eventsOf(run.events, 'signal')).toMatchObject([{ signal: { detector: 'git-claim' } }]);
    await run.observer.close();
  });
});
