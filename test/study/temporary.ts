import { realpathSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty folder that is removed when all tests have run. */
export async function makeFolder(name: string): Promise<string> {
  return realpathSync(await mkdtemp(join(tmpdir(), `wink-${name}-`)));
}
