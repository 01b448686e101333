import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Rule, Scenario, ScriptedReply } from '../../src/demo/server/scenario.ts';
import { agent, agentWithDeadWorker, floor } from './contestants.ts';
import { type Contestant, type Measurement, measure, median } from './run.ts';
import { measureIdle, measureKeyLatency, measureStarts, measureTurns, type TurnTimes } from './ui.ts';

const usage = `npm run bench -- [--runs N] [--only start,turns,stream,observer,screen] [--output FILE]

Measures the product beside a bare Node loop with fetch that does the same work, in turn, in one run, and prints medians and ratios.`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
    output: { type: 'string' },
    help: { type: 'boolean' },
  },
});

/** The judge that is asked as `hung` never answers; any other sees nothing wrong. */
const judges: Rule[] = [
  {
    when: { kind: 'judge', model: 'hung' },
    replies: [{ text: '{}', fault: { kind: 'silence', at: 'before' } }],
    after: 'repeat',
  },
  {
    when: { kind: 'judge' },
    replies: [{ text: '{"present":false,"confidence":0.9,"firstStep":0,"evidenceSteps":[],"quote":""}' }],
    after: 'repeat',
  },
];

/** So many answers that each read a file; `pace` says how fast a model they come from, at once by default. */
function turns(count: number, pace: Pick<ScriptedReply, 'fillerTokens' | 'tokensPerSecond'> = {}): Scenario {
  const calls = [{ name: 'read', arguments: { path: 'file-{{n}}.txt' } }];
  const read = { text: 'Next file. ', calls, times: count, ...pace };
  return { rules: [...judges, { replies: [read, { text: 'All files are read.' }] }] };
}

/** Some turns, until everything has started, then varied prose in one answer. */
function stream(tokens: number): Scenario {
  const calls = [{ name: 'read', arguments: { path: 'file-{{n}}.txt' } }];
  return { rules: [...judges, { replies: [{ text: 'Next file. ', calls, times: 30 }, { fillerTokens: tokens }] }] };
}

/** One line on a terminal, nothing elsewhere. */
function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

type Row = { what: string; unit: string; values: Map<string, number> };

/** Runs every contestant in turn, `runs` times, and takes the medians of what `pick` reads off a run. */
async function compare(
  what: string,
  contestants: readonly Contestant[],
  scenario: Scenario,
  files: number,
  picks: Readonly<Record<string, { unit: string; pick: (m: Measurement) => number }>>,
): Promise<Row[]> {
  const all = new Map<string, Measurement[]>(contestants.map(({ name }) => [name, []]));
  for (let run = 0; run < Number(values.runs); run++) {
    for (const contestant of contestants) {
      showProgress(`${what}: run ${run + 1} of ${values.runs}, ${contestant.name}`);
      const result = await measure(contestant, scenario, files);
      if (result.exitCode !== 0) throw new Error(`${contestant.name} ended with ${result.exitCode}: ${result.stderr}`);
      all.get(contestant.name)!.push(result);
    }
  }
  showProgress('');
  return Object.entries(picks).map(([title, { unit, pick }]) => ({
    what: `${what}: ${title}`,
    unit,
    values: new Map([...all].map(([name, results]) => [name, median(results.map(pick))])),
  }));
}

const perTurn = { unit: 'ms', pick: (m: Measurement) => median(m.turnMs) };
const lastTurns = { unit: 'ms', pick: (m: Measurement) => median(m.turnMs.slice(-30)) };
const wholeTurn = { unit: 'ms', pick: (m: Measurement) => m.wholeTurnMs };
const streamed = 20_000;
const rate = { unit: 'tokens/s', pick: (m: Measurement) => streamed / (m.lastAnswerMs / 1000) };
const on = agent('ours', []);

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  start: () =>
    compare('start', [floor, on], turns(1), 1, {
      'spawn to first request': { unit: 'ms', pick: (m) => m.spawnToFirstRequestMs },
      'first request': { unit: 'bytes', pick: (m) => m.firstRequestBytes },
    }),
  turns: async () => [
    ...(await compare('30 turns', [floor, on], turns(30), 30, { 'own time per turn': perTurn })),
    ...(await compare('200 turns', [floor, on], turns(200), 200, {
      'own time per turn': perTurn,
      'own time per turn, last 30': lastTurns,
      'largest resident memory': { unit: 'MB', pick: (m) => m.peakMegabytes },
      connections: { unit: '', pick: (m) => m.connections },
    })),
  ],
  stream: () =>
    compare('20,000 tokens', [floor, on], stream(streamed), 30, {
      'streaming rate': rate,
    }),
  observer: async () => {
    const contestants = [
      agent('off', ['--wink', 'off']),
      agent('on, with judge', ['--observer-model', 'calm']),
      agent('judge hung', ['--observer-model', 'hung']),
      agentWithDeadWorker(),
    ];
    const model = { fillerTokens: 20, tokensPerSecond: 400 };
    return [
      ...(await compare('observer, 200 turns', contestants, turns(200), 200, {
        'own time per turn': perTurn,
        'questions to the judge': { unit: '', pick: (m) => m.judgeRequests },
      })),
      ...(await compare('observer, 200 turns of 20 tokens at 400 a second', contestants, turns(200, model), 200, {
        'whole turn': wholeTurn,
      })),
      ...(await compare('observer, 20,000 tokens', contestants, stream(streamed), 30, { 'streaming rate': rate })),
    ];
  },
  screen: measureScreen,
};

/** The screen in a pseudo-terminal: beside a bare ink program, beside a run without a screen, and beside what is aimed at. */
async function measureScreen(): Promise<Row[]> {
  const runs = Number(values.runs);
  showProgress('screen: start');
  const { bare, ours } = await measureStarts(runs * 2);
  const short: TurnTimes[] = [];
  const long: TurnTimes[] = [];
  const without: number[] = [];
  for (let run = 0; run < runs; run++) {
    showProgress(`screen: turns, run ${run + 1} of ${runs}`);
    short.push(await measureTurns(turns(20), 20));
    long.push(await measureTurns(turns(200), 200));
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

function table(rows: readonly Row[]): string {
  const lines: string[] = [];
  let names = '';
  for (const row of rows) {
    const entries = [...row.values];
    const heading = entries.map(([name]) => name).join(' | ');
    if (heading !== names)
      lines.push(
        '',
        `| median of ${values.runs} | ${heading} | ratio to ${entries[0]![0]} |`,
        `|---|${'---:|'.repeat(entries.length + 1)}`,
      );
    names = heading;
    const base = entries[0]![1];
    const ratios = entries.slice(1).map(([, value]) => (base === 0 ? '–' : (value / base).toFixed(2)));
    lines.push(
      `| ${row.what}${row.unit ? `, ${row.unit}` : ''} | ${entries.map(([, value]) => format(value)).join(' | ')} | ${ratios.join(' / ')} |`,
    );
  }
  return lines.join('\n').trim();
}

function format(value: number): string {
  return value >= 1000
    ? Math.round(value).toLocaleString('en')
    : value >= 100
      ? value.toFixed(0)
      : value.toFixed(value < 3 ? 2 : 1);
}

if (values.help) console.log(usage);
else {
  const wanted = values.only?.split(',') ?? Object.keys(parts);
  const rows: Row[] = [];
  for (const name of wanted) {
    const part = parts[name];
    if (!part) throw new Error(`There is no part ${name}; the parts are ${Object.keys(parts).join(', ')}.`);
    rows.push(...(await part()));
  }
  const text = `Node ${process.versions.node}, ${cpus().length} cores, ${new Date().toISOString().slice(0, 10)}.\n\n${table(rows)}\n`;
  console.log(text);
  if (values.output) writeFileSync(values.output, text);
}
