import { join } from 'node:path';
import { UserError } from '../core/errors.ts';

/** Where the observer of other agents keeps what it needs, below $WINK_HOME. */
export type WatchPlaces = {
  readonly folder: string;
  /** The Unix socket on which the resident process listens; the hook script writes to it. */
  readonly socket: string;
  readonly hook: string;
  /** Events that came while nobody listened. */
  readonly spool: string;
  /** A folder that is there while a hook starts the resident process, so that others don't start it as well. */
  readonly starting: string;
  /** The lock of the resident process, with its pid. */
  readonly lock: string;
  /** A copy of this program that outlives the cache of npx. */
  readonly program: string;
  readonly backups: string;
  readonly state: string;
  /** Session files of watched runs, a folder for each repository. */
  readonly sessions: string;
};

/** The name under which the resident process is locked: there is one a user. */
export const residentLock = 'resident';

/** A socket's path has room for about a hundred bytes. */
const maxSocketPath = 100;

/** Throws UserError where the path of the socket would be too long for the system. */
export function watchPlaces(home: string): WatchPlaces {
  const folder = join(home, 'watch');
  const socket = join(folder, 'socket');
  if (Buffer.byteLength(socket) > maxSocketPath)
    throw new UserError(`${socket} is too long for a socket; set WINK_HOME to a shorter folder.`);
  return {
    folder,
    socket,
    hook: join(folder, 'hook.sh'),
    spool: join(folder, 'spool'),
    starting: join(folder, 'starting'),
    lock: join(folder, `${residentLock}.lock`),
    program: join(folder, 'program'),
    backups: join(folder, 'backups'),
    state: join(folder, 'state.json'),
    sessions: join(home, 'watched'),
  };
}
