import { expect, it } from 'vitest';
import { isWorthWaiting } from '../../src/observer/worth-waiting.ts';
import { makeStep, userNote } from './runs.ts';

const asked = (index: number, text: string) => makeStep(index, text, [userNote('And now?')]);
const read = makeStep(0, '', [userNote('What is it?')], { name: 'read', input: { path: 'a.ts' } });
const acted = makeStep(0, '', [userNote('Fix it.')], { name: 'shell', input: { command: 'npm test' } });

it.each([
  ['words alone, in a session that never acted', [asked(0, 'All tests pass.')], false],
  ['a turn that only read', [read, makeStep(1, 'A parser.')], false],
  ['a turn that only read and claims success', [read, makeStep(1, 'All tests pass.')], true],
  ['a turn that acted', [acted, makeStep(1, 'Done.')], true],
  [
    'a question that was answered in words, after turns that acted',
    [acted, makeStep(1, 'Done.'), asked(2, 'It reads the file.')],
    false,
  ],
  [
    'a claim of success about what earlier turns did',
    [acted, makeStep(1, 'Done.'), asked(2, 'Yes. All tests pass.')],
    true,
  ],
  [
    'a claim about the repository',
    [acted, makeStep(1, 'Done.'), asked(2, 'Everything is committed and pushed.')],
    true,
  ],
])('%s', (_title, steps, isNeeded) => {
  const hasWorked = steps.includes(acted);
  expect(isWorthWaiting(steps, hasWorked)).toBe(isNeeded);
});
