import { closeSync, constants, fstatSync, openSync, readSync, realpathSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, parse, relative, resolve } from 'node:path';
import { isWithin, type ReadingGate } from '../core/disk/reading-gate.ts';
import { isGitData, looksSecret } from '../core/disk/secret-paths.ts';
import { clip } from '../core/text/clip.ts';
import { firstFew } from '../core/text/count.ts';
import { createStreamDecoder, wideEncoding } from '../core/text/decode.ts';
import { safePath } from './sketch-tree.ts';

/** A file of instructions for agents, or one that such a file imports. */
export type Instruction = {
  readonly path: string;
  readonly text: string;
  /** The file that imports it with `@path`. */
  readonly importedBy?: string;
};

/** A file that would be an instruction or be imported by one, and why it was not read, in a few words. */
export type LeftOut = { readonly path: string; readonly why: string };

/** What a search for instructions has met so far. */
export type InstructionSearch = {
  readonly gate: ReadingGate;
  /** Real paths of what is known already. */
  readonly seen: Set<string>;
  readonly found: Instruction[];
  readonly leftOut: LeftOut[];
};

/** The first of these that a folder has counts. */
const names = ['AGENTS.md', 'CLAUDE.md', 'GEMINI.md'];
/** Codex reads at most 32 KiB of them; so do we. */
const maxCharacters = 32 * 1024;
const maxImportDepth = 5;

/**
 * The instructions that hold for work in `cwd`: the user's own ($WINK_HOME/AGENTS.md), then each folder's from the repository's root
 * down to `cwd`, imports after the file that names them.
 */
export function findInstructions(
  places: { cwd: string; repository: string; home: string },
  gate: ReadingGate,
): Pick<InstructionSearch, 'found' | 'leftOut'> {
  const search: InstructionSearch = { gate, seen: new Set(), found: [], leftOut: [] };
  const user = join(places.home, 'AGENTS.md');
  collect(user, parse(user).root, undefined, 0, search);
  for (const folder of foldersBetween(places.repository, places.cwd)) collectFolder(folder, places.repository, search);
  return search;
}

/** Folders from `top` down to `bottom`, both included; only `bottom` when it does not lie below `top`. */
export function foldersBetween(top: string, bottom: string): string[] {
  const folders: string[] = [];
  for (let folder = bottom; ; folder = dirname(folder)) {
    folders.unshift(folder);
    if (folder === top) return folders;
    if (dirname(folder) === folder) return [bottom];
  }
}

/** Adds the instructions of one folder, and what they import, to what was found; files already seen are left out. */
export function collectFolder(folder: string, boundary: string, search: InstructionSearch): void {
  for (const name of names) if (collect(join(folder, name), boundary, undefined, 0, search)) return;
}

/** Whether a file of instructions is there and may be read. */
function collect(
  path: string,
  boundary: string,
  importedBy: string | undefined,
  depth: number,
  search: InstructionSearch,
): boolean {
  const real = realFile(path);
  if (real === undefined) return false;
  const why = whyUnread(path, real, boundary, search.gate);
  if (why !== undefined) {
    if (!search.leftOut.some((each) => each.path === path)) search.leftOut.push({ path, why });
    return false;
  }
  if (search.seen.has(real)) return true;
  const text = readBeginning(real, maxCharacters);
  if (text === undefined) return false;
  search.seen.add(real);
  if (text.trim() !== '')
    search.found.push({ path, text: text.trim(), ...(importedBy === undefined ? {} : { importedBy }) });
  if (depth < maxImportDepth) {
    for (const target of findImports(text)) collect(resolveImport(target, path), boundary, path, depth + 1, search);
  }
  return true;
}

function realFile(path: string): string | undefined {
  try {
    const real = realpathSync(path);
    return statSync(real).isFile() ? real : undefined;
  } catch {
    return undefined;
  }
}

/** A file outside the boundary is never read, nor a secret within: a repository must not be able to send the user's private files to the model. */
function whyUnread(path: string, real: string, boundary: string, gate: ReadingGate): string | undefined {
  const why = gate.whyClosed(path);
  if (why !== undefined) return why;
  if (!isWithin(boundary, real)) return 'it lies outside the repository';
  if (looksSecret(real) || looksSecret(path) || isGitData(real)) return 'it looks like it holds secrets';
  return undefined;
}

/** One sentence for the user on what was left out; undefined when nothing was. */
export function describeLeftOut(leftOut: readonly LeftOut[], cwd: string): string | undefined {
  if (leftOut.length === 0) return undefined;
  const each = leftOut.map(({ path, why }) => `${safePath(shortPath(path, cwd))} (${why})`);
  return `Left out of the instructions for the model: ${firstFew(each, 5)}.`;
}

function resolveImport(target: string, importer: string): string {
  return target.startsWith('~/') ? join(homedir(), target.slice(2)) : resolve(dirname(importer), target);
}

/** `@path` outside of code blocks and code spans. */
export function findImports(text: string): string[] {
  const prose = text.replace(/^(```|~~~)[\s\S]*?^\1/gm, '').replace(/`[^`\n]*`/g, '');
  return [...prose.matchAll(/(?:^|\s)@([\w.~/-]*[\w/-])/g)].flatMap((match) =>
    match[1] === undefined ? [] : [match[1]],
  );
}

/** The beginning of a text file; undefined when it is missing, no regular file or binary. */
export function readBeginning(path: string, maxBytes: number): string | undefined {
  let file: number;
  try {
    file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  } catch {
    return undefined;
  }
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return undefined;
    const buffer = Buffer.alloc(Math.min(stat.size, maxBytes));
    const length = readSync(file, buffer, 0, buffer.length, 0);
    const bytes = buffer.subarray(0, length);
    if (bytes.includes(0) && wideEncoding(bytes) === undefined) return undefined;
    // A character that is cut at the end of what is read is left out.
    return createStreamDecoder()(bytes);
  } finally {
    closeSync(file);
  }
}

/** The instructions as one text under headings with paths relative to `cwd`; clipped as a whole. */
export function formatInstructions(instructions: readonly Instruction[], cwd: string): string {
  const parts = instructions.map(({ path, text, importedBy }) => {
    const by = importedBy === undefined ? '' : ` (imported by ${relative(cwd, importedBy) || importedBy})`;
    return `## ${shortPath(path, cwd)}${by}\n\n${text}`;
  });
  return clip(
    parts.join('\n\n'),
    maxCharacters,
    (omitted) => `${omitted} characters left out; read the files for the rest`,
  );
}

function shortPath(path: string, cwd: string): string {
  const inside = relative(cwd, path);
  return inside.startsWith('..') ? path : inside;
}
