import { copyFileSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runGitSafely } from '../core/git/ask-git.ts';
import { stageAll } from '../core/git/guard-git.ts';
import { rightsInGitFolder } from '../core/git/repository-rights.ts';
import { startGitSync } from '../core/git/start-git.ts';

const networkMs = 120_000;

/** Where to push, and the token for it. */
export type GitRemote = { readonly url: string; readonly token: string };
export type GitEnd = { readonly isDone: boolean; readonly output: string };

/**
 * Git over the network with the token in its environment: never in its arguments or in a file. `url`: the remote that the token is for. It runs in a
 * repository of its own that borrows the objects, so that no setting, hook or filter of the working tree meets the token.
 */
function withToken<Result>(
  root: string,
  remote: GitRemote,
  use: (git: (...args: readonly string[]) => GitEnd, folder: string) => Result,
): Result {
  const folder = mkdtempSync(join(tmpdir(), 'wink-push-'));
  try {
    const header = `AUTHORIZATION: basic ${Buffer.from(`x-access-token:${remote.token}`).toString('base64')}`;
    const host = URL.canParse(remote.url) ? new URL(remote.url).origin : '';
    const token =
      host === '' || host === 'null'
        ? {}
        : { GIT_CONFIG_COUNT: '1', GIT_CONFIG_KEY_0: `http.${host}/.extraheader`, GIT_CONFIG_VALUE_0: header };
    const env = { ...proxies(), ...token, GIT_DIR: folder };
    const git = (...args: readonly string[]): GitEnd => {
      const rights = { writes: [folder, ...onThisMachine(remote.url)], network: true };
      const { code, complaint } = startGitSync(args, { cwd: folder, env, ...rights }, networkMs);
      return { isDone: code === 0, output: complaint.trim() };
    };
    git('init', '--quiet', '--bare');
    const place = gitFolder(root);
    writeFileSync(join(folder, 'objects/info/alternates'), `${join(place, 'objects')}\n`);
    if (existsSync(join(place, 'shallow'))) copyFileSync(join(place, 'shallow'), join(folder, 'shallow'));
    return use(git, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A remote may be a folder. */
function onThisMachine(url: string): string[] {
  return url.startsWith('file://') && URL.canParse(url) ? [fileURLToPath(url)] : [];
}

function proxies(): Record<string, string> {
  const names = Object.entries(process.env).filter(([name]) => /^(?:https?_proxy|all_proxy|no_proxy)$/i.test(name));
  return Object.fromEntries(names.map(([name, value]) => [name, value ?? '']));
}

function gitFolder(root: string): string {
  const found = runGitSafely(root, ['rev-parse', '--path-format=absolute', '--git-common-dir']) ?? join(root, '.git');
  return found.replace(/\n$/, '');
}

/** Puts a commit of ours on a branch of the remote. */
export function pushCommit(root: string, remote: GitRemote, commit: string, branch: string): GitEnd {
  return withToken(root, remote, (git) => git('push', '--quiet', remote.url, `${commit}:refs/heads/${branch}`));
}

/** Brings a branch of the remote here and puts the working tree on one of its commits. */
export function checkOut(root: string, remote: GitRemote, branch: string, commit: string): GitEnd {
  return withToken(root, remote, (git, folder) => {
    const fetched = git('fetch', '--quiet', remote.url, `refs/heads/${branch}:refs/wink/head`);
    if (!fetched.isDone) return fetched;
    const take = ['-c', 'protocol.file.allow=always', 'fetch', '--quiet', folder, 'refs/wink/head'];
    const { writes, keeps } = rightsInGitFolder(root);
    const rights = { writes: [root, ...writes], keeps };
    const isDone = [take, ['checkout', '--quiet', '--detach', commit]].every(
      (words) => runGitSafely(root, words, [0], rights) !== undefined,
    );
    return { isDone, output: isDone ? '' : `${commit} could not be checked out` };
  });
}

type IndexGit = (words: readonly string[], input?: string) => string | undefined;

/** Git with an index of its own: what the user staged stays as it is. */
function withIndex<Result>(root: string, use: (git: IndexGit) => Result): Result {
  const folder = mkdtempSync(join(tmpdir(), 'wink-index-'));
  const how = { env: { GIT_INDEX_FILE: join(folder, 'index') }, writes: [folder, join(gitFolder(root), 'objects')] };
  try {
    return use((words, input) => runGitSafely(root, words, [0], { ...how, ...(input !== undefined && { input }) }));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The tree of all that is in the working tree and not ignored; undefined outside a repository. */
export function treeOf(folder: string): string | undefined {
  const root = runGitSafely(folder, ['rev-parse', '--show-toplevel'])?.replace(/\n$/, '') ?? folder;
  return withIndex(root, (git) => {
    if (git(['read-tree', 'HEAD']) === undefined) return undefined;
    const found = git(stageAll.find);
    const isStaged = found !== undefined && git(stageAll.stage, stageAll.input(found)) !== undefined;
    return isStaged ? git(['write-tree'])?.trim() : undefined;
  });
}

export type Author = { readonly name: string; readonly email: string };

/**
 * A commit on top of HEAD with what changed between two trees, so that what lay in the working tree before is no part of it. Undefined when
 * nothing changed, and where the change does not fit on HEAD.
 */
export function commitBetween(
  root: string,
  trees: { readonly before: string; readonly after: string },
  message: string,
  author: Author,
): string | undefined {
  const patch = runGitSafely(root, ['diff-tree', '-p', '--binary', '--no-renames', trees.before, trees.after]);
  if (patch === undefined || patch === '') return undefined;
  const name = ['-c', `user.name=${author.name}`, '-c', `user.email=${author.email}`];
  return withIndex(root, (git) => {
    if (git(['read-tree', 'HEAD']) === undefined) return undefined;
    if (git(['apply', '--cached', '--whitespace=nowarn'], patch) === undefined) return undefined;
    const tree = git(['write-tree'])?.trim();
    return tree === undefined
      ? undefined
      : git([...name, 'commit-tree', '-p', 'HEAD', '-F', '-', tree], message)?.trim();
  });
}

/** The files that differ between two trees. */
export function filesBetween(root: string, before: string, after: string): string[] {
  const answer = runGitSafely(root, ['diff-tree', '-r', '-z', '--name-only', '--no-renames', before, after]) ?? '';
  return answer.split('\0').filter((name) => name !== '');
}
