import { expect, test } from 'vitest';
import { classifyTool } from '../../../src/core/classify-tool.ts';
import { describeRow, summarizeRows } from '../../../src/core/run/task-report.ts';
import type { JsonObject, Signal, Verdict } from '../../../src/core/types.ts';
import type { NormalizedStep } from '../../../src/observer/step/normalized-step.ts';
import { type CompletionFacts, writeCompletionReport } from '../../../src/observer/task-report/write-report.ts';

type Call = readonly [name: string, input: JsonObject, output?: string, isError?: boolean];

function report(asked: string, calls: readonly Call[], more: Partial<CompletionFacts> = {}) {
  const steps: NormalizedStep[] = calls.map(([name, input, output = '', isError = false], index) => ({
    index,
    userTexts: [],
    text: '',
    reasoning: '',
    isLossy: false,
    calls: [{ name, act: classifyTool(name, input), input, output, isError }],
  }));
  const facts = { asked: [asked], steps, cwd: '/r', changedFiles: [], signals: [], verdicts: [], isReviewed: false };
  return writeCompletionReport({ ...facts, ...more });
}

const rows = (...words: Parameters<typeof report>) =>
  report(...words)?.rows.map((row) => `${row.status}: ${describeRow(row)}`);
const edit = (path: string, oldText: string, newText: string): Call => [
  'edit',
  { path, edits: [{ oldText, newText }] },
];
const shell = (command: string, output = '', isError = false): Call => ['shell', { command }, output, isError];

test('one thing that was asked for needs no report', () => {
  expect(report('Fix src/a.ts.', [edit('src/a.ts', '1', '2')])).toBeUndefined();
  expect(report('Why is it slow? And what is it?', [])).toBeUndefined();
});

test('files that are named, checks and git are tied to what asked for them', () => {
  expect(
    rows('Fix src/a.ts and update the changelog. Then run the tests, commit and push.', [
      edit('/r/src/a.ts', '1', '2'),
      shell('npm test', 'Tests  3 passed (3)'),
      edit('CHANGELOG.md', 'a', 'b'),
      shell('git add -A && git commit -m "x"'),
    ]),
  ).toEqual([
    'evidence: src/a.ts changed, step 1',
    'evidence: CHANGELOG.md changed, step 3',
    'evidence: npm test passed before the last change, step 2',
    'evidence: git commit -m x ran, step 4',
    'none: no evidence found',
  ]);
});

test.each<[asked: string, line: string, found: string]>([
  ['Create a new branch', 'git checkout -b fix/x', 'git checkout -b fix/x ran'],
  ['Create a branch based on this one', 'git -C /r switch -c x', 'git -C /r switch -c x ran'],
  ['Switch to main', 'git checkout main', 'git checkout main ran'],
  ['Delete the stale branches', 'git branch -D a', 'git branch -D a ran'],
  ['Create a worktree for it', 'git worktree add ../a', 'git worktree add ../a ran'],
  ['Open it for review again', 'gh pr ready 143', 'gh pr ready 143 ran'],
  ['Reply to the comments of the PR', 'gh pr comment 1 -b x', 'gh pr comment 1 -b x ran'],
  ['Update the issue', 'gh issue comment 12 -b x', 'gh issue comment 12 -b x ran'],
  ['Run the workflow for me', 'gh workflow run a.yml', 'gh workflow run a.yml ran'],
  ['Create a release 0.3.0', 'git tag v0.3.0', 'git tag v0.3.0 ran'],
  ['Run "copilot update --all"', 'copilot update --all', 'copilot update --all passed'],
  ['Run npm test and fix it', 'npm test', 'npm test passed'],
  ['Run the `./start.sh` script', './start.sh', './start.sh passed'],
  ['Remove this tmux session', 'tmux kill-session -t a', 'tmux kill-session -t a passed'],
  ['Create a bucket named "sample-bucket"', 'aws s3 mb s3://sample-bucket', 'aws s3 mb s3://sample-bucket ran'],
  ['Store the archive as /app/out.gpg', 'gpg -o /app/out.gpg -c x', 'gpg -o /app/out.gpg -c x ran'],
])('a command is evidence: %s', (asked, line, found) => {
  expect(rows(`${asked}. Add the flag \`--strict\`.`, [shell(line)])?.[0]).toBe(`evidence: ${found}, step 1`);
  expect(rows(`${asked}. Add the flag \`--strict\`.`, [shell('git status')])?.[0]).toMatch(/^none: no evidence found/);
});

test('a push that failed speaks against it; removing a thing is no evidence of making it', () => {
  const asked = 'Push. Create an archive of /opt/service_data.';
  expect(rows(asked, [shell('git push', 'rejected', true), shell('rm -rf /opt/service_data')])).toEqual([
    'against: git push failed, step 1',
    'none: no evidence found',
  ]);
});

test('what points elsewhere has any change for evidence, but for one that another names', () => {
  expect(
    rows('Fix the remaining issues and update the changelog.', [
      edit('src/a.ts', '1', '2'),
      edit('CHANGELOG.md', 'a', 'b'),
    ])?.[0],
  ).toMatch(/^evidence: src\/a\.ts changed, step 1/);
  expect(rows('Fix the issues. Address the comments.', [edit('src/a.ts', '1', '2')])?.[0]).toMatch(/^none/);
});

test('a file is named after the thing, or the changed lines stand next to the function that is named', () => {
  expect(
    rows('Make the modal bigger. Add the limit to `readAllRows`.', [
      edit('src/TourModal.tsx', 'max-w-4', 'max-w-6'),
      edit('src/a.ts', 'function readAllRows() {\n  return 1;', 'function readAllRows() {\n  return 2;'),
    ]),
  ).toEqual([
    'evidence: src/TourModal.tsx changed (modal), step 1',
    'evidence: src/a.ts changed (readAllRows), step 2',
  ]);
});

test('a name of code counts where it stands in changed lines, and for one requirement only', () => {
  expect(
    rows('Rename `loadAll` to `readAll`. Add the flag `--strict`.', [
      edit('src/a.ts', 'loadAll(x)\nkept --strictly', 'readAll(x)\nkept --strictly'),
    ]),
  ).toEqual(['evidence: src/a.ts changed (loadAll, readAll), step 1', 'none: no evidence found']);
});

test('words of a test are no evidence of a change in the code', () => {
  const words = 'consolidates the guidance instruction';
  const asked = 'Add a consolidation guidance instruction. Remove the old banner image.';
  expect(rows(asked, [edit('test/a.test.ts', 'x', words)])?.[0]).toBe('none: no evidence found');
  expect(rows(asked, [edit('src/a.ts', 'x', words)])?.[0]).toMatch(/^evidence: src\/a\.ts changed/);
});

test('a plain word in backticks proves nothing by itself', () => {
  expect(
    rows('Use `model` in each provider. Add `lightModel` to all of them.', [edit('test/a.test.ts', 'x', 'model(1)')]),
  ).toEqual(['none: no evidence found', 'none: no evidence found']);
});

test('a file that two requirements name counts for the one whose words stand in the change', () => {
  expect(
    rows('Fix `parseDate` in src/a.ts. Remove `oldDate` from src/a.ts.', [
      edit('src/a.ts', 'parseDate(1)', 'parseDate(2)'),
    ]),
  ).toEqual(['evidence: src/a.ts changed (parseDate), step 1', 'none: no evidence found']);
});

test('a file that is named and not changed is said; a failed edit changes nothing', () => {
  const failed: Call = ['edit', { path: 'src/b.ts', edits: [{ oldText: 'x', newText: 'y' }] }, 'not found', true];
  expect(rows('Fix src/a.ts. Extend src/b.ts.', [edit('src/a.ts', '1', '2'), failed])).toEqual([
    'evidence: src/a.ts changed, step 1',
    'none: no evidence found; no change seen of src/b.ts',
  ]);
});

test('a red check is evidence against, a hidden exit code proves nothing', () => {
  expect(
    rows('Add a flag to src/a.ts, run `npm test` and run `npm run lint`.', [
      edit('src/a.ts', '1', '2'),
      shell('npm test', 'Tests  1 failed | 2 passed (3)', true),
      shell('npm run lint | tail -3', 'x'),
    ]),
  ).toEqual([
    'evidence: src/a.ts changed, step 1',
    'against: npm test failed, step 2',
    'evidence: npm run lint | tail -3 ran, result not known, step 3',
  ]);
});

test('what is asked of a pull request text is not proved by making it ready, nor running by writing', () => {
  expect(
    rows('Update the PR description. Run the old import on the new data set.', [
      shell('gh pr ready 143'),
      ['write', { path: 'notes.md', content: 'run the old import on the data set' }],
    ]),
  ).toEqual(['none: no evidence found', 'none: no evidence found']);
});

test('a limit is kept as far as the calls show, and broken where a call was seen to break it', () => {
  const asked = "Fix src/a.ts. Don't touch the tests.";
  expect(rows(asked, [edit('src/a.ts', '1', '2')])?.[1]).toBe('evidence: nothing seen that breaks it in 1 step');
  const breach: Signal = {
    detector: 'constraint',
    category: 'Specification Drift',
    class: 'unrequested-changes',
    step: 0,
    confidence: 0.9,
    evidenceSteps: [0],
    evidence: "the user said “Don't touch the tests.”, and this touches test/a.test.ts",
    key: 'c',
  };
  const calls = [edit('test/a.test.ts', '1', '2')];
  expect(report(asked, calls, { signals: [breach] })?.rows[1]?.status).toBe('against');
  // The call was refused: nothing was touched.
  expect(report(asked, calls, { signals: [{ ...breach, isRefused: true }] })?.rows[1]?.status).toBe('evidence');
});

test('what only the disk shows counts for the file that is named', () => {
  const options = { changedFiles: ['src/b.ts'] };
  expect(rows('Fix src/a.ts. Generate src/b.ts.', [edit('src/a.ts', '1', '2')], options)).toEqual([
    'evidence: src/a.ts changed, step 1',
    'evidence: src/b.ts changed',
  ]);
});

test('what the review found stands at the requirement whose words it quotes, or nowhere', () => {
  const verdict: Verdict = {
    id: 'v',
    category: 'Specification Drift',
    class: 'did-not-follow-instructions',
    source: 'judge',
    confidence: 0.9,
    firstStep: 0,
    evidenceSteps: [0],
    evidence: 'the wizard was not documented',
    key: 'k',
    atStep: 1,
    against: 'Document the wizard in the handbook',
  };
  const asked = 'Fix src/a.ts. Document the wizard in the handbook.';
  const written = report(asked, [edit('src/a.ts', '1', '2')], { verdicts: [verdict], isReviewed: true });
  expect(written).toMatchObject({ isReviewed: true, rows: [{ status: 'evidence' }, { status: 'against' }] });
  const other = report(asked, [], { verdicts: [{ ...verdict, against: 'Something else entirely' }] });
  expect(other?.rows.map(({ status }) => status)).toEqual(['none', 'none']);
});

test.each(['apply_patch', 'Edit', 'str_replace_editor'])('other agents change files by %s', (tool) => {
  const patch = '*** Begin Patch\n*** Update File: src/a.ts\n@@\n-one\n+fooBar\n*** End Patch';
  const input =
    tool === 'apply_patch'
      ? { input: patch }
      : {
          file_path: '/r/src/a.ts',
          path: '/r/src/a.ts',
          command: 'str_replace',
          old_string: 'one',
          new_string: 'fooBar',
          old_str: 'one',
          new_str: 'fooBar',
        };
  expect(rows('Add `fooBar` somewhere. Drop `bazQux` everywhere.', [[tool, input]])?.[0]).toBe(
    'evidence: src/a.ts changed (fooBar), step 1',
  );
});

test('a plain word that is called a function is known by where that function begins', () => {
  const fixed = edit(
    'src/cart.js',
    'export function discount(total) {\n  return total;\n}',
    'export function discount(total) {\n  return total * 0.9;\n}',
  );
  const other = edit(
    'src/cart.js',
    'export function total(items) {\n  return 0;\n}',
    'export function total(items) {\n  return 1;\n}',
  );
  expect(rows('Fix the discount function and run the tests.', [fixed])?.[0]).toBe(
    'evidence: src/cart.js changed (discount), step 1',
  );
  expect(rows('Fix the method discount and run the tests.', [fixed])?.[0]).toBe(
    'evidence: src/cart.js changed (discount), step 1',
  );
  expect(rows('Fix the discount function and run the tests.', [other])?.[0]).toBe(
    'none: not tied to a change; may be in src/cart.js',
  );
});

test('an order in plain words that is tied to nothing names the changes it may be in, and is not counted as without evidence', () => {
  const asked = 'Make the signup nicer. Add the flag `--strict-mode`.';
  const calls = [edit('src/form.ts', 'a', 'b'), edit('src/flags.ts', 'c', "'--strict-mode'")];
  expect(rows(asked, calls)).toEqual([
    'none: not tied to a change; may be in src/form.ts',
    'evidence: src/flags.ts changed (--strict-mode), step 2',
  ]);
  expect(summarizeRows(report(asked, calls)!)).toBe(
    '2 things asked for, evidence for 1, 1 that may be in other changes',
  );
  expect(rows(asked, [edit('src/flags.ts', 'c', "'--strict-mode'")])?.[0]).toBe('none: no evidence found');
});
