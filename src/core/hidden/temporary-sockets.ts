import { type Dirent, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { existing } from './existing.ts';

export type Sockets = { readonly folders: readonly string[]; readonly sockets: readonly string[] };

/** The folders that programs use for what does not last; some of them do not exist. */
export function temporaryFolders(): string[] {
  return [tmpdir(), '/tmp', ...(process.env.TMPDIR ? [process.env.TMPDIR] : [])];
}

/**
 * Sockets in temporary folders lead to programs outside: a terminal multiplexer, a display, an agent of keys. A folder of nothing but
 * sockets is hidden as one.
 */
export function findSockets(temporary: readonly string[]): Sockets {
  const found = existing(temporary).map((outer) => {
    const entries = entriesOf(outer);
    const inside = entries.filter((entry) => entry.isDirectory() && socketFolders.test(entry.name));
    const each = inside.map(({ name }) => {
      const folder = join(outer, name);
      const within = entriesOf(folder);
      const sockets = socketsOf(folder, within);
      return sockets.length > 0 && sockets.length === within.length
        ? { folders: [folder], sockets: [] }
        : { folders: [], sockets };
    });
    return [...each, { folders: [], sockets: socketsOf(outer, entries) }];
  });
  return {
    folders: found.flat().flatMap(({ folders }) => folders),
    sockets: found.flat().flatMap(({ sockets }) => sockets),
  };
}

const socketFolders = /^(tmux-|ssh-|\.X11|\.ICE|screen|dbus|\.font|vscode-|emacs)/;

function socketsOf(folder: string, entries: readonly Dirent[]): string[] {
  return entries.filter((entry) => entry.isSocket()).map(({ name }) => join(folder, name));
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return [];
  }
}
