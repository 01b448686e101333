import { statSync } from 'node:fs';
import { join } from 'node:path';
import { listNames } from '../core/disk/list-names.ts';
import { readText } from '../core/disk/read-text.ts';
import { type ReadingGate, whyLeftOut } from '../core/disk/reading-gate.ts';
import { splitFrontMatter } from '../core/text/front-matter.ts';
import { ignoredUntrusted } from '../core/untrusted.ts';

/** A command of the user's own: a Markdown file whose text is submitted in its place. */
export type CustomCommand = {
  /** Without the slash; a file in a folder is `folder:file`. */
  readonly name: string;
  readonly description: string;
  /** What its arguments look like, for completion. */
  readonly hint?: string;
  readonly source: 'user' | 'repository';
  readonly path: string;
  readonly body: string;
  /** The text with its arguments, where it is more than the body with its places filled. */
  readonly expand?: (argument: string) => string;
};

export type CommandPlaces = {
  /** $WINK_HOME: its folder commands/ holds the user's. */
  readonly home: string;
  readonly repository: string;
  readonly isTrusted: boolean;
  /** Names that the program has itself; they can't be replaced. */
  readonly reserved: ReadonlySet<string>;
  readonly gate: ReadingGate;
};

const maxBytes = 64 * 1024;
const deepest = 3;

/**
 * The commands from $WINK_HOME/commands and, where the user trusted it, the repository's .wink/commands. A command of the repository
 * does not replace the user's of the same name. What is left out is said.
 */
export function findCommands({ home, repository, isTrusted, reserved, gate }: CommandPlaces): {
  commands: CustomCommand[];
  warnings: string[];
} {
  const warnings: string[] = [];
  const commands = new Map<string, CustomCommand>();
  const own = readFolder(join(home, 'commands'), 'user');
  const theirs = readFolder(join(repository, '.wink', 'commands'), 'repository');
  if (theirs.length > 0 && !isTrusted) {
    warnings.push(ignoredUntrusted(join(repository, '.wink', 'commands'), 'is'));
  }
  for (const command of isTrusted ? [...own, ...theirs] : own) {
    const closed = whyLeftOut(command.path, gate, command.source === 'repository' ? repository : undefined);
    if (closed !== undefined) warnings.push(`${command.path} ${closed}.`);
    else if (reserved.has(command.name))
      warnings.push(`${command.path} is left out: /${command.name} is a command of the program.`);
    else if (commands.has(command.name))
      warnings.push(
        `${command.path} is left out: there is another /${command.name} in ${commands.get(command.name)?.path}.`,
      );
    else commands.set(command.name, command);
  }
  return { commands: [...commands.values()].sort((left, right) => (left.name < right.name ? -1 : 1)), warnings };
}

function readFolder(folder: string, source: CustomCommand['source'], prefix = '', depth = 0): CustomCommand[] {
  return listNames(folder).flatMap((name) => {
    const path = join(folder, name);
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory() && depth < deepest) return readFolder(path, source, `${prefix}${name}:`, depth + 1);
    if (!stat?.isFile() || !/^[\w-]+\.md$/.test(name) || stat.size > maxBytes) return [];
    return [parseCommand(`${prefix}${name.slice(0, -3)}`, path, source, readText(path))];
  });
}

/** Front matter (`description`, `argument-hint`) and body; without a description the first line of the body stands for it. */
function parseCommand(name: string, path: string, source: CustomCommand['source'], text: string): CustomCommand {
  const parts = splitFrontMatter(text);
  const fields = new Map((parts?.yaml ?? '').split(/\r?\n/).flatMap(parseField));
  const body = (parts?.body ?? text.replace(/^\ufeff/, '')).trim();
  const hint = fields.get('argument-hint');
  const firstLine = body.split('\n').find((line) => line.trim() !== '') ?? '';
  return {
    name,
    description: fields.get('description') ?? firstLine.replace(/^#+\s*/, '').slice(0, 80),
    source,
    path,
    body,
    ...(hint === undefined ? {} : { hint }),
  };
}

function parseField(line: string): [string, string][] {
  const match = /^([\w-]+):\s*(.*?)\s*$/.exec(line);
  return match?.[1] === undefined || match[2] === undefined
    ? []
    : [[match[1], match[2].replace(/^(["'])(.*)\1$/, '$2')]];
}

/** `$ARGUMENTS` and `$1` to `$9`, and what looks like them and isn't one: escaped, or in a quoted program of another language. */
const placeholder =
  /\\\$(?:ARGUMENTS|[1-9])\b|(?<=\b(?:awk|gawk|mawk|nawk|perl|ruby|sed|jq)\b[^'\n]*)'[^']*'|\$(ARGUMENTS|[1-9])\b/g;

/**
 * The text of a command with its arguments: `$ARGUMENTS` is all of them, `$1` to `$9` are the words (quotes hold words together; those of a
 * quoted awk program stay). What was given and has no place in the text is put under it, so that no word of the user is lost.
 */
export function expandCommand(command: CustomCommand, argument: string): string {
  if (command.expand !== undefined) return command.expand(argument);
  const words = splitWords(argument);
  let isUsed = false;
  const text = command.body.replace(placeholder, (whole, name: string | undefined) => {
    // A program in single quotes (awk, perl) has a $1 of its own, as in the shell, and so has what is escaped.
    if (name === undefined) return whole;
    isUsed = true;
    return name === 'ARGUMENTS' ? argument.trim() : (words[Number(name) - 1] ?? '');
  });
  return isUsed || argument.trim() === '' ? text : `${text}\n\n${argument.trim()}`;
}

function splitWords(text: string): string[] {
  return [...text.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');
}

/** A prompt that begins with `/name` of a command of the user's own, expanded; any other prompt as it is. For runs without a screen. */
export function expandSlash(prompt: string, commands: readonly CustomCommand[]): string {
  const match = /^\/([\w:-]+)(?:\s+([\s\S]*))?$/.exec(prompt.trim());
  const command = commands.find(({ name }) => name === match?.[1]);
  return command === undefined ? prompt : expandCommand(command, match?.[2] ?? '');
}
