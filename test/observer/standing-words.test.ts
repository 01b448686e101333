import { describe, expect, it } from 'vitest';
import { startRun } from './runs.ts';

describe('the user’s prohibitions in a long session', () => {
  it('are said again in their own words after eight turns, and then not at once again', async () => {
    const run = startRun();
    run.say('Fix it. Do not touch db/.');
    const notesOf = (turn: number) => {
      run.say(`And now the next one, number ${turn}.`);
      return run.speak('Done.').map(({ text }) => text);
    };
    run.speak('Done.');
    const turns = [1, 2, 3, 4, 5, 6, 7, 8, 9].map(notesOf);
    expect(turns.map((texts) => texts.length)).toEqual([1, 1, 1, 1, 1, 1, 1, 2, 1]);
    expect(turns[7]?.[0]).toContain('“Do not touch db/.”');
    await run.observer.close();
  });

  it('are not said when the user lifted them, nor in shadow', async () => {
    for (const mode of ['on', 'shadow'] as const) {
      const run = startRun({}, { mode });
      run.say('Fix it. Do not touch db/.');
      run.speak('Done.');
      if (mode === 'on') run.say('Now change db/ as well.');
      for (let turn = 0; turn < 10; turn += 1) {
        run.say('Go on.');
        expect(run.speak('Done.').filter(({ from }) => from === 'harness')).toEqual([]);
      }
      await run.observer.close();
    }
  });
});
