import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { SandboxSettings } from './places.ts';
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
  const outside = join(settings.home, name);
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
        detail: wroteOutside ? `a command could write ${outside}` : `a command could not write ${outside}`,
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

async function run(sandbox: Sandbox, command: readonly string[], cwd: string): Promise<string> {
  const wrapped = sandbox.wrapCommand(command[0]!, command.slice(1), 'approved');
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
