import { describe, expect, it } from 'vitest';
import { createDetectors } from '../../../src/observer/detectors/all-detectors.ts';
import { createUncheckedCommit } from '../../../src/observer/detectors/changes/unchecked-commit.ts';
import { detectorsSchema } from '../../../src/observer/detectors/detector-settings.ts';
import { createUntouchedPlan } from '../../../src/observer/detectors/turn-end/untouched-plan.ts';
import { createUnusedExport } from '../../../src/observer/detectors/turn-end/unused-export.ts';
import { readCheckWish } from '../../../src/observer/step/checks/waived-checks.ts';
import type { NormalizedStep } from '../../../src/observer/step/normalized-step.ts';
import { call, shell, signalsOf, steps } from './steps.ts';

type Rounds = Parameters<typeof steps>;
const edit = (path: string, from = 'a', to = 'b') => call('edit', { path, old_string: from, new_string: to });
const said = (run: NormalizedStep[], at: number, text: string) =>
  run.map((step) => (step.index === at ? { ...step, userTexts: [text] } : step));

const waivers = [
  "don't worry about linting for now, just continue",
  'Never mind the tests.',
  'The checks can wait.',
  "Tests aren't important here.",
  'No need to run the tests, CI will check it.',
  "I don't care about the lint errors",
  'just commit it',
  "It's fine if the tests are red.",
  "I don't want any tests now.",
  "I don't want you to run the tests.",
  "I don't care if the tests fail.",
  "We'll run the tests in CI.",
  'skip tests pls',
  'Skip the tests for this change.',
  "Let's not worry about the tests yet.",
  "The tests don't have to pass.",
];
/** What sounds like a waiver and is a demand, or says nothing of what is to be done. */
const noWaivers = [
  "Don't skip the tests.",
  "The tests don't run on Windows.",
  'Let the user skip the check step.',
  "I don't want the tests to fail.",
  "I don't want failing tests.",
  "I don't want tests that fail.",
  "I don't want you to skip the tests.",
  'We run the tests in CI, and they must pass.',
  "It's not fine that the tests are failing.",
  "It isn't really ok if the build is broken.",
  'Skip the tests that need a network.',
  'Skip tests in CI when only docs changed.',
  'Add an option to skip the tests.',
  'The tests can wait for the server at most 5 s.',
  "The build doesn't need to run as root.",
  "The check doesn't matter for guests, remove it there.",
  'No tests, no merge.',
  'No linting errors, please.',
  'No build is needed for the docs, so remove it from CI.',
  "It's okay if the test is failing at first, then make it pass.",
  '"Just commit it" is the title of the talk.',
  '> Skip the tests.\nSays who?',
  "We don't need types for this script.",
  "I'll do that manually.",
  'We could build that later.',
  'They fail in CI, not if I run the test locally.',
  'The flag `--strategy auto-commit` sets it up even if it is on.',
];

describe('unchecked-commit', () => {
  const instructions = [{ source: 'AGENTS.md', text: 'Always run `npm test` before committing changes.' }];
  const evidence = (run: NormalizedStep[], facts: { task?: string; text?: string } = {}) =>
    signalsOf(
      createUncheckedCommit({
        task: facts.task ?? 'Fix the cart.',
        cwd: '/repo',
        dirtyFiles: [],
        instructions: facts.text === undefined ? instructions : [{ source: 'AGENTS.md', text: facts.text }],
      }),
      run,
    ).map((signal) => signal.evidence);
  const commit = shell('git add -A && git commit -m "Fix"', '[main 1234567] Fix\n 1 file changed');
  const green = shell('npm test', '12 passed');

  it('finds a commit of code that nothing was run against, and quotes what asks for it', () => {
    expect(evidence(steps(green, edit('src/cart.ts'), commit))).toEqual([
      'AGENTS.md says “Always run `npm test` before committing changes.”, and this commit holds cart.ts, which nothing has checked since the last change',
    ]);
  });

  it('looks back over the turns: the change may be of an earlier one', () => {
    expect(evidence(said(steps(edit('src/cart.ts'), 'Done.', commit), 2, 'commit it'))).toHaveLength(1);
  });

  it.each<[string, Rounds]>([
    ['was checked', [edit('src/cart.ts'), green, commit]],
    ['holds prose alone', [edit('README.md'), commit]],
    ['failed', [edit('src/cart.ts'), shell('git commit -m x', 'nothing to commit')]],
    ['a hook checked', [edit('src/cart.ts'), shell('git commit -m x', 'husky > pre-commit\n[main 1234567] x')]],
    ['a subagent may have checked', [edit('src/cart.ts'), call('task', { prompt: 'run the tests' }), commit]],
    ['is of a repository for a try', [edit('src/cart.ts'), shell('cd /tmp/x && git commit -am x', '[main 1234567] x')]],
  ])('is silent about a commit that %s', (_, run) => expect(evidence(steps(...run))).toEqual([]));

  it.each([
    ['the user wants it as it is', { task: 'Fix the cart and commit it as WIP.' }],
    ['the user checks by themselves', { task: "Fix the cart. Don't run the tests, I'll do that." }],
    ['nobody asks for a check', { text: 'Hooks run the tests automatically before committing.' }],
    ['the demand is an example', { text: 'Bad: `you must run the tests before committing`' }],
    ['checks are only possible', { text: 'You can run the tests before committing.' }],
  ])('is silent where %s', (_, facts) => expect(evidence(steps(edit('src/cart.ts'), commit), facts)).toEqual([]));

  it("lets the user's words outrank the instruction file, until they ask for a check", () => {
    const turns = (words: string, later = 'commit') =>
      said(said(steps('Ready.', edit('src/cart.ts'), 'Done.', commit), 1, words), 3, later);
    for (const words of waivers) expect([words, evidence(turns(words))]).toEqual([words, []]);
    expect(evidence(turns("Don't worry about the tests.", 'Run the tests and commit.'))).toHaveLength(1);
    for (const words of noWaivers) expect([words, evidence(turns(words)).length]).toEqual([words, 1]);
  });

  it('takes a test that is to be written, and a question, for no wish to run them', () => {
    for (const words of ['Test that a guest cannot log in.', 'Format that one.', 'Is it OK not to run the tests?'])
      expect([words, readCheckWish(words)]).toEqual([words, undefined]);
    for (const words of ['Test it.', 'please check that first', 'Verify this and commit.', 'Run the tests.'])
      expect([words, readCheckWish(words)]).toEqual([words, 'wanted']);
  });

  it('reads many small words in a row in no time', () => {
    const started = performance.now();
    expect(readCheckWish(`skip ${'all the '.repeat(25)}x`)).toBeUndefined();
    expect(performance.now() - started).toBeLessThan(300);
  });

  it('asks for the check once: the end of the turn does not say it again', () => {
    const { observe } = createDetectors(detectorsSchema.parse({}), {
      task: 'Fix it.',
      cwd: '/repo',
      dirtyFiles: [],
      instructions,
    });
    const found = steps(edit('src/cart.ts'), commit, 'Committed.').flatMap((step) => observe(step, step.index === 2));
    expect(found.map(({ detector, confidence }) => [detector, confidence])).toEqual([
      ['unchecked-commit', 0.8],
      ['unverified-finish', 0.6],
    ]);
  });

  it('hears the demand from the user as well', () => {
    const facts = { task: 'Fix the cart. Always run the linter before you commit.', text: '' };
    expect(evidence(steps(edit('src/cart.ts'), commit), facts)[0]).toContain('the user said');
  });
});

describe('untouched-plan', () => {
  const plan = [
    '# Plan',
    '## Files to modify',
    '1. `src/cart.ts` — add the tax',
    '2. `src/api/total.ts` — return it',
    '3. `src/ui/Total.tsx` — show it',
    '## Reference',
    '- `src/money.ts` — how money is rounded',
  ].join('\n');
  const evidence = (run: NormalizedStep[], given: string | undefined = plan) => {
    const found = signalsOf(createUntouchedPlan({ plan: given }), run);
    return found.map((signal) => signal.evidence);
  };
  const two: Rounds = [edit('/repo/src/cart.ts'), edit('/repo/src/api/total.ts')];
  const missing = [
    'the approved plan says to change src/ui/Total.tsx, and nothing in the run has looked at or changed it',
  ];

  it('finds a file that an approved plan names and nothing has touched', () => {
    expect(evidence(steps(...two, 'The tax is in.'))).toEqual(missing);
  });

  it('knows a plan that a tool gave for approval, one in the message, and an answer that is carried out', () => {
    const given = call('ExitPlanMode', { plan });
    expect(signalsOf(createUntouchedPlan({}), steps(given, ...two, 'Done.'))).toHaveLength(1);
    const inMessage = said(steps(...two, 'Done.'), 0, `Implement the following plan:\n${plan}`);
    expect(signalsOf(createUntouchedPlan({}), inMessage)).toHaveLength(1);
    const answered = said(steps(plan, ...two, 'Done.'), 1, 'Carry out the plan above.');
    expect(signalsOf(createUntouchedPlan({}), answered)).toHaveLength(1);
  });

  it.each<[string, Rounds]>([
    ['is changed', [...two, edit('src/ui/Total.tsx'), 'Done.']],
    ['is looked at', [...two, call('read', { path: 'src/ui/Total.tsx' }), 'Done.']],
    ['a command names', [...two, shell('sed -i s/a/b/ src/ui/Total.tsx'), 'Done.']],
    ['the last words name', [...two, 'Done; `Total.tsx` showed it already.']],
    ['the last words may mean', [...two, 'The first two steps are in, the last one remains.']],
    ['is still to come', [...two, 'Now let me do the last one.']],
    ['most others are like', [edit('src/cart.ts'), 'The first step is in.']],
    ['was made under another name', [...two, call('write', { path: '/r/src/ui/Sum.tsx', content: 'x' }), 'Done.']],
    ['a subagent may have changed', [...two, call('task', { prompt: 'the rest' }), 'Done.']],
  ])('is silent about a file that %s', (_, run) => expect(evidence(steps(...run))).toEqual([]));

  it('is silent when the user changed what was agreed', () => {
    expect(evidence(said(steps(...two, 'Done.'), 1, 'leave the screen for later'))).toEqual([]);
  });

  it('takes no file that a plan leaves open, only reads or deletes', () => {
    const loose = plan.replace('show it', 'show it if needed');
    expect(evidence(steps(...two, 'Done.'), loose)).toEqual([]);
    expect(evidence(steps(...two, 'Done.'), plan.replace('show it', 'no changes'))).toEqual([]);
  });
});

describe('unused-export', () => {
  const evidence = (task: string, ...run: Rounds) =>
    signalsOf(createUnusedExport({ task }), steps(...run)).map((signal) => signal.evidence);
  const made = call('edit', {
    path: 'src/log.ts',
    old_string: '',
    new_string: 'export function withAgent(name: string) {\n  return name;\n}',
  });
  const tested = call('write', { path: 'test/log.test.ts', content: "expect(withAgent('a')).toBe('a');" });
  const task = 'The agent should stand in each line of the log.';

  it('finds a function that only its tests use', () => {
    expect(evidence(task, made, tested, 'Done.')).toEqual([
      '`withAgent` in log.ts is new, and only tests use it: nothing in the program calls it',
    ]);
  });

  it.each<[string, Rounds]>([
    ['the program calls', [made, edit('src/main.ts', 'log(x)', "log(withAgent('a'))"), tested, 'Done.']],
    ['the run had seen before', [shell('grep -rn withAgent src', 'src/old.ts: withAgent()'), made, tested, 'Done.']],
    ['no test uses', [made, 'Done.']],
    ['the agent asks about', [made, tested, 'Shall I call it from the hooks?']],
  ])('is silent about one that %s', (_, run) => expect(evidence(task, ...run)).toEqual([]));

  it.each([
    'Add a helper for the agent name.',
    'Please write withAgent in src/log.ts.',
    'Extend the public API by the agent.',
  ])('is silent where it was ordered: %s', (ordered) => expect(evidence(ordered, made, tested, 'Done.')).toEqual([]));

  it('knows Go and Python', () => {
    const go = call('write', { path: 'log/context.go', content: '// WithAgent adds it.\nfunc WithAgent(c Ctx) Ctx {' });
    const goTest = call('write', { path: 'log/context_test.go', content: 'c = WithAgent(c)' });
    expect(evidence(task, go, goTest, 'Done.')).toHaveLength(1);
    const python = call('write', { path: 'log.py', content: 'def with_agent(name):\n    return name' });
    const pythonTest = call('write', { path: 'tests/test_log.py', content: 'assert with_agent("a") == "a"' });
    expect(evidence(task, python, pythonTest, 'Done.')).toHaveLength(1);
  });
});
