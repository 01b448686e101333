import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { CommandIo } from '../core/command-io.ts';
import { UserError } from '../core/errors.ts';
import { reveal } from '../core/questions/reveal.ts';
import { count } from '../core/text/count.ts';
import { sanitize } from '../core/text/sanitize.ts';
import { winkHome } from '../store/session-folders.ts';
import { fingerprint } from '../trust/fingerprint.ts';
import { distrust, listTrusted, trust, trustedFolder } from '../trust/trust.ts';
import { parseFlags } from './args.ts';
import { listTrustEffects, type TrustEffect } from './trust-effects.ts';

const help = `wink-agent trust: let a repository's own config, hooks, MCP servers, commands and classes take effect

Usage
  wink-agent trust [folder]            show what the repository of this folder adds, and ask whether to trust it
  wink-agent trust --yes [folder]      show it and trust at once, also where nobody can be asked
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
  { name: 'yes', short: 'y', type: 'boolean', help: 'trust without a question' },
  { name: 'list', type: 'boolean', help: 'the trusted folders' },
  { name: 'help', short: 'h', type: 'boolean', help: 'print this help' },
] as const;

/** How long keys that come with the list are left out. */
const typedMs = 400;

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
  else return giveTrust(folder, home, values.yes === true, io);
  return 0;
}

/** Shows what trust makes effective. At a terminal nothing but a yes to exactly that gives it. */
async function giveTrust(folder: string, home: string, isYes: boolean, io: CommandIo): Promise<number> {
  const root = trustedFolder(folder);
  const before = fingerprint(root, home);
  const effects = await listTrustEffects(root);
  io.stdout.write(describeEffects(root, effects));
  if (!isYes && !(process.stdin.isTTY && process.stdout.isTTY))
    throw new UserError(
      'Nobody can be asked here, so nothing was trusted; `wink-agent trust --yes` trusts what this lists.',
    );
  if (!isYes && !(await isAgreed('Trust it? [y/N] '))) {
    io.stdout.write('Not trusted.\n');
    return 0;
  }
  if (fingerprint(root, home) !== before)
    throw new UserError(
      'Its files changed while the question stood; nothing was trusted. Run `wink-agent trust` again.',
    );
  io.stdout.write(`Trusted: ${sanitize(await trust(folder, home, before))}\n`);
  return 0;
}

function describeEffects(root: string, effects: readonly TrustEffect[]): string {
  if (effects.length === 0)
    return `${sanitize(root)} adds nothing of its own today; what it adds later needs trust again.\n`;
  const counts = new Map<string, number>();
  for (const { kind } of effects) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  const sum = [...counts].map(([kind, found]) => count(found, kind)).join(', ');
  const rows = effects.map(({ kind, words, file }) => `  ${kind.padEnd(10)}  ${oneLine(words)}  [${oneLine(file)}]\n`);
  return `With trust, these of ${sanitize(root)} take effect:\n${rows.join('')}Together: ${sum}. What starts programs is listed last.\n`;
}

function oneLine(text: string): string {
  return reveal(text.replaceAll('\n', '\\n').replaceAll('\t', '\\t'));
}

/** What was typed before the list was on the screen is no answer to it. */
async function dropTyped(input: NodeJS.ReadStream): Promise<void> {
  const leave = (typed: Buffer) => {
    if (typed.includes(3)) process.exit(130);
  };
  input.setRawMode(true);
  input.on('data', leave);
  await wait(typedMs);
  input.off('data', leave);
  input.setRawMode(false);
}

async function isAgreed(question: string): Promise<boolean> {
  await dropTyped(process.stdin);
  const { createInterface } = await import('node:readline/promises');
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const ended = new Promise<string>((resolve) => lines.once('close', () => resolve('')));
  const answer = await Promise.race([lines.question(question), ended]);
  lines.close();
  return /^y(es)?$/i.test(answer.trim());
}

function list(home: string, io: CommandIo): void {
  const trusted = listTrusted(home);
  if (trusted.length === 0) io.stderr.write('No folder is trusted.\n');
  for (const { at, folder } of trusted) io.stdout.write(`${at.slice(0, 10)}  ${sanitize(folder)}\n`);
}
