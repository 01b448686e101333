import { spawn, spawnSync } from 'node:child_process';
import { withoutKeys } from '../core/process/child-environment.ts';
import { runGitSafely } from '../core/process/safe-git.ts';

/** What git prints, without the last line end; undefined when it fails. Starts nothing that the repository names. */
export function git(cwd: string, ...args: readonly string[]): string | undefined {
  return runGitSafely(cwd, args)?.replace(/\n$/, '');
}

/** Names in an answer of `-z`. */
export function names(answer: string | undefined): string[] {
  return (answer ?? '').split('\0').filter((name) => name !== '');
}

export type GitEnd = { readonly isDone: boolean; readonly output: string };

/** Git as the user would run it, with the repository's hooks and the user's settings; no question can be asked. */
export function runUsersGit(cwd: string, args: readonly string[], input: string): Promise<GitEnd> {
  return new Promise((resolve) => {
    const child = spawn('git', args, {
      cwd,
      env: { ...withoutKeys(process.env), GIT_TERMINAL_PROMPT: '0', GIT_EDITOR: 'true' },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let output = '';
    const take = (chunk: Buffer) => {
      output = (output + chunk.toString('utf8')).slice(-20_000);
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => resolve({ isDone: false, output: error.message }));
    child.on('close', (code) => resolve({ isDone: code === 0, output: output.trim() }));
    child.stdin.on('error', () => undefined);
    child.stdin.end(input);
  });
}

const ghMs = 8_000;

/** One JSON answer of GitHub's command line; undefined when it isn't installed, not signed in or not answering. */
export function askGitHub(cwd: string, args: readonly string[]): Record<string, unknown> | undefined {
  const env = { ...withoutKeys(process.env), GH_PROMPT_DISABLED: '1', GH_NO_UPDATE_NOTIFIER: '1', NO_COLOR: '1' };
  const { status, stdout } = spawnSync('gh', args, { cwd, env, encoding: 'utf8', timeout: ghMs });
  if (status !== 0) return undefined;
  try {
    const parsed: unknown = JSON.parse(stdout);
    return typeof parsed === 'object' && parsed !== null ? Object.fromEntries(Object.entries(parsed)) : undefined;
  } catch {
    return undefined;
  }
}
