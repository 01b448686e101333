import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { newTemporaryName, noteTemporary } from '../core/disk/temporaries.ts';
import { isProcessAlive } from '../core/process/platform.ts';
import { findChanges } from './find-changes.ts';
import { againWhileFilesMove, takeIn } from './moving-files.ts';
import { seedIndex } from './seed-index.ts';
import { copyWithTime, joinNul, runGit, runGitWithoutDrivers, type StoreGit, splitNul } from './store-git.ts';
import { findUserRepository, readIfThere, type UserRepository } from './user-repository.ts';

export type StoreOptions = {
  /** The folder whose files are kept. */
  readonly root: string;
  /** Where the store lives; made when missing. */
  readonly folder: string;
  /** Files larger than this are left out. */
  readonly maxBytes: number;
  /** The user's repository there, or that there is none, where that is known. */
  readonly known?: { readonly user: UserRepository | undefined };
  /** A folder of our own that may lie inside `root`. */
  readonly home: string;
};

export type Snapshot = {
  readonly tree: string;
  /** Paths (bytes as characters) that are too large or can't be read, and so are not kept. */
  readonly left: readonly string[];
  /** Folders that are repositories of their own, `/` at their end. */
  readonly nested: readonly string[];
  /** Folders (`/` at their end) and files of which there are too many, or too much, to be kept. */
  readonly tooMany: readonly string[];
};

export type SnapshotStore = {
  readonly root: string;
  readonly git: StoreGit;
  /** The variables with which git answers from this store: its index holds what the last snapshot kept. */
  readonly environment: Readonly<Record<string, string>>;
  /** The state of all files now, as a tree. */
  readonly snapshot: () => Promise<Snapshot>;
  /** Keeps a tree from being pruned. */
  readonly keep: (name: string, tree: string) => Promise<void>;
  /** Hands the warm index on to the next session. */
  readonly close: () => void;
};

const dependencyFolders = 'node_modules/\n.venv/\nvenv/\n__pycache__/\n.tox/\n.gradle/\n.cache/\n';

/**
 * Opens the shadow store of a folder: a git directory of its own, outside the repository, with its own index, whose objects borrow from
 * the user's where there are any. Throws GitError.
 */
export async function openStore(options: StoreOptions, signal: () => AbortSignal): Promise<SnapshotStore> {
  const { user } = options.known ?? { user: await findUserRepository(options.root, signal()) };
  const own = user && samePlace(user.root, options.root) ? user : undefined;
  const gitFolder = join(options.folder, 'git');
  const index = join(options.folder, `index-${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`);
  const environment = {
    GIT_DIR: gitFolder,
    GIT_WORK_TREE: options.root,
    GIT_INDEX_FILE: index,
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
  };
  const git: StoreGit = (args, input, stop) => {
    const signals = [signal(), ...(stop ? [stop] : [])];
    return runGit(args, {
      cwd: options.root,
      env: environment,
      writes: [options.folder],
      ...(input && { input }),
      signal: AbortSignal.any(signals),
    });
  };
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  if (!existsSync(gitFolder)) await createGitFolder(gitFolder, own, options.root, signal());
  writeSettings(gitFolder, options, own);
  sweepIndexes(options.folder);
  const warm = join(options.folder, 'index');
  if (existsSync(warm)) copyWithTime(warm, index);
  else if (own) await seedIndex(own, index, git);
  let last: { tree: string; left: readonly string[] } | undefined;
  /** New files and folders that are too many to keep; passed over from then on, so that no later snapshot looks at them again. */
  const passedOver = new Set<string>();
  return {
    root: options.root,
    git,
    environment,
    snapshot: () =>
      againWhileFilesMove(index, async () => {
        const found = await findChanges(git, options, { passedOver, listTracked: () => listTracked(own) });
        const isSame = last && found.removed.length === 0 && found.changed.length === 0;
        if (found.removed.length > 0)
          await git(['update-index', '--force-remove', '-z', '--stdin'], joinNul(found.removed));
        const moving = await takeIn(git, index, found.changed);
        last = {
          tree: isSame && last ? last.tree : (await git(['write-tree'])).toString('latin1').trim(),
          left: [...found.left, ...moving],
        };
        return { ...last, nested: found.nested, tooMany: [...passedOver] };
      }),
    keep: async (name, tree) => {
      await git(['update-ref', `refs/wink/${name}`, tree]);
    },
    close: () => {
      rmSync(`${index}.lock`, { force: true });
      if (existsSync(index)) renameSync(index, warm);
    },
  };
}

/** Made under another name and moved to its place whole, so that another agent that opens the same store at this moment never sees half of it. */
async function createGitFolder(
  gitFolder: string,
  own: UserRepository | undefined,
  cwd: string,
  signal: AbortSignal,
): Promise<void> {
  const fresh = `${gitFolder}-${hostname()}-${process.pid}-${randomBytes(3).toString('hex')}`;
  const env = { GIT_DIR: fresh, GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  try {
    await runGit(['init', '-q', '--bare', '--template=', `--object-format=${own?.objectFormat ?? 'sha1'}`], {
      cwd,
      env,
      signal,
      writes: [dirname(gitFolder)],
    });
    renameSync(fresh, gitFolder);
  } catch (error) {
    rmSync(fresh, { recursive: true, force: true });
    if (!existsSync(gitFolder)) throw error;
  }
}

function samePlace(left: string, right: string): boolean {
  const [one, other] = [statSync(left), statSync(right)];
  return one.ino === other.ino && one.dev === other.dev;
}

/** Written anew each time: settings and exclusions follow the user's. Attributes are switched off, so that bytes are kept as they are and a change shows its lines. */
function writeSettings(gitFolder: string, options: StoreOptions, own: UserRepository | undefined): void {
  const setting = (name: string) => {
    const value = own?.settings.get(`core.${name}`);
    return value === undefined ? '' : `\t${name} = ${JSON.stringify(value)}\n`;
  };
  const format = own?.objectFormat === 'sha256' ? '1\n[extensions]\n\tobjectformat = sha256\n[core]\n' : '0\n';
  const core = `[core]\n\trepositoryformatversion = ${format}\tbare = false\n\tlogallrefupdates = false\n\tautocrlf = false\n\tsafecrlf = false\n\tfsmonitor = false\n\tuntrackedCache = true\n\tcompression = 1\n\thooksPath = /dev/null\n\tattributesFile = /dev/null\n`;
  const settings = `${core}${['excludesfile', 'ignorecase', 'precomposeunicode', 'filemode', 'symlinks'].map(setting).join('')}[gc]\n\tauto = 0\n`;
  const home = relative(options.root, options.home);
  const ownFolder = home !== '' && !home.startsWith('..') ? `/${home}/\n` : '';
  const exclude = `${own ? readIfThere(own.exclude) : dependencyFolders}\n${ownFolder}`;
  writeWhole(join(gitFolder, 'config'), settings);
  writeWhole(join(gitFolder, 'info', 'exclude'), exclude);
  writeWhole(join(gitFolder, 'info', 'attributes'), '* !diff -text -eol -crlf -filter -ident -working-tree-encoding\n');
  if (own) writeWhole(join(gitFolder, 'objects', 'info', 'alternates'), `${own.objects}\n`);
}

/** Another agent's git may read the file at any moment. */
function writeWhole(path: string, content: string): void {
  if (readIfThere(path) === content) return;
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const fresh = join(dirname(path), newTemporaryName());
  noteTemporary(fresh);
  writeFileSync(fresh, content);
  renameSync(fresh, path);
}

/** Removes what runs that were killed have left; the newest of their indexes becomes the warm one when there isn't one. */
export function sweepIndexes(folder: string): void {
  for (const name of readdirSync(folder)) {
    const match = /^(index|git)-(.*)-(\d+)-[0-9a-f]{6}(\.lock)?$/.exec(name);
    if (!match || (match[2] === hostname() && isProcessAlive(Number(match[3])))) continue;
    const path = join(folder, name);
    try {
      if (match[2] !== hostname() && Date.now() - statSync(path).mtimeMs < 24 * 3600 * 1000) continue;
      if (match[1] === 'index' && match[4] === undefined && !existsSync(join(folder, 'index')))
        renameSync(path, join(folder, 'index'));
      else rmSync(path, { recursive: true, force: true });
    } catch {
      // Another agent has swept it at the same moment.
    }
  }
}

/** The paths that the user's own git keeps. */
async function listTracked(own: UserRepository | undefined): Promise<ReadonlySet<string>> {
  if (!own) return new Set();
  return new Set(splitNul(await runGitWithoutDrivers(['ls-files', '-z'], { cwd: own.root, env: own.ignoring })));
}
