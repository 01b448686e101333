import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { SandboxSettings } from '../../src/sandbox/approved-mounts.ts';
import { probeSandbox } from '../../src/sandbox/probe.ts';
import { findSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';

/** The home must lie outside the temporary folder, which is writable in the sandbox. */
function makeSettings(more: Partial<SandboxSettings> = {}): SandboxSettings {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-sandbox-')));
  const [work, home] = [join(base, 'work'), join(base, 'home')];
  for (const folder of [work, join(work, '.git/hooks'), join(home, '.ssh'), join(home, '.wink/outputs')])
    mkdirSync(folder, { recursive: true });
  for (const file of [
    join(home, '.ssh/id_rsa'),
    join(home, '.netrc'),
    join(home, '.wink/auth.json'),
    join(home, '.wink/outputs/long.txt'),
    join(work, '.git/config'),
  ])
    writeFileSync(file, 'content\n');
  return {
    mode: 'auto',
    network: false,
    roots: [work],
    home,
    winkHome: join(home, '.wink'),
    readable: [join(home, '.wink/outputs')],
    ...more,
  };
}

async function run(sandbox: Sandbox, script: string, cwd: string) {
  const { file, args } = await sandbox.wrapCommand('/bin/sh', ['-c', script], 'approved');
  const ended = spawnSync(file, args, { cwd, encoding: 'utf8' });
  return { exitCode: ended.status, output: ended.stdout + ended.stderr };
}

const settings = makeSettings();
const sandbox = await findSandbox(settings);

describe.runIf(sandbox.kind === 'bubblewrap')('the sandbox of this machine', () => {
  const work = settings.roots[0]!;

  it('lets commands write in the workspace and in the temporary folder', async () => {
    expect(
      await run(
        sandbox,
        `echo x > a && mkdir -p sub && echo y > sub/b && t=$(mktemp) && echo z > $t && cat $t && rm $t`,
        work,
      ),
    ).toEqual({ exitCode: 0, output: 'z\n' });
    expect(readFileSync(join(work, 'sub/b'), 'utf8')).toBe('y\n');
  });

  it('lets them read, but not write, what is outside', async () => {
    const marker = `/usr/wink-probe-${process.pid}`;
    expect((await run(sandbox, 'head -1 /etc/passwd', work)).exitCode).toBe(0);
    const outcome = await run(sandbox, `echo x > ${marker}`, work);
    expect(outcome.exitCode).not.toBe(0);
    expect(existsSync(marker)).toBe(false);
    expect(sandbox.findWant(outcome, 'approved')).toMatch(/^could not write `\/usr\/wink-probe.*--add-dir/);
  });

  it('does not let a program with root rights make the rest writable again', async () => {
    expect((await run(sandbox, 'mount -o remount,rw / 2>&1 && echo x > /usr/escaped', work)).exitCode).not.toBe(0);
    expect(existsSync('/usr/escaped')).toBe(false);
  });

  it('hides keys and the state of the program, but for kept outputs', async () => {
    const { home } = settings;
    expect(
      (await run(sandbox, `cat ${home}/.ssh/id_rsa ${home}/.netrc ${home}/.wink/auth.json`, work)).output,
    ).not.toContain('content');
    expect(await run(sandbox, `cat ${home}/.wink/outputs/long.txt`, work)).toEqual({
      exitCode: 0,
      output: 'content\n',
    });
    const kept = ['.config/goose/secrets.yaml', '.librewolf/a/cookies.sqlite', '.bitcoin/wallet.dat', 'passwords.kdbx'];
    for (const path of [...kept, '.config/ordinary/settings']) {
      mkdirSync(join(home, dirname(path)), { recursive: true });
      writeFileSync(join(home, path), 'content\n');
    }
    for (const path of kept)
      expect([path, (await run(sandbox, `cat ${home}/${path}`, work)).output]).not.toEqual([path, 'content\n']);
    expect((await run(sandbox, `cat ${home}/.config/ordinary/settings`, work)).output).toBe('content\n');
  });

  it.runIf(process.getuid?.() === 0)(
    'lets them write the caches of package managers, but not the rest of the home folder',
    async () => {
      const base = makeSettings();
      const home = join('/var', `wink-home-${process.pid}`);
      mkdirSync(join(home, '.cache/pip'), { recursive: true });
      try {
        const inHome = await findSandbox({ ...base, home, winkHome: join(home, '.wink') });
        expect(
          (await run(inHome, `echo x > ${home}/.cache/pip/a && cat ${home}/.cache/pip/a`, base.roots[0]!)).output,
        ).toBe('x\n');
        expect((await run(inHome, `echo x > ${home}/a`, base.roots[0]!)).exitCode).not.toBe(0);
        expect((await run(inHome, `echo x > ${home}/.cache/a`, base.roots[0]!)).exitCode).not.toBe(0);
      } finally {
        rmSync(home, { recursive: true, force: true });
      }
    },
  );

  it('gives them compiled code of their own, which no program outside takes', async () => {
    const cache = join(realpathSync(tmpdir()), 'node-compile-cache');
    const name = `wink-test-${process.pid}`;
    expect((await run(sandbox, `echo x > ${cache}/${name} && cat ${cache}/${name}`, work)).output).toBe('x\n');
    expect(existsSync(join(cache, name))).toBe(false);
  });

  it('keeps hooks and settings of the repository as they are', async () => {
    expect((await run(sandbox, 'echo x > .git/hooks/pre-commit', work)).exitCode).not.toBe(0);
    expect((await run(sandbox, 'echo x > .git/config', work)).exitCode).not.toBe(0);
    expect((await run(sandbox, 'rm -rf .git/hooks', work)).exitCode).not.toBe(0);
  });

  it('has no network when it is off, but the loopback', async () => {
    const outcome = await run(
      sandbox,
      `exec ${process.execPath} -e "fetch('http://example.com').catch((error) => { console.error(error); process.exit(3) })"`,
      work,
    );
    expect(outcome.exitCode).toBe(3);
    expect(sandbox.findWant(outcome, 'approved')).toContain('no network');
    const server = `require('net').createServer((s) => s.end('hello')).listen(0, '127.0.0.1', function () { require('net').connect(this.address().port, '127.0.0.1').on('data', (d) => { console.log(String(d)); process.exit(0) }) })`;
    expect((await run(sandbox, `exec ${process.execPath} -e "${server}"`, work)).output).toBe('hello\n');
  });

  it('passes exit code, arguments and output through', async () => {
    const { file, args } = await sandbox.wrapCommand(
      '/bin/sh',
      ['-c', 'printf "%s|" "$@"; exit 7', 'sh', 'a b', '$x', '--', ''],
      'approved',
    );
    const ended = spawnSync(file, args, { cwd: work, encoding: 'utf8' });
    expect([ended.status, ended.stdout]).toEqual([7, 'a b|$x|--||']);
  });

  it('works for a workspace in a hidden folder and for a home that is the workspace', async () => {
    const inner = makeSettings();
    const nested = join(inner.winkHome, 'demo');
    mkdirSync(nested);
    const one = await findSandbox({ ...inner, roots: [nested] });
    expect((await run(one, `echo x > a && cat a && ls -A ${inner.winkHome}`, nested)).output).toContain('x\n');
    expect((await run(one, `cat ${inner.winkHome}/auth.json`, nested)).exitCode).not.toBe(0);
    const two = await findSandbox({ ...inner, roots: [inner.home] });
    expect((await run(two, `echo x > a && cat .ssh/id_rsa .netrc .wink/auth.json`, inner.home)).output).not.toContain(
      'content',
    );
  });

  it('lets commits go on in a linked worktree', async () => {
    const base = makeSettings();
    const [main] = base.roots;
    const git = (cwd: string, ...args: string[]) =>
      execFileSync('git', args, {
        cwd,
        stdio: 'pipe',
        env: {
          ...process.env,
          GIT_AUTHOR_NAME: 'a',
          GIT_AUTHOR_EMAIL: 'a@b',
          GIT_COMMITTER_NAME: 'a',
          GIT_COMMITTER_EMAIL: 'a@b',
        },
      });
    writeFileSync(join(main!, '.git/config'), '');
    git(main!, 'init', '-q');
    git(main!, 'commit', '-q', '--allow-empty', '-m', 'x');
    const linked = join(base.home, '..', 'linked');
    git(main!, 'worktree', 'add', '-q', linked);
    const inLinked = await findSandbox({ ...base, roots: [linked] });
    expect(await run(inLinked, 'git -c user.name=a -c user.email=a@b commit -q --allow-empty -m y', linked)).toEqual({
      exitCode: 0,
      output: '',
    });
  });

  it('runs nothing while deny rules close what can no longer be found', async () => {
    const base = makeSettings();
    const [root] = base.roots;
    mkdirSync(join(root!, 'private'));
    writeFileSync(join(root!, 'private/plan'), 'plan\n');
    const denied = { isHidden: (path: string) => path.endsWith('/private'), isProtected: () => false };
    const walls = { ...denied, denied, deniedPlaces: [], allowedPlaces: [] };
    const closed = await findSandbox({ ...base, walls });
    expect((await run(closed, 'cat private/plan', root!)).output).not.toContain('plan\n');
    mkdirSync(join(root!, ...Array.from({ length: 16 }, () => 'd'.repeat(240))), { recursive: true });
    await expect(run(closed, 'cat private/plan', root!)).rejects.toThrow(
      /^This was not run, because not every file that the deny rules cover/,
    );
    const open = await findSandbox({ ...base, walls: { ...walls, denied: undefined } });
    expect((await run(open, 'cat private/plan', root!)).output).toBe('plan\n');
  });

  it('sets aside what an allowed command made where a deny rule lets nothing be written', async () => {
    const base = makeSettings();
    const root = base.roots[0]!;
    const denied = { isHidden: () => false, isProtected: (path: string) => path.endsWith('/db') };
    const walls = { ...denied, denied, deniedPlaces: [], allowedPlaces: [] };
    const closed = await findSandbox({ ...base, walls, temporary: () => join(base.home, 'kept') });
    const { file, args, tidy } = await closed.wrapCommand('/bin/sh', ['-c', 'mkdir db && echo x > db/new'], 'approved');
    expect(spawnSync(file, args, { cwd: root }).status).toBe(0);
    expect((await tidy?.())?.note).toMatch(/^\[set aside: .*\/db appeared.*deny rule/);
    expect(existsSync(join(root, 'db'))).toBe(false);
  });

  it('passes its own probe', async () => {
    const results = await probeSandbox(sandbox, { ...settings, home: '/usr' });
    expect(results.map(({ name, isOk }) => [name, isOk])).toEqual([
      ['writes in the workspace', true],
      ['no writes elsewhere', true],
      ['keys hidden', true],
    ]);
    const inTemporary = await probeSandbox(sandbox, { ...settings, home: tmpdir() });
    expect(inTemporary[1]).toMatchObject({
      isOk: true,
      detail: expect.stringContaining(`(they may write ${tmpdir()}:`),
    });
  });
});

describe('findSandbox', () => {
  it('leaves commands as they are when it is off, and says so', async () => {
    const off = await findSandbox(makeSettings({ mode: 'off' }));
    expect(await off.wrapCommand('ls', ['-l'], 'read-only')).toEqual({ file: 'ls', args: ['-l'] });
    expect(off.description).toContain('switched off');
    expect(await probeSandbox(off, settings)).toEqual([]);
  });

  it('goes on without one when none is there, and says what to do; throws when one is required', async () => {
    const path = process.env.PATH;
    process.env.PATH = '/nonexistent';
    try {
      const none = await findSandbox(makeSettings());
      expect(none.kind).toBe('none');
      if (process.platform === 'linux')
        expect(none.description).toBe(
          'There is no sandbox, since bubblewrap is not installed (package bubblewrap): commands run with all your rights.',
        );
      if (process.platform === 'linux')
        await expect(findSandbox(makeSettings({ mode: 'on' }))).rejects.toThrow(UserError);
    } finally {
      process.env.PATH = path;
    }
  });

  it('falls back when a bubblewrap that does not work is found', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'wink-sandbox-'));
    writeFileSync(
      join(folder, 'bwrap'),
      '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n',
      { mode: 0o755 },
    );
    const path = process.env.PATH;
    process.env.PATH = `${folder}:${path}`;
    try {
      const none = await findSandbox(makeSettings());
      if (process.platform === 'linux')
        expect(none.description).toContain('does not work here (bwrap: No permissions to create new namespace)');
    } finally {
      process.env.PATH = path;
    }
  });
});
