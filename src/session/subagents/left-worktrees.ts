import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the worktrees of subagents lie, each named SESSION-SUBAGENT. */
export function worktreesFolder(env: NodeJS.ProcessEnv): string {
  return join(env.HOME ?? homedir(), '.cache', 'wink-agent', 'worktrees');
}

/** Worktrees of a session's subagents that are still there: the session was killed, or what they changed was not taken. */
export function findLeftWorktrees(env: NodeJS.ProcessEnv, session: string): string[] {
  const folder = worktreesFolder(env);
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(`${session}-`))
      .map((name) => join(folder, name));
  } catch {
    // No subagent ever had one.
    return [];
  }
}
