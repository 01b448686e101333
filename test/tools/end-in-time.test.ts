import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { expect, test, vi } from 'vitest';
import { endInTime, spareAtEnd } from '../../src/core/process/end-in-time.ts';
import { isProcessAlive } from '../../src/core/process/platform.ts';

test('a program whose orderly end does not come is ended, and with it what it started, but for what outlives it', async () => {
  const child = spawn('sh', ['-c', "trap '' TERM; sleep 1000 & echo $!; wait"], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const guard = spawn('sleep', ['1000']);
  spareAtEnd(guard);
  const [line] = await once(createInterface(child.stdout), 'line');
  const exit = vi.spyOn(process, 'exit').mockImplementation(() => undefined as never);
  vi.useFakeTimers();
  endInTime(143);
  vi.advanceTimersByTime(1_900);
  expect(exit).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  vi.useRealTimers();
  expect(exit).toHaveBeenCalledWith(143);
  exit.mockRestore();
  expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  await expect.poll(() => isProcessAlive(Number(line))).toBe(false);
  expect(isProcessAlive(guard.pid!)).toBe(true);
  guard.kill();
});
