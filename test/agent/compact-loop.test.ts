import { afterEach, expect, test } from 'vitest';
import { createCompactor } from '../../src/agent/compact.ts';
import { type LoopEnd, runLoop } from '../../src/agent/loop.ts';
import { createContextMeter } from '../../src/core/context-size.ts';
import type { Event } from '../../src/core/event.ts';
import type { ObserverPort } from '../../src/core/observer-port.ts';
import type { Tool, Workspace } from '../../src/core/tool.ts';
import { type Compaction, type Note, noUsage, type Trajectory } from '../../src/core/types.ts';
import type { ScenarioRule } from '../../src/demo/server/scenario.ts';
import { type ModelServer, startModelServer } from '../../src/demo/server.ts';
import { openAsk, openModel } from '../../src/model/openai.ts';

const summary = `GOAL\nFind the value.\nCONSTRAINTS\n"only read"\nDONE\nsome files were read, none had it\nOPEN\nread on\nFILES\nnone\nDECISIONS\nnone`;
const compaction: ScenarioRule = { when: { kind: 'compaction' }, replies: [{ text: summary }], after: 'repeat' };

let server: ModelServer | undefined;

afterEach(async () => {
  await server?.close();
  server = undefined;
});

const workspace: Workspace = {
  cwd: '/',
  roots: ['/'],
  outputFolder: '/',
  stamps: new Map(),
  jobs: new Map(),
  todos: [],
};

const read: Tool = {
  name: 'read',
  act: 'read',
  aliases: [],
  schema: {
    name: 'read',
    description: 'Reads.',
    parameters: { type: 'object', properties: { path: { type: 'string' } } },
  },
  prepare: (input) => ({
    title: '',
    targets: [],
    run: async () => ({ output: `${String(input.path)}\n${'a line of the file\n'.repeat(150)}` }),
  }),
};

async function runLong(
  rules: readonly ScenarioRule[],
  window: number,
): Promise<{ end: LoopEnd; trajectory: Trajectory; events: Event[]; requests: ModelServer['requests'] }> {
  server = await startModelServer({ scenario: { rules } });
  const settings = {
    name: 'm',
    baseUrl: server.url,
    api: 'chat',
    contextWindow: window,
    firstRetryWaitMs: 1,
    maxRetries: 1,
  } as const;
  const trajectory: Trajectory = { session: 's', cwd: '/', system: 'You are a test.', steps: [], compactions: [] };
  const events: Event[] = [];
  const emit = (event: Event) => events.push(event);
  const { signal } = new AbortController();
  const compactor = createCompactor({
    trajectory,
    meter: createContextMeter(trajectory, JSON.stringify([read.schema]).length),
    ask: openAsk(settings),
    window: () => window,
    atFraction: 0.8,
    keepSteps: 4,
    carry: () => 'LEDGER\nonly read',
    emit,
    onUsage: () => undefined,
  });
  const notes: Note[][] = [[{ from: 'user', text: 'Find the value, only read.', at: '' }]];
  const observerPort: ObserverPort = {
    drain: () => ({ notes: notes.shift() ?? [] }),
    guard: () => undefined,
    watchStream: () => false,
    awaitSeen: async () => undefined,
    settle: async () => undefined,
  };
  const end = await runLoop({
    trajectory,
    model: openModel(settings),
    tools: [read],
    workspace,
    observerPort,
    permit: async () => ({ allowed: true, reason: '' }),
    emit,
    limits: {},
    signal,
    spent: () => noUsage,
    makeRoom: compactor.makeRoom,
  });
  return { end, trajectory, events, requests: server.requests };
}

const reading = (times: number): ScenarioRule => ({
  when: { kind: 'agent' },
  replies: [
    { text: 'On.', calls: [{ name: 'read', arguments: { path: 'f{{n}}.txt' } }], times },
    { text: 'It is 42.' },
  ],
});

test('a run of 150 turns stays inside a window that would hold 12, with the real client and a real server', async () => {
  const { end, trajectory, requests } = await runLong([compaction, reading(150)], 12_000);
  expect(end).toMatchObject({ outcome: 'done', text: 'It is 42.' });
  expect(trajectory.steps).toHaveLength(151);
  expect(Math.max(...requests.map(({ rawBody }) => rawBody.length / 4))).toBeLessThan(12_000);
  const kinds = trajectory.compactions.map(({ kind }) => kind);
  expect(kinds).toContain('thinned');
  expect(kinds).toContain('summary');
  const last = requests.at(-1)?.rawBody ?? '';
  expect(last).toContain('Find the value, only read.');
  expect(last).toContain('LEDGER');
});

test('between two compactions each request goes on from the one before, byte for byte, and the tools never change', async () => {
  const { trajectory, requests } = await runLong([compaction, reading(60)], 12_000);
  const own = requests.filter(({ body }) => body.tools !== undefined);
  const messages = own.map(({ body }) => JSON.stringify(body.messages).slice(0, -1));
  const breaks = messages.filter((text, index) => index > 0 && !text.startsWith(messages[index - 1] ?? '')).length;
  expect(breaks).toBe(trajectory.compactions.length);
  expect(new Set(own.map(({ body }) => JSON.stringify(body.tools))).size).toBe(1);
});

test('when the endpoint says that it is too long, room is made and the run goes on', async () => {
  const tooLong: ScenarioRule = {
    when: { kind: 'agent', toolResult: 'f9.txt' },
    replies: [
      {
        fault: {
          kind: 'status',
          status: 400,
          code: 'context_length_exceeded',
          message: "This model's maximum context length is 8192 tokens.",
        },
      },
    ],
  };
  const { end, events, trajectory } = await runLong([compaction, tooLong, reading(12)], 200_000);
  expect(end).toMatchObject({ outcome: 'done' });
  const made: Compaction[] = events.flatMap((event) => (event.type === 'compaction' ? [event.compaction] : []));
  expect(made).toMatchObject([{ kind: 'summary' }]);
  expect(trajectory.steps).toHaveLength(13);
});

test('when the summary can not be had the run goes on all the same', async () => {
  const broken: ScenarioRule = {
    when: { kind: 'compaction' },
    replies: [{ fault: { kind: 'status', status: 400, message: 'no' } }],
    after: 'repeat',
  };
  const { end, events } = await runLong([broken, reading(80)], 12_000);
  expect(end).toMatchObject({ outcome: 'done' });
  expect(events.filter((event) => event.type === 'warning').length).toBeGreaterThan(0);
});
