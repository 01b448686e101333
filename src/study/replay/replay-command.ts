import type { CommandIo } from '../../core/command-io.ts';
import { UserError } from '../../core/errors.ts';
import { parseOptions } from '../../core/parse-options.ts';
import { openReading } from '../input/reading-progress.ts';
import { parseShard } from '../input/shard.ts';
import { withFromCache } from '../judge/judge-cost.ts';
import { defaultSettings, judgeHelp, judgeOptions, type LoadStudySettings } from '../judge/study-judge.ts';
import { writeText } from '../write-text.ts';
import { openReplays, parseWorkers } from './open-replays.ts';
import { addToTotals, createReplayWriter, newTotals, type ReplayFormat } from './replay-output.ts';
import type { ReplayRun } from './replay-pool.ts';

const usage = `Usage: wink-agent replay <files or folders...> [options]

Runs the observer over saved sessions of any known agent, offline: what it would have found, said and held back.

  --format table|json|jsonl  a summary (default), one object, or one object per session
${judgeHelp}
  --shard I/N                only part I of N, to split work over machines
  --workers N                worker threads (default: as many as cores)

Examples
  wink-agent replay ~/.wink/sessions
  wink-agent replay runs/ --format jsonl > findings.jsonl
`;

/** `wink-agent replay`. Resolves to the exit code; throws UserError for wrong usage and for paths that do not exist. */
export async function runReplay(
  argv: readonly string[],
  io: CommandIo,
  loadSettings: LoadStudySettings = defaultSettings,
): Promise<number> {
  const { values, positionals } = parseReplayArguments(argv);
  if (values.help) {
    io.stdout.write(usage);
    return 0;
  }
  if (positionals.length === 0)
    throw new UserError(
      'replay needs files or folders with saved trajectories, for example: wink-agent replay ~/.wink/sessions',
    );
  const format = parseFormat(values.format);
  const shard = values.shard === undefined ? undefined : parseShard(values.shard);
  const settings = await loadSettings();
  const reading = openReading(io, 'replay', 'trajectories');
  const writer = createReplayWriter(format);
  const totals = newTotals();
  const run: ReplayRun = {
    paths: positionals,
    observer: settings.observer,
    ...(shard !== undefined && { shard }),
    ...(values.workers !== undefined && { workers: parseWorkers(values.workers) }),
    listener: reading.listener,
  };
  const { judge, records } = await openReplays(values, settings, run);
  for await (const record of records) {
    addToTotals(totals, record.result);
    await writeText(io.stdout, writer.write(record));
    reading.advance();
  }
  reading.finish();
  await writeText(io.stdout, writer.end({ ...totals, ...withFromCache(totals.judge, judge) }));
  return 0;
}

function parseReplayArguments(argv: readonly string[]) {
  return parseOptions('replay', argv, {
    format: { type: 'string' },
    ...judgeOptions,
    shard: { type: 'string' },
    workers: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
}

function parseFormat(text: string | undefined): ReplayFormat {
  if (text === undefined) return 'table';
  if (text === 'table' || text === 'json' || text === 'jsonl') return text;
  throw new UserError(`--format takes table, json or jsonl, and not "${text}".`);
}
