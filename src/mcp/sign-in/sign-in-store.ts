import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { writeFileAtomic } from '../../core/disk/atomic.ts';
import { isObject, parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';
import { serverLabel } from '../tool-name.ts';

/** What is kept of a sign-in, as the SDK gives it. */
export type SignInKey = 'client' | 'tokens' | 'verifier';

/** One server's sign-in, in a file that only the user can read. It is read anew each time: another session may have refreshed it. */
export type SignInStore = {
  readonly path: string;
  readonly read: (key: SignInKey) => unknown;
  readonly write: (key: SignInKey, value: unknown) => Promise<void>;
  readonly forget: (...keys: readonly SignInKey[]) => Promise<void>;
  /** Removes the file. Gives whether there was one. */
  readonly remove: () => boolean;
};

/** The sign-in of a server by its name and address, in $WINK_HOME/mcp-sign-in. */
export function openSignInStore(home: string, name: string, url: string): SignInStore {
  const hash = createHash('sha256').update(url).digest('hex').slice(0, 8);
  const path = join(home, 'mcp-sign-in', `${serverLabel(name)}-${hash}.json`);
  const load = (): JsonObject => {
    try {
      const parsed = parseJson(readFileSync(path, 'utf8'));
      return isObject(parsed) ? parsed : {};
    } catch {
      return {};
    }
  };
  const save = async (values: JsonObject) => {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    await writeFileAtomic(path, `${JSON.stringify(values, null, 2)}\n`, 0o600);
  };
  return {
    path,
    read: (key) => load()[key],
    write: (key, value) => save({ ...load(), [key]: value }),
    forget: (...keys) =>
      save(Object.fromEntries(Object.entries(load()).filter(([key]) => !keys.some((each) => each === key)))),
    remove: () => {
      const isThere = Object.keys(load()).length > 0;
      rmSync(path, { force: true });
      return isThere;
    },
  };
}
