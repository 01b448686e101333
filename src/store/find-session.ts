import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { allSessionFolders } from './session-folders.ts';

/** The files of the sessions that have this id: that of the repository whose session folder is given, else those of all others. */
export function filesOfSession(home: string, folder: string, id: string): string[] {
  const own = whole([folder], id);
  return own.length > 0 ? own : whole(allSessionFolders(home), id);
}

/**
 * The file of the session that a user means by its id or the start of it: of the repository whose session folder is given, or of any other
 * one, so that a session is found again after its repository was moved. Throws UserError when there isn't one, or several.
 */
export function findSessionFile(home: string, folder: string, id: string): string {
  const folders = allSessionFolders(home);
  for (const paths of [whole([folder], id), beginning([folder], id), whole(folders, id), beginning(folders, id)]) {
    const [path, ...others] = paths;
    if (path !== undefined && others.length > 0) throw severalSessions(paths, id);
    if (path !== undefined) return path;
  }
  throw new UserError(`There is no session ${id}; \`wink-agent sessions --all\` lists those there are.`);
}

/** Whether some session has an id that begins so. */
export function hasSession(home: string, folder: string, id: string): boolean {
  return beginning([...new Set([folder, ...allSessionFolders(home)])], id).length > 0;
}

function whole(folders: readonly string[], id: string): string[] {
  if (/[/\\\0]/.test(id)) return [];
  return folders.map((folder) => join(folder, `${id}.jsonl`)).filter((path) => existsSync(path));
}

function beginning(folders: readonly string[], start: string): string[] {
  return folders.flatMap((folder) => {
    const names = existsSync(folder) ? readdirSync(folder) : [];
    return names.filter((name) => name.endsWith('.jsonl') && name.startsWith(start)).map((name) => join(folder, name));
  });
}

function severalSessions(paths: readonly string[], id: string): UserError {
  const places = paths.map((path) => `${basename(path, '.jsonl')} (${basename(dirname(path))})`);
  return new UserError(
    `${id} may be any of ${paths.length} sessions: ${places.join(', ')}. Give more of the id, or start in that folder.`,
  );
}
