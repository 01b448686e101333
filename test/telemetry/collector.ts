import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { z } from 'zod';

const value = z.looseObject({});
const attribute = z.object({ key: z.string(), value });
const attributes = z.array(attribute).default([]);
const spanSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.number(),
  startTimeUnixNano: z.string(),
  endTimeUnixNano: z.string(),
  attributes,
  events: z.array(z.object({ name: z.string(), attributes })).default([]),
  status: z.object({ code: z.number().default(0), message: z.string().optional() }).prefault({}),
});
const pointSchema = z.looseObject({ attributes, explicitBounds: z.array(z.number()).optional() });
const dataSchema = z.object({ dataPoints: z.array(pointSchema), isMonotonic: z.boolean().optional() }).optional();
const metricSchema = z.object({
  name: z.string(),
  unit: z.string().default(''),
  sum: dataSchema,
  histogram: dataSchema,
});
const recordSchema = z.object({
  eventName: z.string(),
  traceId: z.string(),
  spanId: z.string(),
  severityNumber: z.number(),
  attributes,
});
const resource = z.object({ attributes });
const messages = {
  traces: z.object({
    resourceSpans: z.array(z.object({ resource, scopeSpans: z.array(z.object({ spans: z.array(spanSchema) })) })),
  }),
  metrics: z.object({
    resourceMetrics: z.array(
      z.object({ resource, scopeMetrics: z.array(z.object({ metrics: z.array(metricSchema) })) }),
    ),
  }),
  logs: z.object({
    resourceLogs: z.array(z.object({ resource, scopeLogs: z.array(z.object({ logRecords: z.array(recordSchema) })) })),
  }),
};

export type Span = z.infer<typeof spanSchema>;

/** A message type as protobufjs generates it from the published .proto files. */
type MessageType = {
  readonly decode: (body: Uint8Array) => unknown;
  readonly encode: (message: unknown) => { finish: () => Uint8Array };
  readonly toObject: (message: unknown, options: object) => unknown;
  readonly fromObject: (plain: unknown) => unknown;
};

function typeOf(signal: keyof typeof messages): MessageType {
  const { opentelemetry } = createRequire(import.meta.url)('otlp-protobufjs/build/src/generated/root.js');
  const { trace, metrics, logs } = opentelemetry.proto.collector;
  return {
    traces: trace.v1.ExportTraceServiceRequest,
    metrics: metrics.v1.ExportMetricsServiceRequest,
    logs: logs.v1.ExportLogsServiceRequest,
  }[signal];
}

const plain = { longs: String, bytes: String };

/** A body as plain data. Throws where anything in it is not in the published definition: what that doesn't know is lost on the way back. */
function readProtobuf(signal: keyof typeof messages, body: Buffer): unknown {
  const type = typeOf(signal);
  const message = type.decode(Uint8Array.from(body));
  const again = type.encode(message).finish();
  if (again.length !== body.length) throw new Error(`${signal}: ${body.length - again.length} bytes are unknown`);
  return inHex(type.toObject(message, plain));
}

function readJson(signal: keyof typeof messages, body: string): unknown {
  const given: unknown = JSON.parse(body);
  const type = typeOf(signal);
  const again = inHex(type.toObject(type.fromObject(inBase64(given)), plain));
  const known = new Set(namesOf(again));
  const lost = namesOf(given).find((name) => !known.has(name));
  if (lost !== undefined) throw new Error(`${signal}: ${lost} is unknown`);
  return given;
}

const ids = /^(traceId|spanId|parentSpanId)$/;
const inHex = (message: unknown) => recode(message, 'base64', 'hex');
const inBase64 = (message: unknown) => recode(message, 'hex', 'base64');

function recode(message: unknown, from: 'base64' | 'hex', to: 'base64' | 'hex'): unknown {
  return JSON.parse(JSON.stringify(message), (key, text) =>
    ids.test(key) && typeof text === 'string' ? Buffer.from(text, from).toString(to) : text,
  );
}

function namesOf(message: unknown): string[] {
  const names = new Set<string>();
  JSON.stringify(message, (key, inner) => {
    const isEmpty = Array.isArray(inner) && inner.length === 0;
    if (!/^\d*$/.test(key) && !isEmpty) names.add(key);
    return inner;
  });
  return [...names];
}

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

/** A collector of OTLP over HTTP: reads what it is sent by the published definition of the protocol, and keeps it. */
export async function startCollector(answer: Answer = (_, response) => void response.end()) {
  const bodies: { signal: keyof typeof messages; type: string; body: Buffer }[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part);
    const signal = z.enum(['traces', 'metrics', 'logs']).parse(request.url?.split('/').at(-1));
    bodies.push({ signal, type: request.headers['content-type'] ?? '', body: Buffer.concat(parts) });
    answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const read = <Name extends keyof typeof messages>(name: Name) =>
    bodies
      .filter(({ signal }) => signal === name)
      .map(({ type, body }) =>
        type === 'application/json' ? readJson(name, body.toString()) : readProtobuf(name, body),
      );
  const traces = () => read('traces').flatMap((each) => messages.traces.parse(each).resourceSpans);
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    resources: () => traces().map((each) => plainAttributes(each.resource)),
    spans: () => traces().flatMap(({ scopeSpans }) => scopeSpans.flatMap(({ spans }) => spans)),
    metrics: () =>
      read('metrics')
        .flatMap((each) => messages.metrics.parse(each).resourceMetrics)
        .flatMap(({ scopeMetrics }) => scopeMetrics.flatMap(({ metrics }) => metrics)),
    logs: () =>
      read('logs')
        .flatMap((each) => messages.logs.parse(each).resourceLogs)
        .flatMap(({ scopeLogs }) => scopeLogs.flatMap(({ logRecords }) => logRecords)),
  };
}

/** Attributes by name, each as its plain value. */
export function plainAttributes(of: { attributes: z.infer<typeof attributes> } | undefined): Record<string, unknown> {
  return Object.fromEntries((of?.attributes ?? []).map(({ key, value: held }) => [key, Object.values(held)[0]]));
}
