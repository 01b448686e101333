import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join, resolve } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import schema from '../../docs/config.schema.json' with { type: 'json' };
import { openScreen, type TestScreen } from '../ui/driver.ts';
import { makeFolder, run, serve } from './program.ts';
import { done, runAlone, runTask, shell, type TaskOptions, write } from './task.ts';

const root = resolve(import.meta.dirname, '../..');
const full = ['--approval', 'full'];
const denied = 7;
const explore = { name: 'task', arguments: { agent: 'explore', description: 'look', prompt: 'Look around.' } };

/** A task that goes on with one useless call: its third round is a loop. */
const stuck: TaskOptions = { replies: [shell('cat a.txt')], after: 'repeat', flags: [...full, '--max-turns', '8'] };
/** A task whose calls fail because of their arguments. */
const failing: TaskOptions = {
  replies: [
    { calls: [{ name: 'edit', arguments: { path: 'a.txt', edits: [{ oldText: 'none {{n}}', newText: '' }] } }] },
  ],
  after: 'repeat',
  flags: [...full, '--max-turns', '8'],
};
const isThere = ({ cwd }: { cwd: string }, path = 'b.txt') => existsSync(join(cwd, path));
const wink = async (options: TaskOptions, observer: object) => {
  const { result } = await runTask({ ...options, config: { ...options.config, observer } });
  return result.wink as { reminders: number; signals: number; judgeCalls: number; episodes: { class: string }[] };
};
const writing: TaskOptions = { replies: [write('b.txt', 'two'), done] };

/** For each key of the configuration (or several that one run shows), what it changes in the built program. A key without a proof fails the last test. */
const proofs: Readonly<Record<string, () => Promise<void>>> = {
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
  'retry.idleTimeoutSeconds': async () => {
    const replies = [{ text: 'some words', fault: { kind: 'silence', at: 'midway' } } as const, done];
    expect((await runAlone({ replies, config: { retry: { idleTimeoutSeconds: 0.3 } } })).requests).toHaveLength(2);
  },
  'retry.firstByteTimeoutSeconds': async () => {
    const replies = [{ text: 'x', fault: { kind: 'silence', at: 'before' } } as const, done];
    expect((await runAlone({ replies, config: { retry: { firstByteTimeoutSeconds: 0.3 } } })).requests).toHaveLength(2);
  },
  'experiment.name experiment.arms experiment.unit hooks.sessionStart hooks.afterTool hooks.sessionEnd': async () => {
    const events = ['sessionStart', 'afterTool', 'sessionEnd'];
    const hooks = Object.fromEntries(events.map((name) => [name, [{ command: `cat > ${name}.json` }]]));
    const experiment = { name: 'trial', arms: { shadow: 1 }, unit: 'repository' };
    const end = await runTask({ ...writing, flags: full, config: { experiment, hooks } });
    expect(headerOf(end.home)).toMatch(/"name":"trial".*"unit":"repository"/);
    expect(end.result.wink).toMatchObject({ mode: 'shadow' });
    expect(events.filter((name) => !isThere(end, `${name}.json`))).toEqual([]);
  },
  'hooks.beforeTool': async () => {
    const { code } = await runAlone({
      ...writing,
      flags: full,
      config: { hooks: { beforeTool: [{ command: 'exit 2' }] } },
    });
    expect(code).toBe(denied);
  },
  'observer.mode': async () => {
    expect((await runTask({ config: { observer: { mode: 'off' } } })).result.wink).toMatchObject({ mode: 'off' });
  },
  'observer.policy observer.maxReminders observer.cooldownSteps observer.detectors observer.classes': async () => {
    const estimate = { value: 0.5, n: 100, interval: [0.4, 0.6] };
    const row = {
      class: 'infinite-loop',
      detector: null,
      ...{ failing: estimate, treatedFailing: estimate, recovery: estimate, disruption: estimate, gain: estimate },
      threshold: 0.9,
      pays: 'no',
    };
    const table = { type: 'policy-table', version: 1, madeAt: '2026-01-01', sessions: 200, fewest: 20, rows: [row] };
    const files = { '~/.wink/policy.json': JSON.stringify(table) };
    const reminders = async (observer: object) =>
      (await wink({ ...stuck, files }, { policy: 'default', cooldownSteps: 1, ...observer })).reminders;
    const usual = await reminders({});
    expect(usual).toBeGreaterThan(1);
    expect(await reminders({ policy: 'auto' })).toBe(0);
    expect(await reminders({ maxReminders: 1 })).toBe(1);
    expect(await reminders({ cooldownSteps: 40 })).toBeLessThan(usual);
    expect(await reminders({ detectors: { 'repeated-call': { times: 7 } } })).toBeLessThan(usual);
    expect(await reminders({ classes: { 'infinite-loop': { enabled: false } } })).toBe(0);
  },
  'observer.graceSteps': async () => {
    expect((await wink(failing, { graceSteps: 0 })).reminders).toBeGreaterThan(0);
    expect((await wink(failing, { graceSteps: 50 })).reminders).toBe(0);
  },
  'compaction.keepSteps': async () => {
    const count = async (keepSteps: number) => {
      const { requests } = await runAlone({
        files: { 'long.txt': 'some words of a long file\n'.repeat(300) },
        replies: [
          ...Array.from({ length: 14 }, (_, n) => ({
            calls: [{ name: 'read', arguments: { path: 'long.txt', offset: n } }],
          })),
          done,
        ],
        config: { contextWindow: 64_000, compaction: { atFraction: 0.3, keepSteps } },
      });
      return requests.at(-1)!.rawBody.split('some words of a long file').length;
    };
    expect(await count(1)).toBeLessThan(await count(5));
  },
  'experiment.holdback': elsewhere('test/program/hold-out.test.ts', 'holdback'),
  mcpServers: elsewhere(
    'test/program/mcp.test.ts',
    'servers are added, listed, tried, used and removed by the command',
  ),
  mcpToolShare: elsewhere('test/program/mcp.test.ts', 'tools above the budget stay out of requests'),
  ...Object.fromEntries(
    ['PreToolUse', 'PostToolUse', 'UserPromptSubmit', 'Stop', 'SessionStart', 'SessionEnd'].map((name) => [
      `hooks.${name}`,
      elsewhere('test/program/hooks.test.ts', 'hooks of every event run'),
    ]),
  ),
  'hooks.SubagentStop': elsewhere('test/program/subagents.test.ts', 'a SubagentStop hook sends it on'),
  'hooks.PreCompact': elsewhere('test/program/hooks.test.ts', 'before a compaction a hook is asked'),
  'hooks.Notification': async () => {
    const config = { hooks: { Notification: [{ hooks: [{ type: 'command', command: 'cat > told.json' }] }] } };
    const screen = await openBuilt({ config, replies: [write('b.txt', 'two'), done], prompt: 'go' });
    await screen.shows('b.txt');
    await expect.poll(() => existsSync(join(screen.cwd, 'told.json')), { timeout: 20_000 }).toBe(true);
  },
  hookFiles: elsewhere('test/program/hooks.test.ts', 'files that the user names count'),
  'web.enabled': elsewhere('test/program/web.test.ts', 'web.enabled: false takes both tools away'),
  'web.privateHosts': elsewhere('test/program/web.test.ts', 'this machine is closed'),
  'web.search.provider': elsewhere('test/program/web.test.ts', 'web_search asks the configured service'),
  'web.search.baseUrl': elsewhere('test/program/web.test.ts', 'web_search asks the configured service'),
  'web.search.keyCommand': elsewhere('test/program/web.test.ts', 'with the key of a command'),
  'web.search.keyVariable': elsewhere('test/program/web.test.ts', "keyVariable: 'MY_EXA'"),
  'diagnostics.enabled': elsewhere('test/program/diagnostics.test.ts', 'diagnostics: { enabled: false }'),
  'diagnostics.servers': elsewhere('test/program/diagnostics.test.ts', 'diagnostics: { servers: { fake } }'),
  'diagnostics.check.command': elsewhere('test/program/diagnostics.test.ts', 'own checker says what later runs add'),
  'diagnostics.check.extensions': elsewhere('test/program/diagnostics.test.ts', "extensions: ['md']"),
  'diagnostics.check.timeoutSeconds': elsewhere('test/program/diagnostics.test.ts', 'timeoutSeconds: 0.3'),
  'subagents.enabled': elsewhere('test/program/subagents.test.ts', 'off is off'),
  'subagents.models': elsewhere('test/program/subagents.test.ts', 'their words, tools, model and effort'),
  ...Object.fromEntries(
    ['maxTotal', 'maxDepth', 'maxTurns', 'maxTokens'].map((name) => [
      `subagents.${name}`,
      elsewhere('test/program/subagents.test.ts', `${name}`),
    ]),
  ),
  'subagents.maxRunning': async () => {
    const slow = { text: 'Found.', firstByteDelayMs: 700 };
    const overlap = async (maxRunning: number) => {
      const { requests } = await runAlone({
        replies: [{ calls: [explore, explore] }, slow, slow, done],
        config: { subagents: { maxRunning } },
      });
      return requests[2]!.atMs < requests[1]!.answeredAtMs!;
    };
    expect([await overlap(1), await overlap(2)]).toEqual([false, true]);
  },
  'subagents.maxCostUsd': async () => {
    const { requests } = await runAlone({
      replies: [{ calls: [explore] }, { ...shell('ls'), usage: { input: 1000, output: 10 } }, { text: 'Found.' }, done],
      config: { prices: { scripted: { input: 1000, output: 1000 } }, subagents: { maxCostUsd: 0.5 } },
    });
    expect(requests.at(-1)!.rawBody).toContain('subagents.maxCostUsd');
  },
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
  'observer.model observer.judge.level': async () => {
    const asked = await judged({ model: 'smaller', judge: { level: 'standard' } });
    expect(asked.length).toBeGreaterThan(0);
    expect(asked.every(({ body }) => body.model === 'smaller')).toBe(true);
    expect((await judged({ judge: { level: 'off' } })).length).toBe(0);
  },
  'observer.finalWaitSeconds': async () => {
    const slow = { text: 'no', firstByteDelayMs: 3000 };
    const wait = async (finalWaitSeconds: number) => {
      const { server } = await runTask({ ...claiming, judge: slow, config: { observer: { finalWaitSeconds } } });
      return server.requests.filter((request) => isJudge(request) && request.answeredAtMs !== undefined).length;
    };
    const [impatient, patient] = await Promise.all([wait(0.1), wait(20)]);
    expect(impatient).toBe(0);
    expect(patient).toBeGreaterThan(0);
  },
  'observer.judge.timeoutSeconds': async () => {
    const judge = { text: 'no', fault: { kind: 'silence', at: 'before' } } as const;
    const { result } = await runTask({
      ...claiming,
      judge,
      config: { observer: { finalWaitSeconds: 60, judge: { timeoutSeconds: 0.5 } } },
    });
    expect(result.outcome).toBe('done');
  },
  'observer.judge.maxCalls': async () => {
    expect((await judged({ judge: { maxCalls: 0 } })).length).toBe(0);
  },
  'observer.judge.maxTokens': async () => {
    expect((await judged({ judge: { maxTokens: 0 } })).length).toBe(0);
  },
  'observer.judge.maxCostUsd': async () => {
    const prices = { scripted: { input: 1000, output: 1000 } };
    expect((await judged({ judge: { maxCostUsd: 0 } }, { prices })).length).toBe(0);
  },
  'observer.judge.idleSeconds': elsewhere('test/program/one-slot.test.ts', 'idleSeconds'),
  'observer.completionReport observer.instructionFiles': async () => {
    const edit = { path: 'a.txt', edits: [{ oldText: 'one', newText: 'two' }] };
    const options: TaskOptions = {
      prompt: 'Create b.txt, then run `npm test`.',
      files: { 'AGENTS.md': 'Do not touch a.txt.\n' },
      replies: [write('b.txt', 'two'), { calls: [{ name: 'edit', arguments: edit }] }, done],
      flags: full,
    };
    const after = async (observer: object) => {
      const { cwd, result } = await runTask({ ...options, config: { observer } });
      return { completion: result.completion, text: readFileSync(join(cwd, 'a.txt'), 'utf8') };
    };
    const plain = await after({ completionReport: false, instructionFiles: 'remind' });
    expect(plain).toEqual({ completion: undefined, text: 'two\n' });
    const strict = await after({ completionReport: true, instructionFiles: 'refuse' });
    expect(strict.completion).toMatchObject({ rows: [{ status: 'evidence' }, { status: 'none' }] });
    expect(strict.text).toBe('one\n');
  },
  'telemetry.contents': elsewhere('test/telemetry/telemetry.test.ts', 'telemetry: { contents: true }'),
  'ui.notify': elsewhere('test/ui/screen-manners.test.ts', 'notifies when it has finished'),
  'ui.suggestLessons ui.statusLine.timeoutMs': async () => {
    for (const suggestLessons of [true, false]) {
      const statusLine = { command: 'sleep 100', timeoutMs: 100 };
      const screen = await openBuilt({
        config: { ui: { suggestLessons, ...(suggestLessons ? { statusLine } : {}) } },
        replies: [done, { text: 'So be it.' }],
        prompt: 'go',
      });
      await screen.printed('All done.');
      if (suggestLessons) await screen.printed("The status line's command did not end within 0.1 s.");
      screen.press('Use tabs, not spaces.');
      await screen.shows('Use tabs, not spaces.');
      screen.press('\r');
      await screen.printed('So be it.');
      // The command finds it in any case; only the offer is left out.
      screen.press('/learn\r');
      await screen.shows('Keep this?');
      expect(screen.all().join('\n').includes('Keep this for the project?')).toBe(suggestLessons);
    }
  },
  'ui.theme ui.vim ui.updateNotice': async () => {
    const asked: string[] = [];
    const registry = createServer((request, response) => {
      asked.push(request.url ?? '');
      response.end('{ "version": "99.1.0" }');
    }).listen(0, '127.0.0.1');
    onTestFinished(() => void registry.close());
    await once(registry, 'listening');
    const address = registry.address();
    const env = { npm_config_registry: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}` };
    const plain = await openBuilt({ config: { ui: { theme: 'plain', vim: false } } }, env);
    await expectKeys(plain, 'Esc again clears the text');
    expect([asked, plain.raw().includes('\u001b[38;')]).toEqual([[], false]);
    const screen = await openBuilt({ config: { ui: { theme: 'dark', vim: true, updateNotice: true } } }, env);
    await screen.printed(/wink-agent 99\.1\.0 is there \(this is \d/);
    expect(asked).toEqual(['/wink-agent/latest']);
    await expectKeys(screen, 'NORMAL');
    screen.press('0dwithe \u001b');
    await screen.shows('❯ the two');
    screen.press('A!\r');
    await screen.printed('All done.');
    expect(screen.text()).not.toContain('NORMAL');
    expect(screen.raw()).toContain('\u001b[38;');
  },
  'ui.themes ui.statusLine.command ui.keys': async () => {
    const themes = { mine: { base: 'light', colours: { accent: '#010203' } } };
    const command = `node -e 'process.stdin.on("data", (d) => console.log("steps " + JSON.parse(d).wink.steps + " of mine"))'`;
    const keys = { 'history-search': 'ctrl+x', yank: [] };
    const screen = await openBuilt({ config: { ui: { theme: 'mine', themes, statusLine: { command }, keys } } });
    await screen.shows('steps 0 of mine');
    expect(screen.raw()).toContain('\u001b[38;2;1;2;3m');
    screen.press('one\u0015\u0019');
    await screen.shows('Ask for something');
    screen.press('\u0018');
    await screen.shows('nothing sent yet');
    screen.press('\u001b');
    await screen.shows('Ask for something');
    screen.press('/theme none\r');
    await screen.shows('! There is no theme none; there are auto, dark, light, contrast, colour-blind, plain, mine.');
    screen.press('/help\r');
    await screen.printed('history-search: ctrl+x; yank: none');
    screen.press('go\r');
    await screen.shows('steps 1 of mine');
    const cwd = makeFolder();
    writeFileSync(join(cwd, 'c.json'), JSON.stringify({ ui: { keys: { transcript: 'ctrl+r' } } }));
    const clash = await run(['-p', 'x', '--config', 'c.json'], { cwd, home: cwd });
    expect([clash.code, clash.stderr]).toEqual([
      2,
      expect.stringMatching(/ctrl\+r is given to transcript and is the usual key of history-search/),
    ]);
  },
  'ui.reducedMotion': async () => {
    const replies = [{ ...done, firstByteDelayMs: 2500 }];
    const drawn = async (reducedMotion: boolean) => {
      const screen = await openBuilt({ config: { ui: { reducedMotion } }, replies, prompt: 'hello' });
      await screen.printed('All done.');
      return screen.raw().length;
    };
    const [still, moving] = await Promise.all([drawn(true), drawn(false)]);
    expect(still).toBeLessThan(moving);
  },
  'ui.accessible': async () => {
    const screen = await openBuilt({ config: { ui: { accessible: true } }, prompt: 'hello' });
    await screen.printed('All done.');
    // Nothing is redrawn: no row is ever erased.
    expect(screen.raw()).not.toContain('\u001b[2K');
  },
  'contextWindow compaction.atFraction': async () => {
    const options: TaskOptions = {
      files: { 'long.txt': 'some words of a long file\n'.repeat(3000) },
      replies: [
        ...Array.from({ length: 4 }, (_, n) => ({
          calls: [{ name: 'read', arguments: { path: 'long.txt', offset: n } }],
        })),
        done,
      ],
      flags: ['--output-format', 'stream-json'],
    };
    const compacts = async (contextWindow: number, atFraction: number) =>
      (
        await runAlone({ ...options, config: { contextWindow, compaction: { atFraction, keepSteps: 1 } } })
      ).stdout.includes('"type":"compaction"');
    expect(await compacts(64_000, 0.95)).toBe(false);
    expect(await compacts(64_000, 0.3)).toBe(true);
    expect(await compacts(16_000, 0.95)).toBe(true);
    // Without the key the endpoint is asked, once the conversation has grown.
    const asked = await runAlone({
      ...options,
      server: { contextWindow: 16_000 },
      config: { compaction: { keepSteps: 1 } },
    });
    expect(asked.stdout).toContain('"type":"compaction"');
  },
};

const isJudge = ({ body }: { body: Readonly<Record<string, unknown>> }) =>
  body.tools === undefined && body.messages !== undefined;
const claiming: TaskOptions = {
  replies: [write('b.js', 'two'), { text: 'All done: every test passes.' }, done],
  flags: full,
};

/** The questions that a run leads to whose end has something to judge. */
async function judged(observer: object, more: object = {}) {
  const { server } = await runTask({ ...claiming, judge: { text: 'no' }, config: { ...more, observer } });
  return server.requests.filter(isJudge);
}

/** A proof that stands in another test of the built program. It is looked up by its words, so that it can't go unseen. */
function elsewhere(path: string, words: string): () => Promise<void> {
  return async () => {
    const names = path.endsWith('.ts')
      ? [path]
      : readdirSync(join(root, path), { encoding: 'utf8' }).map((name) => join(path, name));
    const texts = names.filter((name) => name.endsWith('.ts')).map((name) => readFileSync(join(root, name), 'utf8'));
    expect(
      texts.some((text) => text.includes(words)),
      `${path} has no test of ${words}`,
    ).toBe(true);
  };
}

type BuiltScreen = TestScreen & { readonly cwd: string };

/** The built program in a terminal. */
async function openBuilt(
  { config, replies = [done], prompt }: Pick<TaskOptions, 'config' | 'replies' | 'prompt'>,
  more: Readonly<Record<string, string>> = {},
): Promise<BuiltScreen> {
  const { url } = await serve({ rules: [{ when: { kind: 'agent' }, replies }] });
  const [cwd, home] = [makeFolder(), makeFolder()];
  mkdirSync(join(home, '.wink'));
  writeFileSync(join(home, '.wink/config.json'), JSON.stringify({ model: 'scripted', ...config }));
  const screen = openScreen({
    command: process.execPath,
    args: [join(root, 'bin/wink-agent.js'), ...(prompt ? [prompt] : [])],
    cwd,
    env: { HOME: home, WINK_HOME: join(home, '.wink'), OPENAI_BASE_URL: url, OPENAI_API_KEY: 'test', ...more },
  });
  onTestFinished(() => screen.kill('SIGKILL'));
  return { ...screen, cwd };
}

function headerOf(home: string): string {
  const folder = join(home, '.wink/sessions');
  const slug = join(folder, readdirSync(folder)[0]!);
  return readFileSync(join(slug, readdirSync(slug)[0]!), 'utf8').split('\n')[0]!;
}

/** Two words are typed, then Esc; what the screen says of that. */
async function expectKeys(screen: TestScreen, says: string): Promise<void> {
  await screen.shows('Ask for something');
  screen.press('one two');
  await screen.shows('one two');
  screen.press('\u001b');
  await screen.shows(says);
}

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

function keysOf(node: { properties?: object }, prefix = ''): string[] {
  return Object.entries(node.properties ?? {}).flatMap(([name, inner]) =>
    inner.properties === undefined ? [`${prefix}${name}`] : keysOf(inner, `${prefix}${name}.`),
  );
}

test.each(Object.entries(proofs))('%s changes what its description says', (_, prove) => prove());

test('each key of the configuration has its proof', () => {
  const proved = new Set(Object.keys(proofs).flatMap((names) => names.split(' ')));
  expect(keysOf(schema).filter((name) => !proved.has(name))).toEqual([]);
});
