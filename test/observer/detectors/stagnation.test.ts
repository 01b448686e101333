import { describe, expect, it } from 'vitest';
import { createEmptyCalls } from '../../../src/observer/detectors/loops/empty-calls.ts';
import { createPaging } from '../../../src/observer/detectors/loops/paging.ts';
import { createSameResult } from '../../../src/observer/detectors/loops/same-result.ts';
import { createStagnation } from '../../../src/observer/detectors/loops/stagnation.ts';
import { call, firedAt, settings, shell, steps, times } from './steps.ts';

const search = (word: string) => shell(`grep -rn ${word} src`, '');
const edit = (n: number) => call('edit', { path: 'src/a.ts', old_string: `${n}`, new_string: 'x' });

describe('stagnation', () => {
  const make = () => createStagnation(settings.stagnation);
  const words = ['alpha', 'beta', 'gamma', 'delta', 'omega'];

  it('speaks when nine of the last ten rounds only brought what was known, in whatever order', () => {
    const known = ['gamma', 'alpha', 'omega', 'beta', 'alpha', 'delta', 'gamma', 'omega', 'beta'];
    expect(firedAt(make(), steps(...[...words, ...known].map(search)))).toEqual([13]);
  });

  it('leaves a batch of different searches alone although none finds anything', () => {
    expect(firedAt(make(), steps(...Array.from({ length: 30 }, (_, n) => search(`word${n}`))))).toEqual([]);
  });

  it('starts anew with each change', () => {
    const run = Array.from({ length: 6 }, (_, n) => [edit(n), ...words.slice(0, 4).map(search)]).flat();
    expect(firedAt(make(), steps(...run))).toEqual([]);
  });
});

describe('same-result', () => {
  const make = () => createSameResult(settings['same-result']);
  const spelt = (n: number) => shell(`git status ${'--short '.repeat(n)}`, ' M src/a.ts');

  it('speaks at the eighth spelling of one question', () => {
    expect(firedAt(make(), steps(...Array.from({ length: 9 }, (_, n) => spelt(n))))).toEqual([7]);
  });

  it('leaves test runs and empty results alone', () => {
    const test = (n: number) => shell(`npm test -- --shard ${n}`, 'tests ran');
    expect(firedAt(make(), steps(...Array.from({ length: 10 }, (_, n) => test(n))))).toEqual([]);
    expect(firedAt(make(), steps(...Array.from({ length: 10 }, (_, n) => search(`w${n}`))))).toEqual([]);
  });
});

describe('empty-calls', () => {
  const make = () => createEmptyCalls(settings['empty-calls']);

  it('speaks at the third shell line that can do nothing, whatever words stand around', () => {
    expect(
      firedAt(make(), steps(shell(':'), shell(': list the files'), shell('ls', 'a'), shell('# only a comment'))),
    ).toEqual([3]);
  });

  it('does not take a command that prints nothing for one that does nothing', () => {
    expect(firedAt(make(), steps(...times(5, shell('grep -q x a'))))).toEqual([]);
  });
});

describe('paging', () => {
  const make = () => createPaging(settings.paging);
  const view = (from: number, to: number) =>
    call('read', { path: 'src/big.ts', offset: from, limit: to - from + 1 }, { output: `lines ${from} to ${to}` });

  it('speaks when lines that were read are read again with other offsets', () => {
    const again = Array.from({ length: 9 }, (_, n) => view(3 + n * 4, 20 + n * 4));
    expect(firedAt(make(), steps(view(1, 100), ...again))).toEqual([9]);
  });

  it('lets an agent read a file to its end', () => {
    expect(firedAt(make(), steps(...Array.from({ length: 20 }, (_, n) => view(n * 50 + 1, n * 50 + 50))))).toEqual([]);
  });

  it('speaks when nothing but one file is paged through for thirty reads', () => {
    expect(firedAt(make(), steps(...Array.from({ length: 35 }, (_, n) => view(n * 20 + 1, n * 20 + 20))))).toEqual([
      29,
    ]);
  });

  it('takes a read that failed for none: no line was shown', () => {
    const missing = call('read', { path: 'src/gone.ts' }, { isError: true, output: 'ENOENT: no such file' });
    expect(firedAt(make(), steps(...Array.from({ length: 20 }, () => missing)))).toEqual([]);
  });

  it('knows the ranges of shell commands', () => {
    const print = (from: number, to: number) => shell(`sed -n '${from},${to}p' src/big.ts`, `lines ${from}`);
    const again = Array.from({ length: 9 }, (_, n) => print(5 + n, 30 + n));
    expect(firedAt(make(), steps(print(1, 80), ...again))).toEqual([9]);
  });

  it('forgets what was read once the code was changed', () => {
    const again = Array.from({ length: 8 }, (_, n) => view(3 + n, 20 + n));
    expect(firedAt(make(), steps(view(1, 100), ...again, edit(1), ...again))).toEqual([]);
  });
});
