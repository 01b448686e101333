import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { quote, readyLeftWorktree } from './worktree.ts';

/** Where the worktrees of subagents lie, each named SESSION-SUBAGENT, with a number behind it where one that is kept has that name. */
export function worktreesFolder(env: NodeJS.ProcessEnv): string {
  return join(env.HOME ?? homedir(), '.cache', 'wink-agent', 'worktrees');
}

/** What is said of worktrees of a session's subagents that are still there: the session was killed, or what they changed was not taken. */
export async function describeLeftWorktrees(env: NodeJS.ProcessEnv, session: string, cwd: string): Promise<string[]> {
  const said: string[] = [];
  for (const folder of findLeftWorktrees(env, session)) {
    const command = await readyLeftWorktree(cwd, folder);
    const way = command === undefined ? '' : `\`${command}\` brings its changes back; `;
    said.push(
      `A subagent's worktree of this session is still there, with what it changed: ${folder}. ${way}\`git worktree remove --force ${quote(folder)}\` removes it.`,
    );
  }
  return said;
}

function findLeftWorktrees(env: NodeJS.ProcessEnv, session: string): string[] {
  const folder = worktreesFolder(env);
  try {
    return readdirSync(folder)
      .filter((name) => name.startsWith(`${session}-`) && /^a\d+(-\d+)?$/.test(name.slice(session.length + 1)))
      .map((name) => join(folder, name));
  } catch {
    // No subagent ever had one.
    return [];
  }
}
