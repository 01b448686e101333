import { isUtf8 } from 'node:buffer';
import { lstatSync, mkdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { bytePath, joinNul, runGit, splitNul, textOfPath } from '../../checkpoints/store-git.ts';
import type { GitRights } from '../../core/git/hold-git.ts';

/** Git on the user's repository, with its drivers off. */
export type UserGit = (at: string, args: readonly string[], input?: Buffer) => Promise<Buffer>;

export type ByteChanges = {
  readonly patch: Buffer;
  readonly paths: readonly string[];
  /** Those of them that are no more. */
  readonly deleted: readonly string[];
  /** The bytes of what is not shown by its lines, by git's hash of it. */
  readonly sizes: ReadonlyMap<string, number>;
};

export type ByteStore = {
  /** What differs between a tree and the worktree's index, byte for byte as it will be written. */
  readonly findChanges: (base: string) => Promise<ByteChanges>;
  /** Writes a patch to the user's files as it stands, all of it or nothing. */
  readonly apply: (patch: Buffer) => Promise<void>;
};

/** `store`: the folder to be made, beside the worktree's index. `objects`: those of the repository. */
type BytePlaces = { readonly root: string; readonly folder: string; readonly store: string; readonly objects: string };

type Entry = { readonly mode: string; readonly hash: string };
type Change = { readonly path: string; readonly from: Entry | undefined; readonly to: Entry | undefined };

/** Files larger than this are not looked at for text. */
const maxTextBytes = 50_000_000;
const diffFlags = ['--no-abbrev', '--no-ext-diff', '--no-textconv', '--no-color', '--no-renames'];

/**
 * A git folder of its own beside a worktree's index, without the repository's settings and attributes: what git would convert on the way into a
 * file (line ends, encodings) is kept and written as it is. Throws GitError.
 */
export async function openByteStore(places: BytePlaces, userGit: UserGit): Promise<ByteStore> {
  const { root, folder, store, objects } = places;
  const git = (at: string, index: string, args: readonly string[], input?: Buffer, more: GitRights = {}) =>
    runGit(args, {
      cwd: at,
      env: { GIT_DIR: store, GIT_WORK_TREE: at, GIT_INDEX_FILE: join(store, index) },
      ...more,
      writes: [store, ...(more.writes ?? [])],
      ...(input && { input }),
    });
  const format = (await userGit(root, ['rev-parse', '--show-object-format'])).toString('utf8').trimEnd();
  /** Made anew, so that nothing in it is of somebody else. */
  const makeStore = async () => {
    rmSync(store, { recursive: true, force: true });
    mkdirSync(store);
    const make = ['init', '-q', '--bare', '--template=', `--object-format=${format}`, store];
    await runGit(make, { cwd: folder, writes: [store] });
    mkdirSync(join(store, 'info'));
    writeFileSync(join(store, 'info/attributes'), '* !diff -text -eol -crlf -filter -ident -working-tree-encoding\n');
    writeFileSync(join(store, 'objects/info/alternates'), `${objects}\n`);
  };

  /** The bytes that the files of a tree have on disk, where the user's attributes say how they get there. */
  const findOldBytes = async (changes: readonly Change[]): Promise<Map<string, Entry>> => {
    const old = new Map(changes.flatMap(({ path, from }) => (from ? [[path, from]] : [])));
    const there = [...old].filter(([path, { mode }]) => isFile(mode) && isPlainFile(root, path)).map(([path]) => path);
    await git(root, 'root', ['update-index', '--add', '--remove', '-z', '--stdin'], joinNul(there));
    const raw = readStaged(await git(root, 'root', ['ls-files', '--stage', '-z']));
    const converted = there.filter((path) => raw.get(path)?.hash !== old.get(path)?.hash);
    const quoted = Buffer.from(converted.map((path) => `${quote(path)}\n`).join(''), 'latin1');
    const cleaned =
      converted.length === 0 ? [] : linesOf(await userGit(root, ['hash-object', '--stdin-paths'], quoted));
    const clean = new Map(converted.map((path, at) => [path, cleaned[at]]));
    for (const [path, { mode, hash }] of old) {
      if (!isFile(mode) || raw.get(path)?.hash === hash) continue;
      const isKept = raw.has(path) && clean.get(path) === hash;
      old.set(path, { mode, hash: isKept ? raw.get(path)!.hash : await convert(path, hash) });
    }
    return old;
  };
  const convert = async (path: string, hash: string) => {
    const bytes = await userGit(root, ['cat-file', '--filters', `--path=${textOfPath(path)}`, hash]);
    return linesOf(await git(root, 'none', ['hash-object', '-w', '--no-filters', '--stdin'], bytes))[0] ?? hash;
  };
  const words = (...more: readonly string[]) =>
    git(folder, 'new', ['-c', 'core.quotePath=false', 'diff', '--cached', ...diffFlags, ...more]);
  /** Which of the files that git takes for binary are shown by their lines, and how large these files are. */
  const readBinary = async (changes: readonly Change[]) => {
    const texts: string[] = [];
    const sizes = new Map<string, number>();
    for (const { path, from, to } of changes) {
      for (const { hash } of [from, to].filter((entry) => entry !== undefined))
        sizes.set(hash, Number(await git(folder, 'new', ['cat-file', '-s', hash])));
      const shown = [to?.hash, from?.hash].find((hash) => hash !== undefined && sizes.get(hash) !== 0) ?? '';
      if ((sizes.get(shown) ?? 0) > maxTextBytes) continue;
      if (isText(await git(folder, 'new', ['cat-file', 'blob', shown]))) texts.push(textOfPath(path));
    }
    return { texts, sizes };
  };
  const makePatch = async (tree: string): Promise<ByteChanges> => {
    const changes = readRaw(await words('--raw', '-z', tree));
    const counted = splitNul(await words('--numstat', '-z', tree));
    const binary = new Set(counted.flatMap((line) => /^-\t-\t(.*)$/s.exec(line)?.[1] ?? []));
    const { texts, sizes } = await readBinary(changes.filter(({ path }) => binary.has(path)));
    const outside = texts.map((path) => `:(top,exclude,literal)${path}`);
    const others = await words('--binary', tree, '--', ':(top)', ...outside);
    const more = texts.map((path) => `:(top,literal)${path}`);
    const shown = more.length === 0 ? [] : [await words('--binary', '--text', tree, '--', ...more)];
    const names = (of: readonly Change[]) => of.map(({ path }) => textOfPath(path));
    const deleted = names(changes.filter(({ to }) => to === undefined));
    return { patch: Buffer.concat([others, ...shown]), paths: names(changes), deleted, sizes };
  };

  return {
    findChanges: async (base) => {
      await makeStore();
      const found = ['diff', '--cached', '--raw', '--no-abbrev', '--no-renames', '-z', base];
      const changes = readRaw(await userGit(folder, found));
      const old = [...(await findOldBytes(changes))].map(([path, { mode, hash }]) => `${mode} ${hash}\t${path}`);
      await git(folder, 'old', ['update-index', '-z', '--index-info'], joinNul(old));
      const tree = (await git(folder, 'old', ['write-tree', '--missing-ok'])).toString('latin1').trim();
      const there = changes.filter(({ to }) => to !== undefined).map(({ path }) => path);
      const stage = ['update-index', '--add', '--remove', '--replace', '-z', '--stdin'];
      await git(folder, 'new', stage, joinNul(there));
      return makePatch(tree);
    },
    apply: async (patch) => {
      const rights = { writes: [root], keeps: [join(root, '.git')] };
      await git(root, 'none', ['apply', '--binary', '--whitespace=nowarn', '-'], patch, rights);
    },
  };
}

const isFile = (mode: string) => mode.startsWith('100');

/** Whether a path leads to a regular file without a link on the way. */
function isPlainFile(root: string, path: string): boolean {
  const whole = join(root, textOfPath(path));
  if (bytePath(textOfPath(path)) !== path) return false;
  try {
    return (
      lstatSync(whole).isFile() && realpathSync(dirname(whole)) === dirname(join(realpathSync(root), textOfPath(path)))
    );
  } catch {
    return false;
  }
}

/** The changes of `git diff --raw -z`. */
function readRaw(output: Buffer): Change[] {
  const items = splitNul(output);
  const changes: Change[] = [];
  for (let at = 0; at + 1 < items.length; at += 2) {
    const [oldMode = '', newMode = '', oldHash = '', newHash = ''] = items[at]!.slice(1).split(' ');
    const entry = (mode: string, hash: string) => (mode === '000000' ? undefined : { mode, hash });
    changes.push({ path: items[at + 1]!, from: entry(oldMode, oldHash), to: entry(newMode, newHash) });
  }
  return changes;
}

/** The entries of `git ls-files --stage -z`. */
function readStaged(output: Buffer): Map<string, Entry> {
  const found = splitNul(output).flatMap((line) => {
    const [, mode = '', hash = '', path = ''] = /^(\d+) (\w+) \d\t(.*)$/s.exec(line) ?? [];
    return path === '' ? [] : [[path, { mode, hash }] as const];
  });
  return new Map(found);
}

function linesOf(output: Buffer): string[] {
  return output.toString('latin1').trimEnd().split('\n');
}

/** A path (bytes as characters) on a line of its own, as git reads it. */
function quote(path: string): string {
  const code = (sign: string) => `\\${sign.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return `"${path.replace(/[^\x20-\x7e]|["\\]/g, code)}"`;
}

/** Whether bytes that git takes for binary, for one that is zero, can be read all the same: a script, or at least half of them are signs of a text. */
function isText(bytes: Buffer): boolean {
  if (bytes.subarray(0, 2).toString('latin1') === '#!') return true;
  const isWhole = isUtf8(bytes);
  let readable = 0;
  for (const byte of bytes)
    if ((byte >= 0x20 && byte < 0x7f) || (byte >= 9 && byte <= 13) || (byte >= 0x80 && isWhole)) readable += 1;
  // The mark at the beginning of UTF-16 is no sign.
  return readable * 2 >= bytes.length - 2;
}
