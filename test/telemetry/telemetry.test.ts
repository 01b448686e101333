import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { done, runTask, shell, type TaskOptions, write } from '../program/task.ts';

type Attribute = { key: string; value: Record<string, unknown> };
type Sent = { path: string; body: string };

/** A collector of OTLP over HTTP that keeps what it gets; `delayMs`: how long it takes to answer. */
async function startCollector(delayMs = 0): Promise<{ url: string; sent: Sent[]; server: Server }> {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      sent.push({ path: request.url ?? '', body });
      setTimeout(() => response.end('{}'), delayMs);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, sent, server };
}

async function observe(options: TaskOptions, env: (url: string) => NodeJS.ProcessEnv) {
  const collector = await startCollector();
  const end = await runTask({ ...options, env: env(collector.url) });
  const of = (path: string) => collector.sent.filter((each) => each.path === path).map(({ body }) => JSON.parse(body));
  const spans = of('/v1/traces').flatMap(({ resourceSpans }) =>
    resourceSpans.flatMap(({ scopeSpans }: { scopeSpans: { spans: object[] }[] }) =>
      scopeSpans.flatMap(({ spans }) => spans),
    ),
  ) as { name: string; spanId: string; parentSpanId?: string; attributes: Attribute[] }[];
  return { ...end, ...collector, spans };
}

const attribute = (span: { attributes: Attribute[] } | undefined, key: string) =>
  Object.values(span?.attributes.find((each) => each.key === key)?.value ?? {})[0];
const withEndpoint = (url: string) => ({ OTEL_EXPORTER_OTLP_ENDPOINT: url });

test('a run is a span of the agent with its requests and calls below it, by the conventions', async () => {
  const replies = [{ ...write('b.txt', 'a secret word'), usage: { input: 120, output: 7 } }, done];
  const { spans, sent } = await observe({ replies, flags: ['--approval', 'full'] }, withEndpoint);
  const [agent] = spans.filter(({ name }) => name === 'invoke_agent wink-agent');
  const chats = spans.filter(({ name }) => name === 'chat scripted');
  const [tool] = spans.filter(({ name }) => name === 'execute_tool write');
  expect(chats).toHaveLength(2);
  for (const span of [...chats, tool!]) expect(span.parentSpanId).toBe(agent!.spanId);
  expect(attribute(tool, 'gen_ai.operation.name')).toBe('execute_tool');
  expect(attribute(agent, 'wink.outcome')).toBe('done');
  expect(sent.some(({ path, body }) => path === '/v1/metrics' && body.includes('gen_ai.client.token.usage'))).toBe(
    true,
  );
  expect(sent.every(({ body }) => !body.includes('a secret word'))).toBe(true);
});

test('what the observer found, said, and what became of it are events and log records', async () => {
  const options = {
    replies: [shell('cat a.txt')],
    after: 'repeat',
    flags: ['--approval', 'full', '--max-turns', '6'],
  } as const;
  const { sent } = await observe(options, withEndpoint);
  const logs = sent
    .filter(({ path }) => path === '/v1/logs')
    .map(({ body }) => body)
    .join('\n');
  for (const name of ['wink.signal', 'wink.reminder', 'wink.episode']) expect(logs).toContain(name);
  expect(logs).toContain('infinite-loop');
});

test('words are sent only where the configuration asks for them', async () => {
  const options = {
    replies: [write('b.txt', 'a secret word'), done],
    flags: ['--approval', 'full'],
    config: { telemetry: { contents: true } },
  };
  const { sent } = await observe(options, withEndpoint);
  expect(sent.some(({ body }) => body.includes('a secret word'))).toBe(true);
});

test('nothing is sent where no collector is named, or it is switched off', async () => {
  expect((await observe({}, () => ({}))).sent).toEqual([]);
  expect((await observe({}, (url) => ({ ...withEndpoint(url), OTEL_SDK_DISABLED: 'true' }))).sent).toEqual([]);
});

test('a collector that is gone, or that never answers, changes nothing of a run', async () => {
  const silent = await startCollector(60_000);
  for (const url of ['http://127.0.0.1:9', silent.url]) {
    const { code, result } = await runTask({ env: withEndpoint(url) });
    expect({ code, outcome: result.outcome }).toEqual({ code: 0, outcome: 'done' });
  }
});
