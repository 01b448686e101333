import { relative } from 'node:path';
import { reveal } from '../core/questions/reveal.ts';
import type { SimpleCommand } from '../core/shell/read-script.ts';
import { programWords } from './plain-effects.ts';
import { prefixFor } from './prefix-rules.ts';
import { hidesItsProgram, startedCommands } from './started-commands.ts';

/** A rule that is longer is not read by anybody. */
const longestRule = 200;

/**
 * The rule to offer when a command is asked: the very command, or one with any arguments for the few of `prefix-rules.ts`. None when it
 * would cover more than was shown (in another folder than `cwd`, where commands start, it is for that folder): the command is given input, words or a program that its text does not hold, it runs in a folder that is
 * not known or (for the very command) not the one in which commands start, or a sign in it would mean something else in a rule.
 */
export function suggestRule(command: SimpleCommand, cwd: string): string | undefined {
  const { words, assigned, place, isFed } = command;
  if (assigned.length > 0 || isFed || place === 'unknown' || words.some(({ isKnown }) => !isKnown)) return undefined;
  const values = programWords(command);
  if (values.length === 0 || values.some((value) => /[(),*\\\n\t]/.test(value) || reveal(value) !== value))
    return undefined;
  if (startedCommands(command).some((each) => hidesItsProgram(each.command) || takesWordsFromInput(each.command)))
    return undefined;
  const prefix = prefixFor(values);
  if (prefix) {
    const folder = relative(cwd, command.folder);
    if (folder === '') return `shell(${prefix.join(' ')}:*)`;
    return /^[\w./@+-]+$/.test(folder) ? `shell(${prefix.join(' ')}:*) in ${folder}` : undefined;
  }
  if (place !== 'start' || values.some((value) => value === '' || /\s/.test(value) || value.endsWith(':*')))
    return undefined;
  const rule = `shell(${values.join(' ')})`;
  return rule.length > longestRule ? undefined : rule;
}

/** What these act on, or run, is in no word of theirs. */
function takesWordsFromInput({ words }: SimpleCommand): boolean {
  return /^(.*\/)?(xargs|parallel|entr|source|eval|\.)$/.test(words[0]?.value ?? '');
}

/**
 * Whether the same words act on other files in another folder: a rule for the very command that was written by hand is for the folder of the
 * session, but for the scripts of a package, which people name so wherever they are.
 */
export function meansItsFolder(command: SimpleCommand): boolean {
  const [name = '', ...rest] = programWords(command);
  const runsScript = /^(npm|pnpm|yarn|bun|make|just|cargo|go|mvn|gradle|pytest|jest|vitest|tsc|eslint|biome)$/;
  return !runsScript.test(name) && (name.includes('/') || !rest.every((word) => /^[/~]/.test(word)));
}
