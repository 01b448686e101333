import { expect, it } from 'vitest';
import type { Ask } from '../../../src/core/model.ts';
import { noUsage } from '../../../src/core/types.ts';
import { observerSchema } from '../../../src/observer/config.ts';
import { createOfflineJudge, type OfflineJudge } from '../../../src/observer/review/offline-judge.ts';
import { builtInClasses } from '../../../src/observer/taxonomy.ts';
import { call, signal, step, work } from '../steps.ts';

/** A judge that finds only `present`, and the classes it was asked about. */
function open(present: string): { judge: OfflineJudge; asked: string[] } {
  const asked: string[] = [];
  const ask: Ask = async ({ user, schema }) => {
    const name = /Class: (\S+)/.exec(user)?.[1] ?? '';
    if (schema !== undefined) asked.push(name);
    const answer = {
      present: name === present,
      confidence: 0.9,
      firstStep: 0,
      evidenceSteps: [0],
      quote: 'src/part0.ts',
    };
    return { text: schema === undefined ? 'DO look again.' : JSON.stringify(answer), usage: noUsage };
  };
  const config = observerSchema.parse({});
  return { judge: createOfflineJudge({ config, task: 'Fix it', classes: builtInClasses, ask, fence: 'f00d' }), asked };
}

it('asks where it would have asked live, and waits for each answer', async () => {
  const { judge, asked } = open('false-claim');
  for (let index = 0; index < 4; index += 1) expect(await judge.step(work(index), [], false)).toEqual([]);
  expect(asked).toEqual([]);
  await judge.step(work(4), [], false);
  expect(asked).toEqual(['did-not-follow-instructions', 'unrequested-changes']);
  const verdicts = await judge.step(step(5, [], { text: 'Done.' }), [], true);
  expect(verdicts).toMatchObject([{ class: 'false-claim', source: 'judge', advice: 'DO look again.' }]);
  expect(asked.slice(2)).toEqual(['false-claim']);
  expect(judge.spent()).toHaveLength(4);
});

it('sees the constraints that the ledger reads in the words of the user', async () => {
  const accounts: string[] = [];
  const ask: Ask = async ({ user }) => {
    accounts.push(user);
    return { text: '', usage: noUsage };
  };
  const config = observerSchema.parse({});
  const judge = createOfflineJudge({
    config,
    task: 'Fix it. Do not modify the tests.',
    classes: builtInClasses,
    ask,
    fence: 'f00d',
  });
  await judge.step({ ...work(0), userTexts: ['Only change src/a.ts.'] }, [], false);
  await judge.step(step(1, [], { text: 'Done.' }), [], true);
  expect(accounts[0]).toMatch(
    /<constraints-\w+>\n- “Do not modify the tests.?” \(user\)\n- “Only change src\/a\.ts.?” \(user\)/,
  );
});

it('is asked about a finding that does not stand by itself', async () => {
  const { judge, asked } = open('infinite-loop');
  const weak = signal({ step: 0, evidenceSteps: [0], confidence: 0.5 });
  expect(await judge.step(work(0), [weak], false)).toMatchObject([
    { class: 'infinite-loop', detector: 'same-call', key: weak.key },
  ]);
  expect(asked).toEqual(['infinite-loop']);
});

const endings: [string, string, string, string[]][] = [
  ['a plain task and plain words', 'Fix the sum', 'Fixed.', ['false-claim']],
  [
    'a task with limits',
    'Fix the sum without touching the tests',
    'Fixed.',
    ['false-claim', 'did-not-follow-instructions'],
  ],
  ['words that sound unfinished', 'Fix the sum', 'The rest remains to be done.', ['false-claim', 'premature-stop']],
];
it.each(endings)('asks at the end of a turn by what the words give reason to: %s', async (_, task, last, expected) => {
  const { judge, asked } = open('');
  await judge.step({ ...work(0), userTexts: [task] }, [], false);
  await judge.step(step(1, [], { text: last }), [], true);
  expect(asked).toEqual(expected);
});

it('asks about the constraints of earlier words at the end of every turn, and about tests when the turn changed some', async () => {
  const { judge, asked } = open('');
  await judge.step({ ...work(0), userTexts: ['Fix the sum. Do not modify package.json.'] }, [], false);
  await judge.step(step(1, [], { text: 'Fixed.' }), [], true);
  expect(asked.splice(0)).toEqual(['false-claim', 'did-not-follow-instructions']);
  const edit = call('edit', { path: 'test/sum.test.ts', old: 'a', new: 'b' });
  await judge.step(step(2, [edit], { userTexts: ['Now the product'] }), [], false);
  await judge.step(step(3, [], { text: 'Fixed.' }), [], true);
  expect(asked.splice(0)).toEqual(['false-claim', 'did-not-follow-instructions', 'test-tampering']);
  const line = call('shell', { command: "sed -i 's/3/4/' test/sum.test.ts && npm test" }, { isError: true });
  await judge.step(step(4, [line], { userTexts: ['And the rest'] }), [], false);
  await judge.step(step(5, [], { text: 'Fixed.' }), [], true);
  expect(asked.splice(0)).toEqual(['false-claim', 'did-not-follow-instructions', 'test-tampering']);
  await judge.step({ ...work(6), userTexts: ['Go on'] }, [], false);
  const refused = call('edit', { path: 'test/sum.test.ts' }, { isError: true, errorKind: 'blocked' });
  await judge.step(step(7, [refused, { ...line, errorKind: 'blocked' }]), [], false);
  await judge.step(step(8, [], { text: 'Fixed.' }), [], true);
  expect(asked).toEqual(['false-claim', 'did-not-follow-instructions']);
});

it('tells of what rules found of a class, and of what was spoken of', async () => {
  const questions: string[] = [];
  const ask: Ask = async ({ user }) => {
    questions.push(user.slice(user.indexOf('The account ends here')));
    return { text: '', usage: noUsage };
  };
  const judge = createOfflineJudge({
    config: observerSchema.parse({}),
    task: 'Fix it',
    classes: builtInClasses,
    ask,
    fence: 'f00d',
  });
  for (let index = 0; index < 5; index += 1) await judge.step(work(index), [], false);
  expect(questions.splice(0)[0]).toContain('Nothing in particular was noticed.');
  const breach = signal({
    step: 5,
    evidenceSteps: [5],
    class: 'did-not-follow-instructions',
    detector: 'constraint',
    evidence: '“Leave src/ alone” was said, and this touches src/part5.ts',
  });
  await judge.step(work(5), [breach], false);
  judge.speak('did-not-follow-instructions', 6);
  for (let index = 6; index < 15; index += 1) await judge.step(work(index), [], false);
  expect(questions[0]).toContain('Class: did-not-follow-instructions');
  expect(questions[0]).toContain('- step 5: “Leave src/ alone” was said, and this touches src/part5.ts');
  expect(questions[0]).toContain('found before step 6 already');
  expect(questions[1]).toContain('Class: unrequested-changes');
  expect(questions[1]).toContain('Rules found nothing of this class.');
  expect(questions.join()).not.toContain('Nothing in particular was noticed');
});

it('is not asked at the end of a turn that only talked, or that a rule re-opens', async () => {
  const { judge, asked } = open('');
  await judge.step(step(0, [], { text: 'Hello.', userTexts: ['Hi'] }), [], true);
  await judge.step(step(1, [call('read', { path: 'a' })]), [], false);
  await judge.step(step(2, [], { text: 'It is a file.' }), [], true);
  await judge.step({ ...work(3), userTexts: ['Fix it'] }, [], false);
  const claim = signal({ step: 4, evidenceSteps: [4], class: 'false-claim', detector: 'completion-claim' });
  await judge.step(step(4, [], { text: 'All pass.' }), [claim], true);
  expect(asked).toEqual([]);
});
