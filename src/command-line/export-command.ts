import { writeFileSync } from 'node:fs';
import { extname, resolve } from 'node:path';
import { findRepository } from '../config/load-config.ts';
import type { CommandIo } from '../core/command-io.ts';
import { errorCode, UserError } from '../core/errors.ts';
import { createRedactor } from '../core/text/redact.ts';
import { exportHtml } from '../export/export-html.ts';
import { exportJsonl, readForExport } from '../export/read-lines.ts';
import { findSessionFile } from '../store/find-session.ts';
import { findNewestSession } from '../store/load-session.ts';
import { sessionFolder, winkHome } from '../store/session-folders.ts';
import { parseFlags } from './args.ts';

const help = `wink-agent export: a saved session as a page or as data, with keys removed

Usage
  wink-agent export [session] [--format html|jsonl] [--output FILE]

Without a session it takes the newest of this repository; without --output it prints to stdout. An existing file is never replaced.
html is one page that runs and loads nothing; jsonl is the session file, line by line.

Examples
  wink-agent export --output session.html
  wink-agent export 20261124-0930 --format jsonl | jq -r 'select(.type == "step") | .text'
`;

const flags = [
  { name: 'format', type: 'string', help: 'html or jsonl' },
  { name: 'output', type: 'string', help: 'the file to write' },
  { name: 'help', short: 'h', type: 'boolean', help: 'print this help' },
] as const;

/** `wink-agent export`. */
export async function runExport(words: string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseFlags(words, flags);
  if (values.help) {
    io.stdout.write(help);
    return 0;
  }
  const [id, ...others] = positionals;
  if (others.length > 0) throw new UserError('`export` takes one session.');
  const folder = sessionFolder(winkHome(io.env), findRepository(io.cwd));
  const path = id === undefined ? findNewestSession(folder) : findSessionFile(winkHome(io.env), folder, id);
  const output = typeof values.output === 'string' ? resolve(io.cwd, values.output) : undefined;
  const text = exportSession(path, readFormat(values.format, output), []);
  if (output === undefined) io.stdout.write(text);
  else {
    writeExport(output, text);
    io.stderr.write(`Written to ${output}.\n`);
  }
  return 0;
}

export type ExportFormat = 'html' | 'jsonl';

/** A session file in a form for others. `secrets`: keys whose form alone does not show that they are keys. */
export function exportSession(path: string, format: ExportFormat, secrets: readonly string[]): string {
  const redact = createRedactor(secrets);
  return format === 'jsonl' ? exportJsonl(path, redact) : exportHtml(readForExport(path, redact));
}

/** Writes a new file that only its owner can read. Throws UserError where there is one already. */
export function writeExport(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if (errorCode(error) === 'EEXIST') throw new UserError(`${path} is there already; it was left as it is.`);
    if (errorCode(error) === 'ENOENT') throw new UserError(`The folder of ${path} does not exist.`);
    throw error;
  }
}

function readFormat(given: unknown, output: string | undefined): ExportFormat {
  const format = given ?? (output !== undefined && extname(output) === '.jsonl' ? 'jsonl' : 'html');
  if (format === 'html' || format === 'jsonl') return format;
  throw new UserError(`--format takes html or jsonl; it was given \`${String(format)}\`.`);
}
