import { describe, expect, it } from 'vitest';
import { isInShard, parseShard } from '../../src/study/input/shard.ts';
import { createProgressBar, formatCount, formatSeconds, progressLine } from '../../src/study/progress-bar.ts';

function fakeStream(isTTY: boolean) {
  const written: string[] = [];
  return { written, stream: { isTTY, columns: 80, write: (text: string) => written.push(text) } };
}

describe('progress', () => {
  it('says count, share, rate and remaining time', () => {
    const line = progressLine({
      label: 'replay',
      unit: 'runs',
      done: 2500,
      total: 10_000,
      elapsedMs: 5000,
      width: 100,
    });
    expect(line).toContain('2,500/10,000 · 25 % · 500 runs/s · 15 s left');
    expect(line).toContain('█');
  });

  it('takes the share from the bytes read where the count of items is unknown', () => {
    const line = progressLine({ label: 'report', unit: 'runs', done: 30, share: 0.75, elapsedMs: 3000, width: 100 });
    expect(line).toContain('30 · 75 % · 10 runs/s · 1 s left');
  });

  it('counts slow work by the minute', () => {
    const line = progressLine({ label: 'branch', unit: 'branches', done: 3, total: 12, elapsedMs: 60_000, width: 100 });
    expect(line).toContain('3/12 · 25 % · 3 branches/min · 3 min 00 s left');
  });

  it('makes room for a line that is said while the bar stands there', () => {
    let clock = 0;
    const { written, stream } = fakeStream(true);
    const progress = createProgressBar({ stream, label: 'x', unit: 'runs', total: 4, now: () => clock });
    progress.say('one');
    clock = 200;
    progress.advance();
    progress.say('two');
    expect([written[0], written.at(-1)]).toEqual(['one\n', '\r\u001b[2Ktwo\n']);
  });

  it('fits a narrow terminal by leaving the bar away', () => {
    const line = progressLine({ label: 'replay', unit: 'runs', done: 1, total: 10, elapsedMs: 1000, width: 45 });
    expect(line.length).toBeLessThan(45);
    expect(line).not.toContain('█');
  });

  it('redraws on a terminal at most ten times a second and clears itself at the end', () => {
    let clock = 0;
    const { written, stream } = fakeStream(true);
    const progress = createProgressBar({ stream, label: 'x', unit: 'runs', total: 4, now: () => clock });
    progress.advance();
    clock = 100;
    progress.advance();
    progress.advance();
    progress.finish();
    expect(written).toHaveLength(2);
    expect(written.at(-1)).toBe('\r\u001b[2K');
  });

  it('prints nothing to a file for work of less than ten seconds', () => {
    let clock = 0;
    const { written, stream } = fakeStream(false);
    const progress = createProgressBar({ stream, label: 'x', unit: 'runs', now: () => clock });
    clock = 9000;
    progress.advance();
    progress.finish();
    expect(written).toEqual([]);
  });

  it('writes numbers and times as people do', () => {
    expect([formatCount(1234567), formatCount(2.54), formatCount(0)]).toEqual(['1,234,567', '2.5', '0']);
    expect([formatSeconds(8), formatSeconds(125), formatSeconds(11_400)]).toEqual(['8 s', '2 min 05 s', '3 h 10 min']);
  });
});

describe('shards', () => {
  it('puts each key into exactly one of n parts, evenly', () => {
    const keys = Array.from({ length: 3000 }, (_, index) => `run ${index}`);
    const sizes = [1, 2, 3].map((index) => keys.filter((key) => isInShard({ index, count: 3 }, key)).length);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(3000);
    expect(Math.min(...sizes)).toBeGreaterThan(900);
    expect(isInShard(undefined, 'any')).toBe(true);
  });

  it('refuses what is not i/n', () => {
    for (const text of ['0/3', '4/3', '3', 'a/b', '1/0']) expect(() => parseShard(text)).toThrow(/--shard takes i\/n/);
    expect(parseShard('3/8')).toEqual({ index: 3, count: 8 });
  });
});
