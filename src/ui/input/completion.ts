import type { SlashCommand, Suggestion } from '../screen-deps.ts';
import type { Composer } from './composer.ts';
import { replaceRange } from './composer.ts';
import { mostPaths } from './file-source.ts';
import { rank } from './fuzzy.ts';

/** What could be completed at the cursor, and with what. */
export type Completion = {
  readonly kind: 'command' | 'argument' | 'file';
  /** The part of the text that is replaced. */
  readonly from: number;
  readonly to: number;
  readonly candidates: readonly Suggestion[];
  /** -1: none yet. */
  readonly selected: number;
  /** What the candidates leave out. */
  readonly note?: string;
};

export type CompletionSources = {
  readonly commands: () => readonly SlashCommand[];
  /** Files and mentions; asked for anew some seconds after the last time. */
  readonly files: () => Promise<readonly string[]>;
};

const shownRows = 8;

/** Finds the completion at the cursor; undefined when there isn't one. Commands are known at once; files and arguments may take a moment. */
export function findCompletion(
  composer: Composer,
  sources: CompletionSources,
): Completion | undefined | Promise<Completion | undefined> {
  const { text, cursor } = composer.buffer;
  const before = text.slice(0, cursor);
  const command = /^\/(\S*)$/.exec(before);
  if (command) return completeCommand(command[1] ?? '', cursor, sources.commands());
  if (text === '?') return completeCommand('help', cursor, sources.commands());
  const argument = /^\/(\S+)\s+([^\n]*)$/.exec(before);
  if (argument) return completeArgument(argument[1] ?? '', argument[2] ?? '', cursor, sources.commands());
  const mention = /(?:^|[\s(])@("?[^\s"]*)$/.exec(before);
  if (mention) return sources.files().then((files) => completeFile(mention[1] ?? '', cursor, files));
  return undefined;
}

function completeCommand(query: string, cursor: number, commands: readonly SlashCommand[]): Completion | undefined {
  const byName = commands.filter(({ name }) => name.startsWith(query));
  const byAlias = commands.filter(
    (one) => !byName.includes(one) && one.aliases?.some((alias) => alias.startsWith(query)),
  );
  const starting = [...byName, ...byAlias];
  const found = starting.length > 0 ? starting : rank(query, commands, (command) => command.name, shownRows);
  const candidates = found.map((command) => ({ text: `/${command.name}`, detail: command.help }));
  return candidates.length > 0 ? { kind: 'command', from: 0, to: cursor, candidates, selected: 0 } : undefined;
}

async function completeArgument(
  name: string,
  argument: string,
  cursor: number,
  commands: readonly SlashCommand[],
): Promise<Completion | undefined> {
  const command = commands.find((candidate) => candidate.name === name);
  const words = command?.complete ? await command.complete(argument) : [];
  const found = rank(argument, words, ({ text }) => text, 50);
  if (found.length === 0 || (found.length === 1 && found[0]?.text === argument)) return undefined;
  return {
    kind: 'argument',
    from: cursor - argument.length,
    to: cursor,
    candidates: found,
    // Enter behind the bare command means the bare command, not the first of its words.
    selected: argument === '' ? found.findIndex(({ isCurrent }) => isCurrent) : 0,
  };
}

function completeFile(query: string, cursor: number, files: readonly string[]): Completion | undefined {
  const found = rank(query.replace(/^"/, ''), files, (file) => file, 50);
  if (found.length === 0) return undefined;
  return {
    kind: 'file',
    from: cursor - query.length - 1,
    to: cursor,
    candidates: found.map((file) => ({ text: `@${file}` })),
    selected: 0,
    ...(isCut(files) ? { note: onlyFirst } : {}),
  };
}

const onlyFirst = `Only the first ${mostPaths.toLocaleString('en')} paths here are offered; any other can be typed in full.`;

function isCut(files: readonly string[]): boolean {
  return files.length >= mostPaths && files.filter((file) => !file.endsWith('/')).length >= mostPaths;
}

/** Puts a candidate into the text; a folder stays open for the next letter. */
export function accept(composer: Composer, completion: Omit<Completion, 'selected'>, text: string): Composer {
  const quoted = completion.kind === 'file' && /\s/.test(text) ? `@"${text.slice(1)}"` : text;
  return replaceRange(composer, completion.from, completion.to, text.endsWith('/') ? quoted : `${quoted} `);
}
