import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { findProgram } from '../../src/core/process/find-program.ts';
import { unshareArguments } from '../../src/sandbox/unshare.ts';

const isRoot = process.getuid?.() === 0;
const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink unshare-')));
const [work, mountPoint] = [join(base, "it's work"), join(base, 'mount')];
mkdirSync(join(work, 'inner'), { recursive: true });
mkdirSync(mountPoint);
writeFileSync(join(work, '.env'), 'secret\n');
writeFileSync(join(work, 'inner/file'), 'plain\n');
afterAll(() => rmSync(base, { recursive: true, force: true }));

const find = (name: string) => findProgram(name, process.env.PATH, []) ?? name;
const programs = { unshare: find('unshare'), setpriv: find('setpriv'), path: '/usr/bin:/bin:/usr/sbin:/sbin' };
const form = { isRoot, mountPoint, programs };
const system = ['/usr', '/bin', '/lib', '/lib64', '/sbin'].filter((path) => existsSync(path));
const mounts = [
  ...['--unshare-net', '--unshare-ipc', '--die-with-parent'],
  ...system.flatMap((path) => ['--ro-bind', path, path]),
  ...['--dev', '/dev', '--proc', '/proc', '--tmpfs', '/tmp'],
];

function run(more: readonly string[], script: string, env = process.env) {
  const args = unshareArguments([...mounts, ...more], ['/bin/sh', '-c', script], form);
  const { status, stdout, stderr } = spawnSync(programs.setpriv, args, { cwd: work, env, encoding: 'utf8' });
  return { status, output: stdout + stderr };
}

const works = run(['--ro-bind', work, work], ':').status === 0;

describe.runIf(works)('commands held by unshare', () => {
  it('write nothing where a mount is read-only, also in a folder with blanks and quotes', () => {
    const script = 'cat inner/file; pwd; echo x > new; echo x > inner/file; echo x > /usr/x; true';
    const { output } = run(['--ro-bind', work, work], script);
    expect(output).toContain(`plain\n${work}\n`);
    expect([existsSync(join(work, 'new')), existsSync('/usr/x')]).toEqual([false, false]);
    expect(run(['--bind', work, work], 'echo x > new && rm new').status).toBe(0);
  });

  it('see neither what is hidden, nor other processes, nor what was not mounted', () => {
    const hidden = ['--bind', work, work, '--ro-bind', '/dev/null', join(work, '.env'), '--remount-ro', '/'];
    const { output } = run(hidden, 'cat .env; ls /proc | grep -c "^[0-9]"; ls / | tr "\\n" " "; touch /x 2>&1');
    expect(output).not.toContain('secret');
    expect(output).toMatch(/^[1-4]\n/);
    expect(output).not.toMatch(/\bhome\b|\broot\b/);
    expect(output).toContain('Read-only');
  });

  it('are held by programs of the system, whatever lies on their own PATH', () => {
    const bin = join(work, 'inner');
    for (const name of ['unshare', 'mount', 'mkdir', 'setpriv', 'umount'])
      writeFileSync(join(bin, name), `#!/bin/sh\necho ${name} ran\n`, { mode: 0o755 });
    const path = `${bin}:${process.env.PATH}`;
    expect(run(['--ro-bind', work, work], 'echo "$PATH"', { ...process.env, PATH: path }).output).toBe(`${path}\n`);
  });

  it('have no rights with which they could undo it', () => {
    const script =
      'umount .env; mount -o remount,rw /usr; mount -t tmpfs x /usr; cat .env; grep CapEff /proc/self/status';
    const { output } = run(['--ro-bind', work, work, '--ro-bind', '/dev/null', join(work, '.env')], script);
    expect(output).not.toContain('secret');
    expect(output).toMatch(/CapEff:\t0+\n/);
  });
});

it('an argument that is not known, or a mount point that commands would see, is refused', () => {
  expect(() => unshareArguments(['--overlay', 'x'], ['true'], form)).toThrow('--overlay');
  expect(() => unshareArguments(['--ro-bind', base, base], ['true'], form)).toThrow('lies in');
});
