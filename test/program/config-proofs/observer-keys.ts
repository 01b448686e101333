import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { done, type Reply, runAlone, runTask, shell, type TaskOptions, write } from '../task.ts';
import { elsewhere, full, isThere, type Proofs, writing } from './proof.ts';

const explore = { name: 'task', arguments: { agent: 'explore', description: 'look', prompt: 'Look around.' } };

/** A model thinks longer about its answers than the observer's thread takes to start, and to look at a step. */
const repeated = (reply: Reply): Pick<TaskOptions, 'replies' | 'after' | 'flags'> => ({
  replies: [
    { ...reply, firstByteDelayMs: 600 },
    { ...reply, firstByteDelayMs: 600 },
    { ...reply, firstByteDelayMs: 100 },
  ],
  after: 'repeat',
  flags: [...full, '--max-turns', '8'],
});

/** A task that goes on with one useless call: its third round is a loop. */
const stuck: TaskOptions = repeated(shell('cat a.txt'));

/** A task whose calls fail because of their arguments. */
const failing: TaskOptions = repeated({
  calls: [{ name: 'edit', arguments: { path: 'a.txt', edits: [{ oldText: 'none {{n}}', newText: '' }] } }],
});

const wink = async (options: TaskOptions, observer: object) => {
  const { result } = await runTask({ ...options, config: { ...options.config, observer } });
  return result.wink as { reminders: number; signals: number; judgeCalls: number; episodes: { class: string }[] };
};

/** For each key of the configuration of the observer, experiments, compaction and subagents (or several that one run shows), what it changes in the built program. */
export const observerKeys: Proofs = {
  'experiment.name experiment.arms experiment.unit hooks.sessionStart hooks.afterTool hooks.sessionEnd': async () => {
    const events = ['sessionStart', 'afterTool', 'sessionEnd'];
    const hooks = Object.fromEntries(events.map((name) => [name, [{ command: `cat > ${name}.json` }]]));
    const experiment = { name: 'trial', arms: { shadow: 1 }, unit: 'repository' };
    const end = await runTask({ ...writing, flags: full, config: { experiment, hooks } });
    expect(headerOf(end.home)).toMatch(/"name":"trial".*"unit":"repository"/);
    expect(end.result.wink).toMatchObject({ mode: 'shadow' });
    expect(events.filter((name) => !isThere(end, `${name}.json`))).toEqual([]);
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
  'experiment.holdback': elsewhere('test/program/observer/hold-out.test.ts', 'holdback'),
  'subagents.enabled': elsewhere('test/program/extensions/subagents.test.ts', 'off is off'),
  'subagents.models': elsewhere('test/program/extensions/subagents.test.ts', 'their words, tools, model and effort'),
  ...Object.fromEntries(
    ['maxTotal', 'maxDepth', 'maxTurns', 'maxTokens'].map((name) => [
      `subagents.${name}`,
      elsewhere('test/program/extensions/subagents.test.ts', `${name}`),
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
  'observer.judge.idleSeconds': elsewhere('test/program/observer/one-slot.test.ts', 'idleSeconds'),
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

function headerOf(home: string): string {
  const folder = join(home, '.wink/sessions');
  const slug = join(folder, readdirSync(folder)[0]!);
  return readFileSync(join(slug, readdirSync(slug)[0]!), 'utf8').split('\n')[0]!;
}
