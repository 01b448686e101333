// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are variables of a server's settings

import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { runTrust } from '../../src/command-line/trust-command.ts';
import { UserError } from '../../src/core/errors.ts';
import { ignoredUntrusted, joinIgnored } from '../../src/core/untrusted.ts';
import { distrust, isTrusted, listTrusted, trust, trustState } from '../../src/trust/trust.ts';

function makePlace() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-trust-')));
  const [home, repository] = [join(base, 'home'), join(base, 'repository')];
  mkdirSync(join(repository, 'src'), { recursive: true });
  git(repository, 'init', '-q');
  git(repository, 'commit', '-q', '--allow-empty', '-m', 'x');
  return { base, home, repository };
}

function git(cwd: string, ...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd, stdio: 'pipe' });
}

function writeLarge(path: string): void {
  writeFileSync(path, '');
  truncateSync(path, 40_000_000);
}

describe('trust', () => {
  it('trusts nothing at first, then the repository from any folder in it', async () => {
    const { home, repository } = makePlace();
    expect(isTrusted(repository, home)).toBe(false);
    expect(await trust(join(repository, 'src'), home)).toBe(repository);
    expect(isTrusted(join(repository, 'src'), home)).toBe(true);
    expect(listTrusted(home).map(({ folder }) => folder)).toEqual([repository]);
  });

  it('is kept in a file of mode 0600 in a folder of mode 0700', async () => {
    const { home, repository } = makePlace();
    await trust(repository, home);
    expect(statSync(join(home, 'trust.json')).mode & 0o777).toBe(0o600);
    expect(statSync(home).mode & 0o777).toBe(0o700);
  });

  it('does not reach repositories inside, nor folders beside', async () => {
    const { base, home, repository } = makePlace();
    const inner = join(repository, 'vendor/inner');
    mkdirSync(inner, { recursive: true });
    git(inner, 'init', '-q');
    await trust(repository, home);
    expect(isTrusted(inner, home)).toBe(false);
    expect(isTrusted(`${repository}-two`, home)).toBe(false);
    expect(isTrusted(base, home)).toBe(false);
  });

  it('looks through links', async () => {
    const { base, home, repository } = makePlace();
    symlinkSync(repository, join(base, 'link'));
    await trust(join(base, 'link'), home);
    expect(isTrusted(repository, home)).toBe(true);
    expect(isTrusted(join(base, 'link', 'src'), home)).toBe(true);
  });

  it('is shared by linked worktrees, but not by a folder that only claims to be one', async () => {
    const { base, home, repository } = makePlace();
    git(repository, 'worktree', 'add', '-q', join(base, 'linked'));
    await trust(repository, home);
    expect(isTrusted(join(base, 'linked'), home)).toBe(true);
    cpSync(join(base, 'linked'), join(base, 'forged'), { recursive: true });
    expect(isTrusted(join(base, 'forged'), home)).toBe(false);
  });

  it('covers what lies in a plain folder', async () => {
    const { base, home } = makePlace();
    mkdirSync(join(base, 'plain/deep'), { recursive: true });
    await trust(join(base, 'plain'), home);
    expect(isTrusted(join(base, 'plain/deep'), home)).toBe(true);
    expect(isTrusted(base, home)).toBe(false);
  });

  it('can be taken back', async () => {
    const { home, repository } = makePlace();
    await trust(repository, home);
    expect(await distrust(join(repository, 'src'), home)).toBe(true);
    expect(await distrust(repository, home)).toBe(false);
    expect(isTrusted(repository, home)).toBe(false);
  });

  it('trusts nothing with a list that can not be read, and does not overwrite it', async () => {
    const { home, repository } = makePlace();
    mkdirSync(home);
    writeFileSync(join(home, 'trust.json'), '{"version":1,"fold');
    expect(isTrusted(repository, home)).toBe(false);
    await expect(trust(repository, home)).rejects.toThrow(UserError);
    expect(readFileSync(join(home, 'trust.json'), 'utf8')).toBe('{"version":1,"fold');
  });

  it('says what to do when the list can not be written', async () => {
    const { home, repository } = makePlace();
    writeFileSync(home, 'a file');
    await expect(trust(repository, home)).rejects.toThrow(/can't be written .*WINK_TRUST=1/);
    expect(existsSync(join(home, 'trust.json'))).toBe(false);
  });

  it('notices a change in a large file, and behind a link to a folder', async () => {
    const { base, home, repository } = makePlace();
    mkdirSync(join(base, 'linked'));
    mkdirSync(join(repository, '.wink'));
    symlinkSync('../../linked', join(repository, '.wink/hooks'));
    symlinkSync('.', join(repository, '.wink/itself'));
    for (const path of [join(repository, '.wink/config.json'), join(base, 'linked/hook.sh')]) {
      writeFileSync(path, `one${' '.repeat(1_100_000)}`);
      await trust(repository, home);
      expect(isTrusted(repository, home)).toBe(true);
      writeFileSync(path, `two${' '.repeat(1_100_000)}`);
      expect(trustState(repository, home)).toBe('changed');
    }
  });

  const tooMuch: [string, (folder: string) => void][] = [
    ['a file that is too large', (folder) => writeLarge(join(folder, 'large'))],
    ['a pipe', (folder) => execFileSync('mkfifo', [join(folder, 'pipe')])],
    ['a name that is not UTF-8', (folder) => writeFileSync(Buffer.from(`${folder}/\xff`, 'latin1'), 'x')],
    ['too many files', (folder) => [...Array(1001).keys()].map((each) => writeFileSync(join(folder, `${each}`), ''))],
  ];
  it.skipIf(process.platform !== 'linux').each(tooMuch)('is neither kept nor given with %s', async (_, add) => {
    const { home, repository } = makePlace();
    mkdirSync(join(repository, '.wink'));
    await trust(repository, home);
    add(join(repository, '.wink'));
    expect(trustState(repository, home)).toBe('changed');
    await expect(trust(repository, home)).rejects.toThrow(/can't be: .* --trust trusts for one run/);
  });

  it.each(['.agents/skills/x/SKILL.md', '.claude/skills/x/more.md', '.claude/agents/tester.md'])(
    'notices a change in %s, and none in what lies beside it',
    async (name) => {
      const { home, repository } = makePlace();
      const put = (path: string, text: string) => writeFileSync(join(repository, path), text);
      mkdirSync(dirname(join(repository, name)), { recursive: true });
      put(name, 'Say a.');
      await trust(repository, home);
      put(join(dirname(name), 'run.sh'), 'x');
      expect(trustState(repository, home)).toBe('trusted');
      put(name, 'Say b.');
      expect(trustState(repository, home)).toBe('changed');
    },
  );

  it('is given to no folder that is not there', async () => {
    const { base, home } = makePlace();
    const io = { stdout: process.stdout, stderr: process.stderr, env: { WINK_HOME: home }, cwd: base };
    await expect(runTrust(['repositry'], io)).rejects.toThrow(/There is no folder .*repositry; nothing was trusted/);
    expect(listTrusted(home)).toEqual([]);
  });

  it('shows every program, setting and file that it makes effective, with what can not be seen by its code', async () => {
    const { home, repository } = makePlace();
    const files = {
      '.wink/config.json': JSON.stringify({
        approval: 'full',
        hooks: { beforeTool: [{ match: 'edit', command: './x.sh \u202e' }] },
        permissions: { allow: ['shell(npm:*)'], deny: ['shell(rm)'] },
        mcpServers: { notes: { command: 'node', args: ['a b.mjs'] } },
      }),
      '.claude/settings.json': JSON.stringify({
        hooks: { Stop: [{ matcher: 'x', hooks: [{ type: 'command', command: 'curl x\nrm y' }] }] },
      }),
      '.mcp.json': '{ "mcpServers": { "far": { "url": "https://e.org", "headers": { "X": "${OPENAI_API_KEY}" } } } }',
      'shared/deploy.md': 'Deploy.',
      '.claude/skills/pdf/SKILL.md': '---\nname: pdf\ndescription: reads\n---\nx',
      '.wink/agents/tester.md': '---\nname: tester\ndescription: tests\n---\nx',
      '.wink/classifiers/slow.md':
        '---\nname: slow\ncategory: reasoning\nwhen: interval\nsummary: works slowly\n---\nIs it slow?',
    };
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(repository, name)), { recursive: true });
      writeFileSync(join(repository, name), text);
    }
    mkdirSync(join(repository, '.wink/commands'));
    symlinkSync('../../shared', join(repository, '.wink/commands/team'));
    const said: string[] = [];
    const stdout = new PassThrough().on('data', (text) => said.push(String(text)));
    await runTrust(['--yes'], { stdout, stderr: stdout, env: { WINK_HOME: home }, cwd: repository });
    expect(
      said
        .join('')
        .split('\n')
        .map((line) => line.trim().replace(/ {2,}/g, ' ')),
    ).toEqual([
      `With trust, these of ${repository} take effect:`,
      'command /team:deploy [.wink/commands/team/deploy.md]',
      'skill pdf [.claude/skills/pdf]',
      'agent tester [.wink/agents/tester.md]',
      'classifier slow [.wink/classifiers]',
      'setting approval = "full" [.wink/config.json]',
      'setting permissions.allow = ["shell(npm:*)"] [.wink/config.json]',
      'MCP server notes: node "a b.mjs" [.wink/config.json]',
      'MCP server far: https://e.org with {"headers":{"X":"${OPENAI_API_KEY}"}} [.mcp.json]',
      'hook beforeTool (edit): "./x.sh <U+202E>" [.wink/config.json]',
      'hook Stop (x): "curl x\\nrm y" [.claude/settings.json]',
      'Together: 1 command, 1 skill, 1 agent, 1 classifier, 2 settings, 2 MCP servers, 2 hooks. What starts programs is listed last.',
      `Trusted: ${repository}`,
      '',
    ]);
    expect(isTrusted(repository, home)).toBe(true);
  });
});

it('what is ignored without trust is one line where there is much of it', () => {
  const hooks = ignoredUntrusted('The hooks of x', 'are', 'can run code');
  expect(joinIgnored(['a', hooks, 'b'])).toEqual(['a', hooks, 'b']);
  expect(joinIgnored(['a', hooks, 'b', ignoredUntrusted('y', 'is')])).toEqual([
    'a',
    'Ignored because you have not trusted this repository: The hooks of x; y. `wink-agent trust` shows what they would do and asks.',
    'b',
  ]);
});
