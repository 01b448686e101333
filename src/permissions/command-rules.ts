import { basename, resolve } from 'node:path';
import { givenValues } from '../core/shell/given-values.ts';
import {
  clipCommand,
  programName,
  readScript,
  type ScriptReading,
  type SimpleCommand,
} from '../core/shell/read-script.ts';
import { withoutGitOptions } from '../core/text/git-options.ts';
import { findByRule, forbidPath, type PartDecision, type PermissionContext } from './decide-path.ts';
import { isInBareRepository } from './git/embedded-repository.ts';
import { isInside, resolveReal } from './path-kinds.ts';
import { isSteering, pathsInWord } from './paths-in-command.ts';
import { programWords } from './plain-effects.ts';
import { placesWithin } from './prefix-rules.ts';
import { readKnown } from './reading-commands.ts';
import { matchesShell, type PermissionRule, sessionOrigin } from './rules.ts';
import { isReplaced } from './stand-in.ts';
import { meansItsFolder } from './suggest-rule.ts';

const deepest = 6;

/**
 * Deny and ask rules on a command. Rules are a matter of text: every simple command is looked at, also those in words that are scripts
 * themselves (`sh -c '…'`, here-documents), and each under the names that may start it (`sudo rm` is `rm`). In mode full nothing else
 * holds a command, so what can't be seen is asked about when a rule watches commands.
 */
export function forbidCommand(script: ScriptReading, context: PermissionContext, depth = 0): PartDecision[] {
  const watching = context.rules.filter(
    (rule) => rule.effect !== 'allow' && rule.kind !== 'fetch' && rule.kind !== 'search' && rule.kind !== 'mcp',
  );
  if (watching.length === 0) return [];
  const unseen = context.mode === 'full' ? findUnseen(script, context) : [];
  const inCommands = script.commands.flatMap((command) => forbidSimple(command, context, depth));
  const inValues = givenValues(script.source).flatMap((text) => forbidText(text, context.places.cwd, context, depth));
  return [...unseen, ...inCommands, ...inValues];
}

/** A text that a shell may read as commands. */
function forbidText(text: string, folder: string, context: PermissionContext, depth: number): PartDecision[] {
  if (depth >= deepest || !/[\s;&|`$(]/.test(text)) return [];
  const inner = readScript(text, { home: context.places.home, cwd: folder });
  return forbidCommand(inner, { ...context, mode: 'ask' }, depth + 1);
}

function forbidSimple(command: SimpleCommand, context: PermissionContext, depth: number): PartDecision[] {
  const names = spellings(command);
  const shell = context.rules.filter(
    (rule) => rule.effect !== 'allow' && rule.kind === 'shell' && names.some((words) => matchesShell(rule, words)),
  );
  const parts = shell.map((rule) => findByRule(rule, `\`${clipCommand(command.text)}\``));
  parts.push(...forbidPaths(command, context));
  if (startsNothing(command)) return parts;
  const texts = [...command.words.slice(1).map(({ value }) => value), ...command.input];
  return [...parts, ...texts.flatMap((text) => forbidText(text, command.folder, context, depth))];
}

/** Under which words a rule may know a command: as written, by its bare name, git without its options, and every tail of it. */
function spellings(command: SimpleCommand): string[][] {
  const words = command.words.map(({ value }) => value);
  const [name] = words;
  if (name === undefined) return [];
  const found = [words, [basename(name), ...words.slice(1)]];
  if (basename(name) === 'git') found.push(['git', ...withoutGitOptions(words.slice(1))]);
  if (startsNothing(command)) return found;
  for (let at = 1; at < Math.min(words.length, 50); at += 1) {
    const tail = words.slice(at);
    found.push([basename(tail[0]!), ...tail.slice(1)]);
    if (basename(tail[0]!) === 'git') found.push(['git', ...withoutGitOptions(tail.slice(1))]);
  }
  return found;
}

/** Programs whose words are never commands. */
function startsNothing(command: SimpleCommand): boolean {
  const name = programName(command.words[0]?.value ?? '');
  if (/^(find|fd|fdfind|rg|\[|test)$/.test(name)) return /^(rg|\[|test)$/.test(name);
  return readKnown(command).kind === 'reads' || /^(git|cp|mv|rm|mkdir|touch|npm|pnpm|yarn|cd)$/.test(name);
}

function forbidPaths(command: SimpleCommand, context: PermissionContext): PartDecision[] {
  if (!context.rules.some((rule) => rule.effect !== 'allow' && (rule.kind === 'read' || rule.kind === 'edit')))
    return [];
  const access = readKnown(command).kind === 'reads' ? 'read' : 'write';
  const inFolder = (value: string) => resolve(command.folder, value);
  const named = [...command.words.slice(1), ...command.reads].flatMap(pathsInWord).map(inFolder);
  const written = command.writes.map(({ value }) => inFolder(value));
  return [
    ...named.flatMap((path) => forbidPath(access, path, context) ?? []),
    ...written.flatMap((path) => forbidPath('write', path, context) ?? []),
  ];
}

function findUnseen({ commands, problem }: ScriptReading, context: PermissionContext): PartDecision[] {
  const watched = context.rules.find((rule) => rule.kind === 'shell' && rule.effect !== 'allow');
  const why = problem ?? commands.map(whyUnseen).find((each) => each !== undefined);
  if (!watched || why === undefined) return [];
  const covers = `so it isn't known whether the ${watched.effect} rule ${watched.text} covers it`;
  return [{ ruling: 'ask', reason: `The command can't be checked: ${why}, ${covers}.`, rule: watched }];
}

function whyUnseen(command: SimpleCommand): string | undefined {
  const [first, ...args] = command.words;
  if (!first) return undefined;
  const name = programName(first.value);
  if (!first.isKnown) return `\`${first.value}\` stands for a command that can't be seen`;
  if (/^(source|\.|eval)$/.test(name) && args.some(({ isKnown }) => !isKnown)) return "it runs text that can't be seen";
  const isShell = /^((ba|da|z|k|a)?sh|fish)$/.test(name);
  const hasText = args.some(({ value }) => /^-[a-z]*c$/.test(value)) || command.input.length > 0;
  if (isShell && !hasText) return 'it runs a script whose content is not checked';
  return isShell && args.some(({ isKnown }) => !isKnown) ? "it runs text that can't be seen" : undefined;
}

/** The allow rule that covers a simple command. Nothing that steers the program may be set in front of it. */
export function allowingRule(command: SimpleCommand, context: PermissionContext): PermissionRule | undefined {
  const [first] = command.words;
  if (!first?.isKnown || command.assigned.some(isSteering) || isReplaced(command)) return undefined;
  const words = programWords(command);
  // What it starts there are programs that the folder's own settings name.
  if (words[0] === 'git' && isInBareRepository(command.folder)) return undefined;
  const known = words[0] === 'git' ? gitWords(command, words, context) : words;
  return context.rules.find(
    (rule) =>
      rule.effect === 'allow' &&
      rule.kind === 'shell' &&
      matchesShell(rule, known) &&
      holdsThere(rule, known, command, context),
  );
}

/**
 * Whether a rule that covers a command's words holds where it runs. One for the very command is for the folder in which commands start;
 * one that was granted while they worked is besides for that folder or the one that it names, for no input, no word that is not in the text
 * and no place outside the workspace, which nobody was shown.
 */
function holdsThere(
  { pattern, folder, origin }: PermissionRule,
  words: readonly string[],
  command: SimpleCommand,
  context: PermissionContext,
): boolean {
  const isThere = command.place !== 'unknown' && command.folder === resolve(context.places.cwd, folder ?? '.');
  // A `cd` that may not have happened leaves the command where nobody has seen what it runs.
  if (folder !== undefined && (!isThere || (command.place === 'below' && !context.isChained))) return false;
  if (pattern === undefined) return true;
  const isExact = !pattern.includes('*');
  const isAtStart = isThere && (command.place === 'start' || folder !== undefined);
  if (origin !== sessionOrigin) return !isExact || isAtStart || !meansItsFolder(command);
  if (command.isFed) return false;
  // `rm "a b"` has the letters of `rm a b`, and `rm $X` those of `rm '$X'`: other commands.
  if (isExact)
    return isAtStart && command.words.every(({ isKnown }) => isKnown) && !words.some((word) => /\s/.test(word));
  // In another folder the same words run other scripts, of which the question said nothing.
  if (!isThere) return false;
  if (!pattern.endsWith(':*')) return true;
  const prefix = pattern.slice(0, -2).trim().split(/\s+/);
  const rest = command.words.length - (words.length - prefix.length);
  if (!command.words.slice(0, rest).every(({ isKnown }) => isKnown)) return false;
  const places = placesWithin(prefix, command.words.slice(rest));
  return places?.every((word) => !leadsOut(word, command, context)) ?? false;
}

/** A word that may be a path, or hold one, outside the workspace; a link in it may lead there, too. */
function leadsOut(value: string, { folder }: SimpleCommand, { places, real }: PermissionContext): boolean {
  const isOutside = (path: string) => !places.roots.some((root) => isInside(root, path));
  return pathsInWord({ value }).some((word) => {
    if (word.startsWith('~')) return true;
    const path = resolve(folder, word);
    if (isOutside(path)) return true;
    const target = resolveReal(path);
    return target === undefined || !real.roots.some((root) => isInside(root, target));
  });
}

/** An allow rule for `git` is for git without options that run programs, in a folder of the workspace. */
function gitWords(command: SimpleCommand, words: readonly string[], context: PermissionContext): readonly string[] {
  const own = withoutGitOptions(words.slice(1));
  const options = words.slice(1, words.length - own.length);
  const isInWorkspace = context.places.roots.some((root) => isInside(root, command.folder));
  return isInWorkspace &&
    options.every((option) => /^(--no-pager|-P|--no-optional-locks|--literal-pathspecs)$/.test(option))
    ? ['git', ...own]
    : words;
}
