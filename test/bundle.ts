import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { build } from 'esbuild';
import { bundleSettings } from '../bin/bundle.js';

const root = resolve(import.meta.dirname, '..');

/** Where the bundles of one run of the tests are; `runId` is the process of the runner. */
export function bundleFolder(runId: number): string {
  return join(root, 'node_modules', '.wink-test', String(runId));
}

/**
 * Bundles entry files (`{ name: path from the root }`) as the product is bundled, once in a run of the tests however many files ask for
 * them; gives the folder of `name.js`. Whoever comes while another builds waits for it.
 */
export async function bundleOnce(name: string, entryPoints: Readonly<Record<string, string>>): Promise<string> {
  const folder = join(bundleFolder(process.ppid), name);
  const done = join(folder, '.done');
  mkdirSync(bundleFolder(process.ppid), { recursive: true });
  try {
    mkdirSync(folder);
  } catch {
    while (!existsSync(done)) await pause(20);
    return folder;
  }
  await build({ ...bundleSettings, absWorkingDir: root, entryPoints, outdir: folder, minify: true });
  mkdirSync(done);
  return folder;
}
