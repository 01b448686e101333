import { existsSync, readFileSync, statSync } from 'node:fs';
import { isAbsolute, relative, resolve } from 'node:path';
import { findImageType } from '../core/disk/image-type.ts';
import { loadPrompt } from '../core/prompt.ts';
import { spellAsOnDisk } from '../core/text/accents.ts';
import { clip } from '../core/text/clip.ts';
import { readBeginning } from './instructions.ts';
import { sketchTree } from './sketch-tree.ts';

/** `@path`, `@path:10-40`, `@"a path"`, `@server:uri`, as it stands in a prompt. */
export type Mention = { readonly target: string; readonly firstLine?: number; readonly lastLine?: number };

export type Attachments = {
  /** Text of a harness note that goes after the user's own: file contents are data and never become the user's words. */
  readonly note?: string;
  /** Data URLs of images that were named. */
  readonly images: readonly string[];
  /** What was attached, for the screen: "src/a.ts (lines 10-40)". */
  readonly attached: readonly string[];
};

const maxCharactersEach = 24_000;
const maxImageBytes = 5_000_000;
const seenExtensions = /\.(png|jpe?g|gif|webp)$/i;

/** What comes after a sign `@`, up to a blank or a quotation mark. */
const run = /@(?:"([^"\n]+)"|([^\s"`]+))/g;

/**
 * The mentions of a prompt in order, each once. `exists` says whether there is something at a path: names may hold parentheses and
 * brackets, and words may follow without a blank (`看@src/a.ts，好`), so the longest beginning that exists is the name. What exists nowhere
 * is read by its signs alone; an address (`a@b.org`) is not a mention.
 */
export function findMentions(text: string, exists: (target: string) => boolean = () => false): Mention[] {
  const mentions = new Map<string, Mention>();
  for (const match of text.matchAll(run)) {
    const before = text[match.index - 1] ?? '';
    const found = match[1] ?? findLongestName(match[2] ?? '', before, exists) ?? plainName(match[2] ?? '', before);
    if (found === undefined || found === '') continue;
    mentions.set(found, readRange(found));
  }
  return [...mentions.values()];
}

/** The longest beginning of a run that names something; it does not end within a word or before another part of a path. */
function findLongestName(whole: string, before: string, exists: (target: string) => boolean): string | undefined {
  for (let end = Math.min(whole.length, maxNameLength); end > 0; end -= 1) {
    if (/^(?:[\w-]|[/.@]\S)/.test(whole.slice(end, end + 2)) || (end < whole.length && whole[end - 1] === '/'))
      continue;
    const name = whole.slice(0, end);
    const { target } = readRange(name);
    // Within a word (`pkg@1.0`, `me@host`) only a path with a folder is meant.
    if (/[\w.]/.test(before) && !target.includes('/')) continue;
    if (exists(target)) return name;
  }
  return undefined;
}

const maxNameLength = 400;

/** A name by its signs alone: after a blank or a parenthesis, up to punctuation. */
function plainName(whole: string, before: string): string | undefined {
  if (before !== '' && !/[\s(]/.test(before)) return undefined;
  return /^[^'`,;()]*/.exec(whole)?.[0].replace(/[.!?:]+$/, '');
}

function readRange(whole: string): Mention {
  const range = /^(.*?):(\d+)(?:-(\d+))?$/.exec(whole);
  const first = range?.[2] === undefined ? undefined : Number(range[2]);
  const last = range?.[3] === undefined ? first : Number(range[3]);
  return {
    target: range?.[1] ?? whole,
    ...(first === undefined || last === undefined ? {} : { firstLine: first, lastLine: last }),
  };
}

/** Whether something is at a path that a mention may name. */
export function namesSomething(cwd: string): (target: string) => boolean {
  return (target) => existsSync(pathOf(cwd, target));
}

function pathOf(cwd: string, target: string): string {
  return spellAsOnDisk(resolve(cwd, target));
}

/**
 * Reads what a prompt names with `@`: files (with a range of lines), folders (a sketch of their tree), images, and whatever
 * `readOther` knows (resources of MCP servers). What does not exist is not a mention and stays a word of the prompt. `mayRead` is asked
 * before each file, and `isUnnamed` says what an outline of a folder leaves out.
 */
export async function expandMentions(
  text: string,
  options: {
    cwd: string;
    mayRead: (path: string) => boolean | Promise<boolean>;
    isUnnamed: (path: string) => boolean;
    readOther?: (target: string) => Promise<string | undefined>;
  },
): Promise<Attachments> {
  const parts: string[] = [];
  const images: string[] = [];
  const attached: string[] = [];
  for (const mention of findMentions(text, namesSomething(options.cwd))) {
    const image = await readImage(pathOf(options.cwd, mention.target), options.mayRead);
    const content =
      image === undefined
        ? ((await readPath(mention, options)) ?? (await options.readOther?.(mention.target)))
        : undefined;
    if (image !== undefined) images.push(image);
    else if (content !== undefined) parts.push(fence(describe(mention), content));
    else continue;
    attached.push(describe(mention));
  }
  return {
    images,
    attached,
    ...(parts.length === 0
      ? {}
      : { note: loadPrompt('context/mentions', { names: attached.join(', '), files: parts.join('\n\n') }) }),
  };
}

function describe({ target, firstLine, lastLine }: Mention): string {
  if (firstLine === undefined) return target;
  return firstLine === lastLine ? `${target} (line ${firstLine})` : `${target} (lines ${firstLine}-${lastLine})`;
}

function fence(name: string, content: string): string {
  const longest = Math.max(2, ...[...content.matchAll(/`{3,}/g)].map((match) => match[0].length));
  const ticks = '`'.repeat(longest + 1);
  return `${name}:\n${ticks}\n${content}\n${ticks}`;
}

async function readPath(
  mention: Mention,
  {
    cwd,
    mayRead,
    isUnnamed,
  }: {
    cwd: string;
    mayRead: (path: string) => boolean | Promise<boolean>;
    isUnnamed: (path: string) => boolean;
  },
): Promise<string | undefined> {
  const path = pathOf(cwd, mention.target);
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !(await mayRead(path))) return undefined;
  if (stat.isDirectory()) return sketchTree(path, 4000, isUnnamed) || '(empty folder)';
  if (!stat.isFile()) return undefined;
  const content = readBeginning(path, mention.firstLine === undefined ? maxCharactersEach * 2 : 20_000_000);
  if (content === undefined) return `(a binary file of ${stat.size} bytes)`;
  const chosen =
    mention.firstLine === undefined
      ? content
      : content
          .split('\n')
          .slice(mention.firstLine - 1, mention.lastLine)
          .join('\n');
  const name = relative(cwd, path);
  return clip(
    chosen,
    maxCharactersEach,
    (omitted) => `${omitted} characters left out; read ${isAbsolute(name) ? path : name} for the rest`,
  );
}

/** A picture as a data URL, by what its bytes are: one whose name promises more than it holds would be refused by every endpoint. */
async function readImage(
  path: string,
  mayRead: (path: string) => boolean | Promise<boolean>,
): Promise<string | undefined> {
  if (!seenExtensions.test(path)) return undefined;
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined || !stat.isFile() || stat.size > maxImageBytes || !(await mayRead(path))) return undefined;
  const bytes = readFileSync(path);
  const type = findImageType(bytes);
  return type && `data:${type};base64,${bytes.toString('base64')}`;
}
