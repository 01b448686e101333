import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CommandIo } from '../core/command-io.ts';
import { UserError } from '../core/errors.ts';
import { sanitize } from '../core/text/sanitize.ts';
import { winkHome } from '../store/session-folders.ts';
import { distrust, listTrusted, trust } from '../trust/trust.ts';
import { parseFlags } from './args.ts';

const help = `wink-agent trust: let a repository's own config, hooks, MCP servers, commands and classes take effect

Usage
  wink-agent trust [folder]            trust the repository of this folder
  wink-agent trust --remove [folder]   no longer trust it
  wink-agent trust --list              the trusted folders

Until then nothing in a repository can run code, lift a permission or move data to another host. In CI: --trust or WINK_TRUST=1.

Examples
  wink-agent trust
  wink-agent trust ~/code/service
  wink-agent trust --remove ~/code/service
`;

const flags = [
  { name: 'remove', type: 'boolean', help: 'no longer trust it' },
  { name: 'list', type: 'boolean', help: 'the trusted folders' },
  { name: 'help', short: 'h', type: 'boolean', help: 'print this help' },
] as const;

/** `wink-agent trust`. */
export async function runTrust(words: readonly string[], io: CommandIo): Promise<number> {
  const { values, positionals } = parseFlags(words, flags);
  const home = winkHome(io.env);
  const folder = resolve(io.cwd, positionals[0] ?? '.');
  if (positionals.length > 1) throw new UserError(`trust takes one folder; it was given ${positionals.join(', ')}.`);
  if (values.help) io.stdout.write(help);
  else if (values.list) list(home, io);
  else if (values.remove)
    io.stdout.write(
      (await distrust(folder, home))
        ? `${sanitize(folder)} is no longer trusted.\n`
        : `${sanitize(folder)} was not trusted.\n`,
    );
  else if (!statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UserError(`There is no folder ${sanitize(folder)}; nothing was trusted.`);
  else io.stdout.write(`Trusted: ${sanitize(await trust(folder, home))}\n`);
  return 0;
}

function list(home: string, io: CommandIo): void {
  const trusted = listTrusted(home);
  if (trusted.length === 0) io.stderr.write('No folder is trusted.\n');
  for (const { at, folder } of trusted) io.stdout.write(`${at.slice(0, 10)}  ${sanitize(folder)}\n`);
}
