import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { Episode } from '../../src/core/types.ts';
import { showProgress } from '../../src/modes/show-progress.ts';

/** What a headless run without a terminal says of these events. */
function tell(...events: readonly Event[]): string[] {
  const parts: string[] = [];
  const output = { isTerminal: false, write: (part: string) => parts.push(part) };
  const progress = showProgress(output, { colour: false, verbose: false, columns: () => 80 });
  for (const event of events) progress.listen(event);
  progress.stop();
  return parts.join('').trimEnd().split('\n');
}

const episode: Episode = {
  id: 'e1',
  mode: 'on',
  category: 'Reasoning Problems',
  class: 'infinite-loop',
  openedAtStep: 3,
  evidenceSteps: [1, 2, 3],
  interventions: 2,
  outcome: 'recovered',
};

test('a warning is told to its end, because what to do about it stands there', () => {
  const message = `${'"baseUrl" is ignored because it can move data to another host. '.repeat(4)}Run \`wink-agent trust\`.`;
  expect(tell({ type: 'warning', message })).toEqual([message]);
});

test('an episode says how often something was said, and in shadow that nothing was', () => {
  const ended: Episode = { ...episode, mode: 'shadow', interventions: 0, outcome: 'persisted' };
  expect(tell({ type: 'recovery', episode }, { type: 'recovery', episode: ended })).toEqual([
    'wink: infinite-loop recovered after 2 reminders',
    'wink: infinite-loop persisted without a reminder (shadow)',
  ]);
});
