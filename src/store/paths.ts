import { createHash } from 'node:crypto';
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, join } from 'node:path';

/** $WINK_HOME, or ~/.wink. */
export function winkHome(env: Readonly<Record<string, string | undefined>>): string {
  return env.WINK_HOME || join(homedir(), '.wink');
}

/** A folder name for a repository: its own name for people, a hash of its real path so that two of one name stay apart. */
export function repositorySlug(repository: string): string {
  let real = repository;
  try {
    real = realpathSync(repository);
  } catch {
    // A folder that is gone keeps the name it was called by.
  }
  const name =
    basename(real)
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .slice(0, 40) || 'root';
  return `${name}-${createHash('sha256').update(real).digest('hex').slice(0, 8)}`;
}

/** The folder of a repository's sessions. */
export function sessionFolder(home: string, repository: string): string {
  return join(home, 'sessions', repositorySlug(repository));
}

/** The session folders of all repositories. */
export function allSessionFolders(home: string): string[] {
  const sessions = join(home, 'sessions');
  return existsSync(sessions) ? readdirSync(sessions).map((name) => join(sessions, name)) : [];
}
