import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { parseArgs } from 'node:util';
import { aimsTable } from './aims.ts';
import { agent, agentWithDeadWorker, type Contestant, floor } from './contestants.ts';
import { installedPeers } from './peers.ts';
import { showProgress } from './progress.ts';
import { type Measurement, mean, measure, median } from './run.ts';
import { measureScreen } from './screen.ts';
import { readsAndCommands, type Script, stream, turns, words } from './scripts.ts';
import { type Row, table } from './table.ts';

const usage = `npm run bench -- [--runs N] [--only start,end,turns,stream,observer,screen] [--peers] [--output FILE]

Measures the product beside a bare Node loop with fetch that does the same work, in turn, in one run, and prints medians, ratios and what of
the aims is reached.
--output writes them to a file as well, in docs/bench.md between its marks.
--peers adds the other agents that are installed (Codex, pi, Claude Code, opencode: on the PATH, or in the folders of WINK_TEST_AGENTS).`;

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '5' },
    only: { type: 'string' },
    peers: { type: 'boolean', default: false },
    output: { type: 'string' },
    help: { type: 'boolean' },
  },
});

type Pick = { readonly unit: string; readonly pick: (m: Measurement) => number };

/** Runs every contestant in turn, `runs` times, and takes the medians of what each `pick` reads off a run. A peer that fails is left out, with a line. */
async function compare(
  what: string,
  contestants: readonly Contestant[],
  script: Script,
  files: number,
  picks: Readonly<Record<string, Pick>>,
): Promise<Row[]> {
  const all = new Map<string, Measurement[]>(contestants.map(({ name }) => [name, []]));
  for (const contestant of contestants) await warmUp(contestant);
  for (let run = 0; run < Number(values.runs); run++) {
    for (const contestant of contestants) {
      showProgress(`${what}: run ${run + 1} of ${values.runs}, ${contestant.name}`);
      const result = await measure(contestant, script, files);
      if (result.exitCode === 0) all.get(contestant.name)?.push(result);
      else if (peers.includes(contestant)) {
        console.error(
          `${contestant.name} ended with ${result.exitCode} and is left out of "${what}": ${result.stderr}`,
        );
        all.delete(contestant.name);
      } else throw new Error(`${contestant.name} ended with ${result.exitCode}: ${result.stderr}`);
    }
  }
  showProgress('');
  return Object.entries(picks).map(([title, { unit, pick }]) => ({
    what: `${what}: ${title}`,
    unit,
    values: new Map([...all].map(([name, results]) => [name, median(results.map(pick))])),
  }));
}

const warm = new Set<string>();

/** What a program sets up at its first start, and keeps for those that follow, isn't measured. */
async function warmUp(contestant: Contestant): Promise<void> {
  if (warm.has(contestant.name)) return;
  warm.add(contestant.name);
  showProgress(`a first start: ${contestant.name}`);
  for (let run = 0; run < 2; run++) await measure(contestant, turns(1), 1);
}

const milliseconds = (pick: Pick['pick']): Pick => ({ unit: 'ms', pick });
const perTurn = milliseconds((m) => median(m.turnMs));
const meanTurn = milliseconds((m) => mean(m.turnMs));
const fromThird = milliseconds((m) => mean(m.turnMs.slice(2)));
const lastTurns = milliseconds((m) => mean(m.turnMs.slice(-30)));
const readSteps = milliseconds((m) => median(m.turnMs.filter((_, index) => index % 2 === 0)));
const shellSteps = milliseconds((m) => median(m.turnMs.filter((_, index) => index % 2 === 1)));
const streamed = 20_000;
const rate = { unit: 'tokens/s', pick: (m: Measurement) => streamed / (m.lastAnswerMs / 1000) };
const on = agent('ours', []);
const peers = values.peers ? installedPeers() : [];
const everyone = [floor, on, ...peers];

const parts: Readonly<Record<string, () => Promise<Row[]>>> = {
  start: () =>
    compare('start', everyone, turns(1), 1, {
      'spawn to first request': milliseconds((m) => m.spawnToFirstRequestMs),
      'first request': { unit: 'bytes', pick: (m) => m.firstRequestBytes },
    }),
  end: async () => [
    ...(await compare('one answer in words', everyone, words, 0, {
      'last byte to exit': milliseconds((m) => m.lastByteToExitMs),
    })),
    ...(await compare('one turn', everyone, turns(1), 1, {
      'last byte to exit': milliseconds((m) => m.lastByteToExitMs),
    })),
  ],
  turns: async () => [
    ...(await compare('30 turns', everyone, readsAndCommands(30), 30, {
      'own time per turn, mean': meanTurn,
      'own time per turn, mean from the third on': fromThird,
    })),
    ...(await compare('200 turns', everyone, readsAndCommands(200), 200, {
      'own time per turn, mean': meanTurn,
      'own time per turn, mean of the last 30': lastTurns,
      'own time of a read': readSteps,
      'own time of a command': shellSteps,
      'largest resident memory, all processes': { unit: 'MB', pick: (m) => m.peakMegabytes },
      connections: { unit: '', pick: (m) => m.connections },
    })),
    ...(await compare(
      '200 turns without a sandbox',
      [floor, agent('ours', ['--approval', 'full'], { config: { sandbox: { mode: 'off' } } })],
      readsAndCommands(200),
      200,
      { 'own time of a command': shellSteps },
    )),
  ],
  stream: () =>
    compare('20,000 tokens', everyone, stream(streamed), 30, {
      'request to exit': milliseconds((m) => m.lastRequestToExitMs),
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
        'whole turn': milliseconds((m) => m.wholeTurnMs),
      })),
      ...(await compare('observer, 20,000 tokens', contestants, stream(streamed), 30, { 'streaming rate': rate })),
    ];
  },
  screen: () => measureScreen(on, Number(values.runs)),
};

/** The machine, so that figures can be read beside others. */
function machine(): string {
  const gigabytes = Math.round(totalmem() / 2 ** 30);
  const model = cpus()[0]?.model ?? 'an unknown processor';
  return `Node ${process.versions.node}, ${cpus().length} cores (${model}), ${gigabytes} GB, ${process.platform}, ${new Date().toISOString().slice(0, 10)}.`;
}

/** Writes the figures to a file; in one with the marks `<!-- measured -->` and `<!-- /measured -->` only what is between them is new. */
function write(file: string, text: string): void {
  const before = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const marks = /(?<=<!-- measured -->\n).*(?=<!-- \/measured -->)/s;
  writeFileSync(file, marks.test(before) ? before.replace(marks, () => `\n${text}\n`) : text);
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
  const text = `${[machine(), table(rows, `median of ${values.runs}`), aimsTable(rows)].join('\n\n').trim()}\n`;
  console.log(text);
  if (values.output) write(values.output, text);
}
