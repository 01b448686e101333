import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** Lines of git's log of HEAD that record what was changed: `commit: …`, `commit (amend): …`, `cherry-pick: …`. */
const recorded = /\t(?:commit|cherry-pick|am|merge|rebase)\b[^\n]*$/m;

/**
 * Whether anybody has made a commit in the repository of a folder since this was called first, as git's own log of HEAD says (`git reflog`).
 * False outside of a repository, and where there is no such log or it can't be read.
 */
export function followCommits(cwd: string): () => boolean {
  const log = readLog(cwd);
  return () => recorded.test(readLog(cwd).slice(log.length));
}

function readLog(cwd: string): string {
  try {
    const path = findLog(cwd);
    return path === undefined ? '' : readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

function findLog(cwd: string): string | undefined {
  for (let at = cwd; at !== dirname(at); at = dirname(at)) {
    const git = join(at, '.git');
    if (!existsSync(git)) continue;
    if (statSync(git).isDirectory()) return join(git, 'logs/HEAD');
    const own = /^gitdir: (.+)$/m.exec(readFileSync(git, 'utf8'))?.[1];
    return own === undefined ? undefined : join(resolve(at, own.trim()), 'logs/HEAD');
  }
  return undefined;
}
