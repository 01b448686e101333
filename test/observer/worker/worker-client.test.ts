import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { Note } from '../../../src/core/types.ts';
import { eventsOf, eventually, makeStep, startRun, type TestRun } from '../runs.ts';

const workerFile = (name: string): string =>
  join(import.meta.dirname, '..', '..', 'fixtures', 'workers', `${name}.mjs`);
const opened: TestRun[] = [];
const failing = { output: '1 failing', isError: true, errorKind: 'command-failed' } as const;

function open(...parameters: Parameters<typeof startRun>): TestRun {
  const run = startRun(...parameters);
  opened.push(run);
  return run;
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((run) => run.observer.close()));
});

const testAgain = (run: TestRun): readonly Note[] => run.act('shell', { command: 'npm test' }, failing);

describe('the observer in its own thread', () => {
  it('sees a loop and puts a reminder in front of the model', async () => {
    const run = open();
    await eventually(() =>
      testAgain(run)
        .map((note) => note.text)
        .join(),
    ).toContain('Another round of the same');
    expect(eventsOf(run.events, 'reminder')).toMatchObject([
      { mode: 'on', reminder: { rung: 'redirect', class: 'infinite-loop' } },
    ]);
    expect(run.observer.summary()).toMatchObject({ mode: 'on', health: 'ok', reminders: 1, judgeCalls: 0 });
  });

  it('says nothing in shadow and notes what it would have said', async () => {
    const run = open({}, { mode: 'shadow' });
    const notes: Note[] = [];
    const hasSpoken = (): boolean => {
      notes.push(...testAgain(run));
      return eventsOf(run.events, 'reminder').length > 0;
    };
    await eventually(hasSpoken).toBe(true);
    expect(notes).toEqual([]);
    expect(eventsOf(run.events, 'reminder')).toMatchObject([{ mode: 'shadow', reminder: { mode: 'shadow' } }]);
    expect(run.observer.summary()).toMatchObject({ mode: 'shadow', reminders: 0 });
  });

  it('gives the words of the user in their order, after the reminders', () => {
    const run = open();
    run.say('first');
    run.say('second');
    expect(run.speak('One.').map((note) => note.text)).toEqual(['first', 'second']);
    expect(run.speak('Two.')).toEqual([]);
  });

  it('has no thread at all when it is off', async () => {
    const run = open({}, { mode: 'off', workerFile: workerFile('exiting') });
    testAgain(run);
    await run.observer.settle(new AbortController().signal);
    expect(run.events).toEqual([]);
    expect(run.observer.summary()).toMatchObject({ mode: 'off', health: 'off', stepsObserved: 0 });
  });

  it('is not started for words alone, and looks at them once there is more', async () => {
    const run = open({}, { workerFile: workerFile('exiting') });
    run.speak('A parser. All tests pass.');
    await run.observer.settle(new AbortController().signal);
    expect([run.observer.summary().stepsObserved, run.events]).toEqual([0, []]);

    const working = open();
    working.speak('I will look.');
    testAgain(working);
    await eventually(() => {
      working.observer.drain([]);
      return working.observer.summary().stepsObserved;
    }).toBe(2);
  });

  it("knows the user's work that is found after its start", async () => {
    const dirtyFiles: string[] = [];
    const run = open({}, { facts: { task: 'Make it faster', cwd: '/repo', dirtyFiles } });
    run.act('read', { path: 'src/b.ts' });
    dirtyFiles.push('src/a.ts');
    run.observer.dirtyFilesKnown();
    run.act('shell', { command: 'git checkout -- src/a.ts' });
    await eventually(() => {
      run.observer.drain([]);
      return eventsOf(run.events, 'signal').map(({ signal }) => signal.detector);
    }).toContain('user-work');
  });

  it('does not speak again of the steps of a resumed session', async () => {
    const steps = [0, 1, 2, 3].map((index) =>
      makeStep(index, '', [], { name: 'shell', input: { command: 'npm test' }, result: failing }),
    );
    const run = open({}, { trajectory: { session: 's', cwd: '/repo', system: '', steps, compactions: [] } });
    run.act('edit', { path: 'src/a.ts', edits: [] });
    await eventually(() => {
      run.observer.drain([]);
      return run.observer.summary().stepsObserved;
    }).toBe(1);
    expect(eventsOf(run.events, 'signal')).toEqual([]);
  });
});

describe('a faulty thread costs the loop nothing but an event', () => {
  it.each(['dead', 'exiting', 'flooding', 'garbage'])('%s: it is replaced twice and then left alone', async (name) => {
    const run = open({}, { workerFile: workerFile(name) });
    await eventually(() => {
      testAgain(run);
      return eventsOf(run.events, 'observer.lost').length;
    }).toBe(3);
    expect(eventsOf(run.events, 'observer.lost').map((event) => event.restarted)).toEqual([true, true, false]);
    expect(run.observer.summary().health).toBe('lost');
    testAgain(run);
    expect(eventsOf(run.events, 'observer.lost')).toHaveLength(3);
  });

  it.each(['hung', 'silent'])('%s: it is noticed at a drain', async (name) => {
    const run = open({}, { workerFile: workerFile(name), hungAfterSeconds: 0.05 });
    await eventually(() => {
      testAgain(run);
      return eventsOf(run.events, 'observer.lost').at(-1)?.restarted;
    }).toBe(false);
    expect(eventsOf(run.events, 'observer.lost')[0]?.reason).toContain('has not answered');
  });

  it('hung: a drain does not wait, neither does the end of the turn for long, and it is told', async () => {
    const run = open({ finalWaitSeconds: 3600 }, { workerFile: workerFile('hung') });
    testAgain(run);
    run.speak('Done.');
    await run.observer.settle(new AbortController().signal);
    expect(run.observer.drain([])).toEqual({ notes: [] });
    expect(eventsOf(run.events, 'observer.lost')).toHaveLength(1);
    expect(run.observer.summary().stepsObserved).toBe(0);
  });

  it('hung: a request waits for its look in vain, and is not lost for it', async () => {
    const run = open({}, { workerFile: workerFile('hung') });
    testAgain(run);
    await run.observer.awaitSeen();
    await run.observer.awaitSeen();
    expect(run.observer.drain([])).toEqual({ notes: [] });
    expect(eventsOf(run.events, 'observer.lost')).toEqual([]);
  });

  it('a thread that died is caught up: what began before its death is still found', async () => {
    const run = open({}, { workerFile: workerFile('dies-once') });
    testAgain(run);
    testAgain(run);
    await eventually(() => eventsOf(run.events, 'observer.lost').length).toBe(1);
    testAgain(run);
    await eventually(() => {
      run.observer.drain([]);
      return new Set(eventsOf(run.events, 'signal').map((event) => event.signal.evidenceSteps.join()));
    }).toEqual(new Set(['0,1,2']));
    expect(run.observer.summary()).toMatchObject({ health: 'ok', stepsObserved: 3 });
  });

  it('hung: closing ends it all the same', async () => {
    const run = startRun({}, { workerFile: workerFile('hung') });
    testAgain(run);
    await run.observer.close();
  });

  it('flooding: no more is taken than steps can have caused, and nothing of it is said after the cap', async () => {
    const run = open({ maxReminders: 1 }, { workerFile: workerFile('flooding') });
    await eventually(() => {
      run.act('read', { path: 'a' });
      return run.observer.summary().health;
    }).toBe('lost');
    expect(eventsOf(run.events, 'signal').length).toBeLessThanOrEqual(3 * 256 + 16 * run.trajectory.steps.length);
    expect(eventsOf(run.events, 'reminder').length).toBeLessThanOrEqual(1);
  });

  it('the end of a turn is not waited for once the user has interrupted', async () => {
    const run = open({ finalWaitSeconds: 3600 }, { workerFile: workerFile('silent') });
    run.speak('Done.');
    await run.observer.settle(AbortSignal.abort());
  });
});

describe('the live answer', () => {
  const chant = (run: TestRun): boolean[] =>
    Array.from({ length: 2000 }, () => run.observer.watchStream('I will now fix the test. '));

  it('is cut when it chants beyond doubt', () => {
    const run = open();
    expect(chant(run)).toContain(true);
  });

  it('is left alone in shadow, when it is muted, and when it only is long', () => {
    const muted = open();
    muted.observer.mute('chant');
    const allowed = open();
    allowed.observer.allowMore('chant', 3);
    const long = open();
    const words = Array.from({ length: 20_000 }, (_, number) => long.observer.watchStream(`word${number} `));
    expect([...chant(open({}, { mode: 'shadow' })), ...chant(muted), ...chant(allowed), ...words]).not.toContain(true);
  });

  it('is cut again when the user watches again, or when what was allowed is used up', () => {
    const muted = open();
    muted.observer.mute('chant');
    muted.observer.watchAgain('chant');
    expect(chant(muted)).toContain(true);
    const allowed = open();
    allowed.observer.allowMore('infinite-loop', 1);
    allowed.act('read', { path: 'a.ts' });
    expect(chant(allowed)).toContain(true);
  });
});
