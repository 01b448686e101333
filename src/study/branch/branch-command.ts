import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import type { CommandIo } from '../../core/command-io.ts';
import { UserError } from '../../core/errors.ts';
import { parseOptions } from '../../core/parse-options.ts';
import { packageRoot } from '../../core/prompt.ts';
import { parseJson } from '../../core/text/json.ts';
import { winkHome } from '../../store/session-folders.ts';
import { createProgressBar } from '../progress-bar.ts';
import { type BranchOptions, type BranchResult, type Condition, conditions, runBranchOnce } from './branch-run.ts';
import { chooseFork, openTrunk } from './branch-session.ts';
import { summariseBranches, writeBranchTable } from './branch-table.ts';
import type { ReplayTools } from './branch-workspace.ts';

const usage = `Usage: wink-agent branch <session> [options]

Forks a saved session at a step, each time in a copy of the workspace at that moment, and lets the model go on: with the reminder, with a
neutral note, and with none. This shows whether a reminder helped or it was luck. It calls the model, so it costs money.

  --at STEP            fork before this step (default: before the session's first reminder)
  --runs N             branches of each kind (default: 5)
  --reminder TEXT      the words to test (default: the session's own reminder at that step)
  --neutral TEXT       the neutral note
  --conditions LIST    some of none,neutral,reminder (default: all)
  --class NAME         the misbehaviour whose recurrence counts (default: the reminder's)
  --score COMMAND      solved when this shell command exits with 0 in the branch's workspace (default: when the run ends done)
  --parallel N         branches at the same time (default: 1)
  --model NAME         another model than the configured one
  --approval MODE      edits or full (default: the session's own, else edits)
  --max-turns N        steps of a branch at most (default: 30)
  --timeout SECONDS    time of a branch, and of the command, at most (default: 900)
  --rerun-commands     run the session's commands between checkpoint and step again, where they changed files
  --out DIR            where results and kept branches go (default: branches/ in wink-agent's home folder)
  --keep               keep the workspaces and sessions of the branches
  --format table|json

Results are kept: a second start runs only what is missing, so you can raise --runs later.

Examples
  wink-agent branch 20261124-093012-7f3a --runs 10 --score "npm test"
  wink-agent branch 20261124-093012-7f3a --at 12 --reminder "Read the whole error before the next edit." --score "pytest -q"
`;

/** `wink-agent branch`. `replay`: the agent's tools, handed in by main. Resolves to the exit code; throws UserError for wrong usage. */
export async function runBranch(
  argv: readonly string[],
  io: CommandIo,
  replay: ReplayTools,
  program = ownProgram(),
): Promise<number> {
  const { values, positionals } = parseBranchArguments(argv);
  if (values.help) {
    io.stdout.write(usage);
    return 0;
  }
  const [name] = positionals;
  if (name === undefined)
    throw new UserError(
      'branch needs a session, for example: wink-agent branch 20261124-093012-7f3a --score "npm test"',
    );
  if (values.format !== undefined && values.format !== 'table' && values.format !== 'json')
    throw new UserError(`--format takes table or json, and not "${values.format}".`);
  const home = winkHome(io.env);
  const trunk = openTrunk(name, home);
  const at = values.at === undefined ? undefined : parseCount('--at', values.at, 0);
  const fork = chooseFork(trunk, { at, words: values.reminder, class: values.class });
  const chosen = parseConditions(values.conditions);
  const runs = parseCount('--runs', values.runs ?? '5', 1);
  const folder = values.out ?? join(home, 'branches', `${trunk.header.session}-${fork.at}`);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const warned = new Set<string>();
  const options: BranchOptions = {
    ...{ trunk, fork, home, folder, replay, program },
    flags: runFlags(values, trunk.header.approval),
    neutral: values.neutral,
    score: values.score,
    timeoutSeconds: parseCount('--timeout', values.timeout ?? '900', 1),
    hasCommandsRun: values['rerun-commands'] === true,
    isKept: values.keep === true,
    env: io.env,
    onWarning: (warning) => {
      if (!warned.has(warning)) io.stderr.write(`${warning}\n`);
      warned.add(warning);
    },
  };
  const results = await runAll(options, chosen, runs, parseCount('--parallel', values.parallel ?? '1', 1), io);
  const summary = summariseBranches(results);
  const title = `Session ${trunk.header.session} forked before step ${fork.at} (${fork.class})`;
  const json = { type: 'branches', session: trunk.header.session, ...fork, ...summary, branches: results };
  io.stdout.write(values.format === 'json' ? `${JSON.stringify(json, null, 2)}\n` : writeBranchTable(summary, title));
  return 0;
}

function ownProgram(): readonly [string, ...string[]] {
  return [process.execPath, join(packageRoot(), 'bin', 'wink-agent.cjs')];
}

/** Runs what the results file lacks, some at a time, and gives all results in order. */
async function runAll(
  options: BranchOptions,
  chosen: readonly Condition[],
  runs: number,
  parallel: number,
  io: CommandIo,
): Promise<BranchResult[]> {
  const path = join(options.folder, 'results.jsonl');
  const isSame = (result: BranchResult) => result.at === options.fork.at && result.class === options.fork.class;
  const results = readResults(path).filter(isSame);
  const wanted = Array.from({ length: runs }, (_, at) =>
    chosen.map((condition) => ({ condition, run: at + 1 })),
  ).flat();
  const missing = wanted.filter(
    ({ condition, run }) => !results.some((result) => result.condition === condition && result.run === run),
  );
  const progress = createProgressBar({ stream: io.stderr, label: 'branch', unit: 'branches', total: missing.length });
  const work = async () => {
    for (let next = missing.shift(); next !== undefined; next = missing.shift()) {
      const result = await runBranchOnce(options, next.condition, next.run);
      appendFileSync(path, `${JSON.stringify(result)}\n`, { mode: 0o600 });
      results.push(result);
      progress.advance();
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, Math.max(1, missing.length)) }, work));
  progress.finish();
  return results
    .filter((result) => chosen.includes(result.condition) && result.run <= runs)
    .sort((left, right) => left.run - right.run);
}

const resultSchema = z.object({
  type: z.literal('branch'),
  session: z.string(),
  at: z.number(),
  class: z.string(),
  condition: z.enum(['none', 'neutral', 'reminder']),
  run: z.number(),
  outcome: z.string(),
  solved: z.boolean(),
  recurred: z.boolean(),
  steps: z.number(),
  tokens: z.number(),
  costUsd: z.number().nullable(),
  ms: z.number(),
});

function readResults(path: string): BranchResult[] {
  if (!existsSync(path)) return [];
  return readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const parsed = resultSchema.safeParse(parseJson(line));
      return parsed.success ? [parsed.data] : [];
    });
}

function runFlags(values: ReturnType<typeof parseBranchArguments>['values'], approval: string): string[] {
  const mode = values.approval ?? (approval === 'full' ? 'full' : 'edits');
  if (mode !== 'edits' && mode !== 'full')
    throw new UserError(`--approval takes edits or full here, and not "${mode}": nobody is there to be asked.`);
  return [
    ...['--approval', mode],
    ...['--max-turns', String(parseCount('--max-turns', values['max-turns'] ?? '30', 1))],
    ...['--timeout', values.timeout ?? '900'],
    ...(values.model === undefined ? [] : ['--model', values.model]),
    ...(values['base-url'] === undefined ? [] : ['--base-url', values['base-url']]),
  ];
}

function parseConditions(text: string | undefined): readonly Condition[] {
  if (text === undefined) return conditions;
  const names = text.split(',').map((name) => name.trim());
  const unknown = names.find((name) => !conditions.some((condition) => condition === name));
  if (unknown !== undefined)
    throw new UserError(`--conditions takes none, neutral and reminder, and not "${unknown}".`);
  return conditions.filter((condition) => names.includes(condition));
}

function parseCount(flag: string, text: string, least: number): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= least) return count;
  throw new UserError(`${flag} takes a whole number from ${least}, and not "${text}".`);
}

function parseBranchArguments(argv: readonly string[]) {
  return parseOptions('branch', argv, {
    at: { type: 'string' },
    runs: { type: 'string' },
    reminder: { type: 'string' },
    neutral: { type: 'string' },
    conditions: { type: 'string' },
    class: { type: 'string' },
    score: { type: 'string' },
    parallel: { type: 'string' },
    model: { type: 'string' },
    'base-url': { type: 'string' },
    approval: { type: 'string' },
    'max-turns': { type: 'string' },
    timeout: { type: 'string' },
    'rerun-commands': { type: 'boolean' },
    out: { type: 'string' },
    keep: { type: 'boolean' },
    format: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
}
