import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, vi } from 'vitest';

/** Compares a screen with its golden file. What is drawn comes in pieces, so it is given time to become that before it fails. */
export async function matchesGolden(read: () => string, name: string): Promise<void> {
  const path = join(import.meta.dirname, 'golden', name);
  const wanted = existsSync(path) ? readFileSync(path, 'utf8') : undefined;
  if (wanted !== undefined)
    await vi.waitUntil(() => read() === wanted, { timeout: 40_000, interval: 15 }).catch(() => undefined);
  await expect(read()).toMatchFileSnapshot(path);
}
