import type { Target } from '../../core/tool.ts';
import { readCommands } from '../shell/simple-commands.ts';
import { mayTouch, scriptTouches, type Touch, touchesOf } from '../shell/touches.ts';
import { relativePath } from './check/check-targets.ts';

const rememberedPaths = 2000;
const rememberedScripts = 40;
/** Characters of calls and outputs that are kept to look a path up in. */
const rememberedCharacters = 400_000;

/** What the ledger knows of files without a disk to ask. */
export type KnownFiles = {
  readonly scripts: { readonly get: (path: string) => readonly Touch[] | undefined };
  /** Whether the agent made this file itself in this session. */
  readonly isOwn: (path: string) => boolean;
  /** Whether the file was seen before anybody wrote it. */
  readonly exists: (path: string) => boolean;
  /** A file that a call is about to write: a later call of the same message may run it. */
  readonly expect: (path: string, content: string) => void;
  /** From a call that ran. What a failed call named may not exist. */
  readonly learn: (targets: readonly Target[], content: string, output: string, isError: boolean) => void;
};

/** What constraints say of a file, by its path relative to the repository. */
export type FileWords = {
  /** Whether one speaks of it; only then is it looked up whether the file was there before it was written. */
  readonly concerns: (path: string) => boolean;
  /** Whether one names this very file as one not to be changed: then it was there. */
  readonly names: (path: string) => boolean;
};

/** Nothing known yet. Bounded: the oldest is forgotten first. */
export function createKnownFiles(cwd: string, words: FileWords): KnownFiles {
  const seen = createMemory(cwd);
  const own = new Set<string>();
  const scripts = new Map<string, readonly Touch[]>();
  const isOwn = (path: string) => isAmong(relativePath(path, cwd), own);
  const exists = (path: string) => {
    const here = relativePath(path, cwd);
    return !isOwn(path) && (words.names(here) || seen.mentions(here));
  };

  const noteScript = (path: string, content: string) => {
    scripts.set(relativePath(path, cwd), scriptTouches(content, path));
    if (scripts.size > rememberedScripts) scripts.delete(scripts.keys().next().value!);
  };
  const noteWrite = (path: string) => {
    if (isOwn(path) || (words.concerns(relativePath(path, cwd)) && exists(path))) return;
    own.add(relativePath(path, cwd));
    if (own.size > rememberedPaths) own.delete(own.values().next().value!);
  };
  const learnCommand = (command: string) => {
    if (!mayTouch(command)) return;
    const commands = readCommands(command);
    for (const touch of touchesOf(commands, { get: (path) => scripts.get(relativePath(path, cwd)) }))
      if (touch.how === 'write' || touch.how === 'folder') noteWrite(touch.path);
    for (const { writes, input } of commands)
      for (const { path } of writes) if (input !== undefined) noteScript(path, input);
  };

  return {
    scripts: { get: (path) => scripts.get(relativePath(path, cwd)) },
    isOwn,
    exists,
    expect: noteScript,
    learn: (targets, content, output, isError) => {
      for (const target of targets) {
        if (target.kind === 'command') learnCommand(target.command);
        else if (target.kind === 'path' && target.access === 'write') {
          noteWrite(target.path);
          if (content !== '') noteScript(target.path, content);
        }
        if (!isError && target.kind !== 'host') seen.add(target.kind === 'command' ? target.command : target.path);
      }
      if (!isError) seen.add(output);
    },
  };
}

/** Whether a path or a folder above it is in the set. */
function isAmong(path: string, set: ReadonlySet<string>): boolean {
  for (let at = path.length; at > 0; at = path.lastIndexOf('/', at - 1)) if (set.has(path.slice(0, at))) return true;
  return false;
}

/** The latest texts, up to a number of characters; a path counts as seen when one of them holds it as a whole. */
function createMemory(cwd: string): { add: (text: string) => void; mentions: (path: string) => boolean } {
  const texts: string[] = [];
  /** By path, the count of texts (with those that were forgotten) in which it was looked for; Infinity: it was found. */
  const searched = new Map<string, number>();
  let size = 0;
  let added = 0;
  return {
    add: (text) => {
      texts.push(text);
      size += text.length;
      added += 1;
      while (size > rememberedCharacters && texts.length > 1) size -= texts.shift()!.length;
    },
    mentions: (path) => {
      const known = searched.get(path) ?? 0;
      if (known === Number.POSITIVE_INFINITY) return true;
      const unread = Math.min(added - known, texts.length);
      const isFound = unread > 0 && texts.slice(-unread).some((text) => isMentioned(text, path, cwd));
      if (searched.size >= rememberedPaths) searched.clear();
      searched.set(path, isFound ? Number.POSITIVE_INFINITY : added);
      return isFound;
    },
  };
}

function isMentioned(text: string, path: string, cwd: string): boolean {
  for (let at = text.indexOf(path); at !== -1; at = text.indexOf(path, at + 1)) {
    const before = text[at - 1] ?? ' ';
    const after = text[at + path.length] ?? ' ';
    const start = text.slice(Math.max(0, at - cwd.length - 2), at);
    const isOtherFolder =
      before === '/' &&
      !path.includes('/') &&
      !isRootFolder(text.slice(Math.max(0, at - 12), at)) &&
      !endsWithFolder(start, cwd);
    if (!/[\w.-]/.test(before) && !/[\w-]/.test(after) && !isOtherFolder) return true;
  }
  return false;
}

function endsWithFolder(text: string, folder: string): boolean {
  return folder !== '' && text.endsWith(`${folder}/`) && !/[\w./~-]/.test(text.at(-folder.length - 2) ?? ' ');
}

/** `./`, `/testbed/`: the end of a text that names the repository's own folder. */
function isRootFolder(text: string): boolean {
  return /(?:^|[\s'"=(])(?:\.|\/(?:testbed|workspace|app|repo|src))\/$/.test(text);
}
