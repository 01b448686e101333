import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { isProtected } from '../../src/core/disk/protected-files.ts';
import type { Tidied } from '../../src/core/wrapped-command.ts';
import { type Tidy, watchMade } from '../../src/sandbox/made/watch-made.ts';
import { watchStanding } from '../../src/sandbox/made/watch-standing.ts';

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

const walls = () => ({ check: async () => undefined, close: () => {}, clean: () => {} });

/** A look that is under way when the command ends. */
async function endWhileLooking() {
  let end = { resolve: (_: Tidied | undefined) => {}, reject: (_: Error) => {} };
  const look = () => new Promise<Tidied | undefined>((resolve, reject) => (end = { resolve, reject }));
  const { watch, early } = watchMade(walls, look, () => {}, '/work');
  const { close } = watch(() => {});
  await vi.advanceTimersByTimeAsync(3_000);
  close();
  return { end, said: early() };
}

test('a look that is under way when the command ends is waited for, says what it found, and is the last', async () => {
  const { end, said } = await endWhileLooking();
  end.resolve({ note: 'set aside: .vscode' });
  expect(await said).toEqual([{ note: 'set aside: .vscode' }]);
  expect(vi.getTimerCount()).toBe(0);
});

test('a look that fails when the command has ended is the last', async () => {
  const { end, said } = await endWhileLooking();
  end.reject(new Error('gone'));
  expect(await said).toEqual([]);
  expect(vi.getTimerCount()).toBe(0);
});

test('what is removed and made anew before each look is set aside, too', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'wink-made-')), '.vscode');
  const due: boolean[] = [];
  const tidy: Tidy = async (isDue) => {
    rmSync(path, { recursive: true, force: true });
    mkdirSync(path);
    due.push(isDue!(path));
    return undefined;
  };
  const onBroken = vi.fn();
  const { close } = watchMade(walls, tidy, () => {}, '/work').watch(onBroken);
  await vi.advanceTimersByTimeAsync(600_000);
  close();
  expect(due).toEqual([false, false, false, false, true, true]);
  expect(onBroken).toHaveBeenCalledOnce();
});

test('what comes to a folder that was there before is found at once, and what comes to a new one is left to the looks', async () => {
  vi.useRealTimers();
  const root = mkdtempSync(join(tmpdir(), 'wink-standing-'));
  mkdirSync(join(root, 'app/src'), { recursive: true });
  await expect.poll(() => Date.now() - statSync(join(root, 'app/src')).birthtimeMs).toBeGreaterThan(40);
  const found: string[] = [];
  const close = watchStanding([root], isProtected, (path) => found.push(path.slice(root.length + 1)));
  const made = ['new/.vscode', '.vscode', 'app/src/mise.toml', '.config/mise'];
  for (const name of made) mkdirSync(join(root, name), { recursive: true });
  await expect.poll(() => found.length, { timeout: 20_000 }).toBe(3);
  // From now on it follows what comes.
  mkdirSync(join(root, 'app/.idea'));
  await expect.poll(() => found.length, { timeout: 20_000 }).toBe(4);
  close();
  expect(found.sort()).toEqual(['.config/mise', '.vscode', 'app/.idea', 'app/src/mise.toml']);
});
