import type { CommandIo } from '../core/command-io.ts';
import { UserError } from '../core/errors.ts';
import { parseOptions } from '../core/parse-options.ts';
import { toDatasetLine } from './input/dataset-line.ts';
import { openTrajectories } from './input/read-trajectories.ts';
import { openReading } from './input/reading-progress.ts';
import { isInShard, parseShard } from './input/shard.ts';
import { fillOutFile } from './out-file.ts';
import { writeText } from './write-text.ts';

const usage = `Usage: wink-agent convert <files or folders...> [options]

Converts saved trajectories of any known format to JSON Lines, one trajectory per line, for replay, eval, label and your own tools.
Known formats: wink-agent, Claude Code (sessions and stream-json), Codex CLI, Copilot CLI, Gemini CLI, opencode, pi, OpenHands, SWE-agent,
mini-swe-agent, ATIF, Chat Completions messages, and this format itself. Files may be compressed (.gz) and folders are searched.

  --out FILE      write there instead of to stdout
  --shard I/N     only part I of N

Examples
  wink-agent convert ~/.claude/projects --out mine.jsonl
  wink-agent convert runs/ | wink-agent replay /dev/stdin
`;

/** `wink-agent convert`. Resolves to the exit code; throws UserError for wrong usage and for paths that do not exist. */
export async function runConvert(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseConvertArguments(argv);
  if (values.help) {
    io.stdout.write(usage);
    return 0;
  }
  if (positionals.length === 0)
    throw new UserError('convert needs files or folders, for example: wink-agent convert ~/.claude/projects');
  const shard = values.shard === undefined ? undefined : parseShard(values.shard);
  const write = (stream: NodeJS.WritableStream) => writeLines(positionals, shard, stream, io);
  const { count, skipped, agents } = await (values.out === undefined
    ? write(io.stdout)
    : fillOutFile(values.out, write));
  const list = [...agents].sort((left, right) => right[1] - left[1]).map(([name, runs]) => `${name} ${runs}`);
  const words = list.length > 0 ? ` (${list.join(', ')})` : '';
  io.stderr.write(`${count} trajectories${words}; ${skipped} files or lines skipped.\n`);
  return 0;
}

async function writeLines(
  paths: readonly string[],
  shard: ReturnType<typeof parseShard> | undefined,
  stream: NodeJS.WritableStream,
  io: CommandIo,
) {
  const reading = openReading(io, 'convert', 'trajectories');
  const agents = new Map<string, number>();
  let count = 0;
  for await (const run of openTrajectories(paths, reading.listener)) {
    if (!isInShard(shard, `${run.source}#${run.id}`)) continue;
    await writeText(stream, toDatasetLine(run));
    const agent = run.agent ?? 'unknown';
    agents.set(agent, (agents.get(agent) ?? 0) + 1);
    count += 1;
    reading.advance();
  }
  return { count, skipped: reading.finish(), agents };
}

function parseConvertArguments(argv: readonly string[]) {
  return parseOptions('convert', argv, {
    out: { type: 'string', short: 'o' },
    shard: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
}
