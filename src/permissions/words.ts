import { readdirSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import picomatch from 'picomatch';
import type { Assignment, Redirection, Word, WordPart } from 'unbash';

/** A word after expansion. `isKnown` is false when it holds an expansion whose value can't be seen; `value` is then its source. */
export type Argument = { readonly value: string; readonly isKnown: boolean };

export type WordScope = {
  readonly home: string;
  /** Values that a loop's variable takes. */
  readonly loops: ReadonlyMap<string, readonly string[]>;
  /** How often each name is set anywhere in the script. */
  readonly reassigned: ReadonlyMap<string, number>;
  readonly folders: readonly string[] | undefined;
};

const mostWords = 500;

/** Expands a word as the shell would, as far as that can be known beforehand: quotes, `~`, `$HOME`, `$PWD`, loop variables, globs. */
export function readWord(word: Word, scope: WordScope): Argument[] {
  const unknown = [{ value: word.text, isKnown: false }];
  let values = [''];
  let isGlob = false;
  for (const part of word.parts ?? []) {
    const pieces = readPart(part, scope);
    if (!pieces) return unknown;
    isGlob ||= part.type === 'Glob';
    values = values.flatMap((value) => pieces.map((piece) => value + piece));
    if (values.length > mostWords) return unknown;
  }
  if (!word.parts) values = [word.value];
  if (/^~/.test(word.text)) {
    if (!/^~(\/|$)/.test(word.text)) return unknown;
    values = values.map((value) => scope.home + value.slice(1));
  }
  if (!isGlob) return values.map((value) => ({ value, isKnown: true }));
  return values.flatMap((value) => expandGlob(value, scope) ?? unknown);
}

function readPart(part: WordPart, scope: WordScope): readonly string[] | undefined {
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'AnsiCQuoted':
      return [part.value];
    case 'Glob':
      return [part.text];
    case 'ProcessSubstitution':
      return ['/dev/fd/63'];
    case 'SimpleExpansion':
      return readVariable(part.text.slice(1), scope);
    case 'ParameterExpansion':
      return part.prefix || part.index || part.operation ? undefined : readVariable(part.parameter, scope);
    case 'DoubleQuoted':
    case 'LocaleString': {
      let values: readonly string[] = [''];
      for (const child of part.parts) {
        const pieces = readPart(child, scope);
        if (!pieces) return undefined;
        values = values.flatMap((value) => pieces.map((piece) => value + piece));
      }
      return values;
    }
    default:
      return undefined;
  }
}

function readVariable(name: string, scope: WordScope): readonly string[] | undefined {
  const loop = scope.loops.get(name);
  if (loop) return loop;
  if (scope.reassigned.has(name)) return undefined;
  if (name === 'HOME') return [scope.home];
  if (name === 'PWD') return scope.folders;
  return undefined;
}

/** The files a pattern stands for now; undefined when there are too many to look at. A pattern without a match stands for itself. */
function expandGlob(pattern: string, scope: WordScope): Argument[] | undefined {
  if (!scope.folders || pattern.startsWith('-')) return undefined;
  const found: Argument[] = [];
  for (const folder of scope.folders) {
    const matches = matchSegments(
      pattern.startsWith('/') ? '/' : folder,
      pattern.split('/').filter(Boolean),
      pattern.startsWith('/') ? '/' : '',
    );
    if (!matches) return undefined;
    found.push(...matches.map((value) => ({ value, isKnown: true })));
  }
  return found.length === 0 ? [{ value: pattern, isKnown: true }] : found.length > mostWords ? undefined : found;
}

function matchSegments(folder: string, segments: readonly string[], shown: string): string[] | undefined {
  const [segment, ...rest] = segments;
  if (segment === undefined) return [shown];
  const show = (name: string) => (shown === '' || shown === '/' ? shown + name : `${shown}/${name}`);
  if (!/[*?[]/.test(segment)) return matchSegments(join(folder, segment), rest, show(segment));
  const matches = picomatch(segment === '**' ? '*' : segment, {
    dot: segment.startsWith('.'),
    noextglob: true,
    nobrace: true,
    nonegate: true,
  });
  const found: string[] = [];
  for (const name of listNames(folder)) {
    if (!matches(name)) continue;
    const deeper = matchSegments(resolve(folder, name), rest, show(name));
    if (!deeper) return undefined;
    found.push(...deeper);
    if (found.length > mostWords) return undefined;
  }
  return found;
}

function listNames(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** The assignments among prefixes and arguments (`A=1 cmd`, `export A=1`). */
export function readAssignments(
  items: readonly (Assignment | Redirection | Word)[],
  scope: WordScope,
): { name: string; value: Argument[] }[] {
  const found: { name: string; value: Argument[] }[] = [];
  for (const item of items) {
    if (item.type !== 'Assignment') continue;
    const value =
      item.value.type === 'Word'
        ? readWord(item.value, scope)
        : item.value.elements.flatMap((element) => readWord(element, scope));
    found.push({ name: item.name, value });
  }
  return found;
}

/** The name under which a program is known: `/usr/bin/git` is `git` when it lies in a system folder, `./git` stays what it is. */
export function programName(value: string): string {
  return systemFolders.has(dirname(value)) ? basename(value) : value;
}

const systemFolders = new Set(['/bin', '/usr/bin', '/usr/local/bin', '/sbin', '/usr/sbin', '/opt/homebrew/bin']);
