import { existsSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

export type SandboxSettings = {
  /** `on` throws where there is no sandbox, `auto` goes on without one and says so. */
  readonly mode: 'off' | 'auto' | 'on';
  readonly network: boolean;
  /** The workspace first, then each --add-dir. */
  readonly roots: readonly string[];
  /** The user's home folder. */
  readonly home: string;
  /** $WINK_HOME, hidden but for `readable`. */
  readonly winkHome: string;
  /** Further folders that commands may write (caches of package managers). */
  readonly writable?: readonly string[];
  /** Folders of $WINK_HOME that commands may read (kept outputs). */
  readonly readable?: readonly string[];
};

/** What a sandbox lets a command do to the file system; real paths that exist. */
export type Places = {
  readonly writable: readonly string[];
  /** Inside writable folders, and yet read-only: what runs outside the sandbox later. */
  readonly fixed: readonly string[];
  readonly hiddenFolders: readonly string[];
  readonly hiddenFiles: readonly string[];
  readonly readable: readonly string[];
};

const secretFolders =
  '.ssh .aws .gnupg .azure .kube .docker .password-store .config/gcloud .config/gh .config/op .config/doctl .local/share/keyrings .mozilla .config/google-chrome Library/Keychains'.split(
    ' ',
  );
const secretFiles =
  '.netrc _netrc .npmrc .yarnrc.yml .pypirc .pgpass .my.cnf .git-credentials .config/git/credentials .vault-token .s3cfg .boto .bash_history .zsh_history .config/rclone/rclone.conf'.split(
    ' ',
  );

/** Caches without which package managers and compilers fail (`go test` does not start without its own). They hold no settings. */
const caches =
  '.cache .npm .bun/install/cache .cargo/registry .cargo/git go/pkg/mod .gradle/caches .m2/repository .nuget/packages .local/share/pnpm .pub-cache Library/Caches'.split(
    ' ',
  );

/** Works out the places from the settings and from what exists on this machine. */
export function findPlaces(settings: SandboxSettings): Places {
  const temporary = [tmpdir(), '/tmp', ...(process.env.TMPDIR ? [process.env.TMPDIR] : [])];
  const inHome = (names: readonly string[]) => existing(names.map((name) => join(settings.home, name)));
  const writable = [
    ...existing([
      ...settings.roots,
      ...settings.roots.flatMap(gitFolderOf),
      ...temporary,
      ...(settings.writable ?? []),
    ]),
    ...inHome(caches),
  ];
  const hiddenFolders = [...inHome(secretFolders), ...existing([settings.winkHome])].filter(isFolder);
  const fixed = existing(
    settings.roots.flatMap((root) =>
      ['.git/hooks', '.git/config', '.wink', '.mcp.json'].map((name) => join(root, name)),
    ),
  );
  return {
    writable,
    fixed: fixed.filter((path) => !hiddenFolders.includes(path)),
    hiddenFolders,
    hiddenFiles: inHome(secretFiles).filter((path) => !isFolder(path)),
    readable: existing(settings.readable ?? []),
  };
}

/** Real paths of those that exist, each once. */
function existing(paths: readonly string[]): string[] {
  return [...new Set(paths.filter((path) => existsSync(path)).map((path) => realpathSync(path)))];
}

function isFolder(path: string): boolean {
  return statSync(path).isDirectory();
}

/** A linked worktree or a submodule keeps its git data elsewhere; commits must be able to write there. */
function gitFolderOf(root: string): string[] {
  const path = join(root, '.git');
  if (!existsSync(path) || isFolder(path)) return [];
  const aim = /^gitdir: (.+)$/m.exec(readFileSync(path, 'utf8'))?.[1];
  if (aim === undefined) return [];
  const folder = resolve(root, aim.trim());
  return /\/worktrees\/[^/]+$/.test(folder) ? [dirname(dirname(folder))] : [folder];
}
