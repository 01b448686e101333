import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { runGit } from '../../src/checkpoints/store-git.ts';
import { startGit } from '../../src/core/git/start-git.ts';

const hasSandbox = spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--unshare-net', 'true']).status === 0;

const plainGit = (cwd: string, ...words: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@e', ...words], {
    cwd,
    stdio: ['ignore', 'pipe', 'ignore'],
  });

/** A repository with two commits and a changed file, a program beside it that leaves a mark outside, and where such a mark would be. */
function makeRepository() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-held-')));
  const [root, mark, program] = [join(base, 'work'), join(base, 'MARK'), join(base, 'evil')];
  // It says on its error output that it ran: git hands that on.
  writeFileSync(program, `#!/bin/sh\necho it-ran >&2\n: > ${mark}\necho x >> ${base}/outside\nexit 0\n`);
  chmodSync(program, 0o755);
  mkdirSync(root);
  plainGit(root, 'init', '-q');
  for (const text of ['one\n', 'two\n']) {
    writeFileSync(join(root, 'a.txt'), text);
    plainGit(root, 'add', '.');
    plainGit(root, 'commit', '-qm', text.trim());
  }
  writeFileSync(join(root, '.git/info/attributes'), '*.txt filter=evil diff=evil merge=evil\n');
  writeFileSync(join(root, 'a.txt'), 'three\n');
  return { base, root, mark, program };
}

type Repository = ReturnType<typeof makeRepository>;

const set =
  (name: string) =>
  ({ root, program }: Repository) =>
    void plainGit(root, 'config', name, program);

function hook(name: string) {
  return ({ root, program }: Repository) =>
    writeFileSync(join(root, '.git/hooks', name), readFileSync(program), { mode: 0o755 });
}

function includeElsewhere({ root, program }: Repository): void {
  writeFileSync(join(root, '.git/other'), `[filter "evil"]\n\tclean = ${program}\n`);
  plainGit(root, 'config', `includeIf.gitdir:${root}/.path`, join(root, '.git/other'));
}

function submoduleOfItsOwn(repository: Repository): void {
  const inner = join(repository.root, 'sub');
  mkdirSync(inner);
  plainGit(inner, 'init', '-q');
  writeFileSync(join(inner, 'b.txt'), 'one\n');
  plainGit(inner, 'add', '.');
  plainGit(inner, 'commit', '-qm', 'first');
  writeFileSync(join(repository.root, '.gitmodules'), '[submodule "sub"]\npath = sub\nurl = x\nignore = none\n');
  plainGit(repository.root, 'add', '.');
  writeFileSync(join(inner, '.git/info/attributes'), '* filter=evil\n');
  set('filter.evil.clean')({ ...repository, root: inner });
  writeFileSync(join(inner, 'b.txt'), 'two\n');
}

function twoBranches(repository: Repository): void {
  const { root } = repository;
  plainGit(root, 'checkout', '-qfb', 'other', 'HEAD~1');
  writeFileSync(join(root, 'a.txt'), 'four\n');
  plainGit(root, 'commit', '-qam', 'other');
  plainGit(root, 'checkout', '-q', '-');
  set('merge.evil.driver')(repository);
}

/** Git itself writes there. */
function workTreeOutside({ base, root }: Repository): void {
  writeFileSync(join(root, 'MARK'), 'x');
  plainGit(root, 'add', 'MARK');
  plainGit(root, 'config', 'core.worktree', base);
}

const inside = ({ root }: Repository) => [root];

describe.skipIf(!hasSandbox)(
  'what a repository lets git start leaves nothing outside, whatever else fails to stop it',
  () => {
    // No guard of ours is in these words: each attack works with a git that is not held.
    test.each<[string, (repository: Repository) => void, readonly string[], ((repository: Repository) => string[])?]>([
      ['a filter, when git compares', set('filter.evil.clean'), ['diff']],
      ['a filter that goes on running', set('filter.evil.process'), ['diff']],
      ['a filter, when git stages', set('filter.evil.clean'), ['add', 'a.txt'], inside],
      ['a filter, when git checks out', set('filter.evil.smudge'), ['checkout', '-f', 'HEAD~1'], inside],
      ['a text conversion', set('diff.evil.textconv'), ['diff']],
      ['a diff driver', set('diff.evil.command'), ['diff']],
      ['a diff program of all files', set('diff.external'), ['diff']],
      ['a file system monitor', set('core.fsmonitor'), ['status']],
      ['a hook on the index', hook('post-index-change'), ['add', 'a.txt'], inside],
      ['a hook on references', hook('reference-transaction'), ['update-ref', 'refs/x', 'HEAD'], inside],
      ['a hook on a checkout', hook('post-checkout'), ['checkout', '-f', 'HEAD~1'], inside],
      ['a merge driver', twoBranches, ['merge', 'other'], inside],
      ['an alias', ({ root, program }) => void plainGit(root, 'config', 'alias.x', `!${program}`), ['x']],
      ['a program that signs', set('gpg.program'), ['commit-tree', '-S', '-m', 'x', 'HEAD^{tree}'], inside],
      ['a program that connects', set('core.sshCommand'), ['ls-remote', 'ssh://nowhere/x']],
      ['settings that are included under a condition', includeElsewhere, ['diff']],
      ['a working tree that is elsewhere', workTreeOutside, ['checkout-index', '-f', '--', '../MARK'], inside],
      ['a submodule with settings of its own', submoduleOfItsOwn, ['status']],
    ])('%s', async (_, prepare, words, writes = () => []) => {
      const [held, unheld] = [makeRepository(), makeRepository()];
      for (const repository of [held, unheld]) prepare(repository);
      const env = {
        GIT_AUTHOR_NAME: 't',
        GIT_AUTHOR_EMAIL: 't@e',
        GIT_COMMITTER_NAME: 't',
        GIT_COMMITTER_EMAIL: 't@e',
      };
      await startGit(words, { cwd: held.root, env, writes: writes(held) });
      spawnSync('git', words, { cwd: unheld.root, env: { ...process.env, ...env } });
      expect([existsSync(held.mark), existsSync(unheld.mark)]).toEqual([false, true]);
    });
  },
);

describe.skipIf(!hasSandbox)('a program that git starts', () => {
  test('reads no key, sees no process and reaches no service', async () => {
    const { base, root, program } = makeRepository();
    const [home, socket] = [join(base, 'home'), join(tmpdir(), `wink-held-${process.pid}.sock`)];
    mkdirSync(join(home, '.ssh'), { recursive: true });
    writeFileSync(join(home, '.ssh/id'), 'key');
    const servers = [createServer().listen(0, '127.0.0.1'), createServer().listen(socket)];
    await Promise.all(servers.map((server) => once(server, 'listening')));
    const address = servers[0]!.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const attempts = `
      const can = (name, work) => { try { work(); return name + ' '; } catch { return ''; } };
      const said = can('key', () => require('fs').readFileSync('${home}/.ssh/id')) + can('process', () => process.kill(${process.pid}, 0));
      process.stderr.write('tried: ' + said);
      for (const to of [${port}, '${socket}'])
        require('net').connect(to).on('connect', function () { process.stderr.write('service '); this.destroy(); }).on('error', () => {});
    `;
    writeFileSync(program, `#!${process.execPath}\n${attempts}`);
    plainGit(root, 'config', 'core.fsmonitor', program);
    vi.stubEnv('HOME', home);
    const { complaint } = await startGit(['status'], { cwd: root });
    const unheld = spawnSync('git', ['status'], { cwd: root, encoding: 'utf8' });
    vi.unstubAllEnvs();
    for (const server of servers) server.close();
    expect(complaint).toContain('tried: ');
    expect(complaint).not.toMatch(/key|process|service/);
    expect(unheld.stderr).toMatch(/tried: key process (service ){2}/);
  });

  test('ends with the git that is stopped', async () => {
    const { root, program } = makeRepository();
    writeFileSync(program, `#!/bin/sh\n: > ${root}/started\nsleep 1000 & sleep 1000\n`);
    plainGit(root, 'config', 'core.fsmonitor', program);
    const stopping = new AbortController();
    // Its output ends when nobody holds it any more.
    const ended = startGit(['status'], { cwd: root, writes: [root], signal: stopping.signal });
    await expect.poll(() => existsSync(join(root, 'started')), { timeout: 20_000 }).toBe(true);
    stopping.abort();
    expect((await ended).code).not.toBe(0);
  });
});

test('a git that waits for a pipe is given up, and what it waited for is named', async () => {
  const { root } = makeRepository();
  mkdirSync(join(root, 'sub'));
  execFileSync('mkfifo', [join(root, 'sub/.gitignore')]);
  const { code, complaint, isGivenUp } = await startGit(['status', '--porcelain'], { cwd: root });
  expect({ code, complaint, isGivenUp }).toEqual({
    code: undefined,
    complaint: 'sub/.gitignore is a pipe',
    isGivenUp: true,
  });
  await expect(runGit(['ls-files', '-o', '--exclude-standard'], { cwd: root })).rejects.toThrow(
    'git ls-files failed: sub/.gitignore is a pipe',
  );
  rmSync(join(root, 'sub/.gitignore'));
  expect((await startGit(['status', '--porcelain'], { cwd: root })).code).toBe(0);
});

/** A bubblewrap that is refused what it needs, alone on the PATH with git. */
function refuseSandbox(base: string): void {
  const folder = join(base, 'bin');
  mkdirSync(folder);
  writeFileSync(
    join(folder, 'bwrap'),
    '#!/bin/sh\necho "bwrap: No permissions to create new namespace" >&2\nexit 1\n',
    {
      mode: 0o755,
    },
  );
  symlinkSync(execFileSync('/bin/sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim(), join(folder, 'git'));
  vi.stubEnv('PATH', folder);
}

test('where bubblewrap is refused what it needs git runs without it, but never once it has held one', async () => {
  const { base, root } = makeRepository();
  if (hasSandbox) expect((await startGit(['rev-parse', 'HEAD'], { cwd: root })).code).toBe(0);
  refuseSandbox(base);
  const later = await startGit(['rev-parse', 'HEAD'], { cwd: root });
  vi.resetModules();
  const fresh = await import('../../src/core/git/start-git.ts');
  const first = await fresh.startGit(['rev-parse', 'HEAD'], { cwd: root });
  const atOnce = fresh.startGitSync(['rev-parse', 'HEAD'], { cwd: root }, 20_000);
  vi.unstubAllEnvs();
  if (hasSandbox) expect(later).toMatchObject({ code: undefined, complaint: expect.stringContaining('bwrap: ') });
  expect([first.code, atOnce.code]).toEqual([0, 0]);
});
