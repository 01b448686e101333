import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { Target } from '../../src/core/tool.ts';
import type { ApprovalMode } from '../../src/core/types.ts';
import type { RuleTexts } from '../../src/permissions/rules.ts';
import { makePlace, permissionsOf, verdictOf } from './workspace.ts';

const place = makePlace();
const write = (path: string): Target[] => [{ kind: 'path', access: 'write', path: join(place.cwd, path) }];
const read = (path: string): Target[] => [{ kind: 'path', access: 'read', path: join(place.cwd, path) }];

async function decide(mode: ApprovalMode, rules: RuleTexts, targets: readonly Target[], name = 'edit') {
  return permissionsOf(place, { mode, rules }).decide({ name, act: 'edit' }, targets);
}

describe('createPermissions', () => {
  it('judges an edit by the mode', async () => {
    expect((await decide('plan', {}, write('src/a.ts'))).ruling).toBe('deny');
    expect((await decide('ask', {}, write('src/a.ts'))).ruling).toBe('ask');
    expect((await decide('edits', {}, write('src/a.ts'))).ruling).toBe('allow');
    expect((await decide('full', {}, write('../outside/x'))).ruling).toBe('allow');
  });

  it('lets deny win over ask over allow, in every mode', async () => {
    const rules = { allow: ['edit(src/**)'], ask: ['edit(src/a.ts)'], deny: ['edit(src/b.ts)'] };
    for (const mode of ['ask', 'edits', 'full'] as const) {
      expect((await decide(mode, rules, write('src/c.ts'))).ruling).toBe('allow');
      expect((await decide(mode, rules, write('src/a.ts'))).ruling).toBe('ask');
      expect((await decide(mode, rules, write('src/b.ts'))).ruling).toBe('deny');
    }
  });

  it('takes the beginning of a pattern that exists on disk literally, and denies by every reading', async () => {
    for (const name of ['(auth)', '[...slug]', '[post-id]', '[[...opt]]', '(..)photo', '{x}', 'caf\u00e9']) {
      for (const isThere of [false, true]) {
        if (isThere) mkdirSync(join(place.cwd, 'app', name), { recursive: true });
        const file = write(`app/${name}/p.tsx`);
        for (const rule of [`edit(app/${name}/**)`, `edit(app/${name})`, `edit(app/${name}/*.tsx)`, `edit(${name})`]) {
          expect([rule, (await decide('full', { deny: [rule] }, file)).ruling]).toEqual([rule, 'deny']);
          expect([rule, (await decide('ask', { allow: [rule] }, file)).ruling]).toEqual([rule, 'allow']);
        }
      }
    }
    mkdirSync(join(place.cwd, 'app/[id]'), { recursive: true });
    const rules = { allow: ['edit(app/[id]/**)'] };
    expect((await decide('ask', rules, write('app/[id]/p'))).ruling).toBe('allow');
    expect((await decide('ask', rules, write('app/i/p'))).ruling).toBe('ask');
    expect((await decide('full', { deny: ['edit(app/[id]/**)'] }, write('app/i/p'))).ruling).toBe('deny');
    expect((await decide('full', { deny: ['edit(app/cafe\u0301/**)'] }, write('app/caf\u00e9/p'))).ruling).toBe('deny');
  });

  it('asks in mode edits before a command writes beside others, and lets a job be looked at and ended in every mode', async () => {
    const shell = { name: 'shell', act: 'shell' } as const;
    const decideShell = (mode: ApprovalMode, command: string, allow: string[] = [], isOffline = false) =>
      permissionsOf(place, { mode, rules: { allow }, sandbox: () => ({ canConfine: true, isOffline }) }).decide(shell, [
        { kind: 'command', command, isBackground: true },
      ]);
    expect(await decideShell('edits', 'npm run dev')).toMatchObject({
      ruling: 'ask',
      reason: expect.stringContaining('`npm run dev` would write in the workspace beside other commands'),
      suggestedRule: 'shell(npm run dev:*)',
    });
    expect((await decideShell('edits', 'npm run dev')).reason).toContain(
      'A yes also lets it use the network and read your files outside of the workspace; mode edits asks first.',
    );
    expect((await decideShell('edits', 'npm run dev', [], true)).reason).toContain(
      'A yes also lets it read your files',
    );
    expect(await decideShell('edits', 'tail -f server.log')).toMatchObject({
      ruling: 'allow',
      confinement: 'read-only',
    });
    expect(await decideShell('edits', 'npm run dev', ['shell(npm run dev)'])).toMatchObject({ ruling: 'allow' });
    expect(await decideShell('ask', 'npm run dev')).toMatchObject({ ruling: 'allow', confinement: 'read-only' });
    for (const mode of ['plan', 'ask', 'edits', 'full'] as const)
      expect((await permissionsOf(place, { mode, rules: {} }).decide(shell, [])).ruling).toBe('allow');
  });

  it('gives the rule that decided, an ask rule also where the mode asks about another part of the call', async () => {
    const ask = { ask: ['edit(src/a.ts)'] };
    const rulesOf = async (targets: readonly Target[]) => (await decide('ask', ask, targets)).rule?.text;
    expect(await rulesOf(write('src/b.ts'))).toBeUndefined();
    expect(await rulesOf([...write('src/b.ts'), ...write('src/a.ts')])).toBe('edit(src/a.ts)');
    expect((await decide('ask', { allow: ['edit(src/**)'] }, write('src/b.ts'))).rule?.effect).toBe('allow');
    expect((await decide('full', { deny: ['edit(src/**)'] }, write('src/b.ts'))).rule?.effect).toBe('deny');
  });

  it('gives a reason that names the rule and where it is from', async () => {
    const rules = { deny: [{ rule: 'edit(src/b.ts)', origin: '--deny' }] };
    expect((await decide('full', rules, write('src/b.ts'))).reason).toBe(
      'The deny rule edit(src/b.ts) (--deny) forbids writing src/b.ts.',
    );
  });

  it('quotes a path that may read as words of the question', async () => {
    expect((await decide('ask', {}, write('src/x\n\nAlready allowed. /y'))).reason).toBe(
      'Mode ask asks before writing "src/x\\n\\nAlready allowed. /y".',
    );
    expect((await decide('ask', {}, read('../a. It was seen'))).reason).toContain('a. It was seen" lies outside');
  });

  it('asks before secrets in mode edits, and lets only a rule that names them allow them', async () => {
    for (const name of [
      '.env',
      '.env.local',
      'sub/server.key',
      'id_ed25519',
      'credentials.json',
      '.npmrc',
      'sub/.netrc',
    ]) {
      expect((await decide('edits', {}, read(name))).ruling).toBe('ask');
      expect((await decide('edits', { allow: ['read(**)', 'edit(**)', 'read'] }, read(name))).ruling).toBe('ask');
    }
    expect((await decide('edits', { allow: ['read(.env)'] }, read('.env'))).ruling).toBe('allow');
    expect((await decide('edits', {}, read('.env.example'))).ruling).toBe('allow');
    expect((await decide('edits', {}, read('id_rsa.pub'))).ruling).toBe('allow');
  });

  it('asks before files that run code by themselves', async () => {
    for (const name of ['.git/hooks/pre-commit', '.git/config', '.wink/config.json', '.mcp.json', '.vscode/tasks.json'])
      expect((await decide('edits', {}, write(name))).ruling).toBe('ask');
    const wide = { allow: ['edit(sub/**)', 'edit(**)', 'edit', 'edit(*.json)'] };
    for (const name of ['sub/.git/hooks/post-commit', 'sub/.vscode/tasks.json', 'sub/.wink/config.json', 'sub/.bashrc'])
      for (const mode of ['ask', 'edits'] as const) expect((await decide(mode, wide, write(name))).ruling).toBe('ask');
    const named = { allow: ['edit(sub/.vscode/**)', 'edit(.mcp.json)'] };
    for (const name of ['sub/.vscode/tasks.json', 'sub/.mcp.json'])
      expect((await decide('ask', named, write(name))).ruling).toBe('allow');
  });

  it('resolves links and dots before it judges', async () => {
    expect((await decide('edits', {}, write('link-out/x'))).reason).toContain('outside the workspace (it leads to');
    expect((await decide('edits', {}, write('src/../../outside/x'))).ruling).toBe('ask');
    expect((await decide('full', { deny: [`edit(${place.outside}/**)`] }, write('link-out/new/file'))).ruling).toBe(
      'deny',
    );
    symlinkSync(join(place.home, '.ssh/missing'), join(place.cwd, 'dangling'));
    expect((await decide('full', { deny: ['read(~/.ssh/**)'] }, write('dangling'))).ruling).toBe('deny');
    symlinkSync('loop-b', join(place.cwd, 'loop-a'));
    symlinkSync('loop-a', join(place.cwd, 'loop-b'));
    expect((await decide('edits', {}, write('loop-a'))).ruling).toBe('ask');
  });

  it('says where a link leads, whatever it is that is asked about', async () => {
    symlinkSync('.env', join(place.cwd, 'settings.txt'));
    symlinkSync('a.txt', join(place.cwd, 'b-link.txt'));
    expect((await decide('edits', {}, read('settings.txt'))).reason).toBe(
      'settings.txt (it leads to .env) looks like it holds secrets.',
    );
    expect((await decide('ask', {}, write('b-link.txt'))).reason).toBe(
      'Mode ask asks before writing b-link.txt (it leads to a.txt).',
    );
    expect((await decide('ask', {}, write('a.txt'))).reason).toBe('Mode ask asks before writing a.txt.');
  });

  it('does not let an allow rule of the workspace reach through a link', async () => {
    expect((await decide('ask', { allow: ['edit(link-out/**)'] }, write('link-out/x'))).ruling).toBe('ask');
    expect((await decide('ask', { allow: ['edit(x)'] }, write('link-out/x'))).ruling).toBe('ask');
  });

  it('judges paths in further roots as in the workspace', async () => {
    const permissions = permissionsOf(place, { mode: 'edits', roots: [place.cwd, place.outside] });
    expect((await permissions.decide({ name: 'edit', act: 'edit' }, write('../outside/x'))).ruling).toBe('allow');
    expect(await verdictOf(permissions, 'cat ../outside/x')).toBe('allow');
  });

  it('lets kept outputs be read and keeps the rest of the state folder secret', async () => {
    const state = join(place.home, '.wink');
    mkdirSync(join(state, 'outputs'), { recursive: true });
    writeFileSync(join(state, 'outputs', 'long.txt'), 'x');
    const permissions = permissionsOf(place, { readable: [join(state, 'outputs')], secretFolders: [state] });
    const judge = (path: string) =>
      permissions.decide({ name: 'read', act: 'read' }, [{ kind: 'path', access: 'read', path }]);
    expect((await judge(join(state, 'outputs', 'long.txt'))).ruling).toBe('allow');
    expect((await judge(join(state, 'auth.json'))).reason).toContain('secrets');
    expect((await judge(join(state, 'outputs', 'set-aside', '1-0-.npmrc'))).reason).toContain('secrets');
  });

  it('watches commands for the paths that deny rules name, in mode full too', async () => {
    const permissions = permissionsOf(place, { mode: 'full', rules: { deny: ['read(~/.ssh/**)', 'edit(src/b.ts)'] } });
    for (const command of [
      'cat ~/.ssh/id_rsa',
      'cp $HOME/.ssh/id_rsa x',
      'echo x > src/b.ts',
      'rm src/b.ts',
      'cd src && rm b.ts',
      'dd of=src/b.ts',
      "sh -c 'cat ~/.ssh/id_rsa'",
      'ls < ~/.ssh/id_rsa',
    ]) {
      expect([command, await verdictOf(permissions, command)]).toEqual([command, 'deny']);
    }
    expect(await verdictOf(permissions, 'cat src/b.ts')).toBe('allow');
  });

  it('asks in mode full when a watched command can not be seen', async () => {
    const permissions = permissionsOf(place, { mode: 'full', rules: { deny: ['shell(git push:*)'] } });
    expect(await verdictOf(permissions, 'git -c a=b push origin')).toBe('deny');
    expect(await verdictOf(permissions, '$x push')).toBe('ask');
    expect(await verdictOf(permissions, 'echo git push | sh')).toBe('ask');
    expect(await verdictOf(permissions, 'npm test')).toBe('allow');
  });

  it('allows by prefix, by whole command and by wildcard, and each part by itself', async () => {
    const permissions = permissionsOf(place, {
      rules: { allow: ['shell(npm test:*)', 'shell(make build)', 'shell(npm run *)', 'shell(git commit:*)'] },
    });
    for (const command of [
      'npm test',
      'npm test -- --watch',
      'make build',
      'npm run lint',
      'NODE_ENV=test npm test',
      'timeout 60 npm test',
      'git --no-pager commit -m x',
      'npm test && ls | head',
    ])
      expect([command, await verdictOf(permissions, command)]).toEqual([command, 'allow']);
    for (const command of [
      'npm tests',
      'npm',
      'make build deploy',
      'npm test && rm x',
      'npm test > /etc/x',
      'PATH=. npm test',
      './npm test',
      'sudo npm test',
      'npm test; $x',
      'git -c core.editor=x commit',
      'npm test "$(rm x)"',
      'git -C /tmp commit',
    ])
      expect([command, await verdictOf(permissions, command)]).toEqual([command, 'ask']);
  });

  it('does not let a rule for a command reach secrets', async () => {
    const permissions = permissionsOf(place, { rules: { allow: ['shell(python:*)', 'shell(python x.py .env)'] } });
    expect(await verdictOf(permissions, 'python y.py .env')).toBe('ask');
    expect(
      await verdictOf(permissionsOf(place, { rules: { allow: ['shell(python x.py .env)'] } }), 'python x.py .env'),
    ).toBe('allow');
  });

  it('takes tools of MCP servers by server, by tool and in the other spelling', async () => {
    const judge = async (rules: RuleTexts) =>
      (await permissionsOf(place, { rules }).decide({ name: 'mcp__files__read_it', act: 'other' }, [])).ruling;
    expect(await judge({})).toBe('ask');
    for (const rule of ['mcp(files/read_it)', 'mcp(files)', 'mcp(files/*)', 'mcp__files__read_it', 'mcp__files'])
      expect(await judge({ allow: [rule] })).toBe('allow');
    expect(await judge({ allow: ['mcp(files)'], deny: ['mcp__files__read_it'] })).toBe('deny');
    expect(await judge({ allow: ['mcp(other)'] })).toBe('ask');
  });

  it('offers a rule that allows what was asked, once it is added', async () => {
    for (const command of [
      'npm test',
      'git commit -m "x y"',
      'npm run build -- --fast',
      'python -m pytest tests',
      'rm src/a.ts',
      'cat ../outside/x',
      'npm test && make all',
      'echo x > src/new.ts',
      'echo x > out.txt',
    ]) {
      const permissions = permissionsOf(place);
      const { ruling, suggestedRule } = await permissions.decide({ name: 'shell', act: 'shell' }, [
        { kind: 'command', command },
      ]);
      expect([command, ruling]).toEqual([command, 'ask']);
      permissions.addSessionRule(suggestedRule!);
      expect([command, suggestedRule, await verdictOf(permissions, command)]).toEqual([
        command,
        suggestedRule,
        'allow',
      ]);
    }
  });

  it('a rule that was granted twice is gone when it is taken back once', async () => {
    const permissions = permissionsOf(place);
    permissions.addSessionRule('shell(rm src/a.ts)');
    permissions.addSessionRule('shell(rm src/a.ts), shell(rm src/a.ts)');
    expect(permissions.removeSessionRule('shell(rm src/a.ts)')).toBe(true);
    expect(await verdictOf(permissions, 'rm src/a.ts')).not.toBe('allow');
    expect(permissions.rules().filter(({ origin }) => origin === 'this session')).toEqual([]);
  });

  it.each(['/srv/a), shell(rm -rf:*', '/srv/*', '/srv/{a,b}', '~/.ssh/config'])(
    'offers no rule for a path whose name would mean more in a rule: %s',
    async (name) => {
      const path = resolve(place.cwd, name);
      const decision = await permissionsOf(place).decide({ name: 'edit', act: 'edit' }, [
        { kind: 'path', path, access: 'write' },
      ]);
      expect(decision.ruling).toBe('ask');
      expect(decision.suggestedRule).toBeUndefined();
    },
  );

  it.each(['mcp__files__*', 'mcp__files__a/b', 'mcp__files__x), shell(rm:*', 'mcp__fi les__x', 'mcp__files__{a,b}'])(
    'offers no rule for the tool of a server whose name would mean more in a rule: %s',
    async (name) => {
      const decision = await permissionsOf(place).decide({ name, act: 'other' }, []);
      expect(decision.ruling).toBe('ask');
      expect(decision.suggestedRule).toBeUndefined();
    },
  );

  it('offers the file and not the home folder, where the workspace holds that', async () => {
    const home = dirname(place.home);
    const permissions = permissionsOf(place, { cwd: home, roots: [home] });
    const path = join(place.home, 'notes.txt');
    const { suggestedRule } = await permissions.decide({ name: 'edit', act: 'edit' }, [
      { kind: 'path', path, access: 'write' },
    ]);
    expect(suggestedRule).toBe('edit(home/notes.txt)');
  });

  it('offers a file outside the workspace alone, not what lies next to it', async () => {
    const path = join(place.outside, 'x');
    const { suggestedRule } = await permissionsOf(place).decide({ name: 'edit', act: 'edit' }, [
      { kind: 'path', path, access: 'write' },
    ]);
    expect(suggestedRule).toBe(`edit(${path})`);
  });

  it('offers only the very command for programs that run anything', async () => {
    const { suggestedRule } = await permissionsOf(place).decide({ name: 'shell', act: 'shell' }, [
      { kind: 'command', command: 'rm src/a.ts' },
    ]);
    expect(suggestedRule).toBe('shell(rm src/a.ts)');
  });

  it('takes a planted bare repository for what it is', async () => {
    for (const name of ['HEAD', 'objects', 'refs', 'config'])
      mkdirSync(join(place.cwd, 'planted', name), { recursive: true });
    expect(await verdictOf(permissionsOf(place), 'git -C planted status')).toBe('ask');
    expect(await verdictOf(permissionsOf(place), 'cd planted && git status')).toBe('ask');
  });

  it('follows the mode when it changes', async () => {
    const permissions = permissionsOf(place);
    expect(await verdictOf(permissions, 'touch x')).toBe('ask');
    permissions.setMode('edits');
    expect(await verdictOf(permissions, 'touch x')).toBe('allow');
    expect(permissions.mode()).toBe('edits');
  });

  it('names a malformed rule and the forms allowed', () => {
    for (const rule of ['shell(git', 'shell()', 'run(x)', '', 'mcp(a/b/c)', 'shell(a:* b)', 'edit(src/**) x', '(x)']) {
      expect(() => permissionsOf(place, { rules: { deny: [rule] } })).toThrow(UserError);
      expect(() => permissionsOf(place, { rules: { deny: [rule] } })).toThrow(
        /deny rule `.*Forms: shell\(git diff:\*\)/s,
      );
    }
  });
});

it('in a copy of the workspace mode ask asks only about what acts by itself', async () => {
  const permissions = permissionsOf(place, { copy: { folder: place.cwd, original: place.outside } });
  const rulings = ['src/a.ts', '.vscode/tasks.json', '../outside/x'].map(
    async (path) => (await permissions.decide({ name: 'write', act: 'write' }, write(path))).ruling,
  );
  expect(await Promise.all(rulings)).toEqual(['allow', 'ask', 'ask']);
  permissions.addSessionRule('shell(npm test:*)');
  expect((await permissions.decide({ name: 'write', act: 'write' }, write('package.json'))).ruling).toBe('ask');
});
