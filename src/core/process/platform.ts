import type { ChildProcess } from 'node:child_process';
import { errorCode, UserError } from '../errors.ts';
import { readProcessStat } from './process-stat.ts';

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

/** Whether a process with this id runs on this machine, ours or another user's. One that has ended and that its parent doesn't ask about runs no more. */
export function isProcessAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errorCode(error) !== 'EPERM') return false;
  }
  return readProcessStat(pid)?.state !== 'Z';
}

/**
 * Sends a child a signal, or nothing when it could not be started: Node then has no number of it until the next tick and would signal
 * our own process group, whoever else is in it. For the same reason no child is given `signal` as an option of spawn.
 */
export function signalChild(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid !== undefined) child.kill(signal);
}
