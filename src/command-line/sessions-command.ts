import { findRepository } from '../config/load-config.ts';
import type { CommandIo } from '../core/command-io.ts';
import { UserError } from '../core/errors.ts';
import { sanitize } from '../core/text/sanitize.ts';
import { prepareSetup } from '../session/setup.ts';
import { listSessions, type SessionSummary } from '../store/list-sessions.ts';
import { allSessionFolders, sessionFolder, winkHome } from '../store/session-folders.ts';
import { parseFlags, parseNoFlags } from './args.ts';

const help = `wink-agent sessions: the saved sessions of this repository, newest first

Usage
  wink-agent sessions [--all] [--format table|json]
  wink-agent sessions prune [--days N] [--megabytes N]   remove old sessions, kept outputs and checkpoints now

Examples
  wink-agent sessions --format json | jq -r '.[0].id'
  wink-agent resume $(wink-agent sessions --format json | jq -r '.[1].id')
`;

const flags = [
  { name: 'format', type: 'string', help: 'table or json' },
  { name: 'all', type: 'boolean', help: 'of every repository' },
  { name: 'days', type: 'string', help: 'prune what is older' },
  { name: 'megabytes', type: 'string', help: 'prune the oldest above this size' },
  { name: 'help', short: 'h', type: 'boolean', help: 'print this help' },
] as const;

/** `wink-agent sessions`. */
export async function runSessions(words: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseFlags(words, flags);
  if (values.help) {
    io.stdout.write(help);
    return 0;
  }
  const home = winkHome(io.env);
  if (positionals[0] === 'prune') {
    const { readLimit, runPrune } = await import('./prune-command.ts');
    const { retention } = (await prepareSetup(parseNoFlags(), io.env)).loaded.config;
    return runPrune(
      home,
      {
        days: readLimit('days', values.days, retention.days),
        megabytes: readLimit('megabytes', values.megabytes, retention.megabytes),
      },
      io,
    );
  }
  if (positionals.length > 0)
    throw new UserError(`\`sessions ${positionals[0]}\` is not known; there is \`sessions\` and \`sessions prune\`.`);
  const format = values.format ?? 'table';
  if (format !== 'table' && format !== 'json')
    throw new UserError(`--format takes table or json; it was given \`${String(format)}\`.`);
  const folders = values.all ? allSessionFolders(home) : [sessionFolder(home, findRepository(io.cwd))];
  const sessions = folders.flatMap(listSessions).sort((a, b) => b.changedAt.localeCompare(a.changedAt));
  io.stdout.write(format === 'json' ? `${JSON.stringify(sessions, undefined, 2)}\n` : table(sessions));
  return 0;
}

function table(sessions: readonly SessionSummary[]): string {
  if (sessions.length === 0) return 'No saved sessions in this repository yet.\n';
  const rows = sessions.map(({ id, changedAt, steps, outcome, task }) => [
    id,
    localMinute(new Date(changedAt)),
    String(steps).padStart(5),
    outcome,
    clipTask(sanitize(task).replace(/\s+/g, ' ').trim()),
  ]);
  const all = [['ID', 'CHANGED', 'STEPS', 'ENDED', 'TASK'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...all.map((row) => row[column]!.length)));
  return `${all.map((row) => row.map((cell, column) => (column < 4 ? cell.padEnd(widths[column]!) : cell)).join('  ')).join('\n')}\n`;
}

function clipTask(task: string): string {
  return task.length > 60 ? `${task.slice(0, 59)}…` : task;
}

/** The user's own time, to the minute. */
function localMinute(date: Date): string {
  const two = (number: number) => String(number).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}`;
}
