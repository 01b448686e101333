import { availableParallelism } from 'node:os';
import type { CommandIo } from '../../core/command-io.ts';
import { UserError } from '../../core/errors.ts';
import { parseOptions } from '../../core/parse-options.ts';
import { readLabels, runKey } from '../input/read-labels.ts';
import { openReading } from '../input/reading-progress.ts';
import type { RunLabels } from '../input/trajectory.ts';
import { withFromCache } from '../judge/judge-cost.ts';
import { defaultSettings, judgeHelp, judgeOptions, type LoadStudySettings } from '../judge/study-judge.ts';
import { openReplays, parseWorkers } from '../replay/open-replays.ts';
import type { ReplayRecord } from '../replay/replay-batch.ts';
import type { ReplayRun } from '../replay/replay-pool.ts';
import { writeText } from '../write-text.ts';
import { formatEvaluation } from './eval-output.ts';
import { createEvaluation, type Evaluation } from './evaluation.ts';
import { findFailures, readFailUnder } from './fail-under.ts';

const usage = `Usage: wink-agent eval <datasets...> [options]

Measures the observer against labels: precision, recall, F1, false positives, delay and time per step.

  --labels FILE              labels as JSONL, joined by set, source and id, if they are not in the dataset
  --by set|source|agent      the same figures for each group of runs as well
  --format table|json
  --fail-under FILE          JSON with limits; exit 1 if one is not met
${judgeHelp}
  --workers N                worker threads (default: all cores but one, so that the time per step is the observer's own)

A class is scored on what would have been said (reminders), a detector on its signals. A label counts from confidence 0.5 on; the
first finding that is not before its start counts, and for loops and tool failures either name finds a run that carries both.
The time per step is the shortest of three passes, over the first 40,000 steps.

Examples
  wink-agent eval runs.jsonl --labels labels.jsonl
  wink-agent eval data/ --labels labels.jsonl --by agent --format json
  wink-agent eval data/ --labels labels.jsonl --fail-under limits.json

limits.json: { "classes": { "infinite-loop": { "precision": 0.95, "recall": 0.92 } }, "passingRunsShare": 0.02 }
`;

type Grouping = 'set' | 'source' | 'agent';

/**
 * `wink-agent eval`. Resolves to the exit code: 1 when a limit of --fail-under is not kept. Throws UserError for wrong usage.
 */
export async function runEval(
  argv: readonly string[],
  io: CommandIo,
  loadSettings: LoadStudySettings = defaultSettings,
): Promise<number> {
  const { values, positionals } = parseEvalArguments(argv);
  if (values.help) {
    io.stdout.write(usage);
    return 0;
  }
  if (positionals.length === 0)
    throw new UserError('eval needs datasets, for example: wink-agent eval runs.jsonl --labels labels.jsonl');
  if (values.format !== undefined && values.format !== 'table' && values.format !== 'json')
    throw new UserError(`--format takes table or json, and not "${values.format}".`);
  const grouping = parseGrouping(values.by);
  const limits = values['fail-under'] === undefined ? undefined : await readFailUnder(values['fail-under']);
  const labels = values.labels === undefined ? new Map<string, RunLabels>() : await readLabels(values.labels);
  const settings = await loadSettings();
  const reading = openReading(io, 'eval', 'trajectories');
  const whole = createEvaluation();
  const groups = new Map<string, Evaluation>();
  const run: ReplayRun = {
    paths: positionals,
    observer: settings.observer,
    isTimed: true,
    workers: values.workers === undefined ? Math.max(1, availableParallelism() - 1) : parseWorkers(values.workers),
    listener: reading.listener,
  };
  const { judge, records } = await openReplays(values, settings, run);
  for await (const record of records) {
    const known = joinLabels(record.labels, labels.get(runKey(record.result)));
    whole.add(record, known);
    if (grouping !== undefined) groupOf(groups, groupName(record, grouping)).add(record, known);
    reading.advance();
  }
  reading.finish();
  const found = whole.report();
  const report = { ...found, ...withFromCache(found.judge, judge) };
  const parts = [...groups].map(([name, evaluation]) => [name, evaluation.report()] as const);
  const failures = limits === undefined ? [] : findFailures(report, limits);
  const name = positionals.join(', ');
  if (values.format === 'json')
    await writeText(
      io.stdout,
      `${JSON.stringify({ dataset: name, ...report, ...(grouping !== undefined && { groups: Object.fromEntries(parts) }), failures })}\n`,
    );
  else
    await writeText(
      io.stdout,
      [formatEvaluation(name, report), ...parts.map(([group, part]) => formatEvaluation(group, part))].join('\n'),
    );
  for (const failure of failures) io.stderr.write(`Not kept: ${failure}.\n`);
  return failures.length > 0 ? 1 : 0;
}

function parseEvalArguments(argv: readonly string[]) {
  return parseOptions('eval', argv, {
    labels: { type: 'string' },
    by: { type: 'string' },
    format: { type: 'string' },
    'fail-under': { type: 'string' },
    ...judgeOptions,
    workers: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
}

function parseGrouping(text: string | undefined): Grouping | undefined {
  if (text === undefined || text === 'set' || text === 'source' || text === 'agent') return text;
  throw new UserError(`--by takes set, source or agent, and not "${text}".`);
}

/** Labels of a file with those of the dataset; the file's misbehaviours win. */
function joinLabels(inside: RunLabels | undefined, outside: RunLabels | undefined): RunLabels | undefined {
  return outside === undefined ? inside : { ...inside, ...outside };
}

function groupName({ result, agent }: ReplayRecord, grouping: Grouping): string {
  return (grouping === 'agent' ? agent : result[grouping]) ?? 'unknown';
}

function groupOf(groups: Map<string, Evaluation>, name: string): Evaluation {
  const known = groups.get(name) ?? createEvaluation();
  groups.set(name, known);
  return known;
}
