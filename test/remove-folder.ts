import { rmSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * Removes a folder that a program under test has just used. The program's last children may still write there, and a file that comes
 * while the folder is emptied makes the removal fail; then all of it is tried again, for ten seconds.
 */
export async function removeFolder(path: string): Promise<void> {
  for (let tries = 100; ; tries--) {
    try {
      rmSync(path, { recursive: true, force: true });
      return;
    } catch (error) {
      if (tries === 1) throw error;
      await wait(100);
    }
  }
}
