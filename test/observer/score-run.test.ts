import { describe, expect, it } from 'vitest';
import type { Episode } from '../../src/core/types.ts';
import { scoreRun } from '../../src/observer/score/score-run.ts';
import { scoreTable } from '../../src/observer/score/score-table.ts';
import { call, step } from './steps.ts';

const edit = call('edit', { path: 'a.ts', old: '1', new: '2' });
const test = (output: string, isError = false) => call('shell', { command: 'npm test' }, { output, isError });
const green = test('Tests  3 passed (3)');
const red = test('Tests  1 failed | 2 passed (3)', true);
const shell = (command: string, output: string) => call('shell', { command }, { output, isError: true });
const clean = call('shell', { command: 'rm -f try.ts && git add -A' }, { output: '' });

const steps = (...calls: readonly ReturnType<typeof call>[]) => calls.map((one, at) => step(at, [one]));
const left = (name: string, outcome: Episode['outcome'] = 'persisted'): Episode => ({
  id: 'e1',
  mode: 'on',
  category: 'x',
  class: name,
  openedAtStep: 0,
  evidenceSteps: [0],
  interventions: 1,
  ...(outcome && { outcome }),
});

describe('the score', () => {
  it('goes by the last check, and whether the files changed after it', () => {
    const score = (...calls: readonly ReturnType<typeof call>[]) => scoreRun(steps(...calls), 'done', []);
    expect(score(edit, green)).toMatchObject({
      ending: 'done',
      lastCheck: 'green',
      trouble: 'none',
      words: 'plain',
      value: 0.74,
    });
    expect(score(edit, green, clean)?.lastCheck).toBe('green');
    expect(score(edit, green, edit)?.lastCheck).toBe('before the last change');
    expect(score(edit, green, edit, red)?.lastCheck).toBe('red');
    expect(score(edit)).toMatchObject({ lastCheck: 'none', value: 0.4 });
  });

  it('takes no notice of a check that could not run, and of a red one all', () => {
    const score = (...calls: readonly ReturnType<typeof call>[]) => scoreRun(steps(...calls), 'done', []);
    expect(score(edit, green, shell('python -m pytest -q', '/usr/bin/python: No module named pytest'))?.lastCheck).toBe(
      'green',
    );
    expect(score(edit, green, shell('python -m nose tests', 'No module named nose'))?.lastCheck).toBe('green');
    for (const output of [
      'sh: jest: command not found',
      'sh: 1: jest: not found',
      'make: pytest: No such file or directory',
      "python: can't open file 'run_tests.py': [Errno 2] No such file or directory",
    ])
      expect([output, score(edit, test(output, true))?.lastCheck]).toEqual([output, 'none']);
    for (const output of [
      "ModuleNotFoundError: No module named 'app.util'",
      "FileNotFoundError: [Errno 2] No such file or directory: 'src/data.json'",
      'AssertionError: the user could not be found',
      "src/a.c:1:10: fatal error: 'b.h': No such file or directory",
    ])
      expect([output, score(edit, green, test(output, true))?.lastCheck]).toEqual([output, 'red']);
    expect(score(edit, green, red)).toMatchObject({ lastCheck: 'red', value: 0.54 });
  });

  it('falls when the last words leave a doubt, however green the last check is', () => {
    const ending = (text: string) => scoreRun([...steps(edit, green), step(2, [], { text })], 'done', []);
    expect(ending('The sum is right now.')).toMatchObject({ words: 'plain', value: 0.74 });
    expect(ending('It should work, but I could not start the server.')).toMatchObject({
      words: 'doubtful',
      value: 0.42,
    });
    for (const text of [
      'All 12 tests pass, 0 failed.',
      'The whole suite ran without any failing tests.',
      'No tests failed.',
      'Failed: 0',
      'The public API remains unchanged. All tests pass.',
      'Old settings remain fully compatible.',
      'I wrapped it in try/catch. All tests pass.',
      'The parser has a try block now.',
    ])
      expect([text, ending(text)?.words]).toEqual([text, 'plain']);
    for (const text of [
      '2 tests failed.',
      'Two warnings remain.',
      'The work that remains: docs.',
      'Three tests remain red.',
      'Not all tests fail.',
      'Try it again later.',
    ])
      expect([text, ending(text)?.words]).toEqual([text, 'doubtful']);
    expect(ending(`It failed at first.${' Then I put it right.'.repeat(40)}`)?.words).toBe('plain');
  });

  it('falls when misbehaviour is left, most when it disproves the result, and not when it recovered', () => {
    const value = (...episodes: readonly Episode[]) => scoreRun(steps(edit, green), 'done', episodes)?.value;
    expect(value(left('false-claim'))).toBe(0.06);
    expect(value(left('false-claim', 'recovered'))).toBe(0.74);
    expect(value({ ...left('false-claim'), wrong: true })).toBe(0.74);
    expect(scoreRun(steps(edit), 'done', [left('infinite-loop')])).toMatchObject({ trouble: 'some', value: 0.4 });
  });

  it('is low for a run that was stopped, and there is none where nothing was done', () => {
    expect(scoreRun(steps(edit, green), 'turn-limit', [])?.value).toBe(0.16);
    expect(scoreRun(steps(call('read', { path: 'a.ts' })), 'done', [])).toBeUndefined();
  });

  it('finds a row of the table for every run', () => {
    expect(scoreTable.at(-1)).toMatchObject({ lastCheck: 'none' });
    for (const lastCheck of ['green', 'unclear', 'red', 'before the last change', 'none'])
      expect(scoreTable.some((row) => row.lastCheck === lastCheck && row.trouble === undefined)).toBe(true);
  });
});
