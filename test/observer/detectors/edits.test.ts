import { describe, expect, it } from 'vitest';
import { createEditUndo } from '../../../src/observer/detectors/loops/edit-undo.ts';
import { createRedTest } from '../../../src/observer/detectors/turn-end/red-test.ts';
import { call, failedShell, firedAt, settings, shell, steps } from './steps.ts';

const replace = (from: string, to: string, path = 'src/sum.ts') =>
  call('edit', { path, old_string: from, new_string: to });

describe('edit-undo', () => {
  const make = () => createEditUndo(settings['edit-undo']);

  it('speaks when the same edit was undone and made again twice', () => {
    const there = replace('a', 'b');
    const back = replace('b', 'a');
    expect(firedAt(make(), steps(there, back, there, back, there))).toEqual([4]);
  });

  it('lets a fix be taken out once to see the test turn red', () => {
    expect(
      firedAt(
        make(),
        steps(replace('a', 'b'), replace('b', 'a'), failedShell('npm test', '1 failed'), replace('a', 'b')),
      ),
    ).toEqual([]);
  });

  it('sees one edit taken back and another made in the same call, in any order, and in a patch', () => {
    const edits = (...pairs: string[][]) =>
      call('edit', { path: 'a.ts', edits: pairs.map(([oldText, newText]) => ({ oldText, newText })) });
    const toB = edits(['x', 'a'], ['p', 'b']);
    const toA = edits(['b', 'p'], ['a', 'x']);
    expect(firedAt(make(), steps(toB, toA, toB, edits(['a', 'x'], ['c', 'd']), toB))).toEqual([4]);
    const patch = (from: string, to: string) =>
      call('apply_patch', { input: `*** Update File: a.ts\n@@\n-${from}\n+${to}\n` });
    const [there, back] = [patch('a', 'b'), patch('b', 'a')];
    expect(firedAt(make(), steps(there, back, there, back, there))).toEqual([4]);
  });

  it('knows several replacements in one call', () => {
    const edits = (...pairs: string[][]) =>
      call('edit', { path: 'a.ts', edits: pairs.map(([oldText, newText]) => ({ oldText, newText })) });
    const there = edits(['a', 'b'], ['c', 'd']);
    const back = edits(['b', 'a'], ['d', 'c']);
    expect(firedAt(make(), steps(there, back, there, back, there))).toEqual([4]);
  });

  it('knows whole contents that come back', () => {
    const write = (content: string) => call('write_file', { path: 'src/sum.ts', content });
    expect(firedAt(make(), steps(write('one'), write('two'), write('one'), write('two'), write('one')))).toEqual([4]);
  });

  it('knows what version control puts back', () => {
    const there = replace('a', 'b');
    const back = shell('git checkout -- src/sum.ts');
    expect(firedAt(make(), steps(there, back, there, back, there))).toEqual([4]);
  });

  it('leaves different edits of one file alone', () => {
    expect(firedAt(make(), steps(...Array.from({ length: 12 }, (_, n) => replace(`${n}`, `${n + 1}`))))).toEqual([]);
  });
});

describe('red-test', () => {
  const make = () => createRedTest(settings['red-test']);
  const red = (value: number) =>
    failedShell('npm test', `FAILED sum.test.ts\nAssertionError: expected ${value} to be 4`);

  it('speaks when the same test is red for the fourth time after edits of one file', () => {
    const run = [1, 2, 3, 4].flatMap((n) => [replace(`${n}`, 'x'), red(n)]);
    expect(firedAt(make(), steps(...run))).toEqual([7]);
  });

  it('takes another failure for movement', () => {
    const other = failedShell('npm test', 'FAILED cart.test.ts\nTypeError: Error: no cart');
    const run = [red(1), red(1), other, red(1), other, red(1)].flatMap((test, n) => [replace(`${n}`, 'x'), test]);
    expect(firedAt(make(), steps(...run))).toEqual([]);
  });

  it('is silent while the edits go to different files', () => {
    const run = [1, 2, 3, 4, 5].flatMap((n) => [replace('a', 'b', `src/file${n}.ts`), red(1)]);
    expect(firedAt(make(), steps(...run))).toEqual([]);
  });
});
