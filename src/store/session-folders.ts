import { existsSync, readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { folderSlug } from '../core/text/slug.ts';

/** $WINK_HOME, or ~/.wink. */
export function winkHome(env: Readonly<Record<string, string | undefined>>): string {
  return env.WINK_HOME || join(homedir(), '.wink');
}

/** The folder of a repository's sessions. */
export function sessionFolder(home: string, repository: string): string {
  return join(home, 'sessions', folderSlug(repository));
}

/** The session folders of all repositories. */
export function allSessionFolders(home: string): string[] {
  const sessions = join(home, 'sessions');
  return existsSync(sessions) ? readdirSync(sessions).map((name) => join(sessions, name)) : [];
}
