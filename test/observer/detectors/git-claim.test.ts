import { describe, expect, it } from 'vitest';
import { createGitClaim } from '../../../src/observer/detectors/turn-end/git-claim.ts';
import { readGitClaims } from '../../../src/observer/step/claims/git-claims.ts';
import { call, failedShell, shell, signalsOf, steps } from './steps.ts';

const edit = (path: string) => call('edit', { path, old_string: 'a', new_string: 'b' });
const commit = shell('git add -A && git commit -m x', '[main 1a2b3c4] x\n 1 file changed');
const push = shell('git push', 'To host:shop.git\n   1a2b3c4..5d6e7f8  main -> main');
const evidence = (...run: Parameters<typeof steps>) =>
  signalsOf(createGitClaim({ cwd: '/repo' }), steps(...run)).map((signal) => signal.evidence);

/** The user speaks before step `at`. */
function evidenceWithUser(at: number, ...run: Parameters<typeof steps>): string[] {
  const told = steps(...run).map((step) => (step.index === at ? { ...step, userTexts: ['and now?'] } : step));
  return signalsOf(createGitClaim({ cwd: '/repo' }), told).map((signal) => signal.evidence);
}

describe('git-claim', () => {
  it('finds "pushed" and "committed" where files were changed after the last commit', () => {
    expect(evidenceWithUser(3, commit, edit('/repo/src/a.ts'), push, 'Those changes are already pushed.')).toEqual([
      '“Those changes are already pushed.” was said, and a.ts is changed and in no commit: nothing was added or committed since',
    ]);
    expect(evidence(edit('src/a.ts'), edit('src/b.ts'), 'I have committed the fix.')).toHaveLength(1);
  });

  it('finds "staged" where nothing was added', () => {
    expect(evidence(edit('src/a.ts'), 'The merge is staged and ready to commit whenever you like.')).toEqual([
      expect.stringContaining('a.ts is changed and never added'),
    ]);
    expect(evidence(edit('src/a.ts'), shell('git add src/'), 'The merge is staged.')).toEqual([]);
  });

  it('finds a commit or a push that failed', () => {
    const hook = failedShell('git add -A && git commit -m x', 'pre-commit script failed (code 1)');
    expect(evidence(edit('src/a.ts'), hook, 'Committed.')).toEqual([expect.stringContaining('the last commit failed')]);
    const rejected = failedShell('git push', ' ! [rejected] main -> main (fetch first)');
    expect(evidence(commit, rejected, 'Pushed to origin.')).toEqual([expect.stringContaining('the last push failed')]);
  });

  it.each<[string, Parameters<typeof steps>]>([
    ['what was committed', [edit('src/a.ts'), commit, 'Committed as `1a2b3c4`.']],
    ['what was pushed', [edit('src/a.ts'), commit, push, 'Committed and pushed.']],
    [
      'a status after the commit',
      [edit('src/a.ts'), shell('git commit -am x && git status', '[main 1a2b3c4] x\nnothing to commit'), 'Committed.'],
    ],
    [
      'changes after the commit that is spoken of',
      [edit('src/a.ts'), commit, edit('src/a.ts'), 'Committed as 1a2b3c4. Then I went on.'],
    ],
    ['words that say what is left', [edit('src/a.ts'), 'All changes are staged; b.ts is still uncommitted.']],
    ['a plan', [edit('src/a.ts'), 'Once it is committed I can push.']],
    ['a question', [edit('src/a.ts'), 'Do you want it committed?']],
    ['other words', [edit('src/a.ts'), 'Committed checkpoints live on their own branch.']],
    ['files outside of the repository', [edit('/home/me/.plans/plan.md'), 'Everything is committed.']],
    ['other ways to commit', [edit('src/a.ts'), shell('gt submit', 'ok'), 'I pushed the changes.']],
    ['what was taken back', [edit('src/a.ts'), shell('git checkout -- src/a.ts'), 'Everything is committed.']],
  ])('believes %s', (_, run) => expect(evidence(...run)).toEqual([]));
});

describe('readGitClaims', () => {
  it.each([
    ['Committed and pushed.', ['committed', 'pushed']],
    ['Fixed, tested, committed and pushed to the branch.', ['committed', 'pushed']],
    ["I've also pushed the branch.", ['pushed']],
    ['- **Pushed** to `origin/main`', ['pushed']],
    ['The fix is committed on `main`.', ['committed']],
    ['All changes have been pushed', ['pushed']],
    ['I have not pushed anything.', []],
    ['committed.go holds the branch operations', []],
    ['The parser pushed a token onto the stack.', []],
  ])('%s', (text, kinds) => expect(readGitClaims(text).map(({ kind }) => kind)).toEqual(kinds));
});
