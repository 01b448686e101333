import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Tidied } from '../../src/core/wrapped-command.ts';
import { type Tidy, watchMade } from '../../src/sandbox/made/watch-made.ts';

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
