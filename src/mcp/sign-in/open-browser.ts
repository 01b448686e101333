import { spawn } from 'node:child_process';
import { ownProgram } from '../../core/process/find-program.ts';

/** Opens a page in the user's browser where there is one; the address is shown all the same. */
export function openBrowser(url: string, env: NodeJS.ProcessEnv): void {
  const command = browserOf(env);
  if (command === undefined) return;
  const own = ownProgram(command, env);
  const child = spawn(own.file, [url], { stdio: 'ignore', detached: true, env: own.env });
  child.on('error', () => undefined);
  child.unref();
}

function browserOf({ BROWSER, DISPLAY, WAYLAND_DISPLAY, SSH_CONNECTION }: NodeJS.ProcessEnv): string | undefined {
  if (BROWSER) return BROWSER;
  if (process.platform === 'darwin') return SSH_CONNECTION ? undefined : 'open';
  return DISPLAY || WAYLAND_DISPLAY ? 'xdg-open' : undefined;
}
