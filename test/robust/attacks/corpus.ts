import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Call, CallOptions } from './run-calls.ts';

/**
 * What an attack must come to. `=`: it runs without a question where there is a sandbox. `!`: it is refused before it runs. `~`: either.
 * None may have an effect, reach the listener or show a secret; `%` is as `~`, but without a sandbox it reads a whole folder with the secrets
 * in it, as docs/permissions.md says.
 */
export type Expected = '=' | '!' | '~' | '%';

export type Attack = { readonly expected: Expected; readonly text: string; readonly call: Call };

export type Table = {
  readonly name: string;
  readonly mode: CallOptions['mode'];
  readonly flags: readonly string[];
  readonly attacks: readonly Attack[];
};

/**
 * The tables `*.txt` of this folder. The first line gives the mode and the flags of the run, each other one an attack: what it must come
 * to, and a command (as a JSON string where it holds a line end), or after `tool NAME` the arguments of another tool as JSON.
 */
export function readTables(): Table[] {
  return readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith('.txt'))
    .sort()
    .map((name) => readTable(name));
}

function readTable(name: string): Table {
  const [head = '', ...lines] = readFileSync(join(import.meta.dirname, name), 'utf8')
    .trimEnd()
    .split('\n');
  const [mode = 'plan', ...flags] = head.replace(/^# /, '').split(' | ');
  if (mode !== 'plan' && mode !== 'ask' && mode !== 'edits' && mode !== 'full')
    throw new Error(`${name} names no mode`);
  return { name: name.replace('.txt', ''), mode, flags, attacks: lines.filter((line) => line !== '').map(readAttack) };
}

function readAttack(line: string): Attack {
  const expected = line[0];
  if (expected !== '=' && expected !== '!' && expected !== '~' && expected !== '%')
    throw new Error(`An attack has no expectation: ${line}`);
  const text = line.slice(2);
  const tool = /^tool (\w+) (\{.*\})$/.exec(text);
  if (tool) return { expected, text, call: { name: tool[1]!, input: JSON.parse(tool[2]!) } };
  const command: unknown = text.startsWith('"') ? JSON.parse(text) : text;
  return { expected, text, call: { name: 'shell', input: { command, timeoutSeconds: 5 } } };
}
