import { realpathSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** An empty folder that is removed when the tests of the file have run. */
export async function makeFolder(name: string): Promise<string> {
  const folder = realpathSync(await mkdtemp(join(tmpdir(), `wink-${name}-`)));
  made.push(folder);
  return folder;
}
