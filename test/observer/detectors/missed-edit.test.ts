import { describe, expect, it } from 'vitest';
import { createMissedEdit } from '../../../src/observer/detectors/failures/missed-edit.ts';
import { call, firedAt, settings, shell, steps } from './steps.ts';

const miss = (path: string, text: string) =>
  call(
    'edit',
    { path, old_string: text, new_string: 'x' },
    { isError: true, output: `String to replace not found in file.\nString: ${text}` },
  );
const hit = (path: string) => call('edit', { path, old_string: 'a', new_string: 'b' });
const read = call('read', { path: 'src/a.ts' });
const fired = (...run: Parameters<typeof steps>) => firedAt(createMissedEdit(settings['missed-edit']), steps(...run));

describe('missed-edit', () => {
  it('finds a second miss of the same lines after a look at the file, when only white space differs', () => {
    expect(fired(miss('src/a.ts', '  const total = 1;'), read, miss('src/a.ts', '\tconst total = 1;'))).toEqual([2]);
    expect(fired(miss('src/a.ts', '  const total = 1;\n  x();'), read, miss('src/a.ts', '\tconst total = 1;'))).toEqual(
      [2],
    );
    const label = '  Total price\n  </label>\n';
    expect(fired(miss('src/a.ts', `${label}<div>`), read, miss('src/a.ts', `<b>\n${label}</b>`))).toEqual([2]);
    const look = shell("sed -n '1,20p' src/a.ts", 'text');
    expect(fired(miss('src/a.ts', '  const total = 1;'), look, miss('src/a.ts', '\tconst total = 1;'))).toEqual([2]);
    const patch = (text: string) =>
      call(
        'apply_patch',
        { input: `*** Update File: src/a.ts\n@@\n-${text}\n+x` },
        { isError: true, output: 'Failed to find expected lines in src/a.ts' },
      );
    expect(fired(patch('  const total = 1;'), read, patch('\tconst total = 1;'))).toEqual([2]);
  });

  const one = miss('src/a.ts', '  const total = 1;');
  const two = miss('src/a.ts', '\tconst total = 1;');
  it.each<[string, Parameters<typeof steps>]>([
    ['one miss', [one, read, hit('src/a.ts')]],
    ['misses in two files', [one, read, miss('src/b.ts', '\tconst total = 1;')]],
    ['a success between', [one, hit('src/a.ts'), read, two]],
    ['no look between', [one, two]],
    ['a look at another file', [one, call('read', { path: 'src/b.ts' }), two]],
    ['one line in common', [miss('src/a.ts', '</label>\na();'), read, miss('src/a.ts', '</label>\nb();')]],
    ['other lines', [one, read, miss('src/a.ts', 'return sum(prices);')]],
    [
      'an edit that changes nothing',
      [
        one,
        read,
        call(
          'edit',
          { path: 'src/a.ts', old_string: 'x = 1', new_string: 'x = 1' },
          { isError: true, output: 'No replacement was performed' },
        ),
      ],
    ],
    ['misses far apart', [one, read, read, read, read, read, two]],
    ['one message', [[one, two]]],
  ])('is silent after %s', (_, run) => expect(fired(...run)).toEqual([]));

  it('says it once in a row of misses, and takes a call that never ran for no success', () => {
    expect(fired(one, read, two, read, two, read, two)).toEqual([2]);
    const cancelled = call('edit', { path: 'src/a.ts' }, { isError: true, output: 'x', errorKind: 'cancelled' });
    expect(fired([one, cancelled], read, two)).toEqual([2]);
  });

  it('starts anew with the words of the user', () => {
    const run = steps(one, read, two).map((step) => ({ ...step, userTexts: ['go on'] }));
    expect(firedAt(createMissedEdit(settings['missed-edit']), run)).toEqual([]);
  });
});
