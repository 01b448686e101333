import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { findApprovedMounts, type SandboxSettings } from './approved-mounts.ts';
import type { Sandbox } from './sandbox.ts';

export type ProbeResult = { readonly name: string; readonly isOk: boolean; readonly detail: string };

/**
 * Tries a sandbox for real: a command writes inside the workspace, fails to write to the home folder, and does not see the program's own
 * folder. Leaves nothing behind. Without a sandbox the list is empty.
 */
export async function probeSandbox(sandbox: Sandbox, settings: SandboxSettings): Promise<ProbeResult[]> {
  if (sandbox.kind === 'none') return [];
  const name = `.wink-probe-${randomBytes(6).toString('hex')}`;
  const inside = join(settings.roots[0]!, name);
  const { folder, why } = findOutside(settings);
  const outside = join(folder, name);
  try {
    await run(sandbox, ['touch', inside], settings.roots[0]!);
    const wroteInside = existsSync(inside);
    await run(sandbox, ['touch', outside], settings.roots[0]!);
    const wroteOutside = existsSync(outside) && outside !== inside;
    const listing = await run(sandbox, ['ls', '-A', settings.winkHome], settings.roots[0]!);
    const readable = new Set(
      (settings.readable ?? []).map((path) => path.slice(settings.winkHome.length + 1).split('/')[0]),
    );
    const seen = listing
      .split('\n')
      .filter((line) => line !== '' && !readable.has(line) && existsSync(join(settings.winkHome, line)));
    return [
      {
        name: 'writes in the workspace',
        isOk: wroteInside,
        detail: wroteInside ? 'a command wrote a file there' : `a command could not write ${inside}`,
      },
      {
        name: 'no writes elsewhere',
        isOk: !wroteOutside,
        detail: `a command could ${wroteOutside ? '' : 'not '}write ${outside}${why}`,
      },
      {
        name: 'keys hidden',
        isOk: seen.length === 0,
        detail:
          seen.length === 0
            ? `${settings.winkHome} is empty for commands`
            : `a command could list ${settings.winkHome}`,
      },
    ];
  } finally {
    rmSync(inside, { force: true });
    rmSync(outside, { force: true });
  }
}

/**
 * A folder that commands are not to write: the home folder, or another where that lies in one they may write (in /tmp, in the workspace), with
 * the words that say so.
 */
function findOutside(settings: SandboxSettings): { readonly folder: string; readonly why: string } {
  const { writable } = findApprovedMounts(settings);
  const isOpen = (folder: string) => writable.some((place) => folder === place || folder.startsWith(`${place}/`));
  const home = realpathSync(settings.home);
  if (!isOpen(home)) return { folder: settings.home, why: '' };
  const folder = [dirname(settings.roots[0]!), '/usr'].find((each) => !isOpen(each)) ?? '/';
  return { folder, why: ` (they may write ${settings.home}: it lies in a folder that is open to them)` };
}

async function run(sandbox: Sandbox, command: readonly string[], cwd: string): Promise<string> {
  const wrapped = await sandbox.wrapCommand(command[0]!, command.slice(1), 'approved');
  const child = spawn(wrapped.file, wrapped.args, { stdio: ['ignore', 'pipe', 'ignore'], timeout: 10_000, cwd });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  await new Promise((done) => {
    child.once('error', done);
    child.once('close', done);
  });
  return output;
}
