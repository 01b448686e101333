import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCycle } from '../../../src/observer/detectors/loops/cycle.ts';
import { call, firedAt, settings, steps } from './steps.ts';

const make = () => createCycle(settings.cycle);
const tool = (name: string, output = `result of ${name}`) => call(name, { about: name }, { output });

describe('cycle', () => {
  it('speaks at the end of the third round of two calls in turn', () => {
    expect(firedAt(make(), steps(...['a', 'b', 'a', 'b', 'a', 'b', 'a', 'b'].map((name) => tool(name))))).toEqual([5]);
  });

  it('finds every period from 2 to 6 in its third round, and nothing before', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 6 }), (period) => {
        const run = Array.from({ length: period * 3 }, (_, at) => tool(`t${at % period}`));
        expect(firedAt(make(), steps(...run))).toEqual([period * 3 - 1]);
      }),
    );
  });

  it('is silent when a result changes from round to round', () => {
    const run = Array.from({ length: 12 }, (_, at) =>
      tool(at % 2 === 0 ? 'poll' : 'work', at % 2 === 0 ? `state ${at}` : 'ok'),
    );
    expect(firedAt(make(), steps(...run))).toEqual([]);
  });

  it('takes the same change made again for no progress', () => {
    const edit = call('edit', { path: 'a.ts', old_string: 'x', new_string: 'y' });
    expect(firedAt(make(), steps(tool('read'), edit, tool('read'), edit, tool('read'), edit))).toEqual([5]);
  });

  it('leaves edit and rerun alone while the edits differ', () => {
    const edit = (n: number) => call('edit', { path: 'a.ts', old_string: `x${n}`, new_string: 'y' });
    expect(firedAt(make(), steps(tool('test'), edit(1), tool('test'), edit(2), tool('test'), edit(3)))).toEqual([]);
  });

  it('leaves one call over and over to its own detector', () => {
    expect(firedAt(make(), steps(...Array.from({ length: 9 }, () => tool('a'))))).toEqual([]);
  });

  it('speaks again when a cycle that was left comes back', () => {
    const cycle = ['a', 'b', 'a', 'b', 'a', 'b'];
    expect(firedAt(make(), steps(...[...cycle, 'c', 'd', ...cycle].map((name) => tool(name))))).toEqual([5, 13]);
  });
});
