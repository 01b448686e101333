import { describe, expect, it } from 'vitest';
import { createMissedEdit } from '../../../src/observer/detectors/missed-edit.ts';
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
  it('finds a second miss in the same file, however different the texts are', () => {
    expect(fired(miss('src/a.ts', '  one'), read, miss('src/a.ts', '\ttwo'))).toEqual([2]);
    const patch = (text: string) =>
      call(
        'apply_patch',
        { input: `*** Update File: src/a.ts\n-${text}` },
        { isError: true, output: 'Could not find the expected lines in src/a.ts' },
      );
    expect(fired(patch('one'), read, patch('two'))).toEqual([2]);
  });

  it('says it once in a row of misses', () => {
    expect(fired(miss('src/a.ts', '1'), miss('src/a.ts', '2'), miss('src/a.ts', '3'), miss('src/a.ts', '4'))).toEqual([
      1,
    ]);
  });

  it('is silent after one miss, misses in other files, misses far apart and a success between', () => {
    expect(fired(miss('src/a.ts', '1'), read, hit('src/a.ts'))).toEqual([]);
    expect(fired(miss('src/a.ts', '1'), miss('src/b.ts', '1'))).toEqual([]);
    expect(fired(miss('src/a.ts', '1'), hit('src/a.ts'), miss('src/a.ts', '2'))).toEqual([]);
    expect(fired(miss('src/a.ts', '1'), read, read, read, read, read, miss('src/a.ts', '2'))).toEqual([]);
  });

  it('counts one message as one, and takes a call that never ran for no success', () => {
    expect(fired([miss('src/a.ts', '1'), miss('src/a.ts', '2')])).toEqual([]);
    const cancelled = call(
      'edit',
      { path: 'src/a.ts' },
      { isError: true, output: 'Sibling tool call errored', errorKind: 'cancelled' },
    );
    expect(fired([miss('src/a.ts', '1'), cancelled], read, miss('src/a.ts', '2'))).toEqual([2]);
  });

  it('starts anew with the words of the user', () => {
    const run = steps(miss('src/a.ts', '1'), shell('ls'), miss('src/a.ts', '2'));
    expect(
      firedAt(
        createMissedEdit(settings['missed-edit']),
        run.map((step) => ({ ...step, userTexts: ['go on'] })),
      ),
    ).toEqual([]);
  });
});
