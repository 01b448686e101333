import { errorCode, UserError } from '../errors.ts';

/**
 * Throws UserError where the agent can't run: it ends commands with all their descendants as POSIX process groups, and asks a POSIX
 * shell. Commands that start no agent are let through everywhere.
 */
export function requirePosix(platform: NodeJS.Platform = process.platform): void {
  if (platform !== 'win32') return;
  throw new UserError(
    'Running the agent on Windows itself is not supported (no POSIX shell, no process groups to end commands with, no sandbox). Install WSL (`wsl --install`) and start wink-agent there.',
  );
}

/** Whether a process with this id exists on this machine, ours or another user's. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}
