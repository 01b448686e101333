import { expect, test } from 'vitest';
import type { Step, Trajectory } from '../../../src/core/types.ts';
import { followTask } from '../../../src/observer/task-report/follow-task.ts';

function makeSession() {
  const steps: Step[] = [];
  const follower = followTask({ steps } as unknown as Trajectory, '/r');
  const say = (text: string) => {
    const note = { from: 'user', text, at: '' } as const;
    const base = { type: 'step', at: '', calls: [], results: [], ms: 0, finish: 'stop' };
    steps.push({ ...base, index: steps.length, notes: [note], text: 'Well.' } as unknown as Step);
  };
  const report = () =>
    follower.report({ signals: [], verdicts: [] } as never, [])?.rows.map(({ requirement }) => requirement);
  return { say, report, stop: follower.stop };
}

test('what was asked for in a turn that the user stopped counts no more, unless they let it go on', () => {
  const { say, report, stop } = makeSession();
  say('Create a.txt and create b.txt.');
  stop();
  say('Create c.txt and create d.txt.');
  expect(report()).toEqual(['Create c.txt', 'create d.txt']);
  say('Create e.txt and create f.txt.');
  stop();
  say('go on');
  expect(report()).toEqual(['Create e.txt', 'create f.txt']);
});
