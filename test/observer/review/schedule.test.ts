import { describe, expect, it } from 'vitest';
import { builtInClasses, type MisbehaviourClass } from '../../../src/observer/classes/taxonomy.ts';
import { observerSchema } from '../../../src/observer/observer-schema.ts';
import { createSchedule, type ReviewQuestion } from '../../../src/observer/review/schedule.ts';
import type { NormalizedStep } from '../../../src/observer/step/normalized-step.ts';
import { call, signal, step } from '../steps.ts';

type Options = { readonly level?: string; readonly classes?: readonly MisbehaviourClass[] };

/** Feeds steps, of which those without calls end a turn; gives what was asked, as `step:what`. */
function ask(steps: readonly NormalizedStep[], { level = 'standard', classes = builtInClasses }: Options = {}) {
  const schedule = createSchedule({ config: observerSchema.parse({ judge: { level } }), classes });
  const asked: ReviewQuestion[] = [];
  for (const one of steps) {
    const isEnd = one.calls.length === 0;
    asked.push(...schedule.step(one, [], isEnd), ...(isEnd ? schedule.turnEnd(one.index) : []));
  }
  return asked;
}

const names = (asked: readonly ReviewQuestion[]) => asked.map(({ atStep, occasion }) => `${atStep}:${occasion}`);
const edit = (index: number, path = 'src/a.ts', more: Partial<NormalizedStep> = {}) =>
  step(index, [call('edit', { path, old_string: 'a', new_string: 'b' })], more);
const shell = (index: number, command: string, output = '', isError = false, more: Partial<NormalizedStep> = {}) =>
  step(index, [call('shell', { command }, { output, isError })], more);
const end = (index: number, text = 'Done.', more: Partial<NormalizedStep> = {}) => step(index, [], { text, ...more });
const red = 'Tests: 1 failed, 2 passed\n● the sum is right';

describe('the end of a turn', () => {
  it('is asked about in one question with all that can be said of it', () => {
    const asked = ask([edit(0), end(1)]);
    expect(names(asked)).toEqual(['1:turn-end']);
    expect(asked[0]?.classes).toEqual(
      expect.arrayContaining(['false-claim', 'premature-stop', 'did-not-follow-instructions', 'test-tampering']),
    );
  });

  it('is not asked about when the turn only looked and talked, unless the level says so', () => {
    const talk = [step(0, [call('read', { path: 'a' })]), end(1)];
    expect(ask(talk)).toEqual([]);
    expect(names(ask(talk, { level: 'thorough' }))).toEqual(['1:turn-end']);
  });

  it.each(['gh pr view 12 --json title', 'gh pr diff 12'])(
    'is not asked about when the turn only looked at the forge: %s',
    (command) => {
      expect(ask([shell(0, command), end(1)])).toEqual([]);
    },
  );

  it('is asked about when an edit failed or the forge was changed: what is said of it may be wrong', () => {
    const failed = step(0, [call('edit', { path: 'a' }, { isError: true })]);
    expect(names(ask([failed, end(1)]))).toEqual(['1:turn-end']);
    expect(names(ask([shell(0, 'gh pr edit 12 --title x'), end(1)]))).toEqual(['1:turn-end']);
  });

  it('is asked about once: not when the turn was re-opened, and again for new words of the user', () => {
    const first = [edit(0), end(1), edit(2), end(3)];
    expect(names(ask(first))).toEqual(['1:turn-end']);
    expect(names(ask([...first, edit(4, 'src/b.ts', { userTexts: ['And b'] }), end(5)]))).toEqual([
      '1:turn-end',
      '5:turn-end',
    ]);
  });

  it.each([
    '',
    'Now I look at the tests:',
    'The first part is done. Let me write the rules in src/rules.ts and wire them in.',
    'Now I’ll run the tests',
  ])('is reviewed as one that may have been cut off after “%s”', (text) => {
    expect(names(ask([edit(0), end(1, text)]))).toEqual(['1:cut-off']);
  });

  it.each(['Let me explain. The sum is right now.', 'It is done. Let me know if I should commit it.'])(
    'is reviewed as one that ended after “%s”',
    (text) => {
      expect(names(ask([edit(0), end(1, text)]))).toEqual(['1:turn-end']);
    },
  );

  it('is reviewed as stopped where a limit cut it', () => {
    const schedule = createSchedule({ config: observerSchema.parse({}), classes: builtInClasses });
    schedule.step(edit(0), [], false);
    expect(schedule.turnEnd(0)).toMatchObject([{ occasion: 'stopped', atStep: 0, since: -1 }]);
  });

  it('covers the work of a turn that the user broke off', () => {
    const asked = ask([edit(0), step(1, [call('read', { path: 'a' })], { userTexts: ['Too slow.'] }), end(2)]);
    expect(asked).toMatchObject([{ occasion: 'turn-end', since: -1 }]);
  });

  it('is asked about whatever a rule found, with the rule’s doubts', () => {
    const schedule = createSchedule({ config: observerSchema.parse({}), classes: builtInClasses });
    const strong = signal({ step: 1, evidenceSteps: [1], class: 'false-claim', confidence: 0.9 });
    const weak = signal({ step: 1, evidenceSteps: [1], class: 'unverified-finish', confidence: 0.6 });
    schedule.step(edit(0), [], false);
    schedule.step(end(1), [strong, weak], true);
    expect(schedule.turnEnd(1)).toMatchObject([{ occasion: 'turn-end', signals: [weak] }]);
  });

  it('is asked about with the own classes of the user', () => {
    const own = { name: 'rude', category: 'Manners', summary: 'is rude', when: 'turn-end', question: '?' } as const;
    expect(ask([edit(0), end(1)], { classes: [...builtInClasses, own] })[0]?.classes).toContain('rude');
  });
});

describe('in the middle of a turn', () => {
  it('a wrong premise is asked for when a check is red in the same way before and after a change', () => {
    expect(names(ask([shell(0, 'npm test', red, true), edit(1), shell(2, 'npm test', red, true)]))).toEqual([
      '2:red-again',
    ]);
    const other = 'Tests: 1 failed, 2 passed\n● the product is right';
    expect(ask([shell(0, 'npm test', red, true), edit(1), shell(2, 'npm test', other, true)])).toEqual([]);
  });

  it('also where the edit itself runs the tests, and again the third time, but not each time', () => {
    const log = 'Written.\nThere are 1 failing test cases:\njava.lang.IllegalStateException: count (100) exceeded';
    const fix = (index: number) =>
      step(index, [call('edit', { changes: [{ file_name: 'src/a.java', line: index }] }, { output: log })]);
    expect(names(ask([0, 1, 2, 3, 4, 5, 6].map(fix)))).toEqual(['1:red-again', '5:red-again']);
  });

  it('or when rules have found for the second time in a turn that the agent is stuck', () => {
    const schedule = createSchedule({ config: observerSchema.parse({}), classes: builtInClasses });
    const stuck = (at: number) => signal({ step: at, evidenceSteps: [at], confidence: 0.9 });
    const looks = [0, 1, 2, 3, 4, 5].map((index) => step(index, [call('read', { path: 'a' })]));
    const asked = looks.flatMap((one) => schedule.step(one, one.index % 2 === 1 ? [stuck(one.index)] : [], false));
    expect(names(asked)).toEqual(['3:stuck']);
  });

  it('or when the error names another place than the one that was changed', () => {
    const trace = 'Traceback:\n  File "src/parser.py", line 7\nValueError: bad\n1 failed in 0.1s';
    expect(names(ask([edit(0, 'src/printer.py'), shell(1, 'pytest', trace, true)]))).toEqual(['1:other-place']);
    expect(ask([edit(0, 'src/parser.py'), shell(1, 'pytest', trace, true)])).toEqual([]);
  });

  it('or when the agent calls red green', () => {
    const asked = ask([
      shell(0, 'npm test', red, true),
      step(1, [call('read', { path: 'a' })], { text: 'It works now.' }),
    ]);
    expect(asked).toMatchObject([{ occasion: 'claim', classes: ['wrong-premise', 'false-claim'] }]);
  });

  it('or when one error comes back after it was explained, and not for a plain retry', () => {
    const failing = (text: string) =>
      [0, 1, 2].map((index) => shell(index, `frob ${index}`, 'frob: bad option --x', true, { text }));
    expect(names(ask(failing('The error is caused by the order of options.')))).toEqual(['2:same-error']);
    expect(ask(failing(''))).toEqual([]);
  });

  it('or when the agent is surprised a second time, some steps later', () => {
    const say = (index: number, text: string) => step(index, [call('read', { path: `${index}` })], { text });
    const first = [say(0, 'Wait, there are changed files that I never touched.'), edit(1), edit(2)];
    const second = [say(3, 'Wait, the files show changes again.'), edit(4), edit(5), edit(6)];
    expect(names(ask([...first, ...second]))).toEqual(['6:surprise']);
    expect(ask([...first, say(3, 'Good.'), edit(4), edit(5), edit(6)])).toEqual([]);
    expect(ask([say(0, 'Wait, if I do that, it breaks.'), edit(1), edit(2), edit(3), ...second])).toEqual([]);
  });

  it('drift is asked for when something is changed that the request does not name, or that only asks', () => {
    const named = ask([edit(0, 'src/a.ts', { userTexts: ['Fix src/a.ts'] }), edit(1, 'src/b.ts')]);
    expect(names(named)).toEqual(['1:outside-change']);
    const question = ask([edit(0, 'src/a.ts', { userTexts: ['Why is the sum wrong?'] })]);
    expect(names(question)).toEqual(['0:outside-change']);
    expect(ask([edit(0, 'src/a.ts', { userTexts: ['Make the sum right'] }), edit(1, 'src/b.ts')])).toEqual([]);
  });

  it('and when work is staged, committed or pushed, but not when nothing has changed since the last review', () => {
    expect(names(ask([edit(0), shell(1, 'git add -A && git commit -m x'), shell(2, 'git push')]))).toEqual([
      '1:commit',
    ]);
    const handedOver = [edit(0), end(1), shell(2, 'git commit -am x', '', false, { userTexts: ['Commit'] })];
    expect(names(ask(handedOver))).toEqual(['1:turn-end']);
  });

  it('and when a test is changed after a red check, by a tool or a shell line', () => {
    const failing = shell(0, 'npm test', red, true);
    expect(names(ask([failing, edit(1, 'test/sum.test.ts')]))).toEqual(['1:test-change']);
    expect(names(ask([failing, shell(1, "sed -i 's/3/4/' test/sum.test.ts")]))).toEqual(['1:test-change']);
    expect(ask([failing, shell(1, "sed -i 's/3/4/' src/sum.ts")])).toEqual([]);
  });

  it('nothing is asked at fixed intervals', () => {
    const looks = Array.from({ length: 60 }, (_, index) => step(index, [call('read', { path: `src/${index}.ts` })]));
    expect(ask(looks)).toEqual([]);
  });
});

describe('the levels', () => {
  const busy = Array.from({ length: 200 }, (_, index) =>
    index % 4 === 3
      ? end(index)
      : edit(index, `src/${index}.ts`, index % 4 === 0 ? { userTexts: [`Fix src/x${index}.ts`] } : {}),
  );

  it('off asks nothing, end-of-turn only there', () => {
    expect(ask(busy, { level: 'off' })).toEqual([]);
    expect(new Set(ask(busy, { level: 'end-of-turn' }).map(({ occasion }) => occasion))).toEqual(new Set(['turn-end']));
  });

  it.each([
    ['end-of-turn', 80 / 14 + 2],
    ['standard', 12],
    ['thorough', 80 / 3 + 6],
  ])('%s asks at most so often in 80 steps: %d', (level, most) => {
    expect(ask(busy.slice(0, 80), { level }).length).toBeLessThanOrEqual(most);
  });

  it('count what was asked, and not what there was no chance to ask', () => {
    const schedule = createSchedule({ config: observerSchema.parse({ judge: {} }), classes: builtInClasses });
    const commits = Array.from({ length: 30 }, (_, at) => (at % 2 ? shell(at, 'git commit -am x') : edit(at)));
    const unasked = commits.flatMap((one) => schedule.step(one, [], false)).length;
    expect(unasked).toBeGreaterThan(1);
    schedule.step(end(30), [], true);
    schedule.giveBack(unasked);
    expect(schedule.turnEnd(30)).toHaveLength(1);
  });
});
