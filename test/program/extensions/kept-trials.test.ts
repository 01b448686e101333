import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, run, serve } from '../program.ts';

const bwrap = spawnSync('sh', ['-c', 'command -v bwrap'], { encoding: 'utf8' }).stdout.trim();
const works = spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', 'true']).status === 0;

/** A home whose bubblewrap counts the trials, and fails as one without rights does while there is a file `broken`. */
function makeHome() {
  const home = makeFolder();
  const program = join(home, 'bin/bwrap');
  const trials = join(home, 'trials');
  mkdirSync(join(home, 'bin'));
  const install = (version: string) => {
    writeFileSync(
      program,
      `#!/bin/sh\n# ${version}\ncase "$*" in *wink-probe*) echo >> ${trials};; esac\n[ -e ${home}/broken ] && echo 'bwrap: No permissions to create a new namespace' >&2 && exit 1\nexec ${bwrap} "$@"\n`,
    );
    chmodSync(program, 0o755);
  };
  install('1');
  const count = () => (existsSync(trials) ? readFileSync(trials, 'utf8').length : 0);
  return { home, install, count };
}

/** One command in a workspace of its own, in mode edits. */
async function runCommand(home: string) {
  const cwd = makeFolder();
  const call = { name: 'shell', arguments: { command: 'echo done > made' } };
  const model = await serve([{ calls: [call] }, { text: 'Done.' }]);
  const words = ['-p', 'go', '--model', 'scripted', '--base-url', model.url, '--wink', 'off', '--approval', 'edits'];
  const env = { PATH: `${join(home, 'bin')}:${process.env.PATH}` };
  const { stderr } = await run(words, { cwd, home, env });
  return {
    stderr,
    hasRun: existsSync(join(cwd, 'made')),
    said: JSON.stringify(model.requests.at(-1)?.body.messages),
  };
}

test.skipIf(!works)(
  'what a trial of the sandbox has shown holds for later sessions, until its program changes',
  async () => {
    const { home, install, count } = makeHome();
    expect((await runCommand(home)).hasRun).toBe(true);
    expect(count()).toBe(2);
    expect((await runCommand(home)).hasRun).toBe(true);
    expect(count()).toBe(2);
    install('2');
    expect((await runCommand(home)).hasRun).toBe(true);
    expect(count()).toBe(4);
  },
);

test.skipIf(!works)(
  'where the sandbox works no longer, its command does not run, and the next session tries it',
  async () => {
    const { home, count } = makeHome();
    await runCommand(home);
    writeFileSync(join(home, 'broken'), '');
    const failed = await runCommand(home);
    expect(failed).toMatchObject({ hasRun: false, said: expect.stringContaining('bwrap: No permissions') });
    expect(failed.stderr).toContain('The next session tests anew what it can do here');
    expect(count()).toBe(2);
    await runCommand(home);
    expect(count()).toBeGreaterThan(2);
  },
);
