import { cpSync, existsSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { makeFolder, run } from '../program.ts';
import { done, runAlone, shell, write } from '../task.ts';
import { denied, elsewhere, full, isThere, type Proofs, writing } from './proof.ts';

/** For each key of the configuration that the agent, its tools and its surroundings read (or several that one run shows), what it changes in the built program. */
export const agentKeys: Proofs = {
  '$schema model baseUrl reasoningEffort maxOutputTokens prices approval addDirs': async () => {
    const folder = makeFolder();
    const none = { input: 0, output: 0 };
    const { code, cwd, requests, result } = await runAlone({
      isBare: true,
      replies: [
        { ...write('b.txt', 'two'), usage: none },
        { ...write(join(folder, 'b.txt'), 'two'), usage: none },
        { ...done, usage: { input: 1_000_000, output: 0 } },
      ],
      config: {
        $schema: 'https://unpkg.com/wink-agent/docs/config.schema.json',
        ...{ model: 'mine', baseUrl: '{url}', reasoningEffort: 'high', maxOutputTokens: 4321 },
        ...{ prices: { mine: { input: 3, output: 1 } }, approval: 'edits', addDirs: [folder] },
      },
    });
    expect([code, isThere({ cwd }), isThere({ cwd: folder })]).toEqual([0, true, true]);
    expect(requests[0]!.body.model).toBe('mine');
    expect(requests[0]!.rawBody).toContain('"high"');
    expect(requests[0]!.rawBody).toContain('4321');
    expect(result.usage).toMatchObject({ costUsd: expect.closeTo(3, 1) });
  },
  fallbackModel: async () => {
    const replies = [{ text: 'x', fault: { kind: 'status', status: 404 } } as const, done];
    const config = { fallbackModel: 'second', baseUrl: '{url}', model: 'first' };
    const { requests } = await runAlone({ isBare: true, replies, config });
    expect(requests.map(({ body }) => body.model)).toEqual(['first', 'second']);
  },
  api: async () => {
    expect((await runAlone({ config: { api: 'responses' } })).requests[0]!.path).toContain('/responses');
  },
  providers: async () => {
    const config = { model: 'own/m', providers: { own: { baseUrl: '{url}', headers: { 'X-Team': 'blue' } } } };
    const { requests } = await runAlone({ isBare: true, config });
    expect(requests[0]).toMatchObject({ body: { model: 'm' }, headers: { 'x-team': 'blue' } });
  },
  'permissions.allow': async () => {
    expect(isThere(await runAlone({ ...writing, config: { permissions: { allow: ['edit(b.txt)'] } } }))).toBe(true);
  },
  'permissions.ask permissions.deny': async () => {
    const end = await runAlone({
      replies: [write('b.txt', 'two'), write('c.txt', 'two'), write('d.txt', 'two'), done],
      config: { permissions: { ask: ['edit(b.txt)'], deny: ['edit(c.txt)'] } },
      flags: full,
    });
    const written = ['b.txt', 'c.txt', 'd.txt'].map((path) => isThere(end, path));
    expect([end.code, ...written]).toEqual([denied, false, false, true]);
  },
  'checkpoints.enabled checkpoints.maxFileMegabytes': async () => {
    const files = { 'big.bin': 'x'.repeat(300_000) };
    const options = { replies: [write('big.bin', 'gone'), done], files, flags: full };
    const checkpointsOf = async (checkpoints: object) => {
      const { home } = await runAlone({ ...options, config: { checkpoints } });
      return existsSync(join(home, '.wink/checkpoints')) ? checkpointText(home).includes('big.bin') : 'none';
    };
    expect(await checkpointsOf({ maxFileMegabytes: 0.1 })).toBe(true);
    expect(await checkpointsOf({ maxFileMegabytes: 10 })).toBe(false);
    expect(await checkpointsOf({ enabled: false })).toBe('none');
  },
  'retention.days retention.megabytes': async () => {
    const place = await runAlone({});
    expect(await prunedSessions(place, { days: 500 })).toBe(0);
    const same = copyOf(place);
    expect(await prunedSessions(place, { days: 500, megabytes: 0.000_001 })).toBe(1);
    expect(await prunedSessions(same, { days: 5 })).toBe(1);
  },
  maxTurns: async () => {
    expect((await runAlone({ replies: [shell('echo a')], after: 'repeat', config: { maxTurns: 1 } })).code).toBe(3);
  },
  maxCostUsd: async () => {
    const { code } = await runAlone({
      replies: [{ ...shell('echo a'), usage: { input: 1000, output: 10 } }],
      after: 'repeat',
      config: { prices: { scripted: { input: 1000, output: 1000 } }, maxCostUsd: 0.5 },
    });
    expect(code).toBe(4);
  },
  maxTokens: async () => {
    const replies = [{ ...shell('echo a'), usage: { input: 900, output: 200 } }];
    expect((await runAlone({ replies, after: 'repeat', config: { maxTokens: 1000 } })).code).toBe(4);
  },
  timeoutSeconds: async () => {
    const replies = [{ text: 'x', fault: { kind: 'silence', at: 'before' } }] as const;
    expect((await runAlone({ replies, config: { timeoutSeconds: 0.5 } })).code).toBe(5);
  },
  'retry.maxRetries': async () => {
    const replies = [{ text: 'x', fault: { kind: 'reset', at: 'first-byte' } }] as const;
    const { requests } = await runAlone({ replies, after: 'repeat', config: { retry: { maxRetries: 1 } } });
    expect(requests).toHaveLength(2);
  },
  'retry.giveUpAfterSeconds': async () => {
    const replies = [{ text: 'x', fault: { kind: 'reset', at: 'first-byte' } }] as const;
    const { requests } = await runAlone({ replies, after: 'repeat', config: { retry: { giveUpAfterSeconds: 1 } } });
    // Without it there would be nine.
    expect(requests.length).toBeLessThan(6);
  },
  'retry.outageSeconds': async () => {
    const replies = [{ text: 'x', fault: { kind: 'status', status: 503 } }] as const;
    const { requests } = await runAlone({ replies, after: 'repeat', config: { retry: { outageSeconds: 1 } } });
    // Without it this would last for a quarter of an hour.
    expect(requests.length).toBeLessThan(6);
  },
  'retry.idleTimeoutSeconds': async () => {
    const replies = [{ text: 'some words', fault: { kind: 'silence', at: 'midway' } } as const, done];
    expect((await runAlone({ replies, config: { retry: { idleTimeoutSeconds: 0.3 } } })).requests).toHaveLength(2);
  },
  'retry.firstByteTimeoutSeconds': async () => {
    const replies = [{ text: 'x', fault: { kind: 'silence', at: 'before' } } as const, done];
    expect((await runAlone({ replies, config: { retry: { firstByteTimeoutSeconds: 0.3 } } })).requests).toHaveLength(2);
  },
  'hooks.beforeTool': async () => {
    const { code } = await runAlone({
      ...writing,
      flags: full,
      config: { hooks: { beforeTool: [{ command: 'exit 2' }] } },
    });
    expect(code).toBe(denied);
  },
  mcpServers: elsewhere(
    'test/program/extensions/mcp.test.ts',
    'servers are added, listed, tried, used and removed by the command',
  ),
  mcpToolShare: elsewhere('test/program/extensions/mcp.test.ts', 'tools above the budget stay out of requests'),
  ...Object.fromEntries(
    ['PreToolUse', 'PostToolUse', 'UserPromptSubmit', 'Stop', 'SessionStart', 'SessionEnd'].map((name) => [
      `hooks.${name}`,
      elsewhere('test/program/extensions/hooks.test.ts', 'hooks of every event run'),
    ]),
  ),
  'hooks.SubagentStop': elsewhere('test/program/extensions/subagents.test.ts', 'a SubagentStop hook sends it on'),
  'hooks.PreCompact': elsewhere('test/program/extensions/hooks.test.ts', 'before a compaction a hook is asked'),
  hookFiles: elsewhere('test/program/extensions/hooks.test.ts', 'files that the user names count'),
  'web.enabled': elsewhere('test/program/agent/web.test.ts', 'web.enabled: false takes both tools away'),
  'web.privateHosts': elsewhere('test/program/agent/web.test.ts', 'this machine is closed'),
  'web.search.provider': elsewhere('test/program/agent/web.test.ts', 'web_search asks the configured service'),
  'web.search.baseUrl': elsewhere('test/program/agent/web.test.ts', 'web_search asks the configured service'),
  'web.search.keyCommand': elsewhere('test/program/agent/web.test.ts', 'with the key of a command'),
  'web.search.keyVariable': elsewhere('test/program/agent/web.test.ts', "keyVariable: 'MY_EXA'"),
  'diagnostics.enabled': elsewhere('test/program/agent/diagnostics.test.ts', 'diagnostics: { enabled: false }'),
  'diagnostics.servers': elsewhere('test/program/agent/diagnostics.test.ts', 'diagnostics: { servers: { fake } }'),
  'diagnostics.check.command': elsewhere(
    'test/program/agent/diagnostics.test.ts',
    'own checker says what later runs add',
  ),
  'diagnostics.check.extensions': elsewhere('test/program/agent/diagnostics.test.ts', "extensions: ['md']"),
  'diagnostics.check.timeoutSeconds': elsewhere('test/program/agent/diagnostics.test.ts', 'timeoutSeconds: 0.3'),
  'sandbox.mode': async () => {
    const env = { PATH: '/nowhere' };
    const ends = [
      await runAlone({ config: { sandbox: { mode: 'on' } }, env, replies: [shell('echo a'), done] }),
      await runAlone({ config: { sandbox: { mode: 'auto' } }, env }),
    ];
    expect(ends[0]!.code).not.toBe(0);
    expect(ends[1]!.code).toBe(0);
  },
  'sandbox.network': elsewhere('test/sandbox', 'network'),
  'sandbox.sockets': elsewhere('test/sandbox', 'sockets'),
  'telemetry.contents': elsewhere('test/telemetry/telemetry.test.ts', 'telemetry: { contents: true }'),
};

/** What the checkpoints of a home say of themselves. */
function checkpointText(home: string): string {
  const folder = join(home, '.wink/checkpoints');
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((path) => /\.jsonl?$/.test(path));
  return names.map((name) => readFileSync(join(folder, name), 'utf8')).join('\n');
}

type Folders = { readonly cwd: string; readonly home: string };

function copyOf({ cwd, home }: Folders): Folders {
  const other = makeFolder();
  cpSync(home, other, { recursive: true });
  return { cwd, home: other };
}

/** How many of one session, thirty days old, `sessions prune` removes. */
async function prunedSessions({ cwd, home }: Folders, retention: object): Promise<number> {
  writeFileSync(join(home, '.wink/config.json'), JSON.stringify({ retention }));
  const old = new Date(Date.now() - 30 * 24 * 3600 * 1000);
  const kept = readdirSync(join(home, '.wink'), { recursive: true, encoding: 'utf8' });
  for (const path of kept) utimesSync(join(home, '.wink', path), old, old);
  await run(['sessions', 'prune'], { cwd, home });
  const slug = join(home, '.wink/sessions', readdirSync(join(home, '.wink/sessions'))[0] ?? '');
  return existsSync(slug) && readdirSync(slug).some((name) => name.endsWith('.jsonl')) ? 0 : 1;
}
