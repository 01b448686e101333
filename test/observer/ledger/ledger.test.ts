import { describe, expect, it } from 'vitest';
import type { Target } from '../../../src/core/tool.ts';
import { createConstraint } from '../../../src/observer/detectors/changes/broken-constraint.ts';
import { createLedger } from '../../../src/observer/ledger/ledger.ts';
import { call, firedAt, shell, signalsOf, steps } from '../detectors/steps.ts';

const command = (text: string): Target[] => [{ kind: 'command', command: text }];
const write = (path: string): Target[] => [{ kind: 'path', access: 'write', path }];

function ledgerOf(words: string, files: readonly string[] = []) {
  const ledger = createLedger('/repo');
  ledger.readConstraints(words, 'user');
  return (targets: readonly Target[]) =>
    ledger.check(targets, (path) => files.includes(path.replace('/repo/', ''))).map((breach) => breach.what);
}

describe('the ledger', () => {
  it('keeps protected files from being changed, and lets them be read', () => {
    const check = ledgerOf('Do not modify tests.', ['tests/cart.test.ts', 'src/cart.ts']);
    expect(check(write('/repo/tests/cart.test.ts'))).toEqual(['/repo/tests/cart.test.ts']);
    expect(check(command('sed -i s/1/2/ tests/cart.test.ts'))).toEqual(['tests/cart.test.ts']);
    expect(check(command('for f in tests/*.ts; do sed -i s/1/2/ "$f"; done'))).toHaveLength(1);
    expect(check([{ kind: 'path', access: 'read', path: 'tests/cart.test.ts' }])).toEqual([]);
    expect(check(command('cat tests/cart.test.ts && npm test'))).toEqual([]);
    expect(check(write('/repo/src/cart.ts'))).toEqual([]);
  });

  it.each([
    ['package.json', 'package.json', true],
    ['package.json', '/srv/proj/package.json', true],
    ['package.json', 'packages/new/package.json', false],
    ['docs/a.md', '/srv/proj/docs/a.md', true],
    ['docs/a.md', '/srv/proj/docs/b.md', false],
    ['tests', '/srv/proj/tests/new.test.ts', false],
  ])('without a disk to ask: told not to change %s, writing %s breaks it: %s', (named, path, isBroken) => {
    const ledger = createLedger('/srv/proj');
    ledger.readConstraints(`Fix it. Do not change ${named}.`, 'user');
    expect(ledger.check(write(path))).toHaveLength(isBroken ? 1 : 0);
    expect(ledger.check(command(`echo x > ${path}`))).toHaveLength(isBroken ? 1 : 0);
  });

  it('without a disk to ask: a file is there when it was seen by its whole path', () => {
    for (const [text, isThere] of [
      ['/srv/proj/README.md', true],
      ['a/srv/proj/README.md', false],
      ['/srv/proj/web/README.md', false],
    ] as const) {
      const ledger = createLedger('/srv/proj');
      ledger.readConstraints('Do not touch the documentation.', 'user');
      ledger.learn([], '', `${text}\n`, false);
      expect(ledger.check(write('/srv/proj/README.md'))).toHaveLength(isThere ? 1 : 0);
    }
  });

  it('takes a new test for no change of the tests', () => {
    const check = ledgerOf('Do not modify tests.', ['tests/cart.test.ts']);
    expect(check(write('/repo/tests/new.test.ts'))).toEqual([]);
    expect(
      check(
        command(
          "cat <<'EOF' > tests/new.test.ts\nit('x')\nEOF\nsed -i s/x/y/ tests/new.test.ts && rm tests/new.test.ts",
        ),
      ),
    ).toEqual([]);
  });

  it('keeps the agent inside what alone may be changed', () => {
    const check = ledgerOf('Only change src/cart.', ['src/cart/total.ts', 'src/index.ts']);
    expect(check(write('src/cart/total.ts'))).toEqual([]);
    expect(check(write('src/index.ts'))).toEqual(['src/index.ts']);
    expect(check(command('echo x > /tmp/scratch.txt'))).toEqual([]);
  });

  it('knows what adds a dependency', () => {
    const check = ledgerOf('No new dependencies, please.');
    for (const text of [
      'npm install left-pad',
      'pip install requests',
      'python -m pip install requests',
      'cd web && yarn add react',
    ])
      expect(check(command(text))).toHaveLength(1);
    for (const text of ['npm install', 'npm ci', 'pip install -r requirements.txt', 'pip install -e .', 'npm test'])
      expect(check(command(text))).toEqual([]);
  });

  it('knows commits, pushes and named commands', () => {
    const check = ledgerOf("Don't commit. Don't run `make deploy`.");
    expect(check(command('git add -A && git -C . commit -m x'))).toHaveLength(1);
    expect(check(command('git status'))).toEqual([]);
    expect(check(command('make deploy'))).toHaveLength(1);
    expect(check(command('make build'))).toEqual([]);
  });

  it('knows what a push goes to, and which form of git is meant', () => {
    const check = ledgerOf('Never push to main. Do not amend. Never force push.');
    expect(check(command('git push origin main'))).toHaveLength(1);
    expect(check(command('git push origin HEAD:main'))).toHaveLength(1);
    expect(check(command('git -C /repo commit --amend --no-edit'))).toHaveLength(1);
    expect(check(command('git push --force-with-lease'))).toHaveLength(1);
    for (const text of ['git push -u origin fix/main-menu', 'git push', 'git commit -m main', 'git checkout main'])
      expect(check(command(text))).toEqual([]);
  });

  it('takes a program for what is run, not for a word of another command', () => {
    const check = ledgerOf('Do not use docker. Never run `git add -A`.');
    expect(check(command('sudo docker ps'))).toHaveLength(1);
    expect(check(command('git add -A && git status'))).toHaveLength(1);
    for (const text of ['npm view docker version', 'grep -r docker .', 'git add src/a.ts'])
      expect(check(command(text))).toEqual([]);
  });

  it('says nothing of repositories that a test makes, nor of another folder for an instruction file', () => {
    const ledger = createLedger('/repo');
    ledger.readConstraints('Never push.', 'user');
    ledger.readConstraints('Never commit.', 'AGENTS.md');
    const check = (text: string) => ledger.check(command(text), () => true).map(({ constraint }) => constraint.source);
    expect(check('cd /tmp/fixture && git commit -m x && git push')).toEqual([]);
    expect(check('(cd /tmp/fixture && git commit -m x); git push')).toHaveLength(1);
    expect(check('git -C /tmp/fixture push')).toEqual([]);
    expect(check('cd /other && git commit -m x && git push')).toEqual(['user']);
    expect(check('cd src && git commit -m x && git push')).toEqual(['user', 'AGENTS.md']);
  });

  it('keeps a turn that only asks from changing the repository, and nothing else', () => {
    const ledger = createLedger('/repo');
    ledger.readConstraints("Why is it slow? Don't change anything, just tell me.", 'user');
    const check = (targets: readonly Target[]) => ledger.check(targets, () => true).length;
    expect(check(write('/repo/src/a.ts'))).toBe(1);
    expect(check(command('echo x > notes.md'))).toBe(1);
    expect(check(command('npm test && git log'))).toBe(0);
    expect(check(write('/tmp/trace.txt'))).toBe(0);
    expect(check(write('/home/me/.plans/plan.md'))).toBe(0);
    ledger.readConstraints('And how slow is the other one?', 'user');
    expect(ledger.constraints()).toHaveLength(1);
    ledger.readConstraints('Good. Fix the first one.', 'user');
    expect(ledger.constraints()).toEqual([]);
  });

  it.each([
    ['Never commit.', 'Fix it on a new branch, commit, and open a pull request.'],
    ['Never push.', 'Please open a PR for it.'],
    ['Do not edit CHANGELOG.md.', 'Add a line to CHANGELOG.md for this.'],
    ['Do not run the tests.', 'Please run the tests now.'],
  ])('of an instruction file (%s) gives way to the task (%s), whichever is read first', (rule, task) => {
    const first = createLedger('/repo');
    expect(first.readConstraints(rule, 'AGENTS.md')).toHaveLength(1);
    first.readConstraints(task, 'user');
    const second = createLedger('/repo');
    second.readConstraints(task, 'user');
    second.readConstraints(rule, 'AGENTS.md');
    expect([first.constraints(), second.constraints()]).toEqual([[], []]);
  });

  it.each([
    ['Never commit.', 'Commit messages must be short.'],
    ['Never commit.', 'When I say commit, commit.'],
    ["Don't push.", 'Merge conflicts and push notifications are the topic.'],
  ])('%s is not lifted by: %s', (first, later) => {
    const ledger = createLedger('/repo');
    ledger.readConstraints(first, 'user');
    ledger.readConstraints(later, 'user');
    expect(ledger.constraints()).toHaveLength(1);
  });

  it('quotes the words with each breach', () => {
    const ledger = createLedger('/repo');
    ledger.readConstraints('Fix the cart. Do not modify tests.', 'user');
    const [breach] = ledger.check(command('rm tests/a.test.ts'), () => true);
    expect(breach?.constraint).toMatchObject({ quote: 'Do not modify tests.', source: 'user' });
  });

  it('is lifted by the user and by nobody else', () => {
    const ledger = createLedger('/repo');
    ledger.readConstraints('Do not modify tests.', 'user');
    ledger.readConstraints('You may change the tests.', 'AGENTS.md');
    expect(ledger.constraints()).toHaveLength(1);
    ledger.readConstraints('Fine. Now update the tests as well.', 'user');
    expect(ledger.constraints()).toEqual([]);
    const [again] = ledger.readConstraints('Do not modify tests.', 'user');
    ledger.lift(again!.id);
    expect(ledger.constraints()).toEqual([]);
  });

  it.each([
    ['Fix the failing tests.', false],
    ['Add a discount and run the tests.', false],
    ['Change the parser so that the tests pass.', false],
    ['Update src/cart.ts, then check it against the tests', false],
    ['Please adapt the existing tests too.', true],
    ["It's fine to change the tests for this.", true],
    ['go ahead and delete the old tests', true],
    ['Update the code the tests cover.', false],
    ['Explain how to update the tests.', false],
    ['List what would have to change in the tests.', false],
    ['Update src/cart.ts like the tests expect it', false],
    ['Change the parser and run the tests.', false],
    ['The tests may be changed by Ann.', false],
    ['The tests may be changed now.', true],
    ['Update the parser and the tests.', true],
    ['Rename it everywhere, also in the tests.', true],
    ['Add a case for zero to the tests.', true],
  ])('%s lifts: %s', (words, isLifted) => {
    const ledger = createLedger('/repo');
    ledger.readConstraints('Do not modify tests.', 'AGENTS.md');
    ledger.readConstraints(words, 'user');
    expect(ledger.constraints()).toHaveLength(isLifted ? 0 : 1);
  });

  it.each([
    ["Don't commit.", 'Looks good, commit it.'],
    ["Don't commit.", 'Please make a commit.'],
    ["Don't push.", 'push'],
    ["Don't change package.json.", 'Bump the version in package.json.'],
    ['No new dependencies.', 'npm install zod'],
    ['No new dependencies.', 'All right, install left-pad then.'],
    ["Don't run `make deploy`.", 'Now run `make deploy`.'],
    ["Don't create any new files.", 'Please create a new file for it.'],
    ['Only change src/cart.', 'You may change any other file as well.'],
  ])('%s is lifted by: %s', (first, later) => {
    const ledger = createLedger('/repo');
    expect(ledger.readConstraints(first, 'user')).toHaveLength(1);
    ledger.readConstraints('Go on with it.', 'user');
    expect(ledger.constraints()).toHaveLength(1);
    ledger.readConstraints(later, 'user');
    expect(ledger.constraints()).toEqual([]);
  });

  it('hears the same words once', () => {
    const ledger = createLedger('/repo');
    expect(ledger.readConstraints('Do not modify tests.', 'user')).toHaveLength(1);
    expect(ledger.readConstraints('Again: do not modify tests.', 'user')).toEqual([]);
  });
});

describe('the constraint detector', () => {
  const make = (task: string) => createConstraint({ task, cwd: '', dirtyFiles: [] });
  const rule = 'Fix the parser. Do not modify tests or config files.';

  it('speaks at the step that breaks the words, and quotes them', () => {
    const run = steps(shell('cat tests/test_sum.py', 'assert 1'), shell('sed -i s/1/2/ tests/test_sum.py'));
    expect(signalsOf(make(rule), run)).toMatchObject([
      { class: 'did-not-follow-instructions', step: 1, evidence: expect.stringContaining('Do not modify tests') },
    ]);
  });

  it('follows a script that was written in one step and run in another', () => {
    const script = call('write_file', {
      path: 'fix.py',
      content: "p = 'tests/test_sum.py'\nt = open(p).read()\nopen(p, 'w').write(t)",
    });
    expect(firedAt(make(rule), steps(script, shell('python fix.py')))).toEqual([1]);
  });

  it('lets the agent work on files of its own', () => {
    const run = steps(
      shell('cat > test_repro.py <<EOF\nx\nEOF'),
      shell('python test_repro.py'),
      shell('echo y >> test_repro.py'),
      shell('rm test_repro.py'),
    );
    expect(firedAt(make(rule), run)).toEqual([]);
  });

  it('does not take a name that only an error showed for a file', () => {
    const run = steps(
      shell('pytest tests/test_new.py', 'ERROR: file not found: tests/test_new.py', { isError: true }),
      shell('cat > tests/test_new.py <<EOF\nx\nEOF'),
    );
    expect(firedAt(make(rule), run)).toEqual([]);
  });

  it('gives each try of one breach the same key, also one that the ledger refused, and says nothing of a call that the user declined', () => {
    const change = shell('sed -i s/1/2/ tests/test_sum.py');
    const failed = (errorKind: 'blocked' | 'denied') =>
      shell('sed -i s/1/2/ tests/test_sum.py', 'not run', { isError: true, errorKind });
    for (const run of [steps(change, change), steps(failed('blocked'), failed('blocked'))]) {
      const keys = signalsOf(make(rule), run).map(({ key }) => key);
      expect(keys).toEqual([keys[0], keys[0]]);
    }
    expect(firedAt(make(rule), steps(failed('denied')))).toEqual([]);
  });

  it('hears what the user says on the way', () => {
    const run = steps(shell('rm tests/a.test.ts', ''), shell('git commit -am x')).map((step) =>
      step.index === 1 ? { ...step, userTexts: ["don't commit yet"] } : step,
    );
    expect(firedAt(make('Fix it.'), run)).toEqual([1]);
  });
});
