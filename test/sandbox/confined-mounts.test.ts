import { execFileSync, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isProtected } from '../../src/core/disk/protected-files.ts';
import { looksSecret } from '../../src/core/disk/secret-paths.ts';
import { type Confinement, doPutOff } from '../../src/core/tool.ts';
import type { JsonObject } from '../../src/core/types.ts';
import { createLinkFinder } from '../../src/permissions/acting/linked-places.ts';
import type { SandboxSettings } from '../../src/sandbox/approved-mounts.ts';
import { findSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { closeWorkspace, createWorkspace } from '../../tools/file/workspace.ts';
import { lastOf } from '../../tools/shell/shell-process.ts';
import { shellTool } from '../../tools/shell.ts';

function makeSettings(): SandboxSettings {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-confined-')));
  const [work, home] = [join(base, 'work'), join(base, 'home')];
  for (const folder of [
    work,
    join(work, '.git/hooks'),
    join(work, '.git/objects'),
    join(work, '.git/refs'),
    join(home, '.ssh'),
    join(home, '.wink'),
  ])
    mkdirSync(folder, { recursive: true });
  for (const file of ['.git/config', '.git/HEAD', '.env', 'plain']) writeFileSync(join(work, file), 'content\n');
  writeFileSync(join(home, '.ssh/id_rsa'), 'content\n');
  writeFileSync(join(base, 'beside'), 'content\n');
  const walls = { isHidden: looksSecret, isProtected, denied: undefined, deniedPlaces: [], allowedPlaces: [] };
  const temporary = () => {
    mkdirSync(join(home, '.wink/tmp'), { recursive: true });
    return join(home, '.wink/tmp');
  };
  const etcCopies = join(home, '.wink/etc');
  return {
    mode: 'auto',
    network: true,
    roots: [work],
    home,
    winkHome: join(home, '.wink'),
    walls,
    temporary,
    etcCopies,
  };
}

async function run(sandbox: Sandbox, settings: SandboxSettings, confinement: Confinement, script: string) {
  const { file, args, tidy } = await sandbox.wrapCommand('/bin/bash', ['-c', script], confinement);
  const ended = spawnSync(file, args, {
    cwd: settings.roots[0]!,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: settings.home },
  });
  return { code: ended.status, output: ended.stdout + ended.stderr, said: (await tidy?.())?.note };
}

const settings = makeSettings();
const sandbox = await findSandbox(settings);
const work = settings.roots[0]!;

describe.runIf(sandbox.canConfine())('commands that nobody was asked about', () => {
  it('read the workspace, write nothing, and see nothing beside it', async () => {
    expect((await run(sandbox, settings, 'read-only', 'cat plain')).output).toBe('content\n');
    for (const script of [
      'echo x > new',
      'echo x > /new',
      'echo x > ~/new',
      'echo x > /usr/new',
      'mkdir /run/x',
      'rm plain',
    ])
      expect([script, (await run(sandbox, settings, 'read-only', script)).code]).not.toEqual([script, 0]);
    for (const script of [
      'cat .env',
      'cat ../beside',
      'cat ~/.ssh/id_rsa',
      `cat ${settings.winkHome}/x`,
      'ls /root/.ssh /home/*',
      'cat /etc/shadow',
    ])
      expect((await run(sandbox, settings, 'read-only', script)).output).not.toContain('content');
    expect(existsSync(join(work, 'new'))).toBe(false);
  });

  it('see the kept outputs of the session, but not what was set aside there', async () => {
    const outputs = join(settings.winkHome, 'outputs');
    mkdirSync(join(outputs, 'set-aside/1-0-.claude'), { recursive: true });
    for (const name of ['long.txt', 'set-aside/1-0-.npmrc', 'set-aside/1-0-.claude/keys'])
      writeFileSync(join(outputs, name), `content of ${name}`);
    const withOutputs = await findSandbox({ ...settings, readable: [outputs] });
    const { output } = await run(withOutputs, settings, 'read-only', `grep -r content ${outputs}`);
    expect(output).toBe(`${outputs}/long.txt:content of long.txt\n`);
  });

  it('have no other process to see, and no way to the environment of the program', async () => {
    process.env.WINK_TEST_MARK = 'CANARY';
    expect(
      (await run(sandbox, settings, 'read-only', 'unset WINK_TEST_MARK; exec env -i cat /proc/*/environ')).output,
    ).not.toContain('CANARY');
    expect(Number((await run(sandbox, settings, 'read-only', 'ls -d /proc/[0-9]* | wc -l')).output)).toBeLessThan(8);
  });

  it('reach no server, no socket of the workspace and no abstract one', async () => {
    let reached = 0;
    const servers = ['\0wink-abstract', join(work, 'service.sock')].map((path) =>
      createServer((socket) => {
        reached += 1;
        socket.destroy();
      }).listen(path),
    );
    const script = (path: string) =>
      `require('net').connect(${JSON.stringify(path)}).on('error', () => process.exit(3)).on('connect', () => process.exit(0))`;
    for (const path of ['\0wink-abstract', 'service.sock']) {
      const { file, args } = await sandbox.wrapCommand(process.execPath, ['-e', script(path)], 'read-only');
      const code = await new Promise<number | null>((done) => {
        import('node:child_process').then(({ spawn }) =>
          spawn(file, args, { cwd: work, stdio: 'ignore' }).on('close', done),
        );
      });
      expect([path, code]).not.toEqual([path, 0]);
    }
    expect(reached).toBe(0);
    for (const server of servers) server.close();
  });

  it('in mode edits write the workspace, but no settings, and not what is absent', async () => {
    expect((await run(sandbox, settings, 'workspace', 'echo x > new && cat new && rm new')).output).toBe('x\n');
    for (const script of [
      'echo x > .git/config',
      'rm -rf .git',
      'mv .git old',
      'echo x > .git/commondir',
      'echo x > .git/hooks/pre-commit',
      'echo x > .env',
      'cat .env',
      'umount .git && echo x > .git/config',
    ])
      expect([script, (await run(sandbox, settings, 'workspace', script)).code]).not.toEqual([script, 0]);
    await run(sandbox, settings, 'workspace', 'echo x > ../beside');
    expect(readFileSync(join(work, '../beside'), 'utf8')).toBe('content\n');
    for (const name of ['.wink', '.vscode', '.husky', '.claude', '.mcp.json'])
      expect([
        name,
        (await run(sandbox, settings, 'workspace', `mkdir ${name} && echo x > ${name}/config.json`)).said,
      ]).toEqual([name, expect.stringContaining('set aside')]);
    for (const name of ['.wink', '.vscode', '.mcp.json'])
      expect([name, lstatSync(join(work, name), { throwIfNoEntry: false })]).toEqual([name, undefined]);
  });

  it('plain git commands write in .git, but neither settings nor hooks, nor make a commondir', async () => {
    expect((await run(sandbox, settings, 'repository', 'echo x > .git/index')).code).toBe(0);
    expect((await run(sandbox, settings, 'repository', 'echo x > .git/config')).code).not.toBe(0);
    expect((await run(sandbox, settings, 'repository', 'echo x > .git/hooks/pre-commit')).code).not.toBe(0);
    expect((await run(sandbox, settings, 'repository', 'mv .git old')).code).not.toBe(0);
    expect((await run(sandbox, settings, 'repository', 'echo ../evil > .git/commondir')).said).toContain('commondir');
    expect(existsSync(join(work, '.git/commondir'))).toBe(false);
    execFileSync('git', ['init', '-q', '--bare', join(work, 'bare')]);
    const inside = (confinement: Confinement) =>
      run(sandbox, settings, confinement, 'cd bare && git rev-parse --is-bare-repository');
    expect([(await inside('workspace')).code, (await inside('repository')).code]).toEqual([0, 128]);
    rmSync(join(work, 'bare'), { recursive: true });
  });

  it('see no secret that one of them moved among installed packages', async () => {
    for (const folder of ['conf', 'node_modules']) mkdirSync(join(work, folder));
    writeFileSync(join(work, 'conf/.env'), 'moved secret\n');
    const read = 'mv conf node_modules; grep -rs moved .';
    for (let time = 0; time < 2; time += 1)
      expect((await run(sandbox, settings, 'workspace', read)).output).not.toContain('moved secret');
    expect(existsSync(join(work, 'node_modules/conf/.env'))).toBe(true);
    rmSync(join(work, 'node_modules'), { recursive: true });
  });

  it('can make no nested repository and no folder of an editor, also not where another was moved away', async () => {
    mkdirSync(join(work, 'inner/.git'), { recursive: true });
    writeFileSync(join(work, 'inner/.git/config'), '');
    for (const script of [
      'mkdir -p deep/er && git init -q deep/er && git -C deep/er config core.fsmonitor evil',
      'mkdir -p deep/.vscode && echo {} > deep/.vscode/tasks.json',
      'echo evil > deep/.envrc',
      'mv inner outer && mkdir -p inner/.git && echo evil > inner/.git/config',
      'mkdir -p bare/objects bare/refs && touch bare/HEAD && echo evil > bare/config',
      'mkdir -p deep && echo "gitdir: ../bare" > deep/.git',
      'mkdir -p share/objects share/refs far && touch far/HEAD && echo evil > share/config && echo ../share > far/commondir',
      'mkdir -p hooked/objects hooked/refs hooked/hooks && touch hooked/HEAD && echo evil > hooked/hooks/post-commit',
      'echo {} > deep/opencode.json',
      'echo {} > deep/x.code-workspace',
    ])
      expect([script, (await run(sandbox, settings, 'workspace', script)).said]).toEqual([
        script,
        expect.stringContaining('set aside'),
      ]);
    for (const name of [
      'deep/er/.git',
      'deep/.vscode',
      'deep/.envrc',
      'deep/.git',
      'inner/.git',
      'bare/config',
      'far/commondir',
      'hooked/hooks',
    ])
      expect([name, existsSync(join(work, name))]).toEqual([name, false]);
    expect(existsSync(join(work, 'outer/.git/config'))).toBe(true);
    for (const name of ['deep', 'inner', 'outer', 'bare', 'share', 'far', 'hooked'])
      rmSync(join(work, name), { recursive: true });
  });

  it('write nothing that git starts because its settings name it, also not where it is absent or a link', async () => {
    const own = makeSettings();
    const root = own.roots[0]!;
    mkdirSync(join(root, 'scripts/hooks'), { recursive: true });
    writeFileSync(join(root, 'scripts/hooks/pre-commit'), 'good');
    symlinkSync('scripts/hooks', join(root, 'link'));
    const started: string[] = [];
    const walls = { ...own.walls!, actingPlaces: () => started };
    const held = await findSandbox({ ...own, walls });
    const act = (script: string) => run(held, own, 'workspace', script);
    expect((await act('echo evil > scripts/hooks/pre-commit; mkdir made; echo x > made/x')).said).toBeUndefined();
    started.push(...['scripts/hooks', 'link', 'absent'].map((name) => join(root, name)));
    expect((await act('echo worse > scripts/hooks/pre-commit')).code).not.toBe(0);
    expect((await act('echo worse > link/post-commit')).code).not.toBe(0);
    expect((await act('mkdir absent; echo evil > absent/pre-commit')).said).toContain('set aside');
    expect((await act('rm link; mkdir link; echo evil > link/pre-commit')).said).toContain('set aside');
    expect(
      (await act('mv scripts other; mkdir -p scripts/hooks; echo evil > scripts/hooks/pre-commit')).said,
    ).toContain('set aside');
    for (const name of ['absent', 'link', 'scripts/hooks'])
      expect([name, existsSync(join(root, name))]).toEqual([name, false]);
    expect((await run(held, own, 'approved', 'mkdir -p scripts/hooks && echo x > scripts/hooks/x')).code).toBe(0);
  });

  it('write nothing that a link lets act by itself, wherever it lies', async () => {
    const own = makeSettings();
    const root = own.roots[0]!;
    for (const folder of ['cfg/vscode', 'src', 'packages/one']) mkdirSync(join(root, folder), { recursive: true });
    writeFileSync(join(root, 'src/tasks.json'), 'mine');
    symlinkSync('cfg/vscode', join(root, '.vscode'));
    symlinkSync('way', join(root, '.mcp.json'));
    symlinkSync('cfg/mcp.json', join(root, 'way'));
    symlinkSync('../../cfg/deep', join(root, 'packages/one/.claude'));
    const held = await findSandbox({
      ...own,
      walls: { ...own.walls!, actingPlaces: createLinkFinder(own.roots) },
    });
    const act = (script: string) => run(held, own, 'workspace', script);
    expect((await act('echo x > cfg/plain; echo x > src/b; cat .vscode/x; ls .vscode/')).said).toBeUndefined();
    expect(held.ledPlaces()).toContain(join(root, 'cfg/deep'));
    expect((await act('echo evil > cfg/vscode/tasks.json')).code).not.toBe(0);
    expect((await act('echo evil > .vscode/tasks.json')).code).not.toBe(0);
    expect((await act('mkdir cfg/deep; echo evil > cfg/deep/settings.json')).said).toContain('set aside');
    expect((await act('echo evil > cfg/mcp.json')).said).toContain('set aside');
    expect((await act('mv cfg old; mkdir -p cfg/vscode; echo evil > cfg/vscode/x; mv old/plain cfg')).said).toContain(
      'set aside',
    );
    for (const name of ['cfg/deep', 'cfg/mcp.json', 'cfg/vscode'])
      expect([name, existsSync(join(root, name))]).toEqual([name, false]);
    // The link is set aside, not what stood there before and it leads to now.
    for (const name of ['.vscode', 'way']) {
      expect((await act(`ln -sfn src ${name}`)).said).toContain(`set aside: ${join(root, name)} `);
      expect(existsSync(join(root, name))).toBe(false);
    }
    expect(readFileSync(join(root, 'src/tasks.json'), 'utf8')).toBe('mine');
  });

  it('can’t change what was set aside', async () => {
    const { said } = await run(sandbox, settings, 'workspace', 'mkdir -p .vscode && echo mine > .vscode/tasks.json');
    const folder = /Now in (.+?);/.exec(said ?? '')![1]!;
    await run(sandbox, settings, 'workspace', `find / -name set-aside -exec rm -rf {} + ; rm -rf ${folder}`);
    expect(readdirSync(folder).some((name) => name.endsWith('.vscode'))).toBe(true);
  });

  it('leave nothing of it behind when they are stopped, or ran in the background', async () => {
    const workspace = createWorkspace({ cwd: work, outputFolder: join(settings.home, 'outputs'), confine: sandbox });
    const ran = async (input: JsonObject, signal = new AbortController().signal) => {
      const prepared = shellTool.prepare(input, work);
      if (typeof prepared === 'string') throw new Error(prepared);
      return (await prepared.run({ workspace, signal, onOutput: () => {}, confinement: 'workspace' })).output;
    };
    const command = 'mkdir .vscode && echo {} > .vscode/tasks.json; echo made; sleep 60';
    const stop = new AbortController();
    const stopped = ran({ command }, stop.signal);
    await expect.poll(() => existsSync(join(work, '.vscode/tasks.json')), { timeout: 10_000 }).toBe(true);
    stop.abort();
    expect(await stopped).toContain('[set aside: ');
    expect(await ran({ command, background: true })).toContain('Started as job-1');
    await expect.poll(() => existsSync(join(work, '.vscode/tasks.json')), { timeout: 10_000 }).toBe(true);
    await closeWorkspace(workspace);
    expect(existsSync(join(work, '.vscode'))).toBe(false);
  });

  it('see no secret that takes the place of another while a shell waits for them', async () => {
    const workspace = createWorkspace({ cwd: work, outputFolder: join(settings.home, 'outputs'), confine: sandbox });
    const read = async () => {
      const prepared = shellTool.prepare({ command: 'cat .env later.env plain; echo $WINK_CALL | cut -d- -f2' }, work);
      if (typeof prepared === 'string') throw new Error(prepared);
      const { signal } = new AbortController();
      const { output } = await prepared.run({ workspace, signal, onOutput: () => {}, confinement: 'read-only' });
      await doPutOff(workspace);
      return output;
    };
    const replace = (name: string, content: string) => {
      writeFileSync(join(work, 'new'), content);
      renameSync(join(work, 'new'), join(work, name));
    };
    expect(await read()).toMatch(/content\n1\n/);
    // The second is the one that waited, whatever is made in the folders; it also sees what is written to a file that was there.
    for (const folder of [tmpdir(), work, settings.home])
      rmSync(mkdtempSync(join(folder, 'wink-made-')), { recursive: true });
    writeFileSync(join(work, 'plain'), 'changed\n');
    expect(await read()).toMatch(/changed\n2\n/);
    // Its mounts are gone with the files that they lie over: another is started.
    replace('.env', 'new secret\n');
    expect(await read()).toMatch(/changed\n4\n/);
    replace('later.env', 'new secret\n');
    const output = await read();
    expect(output).not.toContain('secret');
    expect(output).toMatch(/changed\n6\n/);
    replace('plain', 'content\n');
    expect(await read()).toMatch(/content\n7\n/);
    rmSync(join(work, 'later.env'));
    await closeWorkspace(workspace);
  });

  it('are not given their words where a folder was exchanged while their sandbox was made', async () => {
    const beside = join(settings.home, 'beside/.vscode');
    for (const folder of [join(work, 'app/.vscode'), beside]) mkdirSync(folder, { recursive: true });
    const make = async (meanwhile: () => void) => {
      const { file, args, isMadeAsSaid } = await sandbox.wrapCommand('/bin/bash', ['-c', 'echo; read'], 'workspace');
      meanwhile();
      const child = spawn(file, args, { cwd: work, stdio: ['pipe', 'pipe', 'ignore'] });
      await new Promise((resolve) => child.stdout.once('data', resolve).once('close', resolve));
      const isAsSaid = isMadeAsSaid!(lastOf(child.pid!)!);
      child.stdin.end();
      return isAsSaid;
    };
    expect(await make(() => {})).toBe(true);
    const exchange = () => {
      renameSync(join(work, 'app'), join(work, 'moved'));
      symlinkSync('../home/beside', join(work, 'app'));
    };
    expect(await make(exchange)).toBe(false);
    for (const name of ['app', 'moved']) rmSync(join(work, name), { recursive: true });
  });

  it('start in their folder, with nothing of what the next shell is started from, while that has no sandbox yet', async () => {
    const link = join(settings.home, 'link');
    symlinkSync(work, link);
    const workspace = createWorkspace({ cwd: link, outputFolder: join(settings.home, 'outputs'), confine: sandbox });
    const look = 'pwd; for n in 3 4 5; do [ ! -e /proc/self/fd/$n ] || echo $n; done; cat .env; echo $WINK_CALL';
    const outputs: string[] = [];
    for (const confinement of ['read-only', 'read-only', 'workspace', 'read-only'] as const) {
      const prepared = shellTool.prepare({ command: look }, link);
      if (typeof prepared === 'string') throw new Error(prepared);
      const { signal } = new AbortController();
      outputs.push((await prepared.run({ workspace, signal, onOutput: () => {}, confinement })).output);
      await doPutOff(workspace);
    }
    const whole = (number: number) => new RegExp(`^${work}\ncat: .env: Permission denied\n.*-${number}\n`);
    for (const [index, output] of outputs.entries()) expect(output).toMatch(whole([1, 2, 4, 3][index] ?? 0));
    await closeWorkspace(workspace);
    rmSync(link);
  });

  it.each(['read-only', 'workspace'] as const)(
    'are ended, and what they printed is held back, when a secret is saved anew while they run (%s)',
    async (confinement) => {
      const workspace = createWorkspace({ cwd: work, outputFolder: join(settings.home, 'outputs'), confine: sandbox });
      const command = 'for i in $(seq 300); do echo go; cat .env | tee /tmp/kept; sleep 0.1; done';
      const prepared = shellTool.prepare({ command }, work);
      if (typeof prepared === 'string') throw new Error(prepared);
      let live = '';
      const onOutput = (chunk: string) => {
        live += chunk;
      };
      const { signal } = new AbortController();
      const ran = prepared.run({ workspace, signal, onOutput, confinement });
      await expect.poll(() => live, { timeout: 20_000 }).toContain('go');
      writeFileSync(join(work, 'new'), 'saved anew\n');
      renameSync(join(work, 'new'), join(work, '.env'));
      const result = await ran;
      expect(result).toMatchObject({ isError: true, errorKind: 'sandboxed' });
      expect(result.output).toContain('.env was saved or replaced while this command ran');
      expect(result.output).not.toMatch(/saved anew|^go/m);
      expect(existsSync(join(settings.home, '.wink/tmp/kept'))).toBe(false);
      await closeWorkspace(workspace);
    },
  );

  it('are known to have ended with all that came of them without a look at every process of the machine', async () => {
    const { reporting = [] } = await sandbox.wrapCommand('/bin/true', [], 'read-only');
    expect([sandbox.kind, reporting.slice(0, 2)]).toEqual(
      sandbox.kind === 'bubblewrap' ? ['bubblewrap', ['--info-fd', '4']] : [sandbox.kind, []],
    );
  });

  it('look for secrets anew before each command', async () => {
    mkdirSync(join(work, 'later'));
    expect((await run(sandbox, settings, 'read-only', 'cat later/.env')).output).not.toContain('content');
    writeFileSync(join(work, 'later/.env'), 'content\n');
    symlinkSync('later/.env', join(work, 'alias'));
    expect((await run(sandbox, settings, 'read-only', 'cat later/.env alias')).output).not.toContain('content');
    rmSync(join(work, 'alias'));
  });

  it('are held the same when they try to leave through a name space of their own', async () => {
    const script = "unshare -Urm sh -c 'umount .env; mount -o remount,rw,bind .; echo x > new; cat .env' 2>&1";
    expect((await run(sandbox, settings, 'read-only', script)).output).not.toContain('content');
    expect(existsSync(join(work, 'new'))).toBe(false);
  });
});

describe.runIf(sandbox.kind === 'bubblewrap')('commands that were allowed', () => {
  it('get no folder of git that only says so', async () => {
    const hostile = makeSettings();
    const root = hostile.roots[0]!;
    rmSync(join(root, '.git'), { recursive: true });
    for (const aim of ['/', '/usr', hostile.home, '../..']) {
      writeFileSync(join(root, '.git'), `gitdir: ${aim}\n`);
      const found = await findSandbox(hostile);
      expect(found.writable.filter((path) => path !== root && !path.startsWith(tmpdir()))).toEqual([]);
      expect(
        (await run(found, hostile, 'approved', `rm .git; echo x > .git; echo x > /usr/wink-escape`)).code,
      ).not.toBe(0);
      expect(readFileSync(join(root, '.git'), 'utf8')).toContain('gitdir');
    }
    expect(existsSync('/usr/wink-escape')).toBe(false);
  });

  it('get no repository of another folder through a link', async () => {
    const linked = makeSettings();
    const root = linked.roots[0]!;
    const other = join(linked.home, 'other.git');
    renameSync(join(root, '.git'), other);
    symlinkSync(other, join(root, '.git'));
    const found = await findSandbox(linked);
    await run(found, linked, 'repository', 'echo x > .git/index');
    expect(existsSync(join(other, 'index'))).toBe(false);
  });

  it('can neither put .git aside nor make what configures the agent', async () => {
    expect((await run(sandbox, settings, 'approved', 'mv .git old')).code).not.toBe(0);
    expect((await run(sandbox, settings, 'approved', 'mkdir .wink && echo {} > .wink/config.json')).said).toContain(
      '.wink',
    );
    expect(existsSync(join(work, '.wink'))).toBe(false);
  });

  it('are said to have made a repository or settings that run programs', async () => {
    expect((await run(sandbox, settings, 'approved', 'git init -q fresh')).said).toBeUndefined();
    const hook = 'git init -q armed && echo x > armed/.git/hooks/pre-commit';
    expect((await run(sandbox, settings, 'approved', hook)).said).toContain('armed/.git');
    expect(
      (await run(sandbox, settings, 'approved', 'git config -f set/.git/config alias.x "!sh"')).said,
    ).toBeUndefined();
    expect((await run(sandbox, settings, 'approved', 'mkdir -p set/.vscode')).said).toContain('set/.vscode');
    for (const name of ['fresh', 'armed', 'set']) rmSync(join(work, name), { recursive: true, force: true });
  });

  it('write neither settings nor hooks of a repository that a command before them made', async () => {
    const late = makeSettings();
    const root = late.roots[0]!;
    rmSync(join(root, '.git'), { recursive: true });
    expect((await run(sandbox, late, 'approved', 'true')).code).toBe(0);
    const found = await findSandbox(late);
    expect((await run(found, late, 'approved', 'git init -q .')).code).toBe(0);
    expect((await run(found, late, 'approved', 'git config core.fsmonitor ./evil')).code).not.toBe(0);
    expect((await run(found, late, 'approved', 'echo x > .git/hooks/pre-commit')).code).not.toBe(0);
  });

  it('reach a socket only where the user opened it', async () => {
    const opened = makeSettings();
    const path = join(opened.home, 'agent.sock');
    const server = createServer((socket) => socket.end('hello')).listen(path);
    const script = `require('net').connect(process.argv[1]).on('error', () => process.exit(3)).on('data', () => process.exit(0))`;
    const reach = async (sockets: string[]) => {
      const found = await findSandbox({ ...opened, sockets, winkHome: join(opened.home) });
      const { file, args } = await found.wrapCommand(process.execPath, ['-e', script, path], 'approved');
      const { spawn } = await import('node:child_process');
      return new Promise((done) => spawn(file, args, { cwd: opened.roots[0]!, stdio: 'ignore' }).on('close', done));
    };
    process.env.WINK_TEST_SOCKET = path;
    expect([await reach([]), await reach([path]), await reach(['$WINK_TEST_SOCKET'])]).toEqual([3, 0, 0]);
    delete process.env.WINK_TEST_SOCKET;
    server.close();
  });

  it('find no sockets of services', async () => {
    expect(
      (await run(sandbox, settings, 'approved', 'ls /run/docker.sock /run/dbus /run/user 2>/dev/null')).output,
    ).toBe('');
  });
});
