import { join } from 'node:path';

/** Where a session's kept outputs have what was set aside. It may hold keys, so that it is read only with the user's word. */
export function setAsideFolder(kept: string): string {
  return join(kept, 'set-aside');
}
