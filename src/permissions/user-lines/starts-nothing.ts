import { tmpdir } from 'node:os';
import { isAbsolute } from 'node:path';
import { findForeignProgram, findOwnProgram } from '../../core/process/find-program.ts';
import { leadsThroughWorkspace } from '../../core/process/path-links.ts';
import { type Argument, readScript, type SimpleCommand } from '../../core/shell/read-script.ts';
import { isInside } from '../path-kinds.ts';

export type LineScope = { readonly cwd: string; readonly home: string; readonly env: NodeJS.ProcessEnv };

/** What the shell does itself. */
const builtIn = /^(echo|printf|true|false|:|exit)$/;
/** No word of theirs is a program or a file that they read. */
const speakers = /^(echo|printf|true|false|:|exit|sleep|notify-send)$/;
/** They read the files that they name, and start nothing. */
const readers = /^(cat|tee|afplay|paplay|pw-play|aplay|canberra-gtk-play)$/;

/**
 * Whether a shell line starts nothing but programs known to run no code from files, and touches no file that a command may write: it shows
 * a notification, plays a sound, or writes down what it is given outside of the workspace. What is not known counts as no.
 */
export function startsNothing(line: string, scope: LineScope): boolean {
  const script = readScript(line, scope);
  if (script.problem !== undefined || !script.setsNothing || script.commands.length === 0) return false;
  return script.commands.every((command) => isHarmless(command, scope));
}

function isHarmless(command: SimpleCommand, scope: LineScope): boolean {
  const { words, assigned, writes, reads } = command;
  const [first, ...rest] = words;
  if (first === undefined || !first.isKnown || assigned.length > 0) return false;
  const isKept = (file: Argument) => file.isKnown && (file.value === '/dev/null' || isOutside(file.value, scope.cwd));
  if (![...writes, ...reads].every(isKept) || !isOwn(first.value, scope)) return false;
  if (speakers.test(first.value)) return true;
  if (!rest.every(({ isKnown }) => isKnown)) return false;
  if (readers.test(first.value)) return rest.filter(({ value }) => !/^-[a-z]*$/.test(value)).every(isKept);
  const values = rest.map(({ value }) => value);
  if (first.value === 'date') return values.every((value) => /^(\+|-u$|-R$|-I)/.test(value));
  if (first.value === 'jq') return isFilter(values);
  if (first.value === 'terminal-notifier') return !values.some((value) => /^-+execute/.test(value));
  return first.value === 'osascript' && isNotification(values);
}

/** A program that the PATH finds outside of the workspace. */
function isOwn(name: string, { env, cwd }: LineScope): boolean {
  if (builtIn.test(name)) return true;
  if (name.includes('/')) return false;
  return findForeignProgram(name, env, cwd) === undefined && findOwnProgram(name, env, cwd) !== undefined;
}

/** No command can write there, and none decides where the path leads. Temporary folders belong to allowed commands. */
function isOutside(path: string, cwd: string): boolean {
  const temporary = ['/tmp', '/var/tmp', '/dev', '/proc', tmpdir()];
  return isAbsolute(path) && !temporary.some((folder) => isInside(folder, path)) && !leadsThroughWorkspace(path, cwd);
}

/** Of `jq`: a filter that loads nothing, for what it gets on its input. */
function isFilter(words: readonly string[]): boolean {
  const filters = words.filter((word) => !/^(-[rcnsjaeCMS]+|--(raw|compact|null|ascii|exit|slurp)[a-z-]*)$/.test(word));
  return filters.length === 1 && !/^-|\b(import|include)\b/.test(filters[0]!);
}

function isNotification([option, text = '', ...more]: readonly string[]): boolean {
  if (option !== '-e' || more.length > 0) return false;
  return /^display notification\b/.test(text) && !/\b(do shell|run|load) script\b|\n/.test(text);
}
