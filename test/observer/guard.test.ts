import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Inbox, Refusal } from '../../src/core/observer-port.ts';
import type { UserQuestion } from '../../src/observer/user-question.ts';
import { checkCall, eventsOf, makeStep, startRun, type TestRun, userNote } from './runs.ts';

let folder: string;
const opened: TestRun[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wink-guard-'));
  mkdirSync(join(folder, 'test'));
  writeFileSync(join(folder, 'test', 'sum.test.js'), 'test');
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((run) => run.observer.close()));
  rmSync(folder, { recursive: true });
});

function open(...[config, parts]: Parameters<typeof startRun>): TestRun {
  const facts = { task: 'Fix it', cwd: folder, dirtyFiles: [] };
  const trajectory = { session: 's', cwd: folder, system: '', steps: [], compactions: [] };
  const run = startRun(config, { facts, trajectory, ...parts });
  opened.push(run);
  return run;
}

/** The agent wants to edit the protected test; a refused call is recorded as such. */
function tryEdit(run: TestRun): Refusal | undefined {
  const path = join(folder, 'test', 'sum.test.js');
  const call = { id: 'c', name: 'edit', input: { path } };
  const refusal = checkCall(run, call, [{ kind: 'path', access: 'write', path }]);
  const blocked = { output: refusal?.output ?? '', isError: true, errorKind: 'blocked' } as const;
  run.act('edit', { path }, refusal === undefined ? {} : blocked);
  return refusal;
}

describe('a call against the words of the user', () => {
  it('does not act: the model gets the words, and a reminder goes with them', () => {
    const run = open();
    run.say('Fix sum.js. Do not modify the tests.');
    const refusal = tryEdit(run);
    expect(refusal?.output).toContain('“Do not modify the tests.”');
    expect(refusal?.output).toContain('Only the user can lift');
    const [reminder] = eventsOf(run.events, 'reminder');
    expect(reminder?.reminder.text).toContain('The refused call shows a plan that needs what the user ruled out');
    expect(eventsOf(run.events, 'signal')).toMatchObject([{ signal: { detector: 'constraint', step: 0 } }]);
  });

  it('is only noted in shadow', () => {
    const run = open({}, { mode: 'shadow' });
    run.say('Fix sum.js. Do not modify the tests.');
    expect(tryEdit(run)).toBeUndefined();
    expect(run.observer.drain([]).notes).toEqual([]);
    expect(eventsOf(run.events, 'reminder')).toMatchObject([{ mode: 'shadow', reminder: { detector: 'constraint' } }]);
  });

  it('does not act through a script that was written in the same message', () => {
    const run = open();
    run.say('Do not modify the tests.');
    const content =
      "const file = 'test/sum.test.js';\nfs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('1', '2'));\n";
    const path = join(folder, 'fix.mjs');
    const write = { id: 'a', name: 'write', input: { path: 'fix.mjs', content } };
    const shell = { id: 'b', name: 'shell', input: { command: 'node fix.mjs && npm test' } };
    expect(checkCall(run, write, [{ kind: 'path', access: 'write', path }])).toBeUndefined();
    const refusal = checkCall(run, shell, [{ kind: 'command', command: shell.input.command }]);
    expect(refusal?.output).toContain('test/sum.test.js');
  });

  it('is not looked at when the observer, or this detector, is off', () => {
    for (const run of [open({}, { mode: 'off' }), open({ detectors: { constraint: { enabled: false } } })]) {
      run.say('Do not modify the tests.');
      expect(tryEdit(run)).toBeUndefined();
    }
  });

  /** Tries until the user is asked. */
  function tryUntilAsked(run: TestRun): Inbox {
    for (let round = 0; round < 40; round += 1) {
      tryEdit(run);
      const inbox = run.observer.drain([]);
      if (inbox.answer !== undefined) return inbox;
    }
    throw new Error('Nobody was asked.');
  }

  it('holds the words of the way back until the user has answered', async () => {
    let answer = () => {};
    const onAskUser = () =>
      new Promise<void>((resolve) => {
        answer = resolve;
      });
    const run = open({}, { onAskUser });
    run.say('Do not modify the tests.');
    const inbox = tryUntilAsked(run);
    expect(inbox.notes).toEqual([]);
    answer();
    await inbox.answer;
    expect(run.observer.drain([]).notes).toMatchObject([
      { from: 'observer', text: expect.stringContaining('way back') },
    ]);
  });

  it('leaves them out when the user lets it go on, and gives the words of the user', async () => {
    const run = open({}, { onAskUser: async () => {} });
    run.say('Do not modify the tests.');
    await tryUntilAsked(run).answer;
    run.observer.allowMore('did-not-follow-instructions', 20);
    run.say('Look at src/b.ts.');
    expect(run.speak('Well.')).toMatchObject([{ from: 'user', text: 'Look at src/b.ts.' }]);
    expect(eventsOf(run.events, 'reminder').map((event) => event.reminder.rung)).toEqual(['redirect', 'check']);
    expect(eventsOf(run.events, 'suppressed').at(-1)?.suppressed.reason).toBe('the user answered instead');
  });

  it('climbs the ladder to its end, by way of the user, when it is tried again and again', () => {
    const questions: UserQuestion[] = [];
    const run = open({}, { onAskUser: async (question) => void questions.push(question) });
    run.say('Do not modify the tests.');
    let rounds = 0;
    for (let isStopped = false; !isStopped && rounds < 40; rounds += 1) {
      tryEdit(run);
      isStopped = run.observer.drain([]).stop !== undefined;
    }
    expect(rounds).toBeLessThan(20);
    expect(questions).toMatchObject([{ class: 'did-not-follow-instructions', detector: 'constraint', backToStep: 0 }]);
    expect(questions[0]?.evidence).toContain('Do not modify the tests.');
    expect(eventsOf(run.events, 'signal')).toHaveLength(1);
    expect(eventsOf(run.events, 'reminder').map((event) => event.reminder.rung)).toEqual([
      'redirect',
      'check',
      'way-back',
    ]);
  });
});

describe('the user', () => {
  it('who pressed Esc hears nothing more until they speak', () => {
    const run = open();
    run.say('Do not modify the tests.');
    run.observer.drain([]);
    tryEdit(run);
    run.observer.interrupted();
    expect(run.observer.drain([]).notes).toEqual([]);
    run.say('Go on.');
    expect(run.speak('Well.').map((note) => note.text)).toEqual(['Go on.']);
  });

  it('who mutes the detector is still protected by the constraint, without words', () => {
    const run = open();
    run.say('Do not modify the tests.');
    run.observer.mute('constraint');
    expect(tryEdit(run)).toBeDefined();
    expect(run.observer.drain([]).notes).toEqual([]);
  });
});

describe('a constraint', () => {
  it('of the task holds for the very first call', () => {
    const run = open({}, { facts: { task: 'Fix it. Do not modify the tests.', cwd: folder, dirtyFiles: [] } });
    expect(tryEdit(run)).toBeDefined();
  });

  it('that reached the model by another way is heard, once', () => {
    const run = open();
    const note = userNote('Do not modify the tests.');
    run.observer.readWords([note]);
    run.observer.lift(run.observer.ledger()[0]!.id);
    run.observer.readWords([note]);
    expect(tryEdit(run)).toBeUndefined();
  });

  it('of AGENTS.md leads to a reminder, and to a refusal only where the configuration says so', () => {
    const instructions = [{ text: 'Never change the tests.', source: 'AGENTS.md' }];
    const run = open({}, { instructions });
    expect(tryEdit(run)).toBeUndefined();
    run.observer.drain([]);
    const [reminder] = eventsOf(run.events, 'reminder');
    expect(reminder?.reminder.text).toContain('AGENTS.md says “Never change the tests.”, and this touches');
    expect(tryEdit(open({ instructionFiles: 'refuse' }, { instructions }))?.output).toContain('AGENTS.md');
  });

  it('of AGENTS.md gives way to what the task asks for, whichever is read first', () => {
    const run = open(
      {},
      {
        facts: { task: 'Update the tests for the new format and commit it.', cwd: folder, dirtyFiles: [] },
        instructions: [{ text: 'Never change the tests. Do not commit. Never push.', source: 'AGENTS.md' }],
      },
    );
    expect(run.observer.ledger().map(({ rule }) => rule)).toEqual([{ type: 'no-git', verbs: ['push'] }]);
  });

  it('that code understands only in part refuses nothing, and is kept for the judge and the user to see', () => {
    const run = open();
    run.say('Never modify test/sum.test.js unless the format changes.');
    expect(tryEdit(run)).toBeUndefined();
    expect(run.observer.ledger()).toEqual([]);
    expect(run.observer.advice()).toEqual([
      { quote: 'Never modify test/sum.test.js unless the format changes.', source: 'user' },
    ]);
  });

  it('of a resumed session still holds', () => {
    const steps = [makeStep(0, 'Hello', [userNote('Do not modify the tests.')])];
    const run = open({}, { trajectory: { session: 's', cwd: folder, system: '', steps, compactions: [] } });
    expect(tryEdit(run)).toBeDefined();
  });

  it('is lifted by later words of the user, or by hand, and by nobody else', () => {
    const run = open();
    run.say('Do not modify the tests.');
    run.observer.drain([{ from: 'harness', text: 'You may change the tests now.', at: '' }]);
    expect(tryEdit(run)).toBeDefined();
    run.say('You may change the tests now.');
    expect(tryEdit(run)).toBeUndefined();
    const [added] = run.observer.addConstraint("Don't touch the tests.");
    expect(tryEdit(run)).toBeDefined();
    run.observer.lift(added!.id);
    expect(tryEdit(run)).toBeUndefined();
    expect(run.observer.ledger()).toEqual([]);
  });

  it('that code can not check is kept for the judge', () => {
    const run = open();
    expect(run.observer.addConstraint('Write in the style of the old code.')).toEqual([]);
  });

  it('protects a file that was there before, also after the agent was allowed to change it', () => {
    const run = open();
    run.say('Do not push.');
    tryEdit(run);
    run.say('Do not modify the tests any more.');
    expect(tryEdit(run)).toBeDefined();
  });
});
