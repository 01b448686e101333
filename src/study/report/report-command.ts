import { join } from 'node:path';
import type { CommandIo } from '../../core/command-io.ts';
import { UserError } from '../../core/errors.ts';
import { parseOptions } from '../../core/parse-options.ts';
import { count } from '../../core/text/count.ts';
import { readVersion } from '../../core/version.ts';
import { winkHome } from '../../store/session-folders.ts';
import { countFleet, type Fleet } from '../fleet/fleet.ts';
import { writeFleetPage } from '../fleet/fleet-html.ts';
import { writeFleetJson, writeFleetTable } from '../fleet/fleet-table.ts';
import { openReading } from '../input/reading-progress.ts';
import { parseShard } from '../input/shard.ts';
import { computeReport, createReportTally, type Report } from '../metrics/report-figures.ts';
import type { SessionFacts } from '../metrics/session-facts.ts';
import { fillOutFile, writeOutFile } from '../out-file.ts';
import { writeText } from '../write-text.ts';
import { type CompareReport, compareReport } from './compare-report.ts';
import { countOnce } from './count-once.ts';
import { estimatePolicyTable } from './estimate-policy-table.ts';
import { mergeFacts, openFacts } from './read-facts.ts';
import { writeReportPage } from './report-html.ts';
import { writeCompareTable, writePolicyTable, writeReportTable } from './report-table.ts';

const usage = `Usage: wink-agent report [files or folders...] [options]

Figures over saved sessions of any known agent, each with n and a 95 % interval; without files, over your own sessions.

  --format table|json|html|facts   text (default), one object, one page, or one line of facts per session
  --out FILE                       write there instead of to stdout
  --no-replay                      leave out sessions that no observer watched, instead of replaying the detectors over them
  --since DATE                     only sessions begun on that day or later (YYYY-MM-DD)

Treatment against control:
  --compare                        compare the arms of an experiment (or, without one, observer on against shadow)
  --experiment NAME                which one, when the sessions hold several
  --control ARM --treatment ARM    arms to compare (default: shadow and on)
  --unit session|repository        what was assigned (default: as the sessions say)
  --correction holm|bh|none        of the p-values of several metrics (default: holm)
  --effect PERCENT                 the relative effect that you want to be able to find (default: 5)
  --planned N                      sessions planned for each arm before the first look

When to speak:
  --policy-table FILE              estimate where a reminder pays and write the table that observer.policy "auto" reads

A fleet:
  --fleet                          its health instead of the report: how runs ended by day, model and repository, and what stands out (table, json, html)

Many machines:
  --shard I/N --format facts       only part I of N
  --merge                          the files given are facts; the report is exactly the one over all sessions

Examples
  wink-agent report
  wink-agent report runs/ --format html --out report.html
  wink-agent report --compare --experiment pilot
  wink-agent report /data/runs --shard 3/8 --format facts --out part-3.jsonl
  wink-agent report --merge part-*.jsonl --format html --out report.html
  wink-agent report --merge part-*.jsonl --fleet --format html --out fleet.html
`;

const formats = ['table', 'json', 'html', 'facts'] as const;

/** `wink-agent report`. Resolves to the exit code; throws UserError for wrong usage and for paths that do not exist. */
export async function runReport(argv: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseReportArguments(argv);
  if (values.help) {
    io.stdout.write(usage);
    return 0;
  }
  const format = formats.find((candidate) => candidate === (values.format ?? 'table'));
  if (format === undefined)
    throw new UserError(`--format takes table, json, html or facts, and not "${values.format}".`);
  const home = winkHome(io.env);
  const paths = positionals.length > 0 ? positionals : [join(home, 'sessions')];
  if (values.fleet) return runFleet(paths, format, values, io);
  if (format === 'facts') return writeFacts(paths, values, io);
  const read = values.compare || values['policy-table'] !== undefined ? readKept : readTallied;
  return writeOut(write(format, await read(paths, values, io, home)), values, io);
}

/** The sessions are counted and forgotten. */
async function readTallied(paths: readonly string[], values: Flags, io: CommandIo): Promise<Parts> {
  const tally = createReportTally();
  for await (const one of readFacts(paths, values, io)) tally.add(one);
  const report = tally.finish();
  if (report.sessions === 0) throw noSessions(paths);
  return { report, madeAt: new Date().toISOString() };
}

/** The facts of all sessions at once: arms are compared, and reminders weighed, by drawing from all of them again and again. */
async function readKept(paths: readonly string[], values: Flags, io: CommandIo, home: string): Promise<Parts> {
  const facts: SessionFacts[] = [];
  for await (const one of readFacts(paths, values, io)) facts.push(one);
  if (facts.length === 0) throw noSessions(paths);
  const madeAt = new Date().toISOString();
  const table = values['policy-table'];
  const policy = table === undefined ? undefined : estimatePolicyTable(facts, madeAt);
  if (table !== undefined) await writeOutFile(table, `${JSON.stringify(policy, null, 2)}\n`);
  const compare = values.compare ? compareReport(facts, values, home, madeAt) : undefined;
  return { report: computeReport(facts), compare, policy, madeAt };
}

/** One line a session, written as it comes. */
async function writeFacts(paths: readonly string[], values: Flags, io: CommandIo): Promise<number> {
  if (values.compare || values['policy-table'] !== undefined)
    throw new UserError(
      '--format facts takes neither --compare nor --policy-table; give them with table, json or html.',
    );
  const write = async (stream: NodeJS.WritableStream) => {
    let count = 0;
    for await (const one of readFacts(paths, values, io)) {
      count += 1;
      await writeText(stream, `${JSON.stringify(one)}\n`);
    }
    if (count === 0) throw noSessions(paths);
  };
  await (values.out === undefined ? write(io.stdout) : fillOutFile(values.out, write));
  return 0;
}

async function writeOut(text: string, values: Flags, io: CommandIo): Promise<number> {
  if (values.out === undefined) await writeText(io.stdout, text);
  else await writeOutFile(values.out, text);
  return 0;
}

/** The fleet's health: each run is counted and forgotten. */
async function runFleet(
  paths: readonly string[],
  format: (typeof formats)[number],
  values: Flags,
  io: CommandIo,
): Promise<number> {
  if (format === 'facts' || values.compare || values['policy-table'] !== undefined)
    throw new UserError('--fleet takes --format table, json or html, and neither --compare nor --policy-table.');
  const fleet = countFleet();
  for await (const one of readFacts(paths, values, io)) fleet.add(one);
  const counted = fleet.finish();
  if (counted.all.runs === 0) throw noSessions(paths);
  return writeOut(writeFleet(counted, format), values, io);
}

function noSessions(paths: readonly string[]): UserError {
  return new UserError(`There is no session in ${paths.join(', ')}; give the files or folders that hold some.`);
}

function writeFleet(fleet: Fleet, format: 'table' | 'json' | 'html'): string {
  switch (format) {
    case 'table':
      return writeFleetTable(fleet);
    case 'html':
      return writeFleetPage(fleet, new Date().toISOString(), readVersion());
    case 'json':
      return writeFleetJson(fleet);
    default:
      return format satisfies never;
  }
}

type Parts = {
  readonly report: Report;
  readonly compare?: CompareReport | undefined;
  readonly policy?: ReturnType<typeof estimatePolicyTable> | undefined;
  readonly madeAt: string;
};

function write(format: 'table' | 'json' | 'html', { report, compare, policy, madeAt }: Parts): string {
  switch (format) {
    case 'json': {
      const whole = { type: 'report', ...report, ...(compare && { compare }), ...(policy && { policy }) };
      return `${JSON.stringify(whole, null, 2)}\n`;
    }
    case 'html':
      return writeReportPage({ report, madeAt, version: readVersion(), compare, policy });
    case 'table': {
      if (compare !== undefined) return writeCompareTable(compare.head, compare.comparisons);
      return writeReportTable(report) + (policy ? `\n${writePolicyTable(policy.rows)}` : '');
    }
    default:
      return format satisfies never;
  }
}

type Flags = ReturnType<typeof parseReportArguments>['values'];

async function* readFacts(paths: readonly string[], values: Flags, io: CommandIo): AsyncGenerator<SessionFacts> {
  const shard = values.shard === undefined ? undefined : parseShard(values.shard);
  const since = values.since === undefined ? '' : parseDay(values.since);
  const reading = openReading(io, 'report', 'sessions');
  const source = values.merge
    ? mergeFacts(paths, reading.listener)
    : openFacts(paths, { shard, isReplaying: values['no-replay'] !== true, listener: reading.listener });
  const isNew = countOnce();
  let again = 0;
  for await (const one of source) {
    if (!isNew(one)) again += 1;
    else if ((one.startedAt ?? '') >= since) yield one;
    reading.advance();
  }
  reading.finish();
  if (again > 0)
    io.stderr.write(
      `${count(again, 'session')} came more than once, and ${again === 1 ? 'is' : 'are'} counted once.\n`,
    );
}

function parseDay(text: string): string {
  if (/^\d{4}-\d\d-\d\d/.test(text)) return text;
  throw new UserError(`--since takes a day as YYYY-MM-DD, and not "${text}".`);
}

function parseReportArguments(argv: readonly string[]) {
  return parseOptions('report', argv, {
    format: { type: 'string' },
    out: { type: 'string' },
    'no-replay': { type: 'boolean' },
    since: { type: 'string' },
    compare: { type: 'boolean' },
    experiment: { type: 'string' },
    control: { type: 'string' },
    treatment: { type: 'string' },
    unit: { type: 'string' },
    correction: { type: 'string' },
    effect: { type: 'string' },
    planned: { type: 'string' },
    'policy-table': { type: 'string' },
    shard: { type: 'string' },
    merge: { type: 'boolean' },
    fleet: { type: 'boolean' },
    help: { type: 'boolean', short: 'h' },
  });
}
