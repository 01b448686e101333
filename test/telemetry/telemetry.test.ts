import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { RunResult } from '../../src/core/run/run-result.ts';
import type { Step } from '../../src/core/types.ts';
import { openTelemetry } from '../../src/telemetry/open-telemetry.ts';
import { readSignals } from '../../src/telemetry/signals.ts';
import { done, runAlone, runTask, shell, type TaskOptions, write } from '../program/task.ts';
import { plainAttributes, startCollector } from './collector.ts';

const withEndpoint = (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url });

async function observe(options: TaskOptions, env: (url: string) => NodeJS.ProcessEnv) {
  const collector = await startCollector();
  const end = await runTask({ ...options, env: env(collector.url) });
  return { ...end, ...collector };
}

const [traceId, outerSpan] = ['0af7651916cd43dd8448eb211c80319c', 'b7ad6b7169203331'];

test('a run in protobuf, read by the published definition: spans, figures and records by the conventions', async () => {
  const startedAt = BigInt(Date.now()) * 1_000_000n;
  const usage = { input: 120, output: 7, cached: 20 };
  const replies = [{ ...write('b.txt', 'a secret word'), usage }, shell('false'), shell('cat a.txt')];
  const flags = ['--approval', 'full', '--max-turns', '8'];
  const { spans, metrics, logs, resources, bodies, stderr } = await observe(
    { replies, after: 'repeat', flags },
    (url) => ({
      ...withEndpoint(url),
      TRACEPARENT: `00-${traceId}-${outerSpan}-01`,
      OTEL_RESOURCE_ATTRIBUTES: 'team=x',
    }),
  );
  expect(new Set(bodies.map(({ type }) => type))).toEqual(new Set(['application/x-protobuf']));
  expect(stderr).not.toContain('OpenTelemetry');
  expect(resources()[0]).toMatchObject({
    'service.name': 'wink-agent',
    'service.version': expect.any(String),
    'service.instance.id': expect.stringMatching(/^[0-9a-f-]{36}$/),
    team: 'x',
  });

  const all = spans();
  const agents = all.filter(({ name }) => name === 'invoke_agent wink-agent');
  expect(agents).toMatchObject([{ kind: 1, traceId, parentSpanId: outerSpan }]);
  const [agent] = agents;
  for (const span of all) {
    expect(span.traceId).toBe(traceId);
    if (span !== agent) expect(span.parentSpanId).toBe(agent!.spanId);
    expect(BigInt(span.startTimeUnixNano)).toBeGreaterThanOrEqual(startedAt);
    expect(BigInt(span.endTimeUnixNano)).toBeGreaterThanOrEqual(BigInt(span.startTimeUnixNano));
    expect(BigInt(span.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(agent!.endTimeUnixNano));
    expect(Object.keys(plainAttributes(span))).toEqual(
      expect.arrayContaining(['gen_ai.operation.name', 'gen_ai.conversation.id']),
    );
  }
  expect(new Set(all.map(({ spanId }) => spanId)).size).toBe(all.length);
  expect(plainAttributes(agent)).toMatchObject({ 'wink.outcome': 'turn-limit', 'wink.steps': '8' });

  const chats = all.filter(({ name }) => name === 'chat scripted');
  expect(chats).toHaveLength(8);
  const [first] = chats.toSorted((a, b) => Number(BigInt(a.startTimeUnixNano) - BigInt(b.startTimeUnixNano)));
  expect(first!.kind).toBe(3);
  expect(plainAttributes(first)).toMatchObject({
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': expect.any(String),
    'gen_ai.request.model': 'scripted',
    'server.address': '127.0.0.1',
    'server.port': expect.stringMatching(/^\d+$/),
    'gen_ai.usage.input_tokens': '120',
    'gen_ai.usage.cache_read.input_tokens': '20',
    'gen_ai.usage.output_tokens': '7',
    'gen_ai.response.finish_reasons': { values: [{ stringValue: 'tool_call' }] },
    'gen_ai.response.time_to_first_chunk': expect.any(Number),
  });
  const tools = all.filter(({ name }) => name.startsWith('execute_tool'));
  expect(tools.map(({ name }) => name).slice(0, 3)).toEqual(
    ['write', 'shell', 'shell'].map((name) => `execute_tool ${name}`),
  );
  expect(plainAttributes(tools[1])).toMatchObject({ 'gen_ai.tool.name': 'shell', 'error.type': 'command-failed' });
  expect(tools.map(({ status }) => status.code).slice(0, 3)).toEqual([0, 2, 0]);
  expect(BigInt(first!.endTimeUnixNano)).toBeLessThanOrEqual(BigInt(tools[0]!.startTimeUnixNano));

  const [tokens] = metrics().filter(({ name }) => name === 'gen_ai.client.token.usage');
  expect(tokens).toMatchObject({ unit: '{token}', histogram: { dataPoints: [{ count: '8' }, { count: '8' }] } });
  expect(tokens!.histogram!.dataPoints[0]!.explicitBounds).toEqual([
    1, 4, 16, 64, 256, 1024, 4096, 16384, 65536, 262144, 1048576, 4194304, 16777216, 67108864,
  ]);
  const [duration] = metrics().filter(({ name }) => name === 'gen_ai.client.operation.duration');
  expect(duration).toMatchObject({ unit: 's', histogram: { dataPoints: [{ count: '8' }] } });
  expect(duration!.histogram!.dataPoints[0]!.explicitBounds).toEqual([
    0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92,
  ]);
  expect(metrics().find(({ name }) => name === 'wink.turns')?.sum).toMatchObject({ isMonotonic: true });

  const records = logs();
  for (const name of ['wink.signal', 'wink.verdict', 'wink.reminder', 'wink.episode']) {
    const record = records.find(({ eventName }) => eventName === name);
    expect(record).toMatchObject({ traceId, spanId: agent!.spanId, severityNumber: 9 });
    expect(plainAttributes(record)['wink.class']).toBe('infinite-loop');
    expect(agent!.events.map((event) => event.name)).toContain(name);
  }
  for (const { body } of bodies) expect(body.includes('a secret word')).toBe(false);
});

test('the JSON form has the same names; words are in it where the configuration asks for them', async () => {
  const options = {
    replies: [{ ...write('b.txt', 'a secret word'), text: 'Writing.' }, done],
    flags: ['--approval', 'full'],
    config: { telemetry: { contents: true } },
  };
  const { spans, metrics, bodies } = await observe(options, (url) => ({
    ...withEndpoint(url),
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
  }));
  expect(new Set(bodies.map(({ type }) => type))).toEqual(new Set(['application/json']));
  expect(metrics().map(({ name }) => name)).toContain('gen_ai.client.token.usage');
  const [chat] = spans().filter(({ name }) => name.startsWith('chat'));
  const given = plainAttributes(chat);
  expect(JSON.parse(String(given['gen_ai.input.messages'])).at(-1)).toEqual({
    role: 'user',
    parts: [{ type: 'text', content: 'go' }],
  });
  expect(JSON.parse(String(given['gen_ai.output.messages']))).toMatchObject([
    {
      role: 'assistant',
      parts: [
        { type: 'text', content: 'Writing.' },
        { type: 'tool_call', name: 'write', arguments: { path: 'b.txt' } },
      ],
      finish_reason: 'tool_call',
    },
  ]);
  const [call] = spans().filter(({ name }) => name === 'execute_tool write');
  expect(plainAttributes(call)['gen_ai.tool.call.arguments']).toContain('a secret word');
});

test.each([
  [{}, []],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318/' },
    ['http://c:4318/v1/traces', 'http://c:4318/v1/metrics', 'http://c:4318/v1/logs'],
  ],
  [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c:4318', OTEL_SDK_DISABLED: 'TRUE' }, []],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://c/here' }, ['http://c/here']],
  [{ OTEL_METRICS_EXPORTER: 'otlp' }, ['http://localhost:4318/v1/metrics']],
  [
    { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', OTEL_LOGS_EXPORTER: 'none', OTEL_METRICS_EXPORTER: 'none' },
    ['http://c/v1/traces'],
  ],
])('%j sends to %j and nowhere else', (env, urls) => {
  const { signals, problem } = readSignals(env);
  expect(signals.map(({ url }) => url)).toEqual(urls);
  expect(problem).toBeUndefined();
});

test.each([
  [{ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' }, 'the protocol is "grpc"; set OTEL_EXPORTER_OTLP_PROTOCOL to http/protobuf'],
  [{ OTEL_TRACES_EXPORTER: 'console' }, 'OTEL_TRACES_EXPORTER is "console"; only otlp is known'],
  [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'localhost:4318' }, 'not an address that begins with http://'],
])('%j is said and not guessed at', (env, words) => {
  const { signals, problem } = readSignals({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://c', ...env });
  expect(problem).toContain(words);
  expect(signals.map(({ name }) => name)).not.toContain('traces');
});

const firstStep: Step = {
  ...{ type: 'step', index: 0, at: '2026-01-01T00:00:00Z', notes: [], text: '', calls: [], results: [], ms: 1 },
  ...{ usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, costUsd: null }, finish: 'stop' },
};

/** A session without a program around it: sends what the events give, and gives what it warns of. */
async function play(url: string, events: readonly Event[]): Promise<string[]> {
  const warnings: string[] = [];
  const telemetry = openTelemetry({
    env: { ...withEndpoint(url), OTEL_RESOURCE_ATTRIBUTES: 'team=y' },
    session: 's',
    version: '0',
    hasContents: false,
    endpoint: () => ({ provider: 'mistral', baseUrl: 'https://[::1]/v1' }),
    warn: (message) => warnings.push(message),
  });
  const start: Event = { type: 'session.start', model: 'm', cwd: '/', mode: 'off', approval: 'full', resumed: false };
  for (const event of [start, ...events]) telemetry?.listen(event);
  await telemetry?.close();
  return warnings;
}

const wink: RunResult['wink'] = {
  ...{ mode: 'off', health: 'off', stepsObserved: 0, signals: 0, verdicts: 0, reminders: 0, suppressed: 0 },
  ...{ judgeCalls: 0, usage: firstStep.usage, episodes: [] },
};
const failedRun: RunResult = {
  ...{ type: 'result', outcome: 'error', result: '', session: 's', model: 'm', steps: 1, usage: firstStep.usage },
  ...{ durationMs: 1, cwd: '/', filesChanged: [], wink, error: 'The endpoint refused the key.' },
};

test('a subagent is an agent below the agent; a request that failed and a call that was left open say so', async () => {
  const collector = await startCollector();
  const call = { type: 'tool.start', callId: 'c', name: 'read', input: {}, title: '' } as const;
  await play(collector.url, [
    { type: 'subagent', id: '1', agent: 'explore', event: call },
    { type: 'subagent', id: '1', agent: 'explore', event: { type: 'step', step: firstStep } },
    { type: 'request', step: 0 },
    { type: 'result', result: failedRun },
  ]);
  const spans = collector.spans();
  const find = (name: string) => spans.find((span) => span.name === name);
  const [agent, explore] = [find('invoke_agent wink-agent'), find('invoke_agent explore')];
  expect(agent?.status).toEqual({ code: 2, message: 'The endpoint refused the key.' });
  expect(explore).toMatchObject({ parentSpanId: agent?.spanId, status: { code: 0 } });
  const open = find('execute_tool read');
  expect(open?.parentSpanId).toBe(explore?.spanId);
  expect(plainAttributes(open)['error.type']).toBe('aborted');
  const chats = spans.filter(({ name }) => name === 'chat m');
  expect(chats.map(({ parentSpanId }) => parentSpanId).toSorted()).toEqual([agent?.spanId, explore?.spanId].toSorted());
  const failed = plainAttributes(chats.find(({ parentSpanId }) => parentSpanId === agent?.spanId));
  expect(failed).toMatchObject({
    'error.type': 'error',
    'gen_ai.provider.name': 'mistral_ai',
    'server.address': '::1',
  });
});

test("what the judge used is counted when it is known, its cost where the price is; settings come from the session's own environment", async () => {
  const collector = await startCollector();
  const usage = (inputTokens: number) => ({ inputTokens, cachedInputTokens: 0, outputTokens: 5, costUsd: null });
  const judge = (inputTokens: number, isEstimate: boolean): Event => ({
    ...{ type: 'observer.usage', judgeCalls: 1, isEstimate, usage: usage(inputTokens) },
  });
  await play(collector.url, [judge(3402, true), judge(688, false), { type: 'result', result: failedRun }]);
  const figures = (name: string) => collector.metrics().find((metric) => metric.name === name)?.sum?.dataPoints;
  expect(figures('wink.judge.tokens')).toMatchObject([{ asDouble: 688 }, { asDouble: 5 }]);
  expect(figures('wink.cost')).toBeUndefined();
  expect(collector.resources()[0]).toMatchObject({ team: 'y' });
  expect(process.env.OTEL_RESOURCE_ATTRIBUTES).toBeUndefined();
});

test("each request is the model's that was asked: a subagent's own, the one in use before a change, the one that went on for it", async () => {
  const collector = await startCollector();
  const asked = (model: string, host: string) => ({
    model,
    endpoint: { provider: host, baseUrl: `http://${host}/v1` },
  });
  const [large, small, spare] = [asked('large', 'a'), asked('small', 'b'), asked('spare', 'c')];
  const step: Event = { type: 'step', step: firstStep };
  const inside = (event: Event): Event => ({ type: 'subagent', id: '1', agent: 'explore', event });
  await play(collector.url, [
    { type: 'request', step: 0, asked: large },
    inside({ type: 'note', note: { from: 'user', text: 'look', at: '' } }),
    inside({ type: 'request', step: 0, asked: small }),
    inside(step),
    step,
    { type: 'request', step: 1, asked: large },
    { type: 'retry', attempt: 1, reason: 'gone', waitMs: 0, discard: true, asked: spare },
    step,
    { type: 'result', result: failedRun },
  ]);
  const models = collector
    .spans()
    .map((span) => [span.name, plainAttributes(span)] as const)
    .map(([name, facts]) => `${name}: ${facts['gen_ai.request.model']} at ${facts['server.address']}`);
  expect(models.toSorted()).toEqual([
    'chat large: large at a',
    'chat small: small at b',
    'chat spare: spare at c',
    'invoke_agent explore: small at b',
    'invoke_agent wink-agent: large at a',
  ]);
  const [tokens] = collector.metrics().filter(({ name }) => name === 'gen_ai.client.token.usage');
  const counted = tokens?.histogram?.dataPoints.map((point) => plainAttributes(point)['gen_ai.request.model']);
  expect(new Set(counted)).toEqual(new Set(['large', 'small', 'spare']));
});

test('a subagent whose file names a model has its requests under that name', async () => {
  const input = { description: 'look', prompt: 'look', agent: 'reviewer' };
  const { spans } = await observe(
    {
      replies: [{ calls: [{ name: 'task', arguments: input }] }, { text: 'Looks fine.' }, done],
      files: { '.wink/agents/reviewer.md': '---\nname: reviewer\ndescription: Looks.\nmodel: other\n---\nLook.' },
      flags: ['--trust', '--wink', 'off', '--approval', 'full'],
    },
    withEndpoint,
  );
  const all = spans();
  const reviewer = all.find(({ name }) => name === 'invoke_agent reviewer');
  expect(plainAttributes(reviewer)['gen_ai.request.model']).toBe('other');
  const chats = all.filter(({ name }) => name.startsWith('chat'));
  expect(chats.map(({ name }) => name).toSorted()).toEqual(['chat other', 'chat scripted', 'chat scripted']);
  const own = chats.find(({ parentSpanId }) => parentSpanId === reviewer?.spanId);
  expect(plainAttributes(own)).toMatchObject({ 'gen_ai.request.model': 'other', 'server.address': '127.0.0.1' });
});

/** ExportMetricsPartialSuccess: 3 rejected points and a message. */
const partial = Buffer.from([10, 9, 8, 3, 18, 5, ...Buffer.from('quota')]);

test.each([
  [
    '413',
    (response: { writeHead: (code: number) => { end: () => void } }) => response.writeHead(413).end(),
    '413 Payload Too Large',
  ],
  [
    '429 with a long Retry-After',
    (response: { writeHead: (code: number, headers: object) => { end: () => void } }) =>
      response.writeHead(429, { 'retry-after': '60' }).end(),
    '429 Too Many Requests',
  ],
  [
    'a partial success',
    (response: { end: (body: Buffer) => void }) => response.end(partial),
    'it refused 3 records: quota',
  ],
])('%s is said in one sentence', async (_, answer, words) => {
  const collector = await startCollector((_request, response) => answer(response));
  const warnings = await play(collector.url, [{ type: 'step', step: firstStep }]);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain(`OpenTelemetry: ${collector.url}/v1/`);
  expect(warnings[0]).toContain(words);
});

test('a collector that never answers changes nothing of a run but one line at its end', async () => {
  const silent = await startCollector(() => {});
  const { code, result, stderr } = await runAlone({ env: withEndpoint(silent.url) });
  expect({ code, outcome: result.outcome }).toEqual({ code: 0, outcome: 'done' });
  expect(stderr).toContain('did not accept the last records within 2 s');
});
