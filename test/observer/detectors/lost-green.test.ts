import { describe, expect, it } from 'vitest';
import { createLostGreen } from '../../../src/observer/detectors/turn-end/lost-green.ts';
import { call, failedShell, firedAt, settings, shell, steps } from './steps.ts';

const edit = (text: string, path = 'src/a.ts') => call('edit', { path, old_string: 'a', new_string: text });
const green = shell('npm test', '12 passed in 0.1s');
const red = failedShell('npm test 2>&1', 'Tests  1 failed | 11 passed (12)');
const fired = (...run: Parameters<typeof steps>) => firedAt(createLostGreen(settings['lost-green']), steps(...run));

describe('lost-green', () => {
  it('notes a check that was green and is red in three runs since, each after another change', () => {
    expect(fired(green, edit('1'), red, edit('2'), red, edit('3'), red)).toEqual([6]);
  });

  it.each<[string, Parameters<typeof steps>]>([
    ['the check that was never green', [edit('1'), red, edit('2'), red, edit('3'), red]],
    ['runs without a change between', [green, edit('1'), red, red, red]],
    ['another check', [shell('npm test -- a', '3 passed in 0.1s'), edit('1'), red, edit('2'), red, edit('3'), red]],
    ['a test that was written red', [green, edit('x', 'test/a.test.ts'), red, edit('1'), red, edit('2'), red]],
    ['a way back to green', [green, edit('1'), red, green, edit('2'), red, edit('3'), red]],
  ])('is silent about %s', (_, run) => expect(fired(...run)).toEqual([]));
});
