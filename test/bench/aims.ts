import type { Row } from './table.ts';

type Values = ReadonlyMap<string, number>;

/** What is aimed at in a row: `measured` is to be at most `atMost`. */
type Aim = {
  readonly what: string;
  readonly aim: string;
  readonly row: string;
  readonly atMost: number;
  readonly measured: (values: Values, all: ReadonlyMap<string, Values>) => number;
};

const ourselves = (values: Values) => values.get('ours') ?? Number.NaN;
const byFloor = (values: Values) => ourselves(values) / (values.get('floor') ?? Number.NaN);
const byOff = (values: Values) => (values.get('on, with judge') ?? Number.NaN) / (values.get('off') ?? Number.NaN);

/** Beside the best peer: below 1 we are ahead. NaN where no peer was measured. */
function byBestPeer(values: Values): number {
  const peers = [...values].filter(([name]) => name !== 'floor' && name !== 'ours').map(([, value]) => value);
  return peers.length === 0 ? Number.NaN : ourselves(values) / Math.min(...peers);
}

const noSandbox = '200 turns without a sandbox: own time of a command';

const aims: readonly Aim[] = [
  ...[
    ['the start', 'start: spawn to first request'],
    ['the end of an answer in words', 'one answer in words: last byte to exit'],
    ['the end of one turn', 'one turn: last byte to exit'],
    ['the first 30 turns', '30 turns: own time per turn, mean'],
    ['200 turns', '200 turns: own time per turn, mean'],
    ['a read', '200 turns: own time of a read'],
    ['a command', '200 turns: own time of a command'],
    ['a long answer, from request to exit', '20,000 tokens: request to exit'],
    ['memory of all processes', '200 turns: largest resident memory, all processes'],
  ].map(([what = '', row = '']) => ({
    what: `${what}, beside the best peer`,
    aim: '1',
    row,
    atMost: 1,
    measured: byBestPeer,
  })),
  ...(
    [
      ['the start', 'start: spawn to first request', 2],
      ['the first 30 turns', '30 turns: own time per turn, mean', 2],
      ['... from the third on', '30 turns: own time per turn, mean from the third on', 2],
      ['a read', '200 turns: own time of a read', 1.5],
      ['a command without a sandbox', noSandbox, 1.5],
      ['20,000 tokens', '20,000 tokens: request to exit', 1.3],
    ] as const
  ).map(([what, row, atMost]) => ({
    what: `${what}, by the floor`,
    aim: `${atMost}`,
    row,
    atMost,
    measured: byFloor,
  })),
  {
    what: 'the end of an answer in words, ms',
    aim: '30',
    row: 'one answer in words: last byte to exit',
    atMost: 30,
    measured: ourselves,
  },
  {
    what: 'what the sandbox adds to a command, ms',
    aim: '10',
    row: '200 turns: own time of a command',
    atMost: 10,
    measured: (values, all) => ourselves(values) - ourselves(all.get(noSandbox) ?? new Map()),
  },
  {
    what: 'the last 30 of 200 turns, by the mean of all',
    aim: '1.1',
    row: '200 turns: own time per turn, mean of the last 30',
    atMost: 1.1,
    measured: (values, all) =>
      ourselves(values) / ourselves(all.get('200 turns: own time per turn, mean') ?? new Map()),
  },
  {
    what: 'memory of all processes, MB',
    aim: '100',
    row: '200 turns: largest resident memory, all processes',
    atMost: 100,
    measured: ourselves,
  },
  {
    what: 'a turn with the observer and a model’s time, by one without the observer',
    aim: '1.02',
    row: 'observer, 200 turns of 20 tokens at 400 a second: whole turn',
    atMost: 1.02,
    measured: byOff,
  },
  {
    what: 'our own time of such a turn',
    aim: '1.02',
    row: 'observer, 200 turns: own time per turn',
    atMost: 1.02,
    measured: byOff,
  },
];

/** The aims that these rows say something about, as a Markdown table; empty when there are none. */
export function aimsTable(rows: readonly Row[]): string {
  const all = new Map(rows.map(({ what, values }) => [what, values]));
  const lines = aims.flatMap(({ what, aim, row, atMost, measured }) => {
    const values = all.get(row);
    const value = values === undefined ? Number.NaN : measured(values, all);
    if (Number.isNaN(value)) return [];
    const figure = value >= 10 ? value.toFixed(0) : value.toFixed(2);
    return [`| ${what} | ${aim} | ${figure} | ${Number(figure) <= atMost ? 'yes' : 'no'} |`];
  });
  if (lines.length === 0) return '';
  return ['| aim | at most | measured | reached |', '|---|---:|---:|---|', ...lines].join('\n');
}
