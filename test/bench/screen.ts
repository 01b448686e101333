import type { Contestant } from './contestants.ts';
import { showProgress } from './progress.ts';
import { measure, median } from './run.ts';
import { turns } from './scripts.ts';
import type { Row } from './table.ts';
import { measureIdle, measureKeyLatency, measureStarts, measureTurns, type TurnTimes } from './ui.ts';

/** The screen in a pseudo-terminal: beside a bare ink program, beside a run without a screen, and beside what is aimed at. */
export async function measureScreen(on: Contestant, runs: number): Promise<Row[]> {
  showProgress('screen: start');
  const { bare, ours } = await measureStarts(runs * 2);
  const short: TurnTimes[] = [];
  const long: TurnTimes[] = [];
  const without: number[] = [];
  for (let run = 0; run < runs; run++) {
    showProgress(`screen: turns, run ${run + 1} of ${runs}`);
    short.push(await measureTurns(turns(20)(on, ''), 20));
    long.push(await measureTurns(turns(200)(on, ''), 200));
    without.push(median((await measure(on, turns(200), 200)).turnMs));
  }
  showProgress('screen: keys while it streams, and idle');
  const keys = await measureKeyLatency(60, true);
  const idleKeys = await measureKeyLatency(60, false);
  const idle = await measureIdle(5);
  showProgress('');
  const all = [...short, ...long];
  const turn = median(long.map(({ turnMs }) => turnMs));
  const [after20, after200] = [short, long].map((times) => median(times.map(({ megabytes }) => megabytes)));
  const beside = (what: string, unit: string, names: Readonly<Record<string, number>>): Row => ({
    what: `screen: ${what}`,
    unit,
    values: new Map(Object.entries(names)),
  });
  const aimed = (what: string, unit: string, atMost: number, value: number): Row =>
    beside(what, unit, { 'at most': atMost, ours: value });
  return [
    beside('spawn to first paint', 'ms', { 'bare ink': bare.paintMs, ours: ours.paintMs }),
    beside('spawn to accepting keys (at most 1.6)', 'ms', { 'bare ink': bare.keysMs, ours: ours.keysMs }),
    beside('own time per turn, 200 turns', 'ms', { 'without a screen': median(without), ours: turn }),
    aimed('what it adds to a turn', 'ms', 3, turn - median(without)),
    aimed('Enter to request', 'ms', 40, median(all.map(({ enterToRequestMs }) => enterToRequestMs))),
    aimed('key to paint, idle', 'ms', 16, idleKeys.medianMs),
    aimed('key to paint at 2,000 tokens a second', 'ms', 40, keys.medianMs),
    aimed('key to paint, 95th percentile', 'ms', 100, keys.p95Ms),
    aimed('idle processor time', '%', 0.5, idle),
    aimed('resident memory after 200 turns', 'MB', 190, after200 ?? Number.NaN),
    aimed('memory after 200 turns by that after 20', '', 1.3, (after200 ?? Number.NaN) / (after20 ?? Number.NaN)),
  ];
}
