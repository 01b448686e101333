import { readlinkSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { isOfWorkspace } from './find-program.ts';

const maxLinks = 40;

/**
 * Whether an absolute path lies in a workspace or in the repository around `cwd`, or is reached over a link that lies there: whoever can
 * change that link decides where the path leads. A path with too many links counts as one.
 */
export function leadsThroughWorkspace(path: string, cwd: string): boolean {
  if (isOfWorkspace(path, cwd)) return true;
  const names = path.split('/');
  let place = '/';
  for (let links = 0; names.length > 0; ) {
    const next = join(place, names.shift()!);
    const aim = aimOf(next);
    if (aim === undefined) {
      place = next;
      continue;
    }
    links += 1;
    if (links > maxLinks || isOfWorkspace(next, cwd)) return true;
    names.unshift(...aim.split('/'));
    if (isAbsolute(aim)) place = '/';
  }
  return isOfWorkspace(place, cwd);
}

function aimOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    // It is no link, or there is nothing.
    return undefined;
  }
}
