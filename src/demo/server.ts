import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createSecureServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { isObject, parseJson } from '../core/text/json.ts';
import type { JsonObject } from '../core/types.ts';
import { answerRequest, createMeter } from './server/answer-request.ts';
import { createChooser } from './server/choose-answer.ts';
import type { Manner } from './server/find-refusal.ts';
import type { Scenario } from './server/scenario.ts';
import { sendWhole } from './server/send-frames.ts';

export type ModelServerOptions = {
  readonly scenario: Scenario;
  /** Names given by GET /v1/models (default `scripted`). */
  readonly models?: readonly string[];
  /** Context window reported by GET /v1/models, in tokens. */
  readonly contextWindow?: number;
  /** When set, requests without this key get 401. */
  readonly apiKey?: string;
  /** 0 (default) takes a free port. */
  readonly port?: number;
  /** Serves HTTPS with this key and certificate (PEM). */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** What it refuses, as real endpoints do. */
  readonly manners?: readonly Manner[];
  /** Keeps no request bodies, for measurements over many turns (default false). */
  readonly forgetsBodies?: boolean;
  /** What /props says of how many requests are answered at once (default 64: all of them). */
  readonly slots?: number;
};

export type RecordedRequest = {
  readonly method: string;
  /** Path below the host, e.g. /v1/chat/completions. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: JsonObject;
  /** The body as it came, to compare prefixes byte by byte. */
  readonly rawBody: string;
  /** When its head arrived, in milliseconds of performance.now(). */
  readonly atMs: number;
  /** When its last byte arrived. */
  readonly wholeAtMs: number;
  /** When the last byte of its answer was handed to the system; undefined until then. */
  answeredAtMs?: number;
  /** Which connection it came over, counted from 1. */
  readonly connection: number;
};

export type ModelServer = {
  /** Base URL, ending in /v1. */
  readonly url: string;
  readonly requests: readonly RecordedRequest[];
  /** How many connections clients have opened so far. */
  readonly connectionCount: () => number;
  /** Closes the server and every connection. */
  readonly close: () => Promise<void>;
};

/** Starts the scripted model server on 127.0.0.1: Chat Completions and Responses (streamed or whole) and the list of models. */
export async function startModelServer(options: ModelServerOptions): Promise<ModelServer> {
  const requests: RecordedRequest[] = [];
  const connections = new Map<Socket, number>();
  let opened = 0;
  const closing = new AbortController();
  const choose = createChooser(options.scenario);
  const measure = createMeter();
  const listener: RequestListener = (request, response) => {
    handle(request, response).catch(() => response.destroy());
  };
  const handle = async (request: IncomingMessage, response: ServerResponse) => {
    // As llama.cpp: asked once by a client that wants to know, and no part of the conversation that is recorded.
    if (request.url?.startsWith('/props'))
      return sendWhole(response, 200, {}, JSON.stringify({ total_slots: options.slots ?? 64 }));
    const atMs = performance.now();
    const rawBody = await readBody(request);
    const times = { atMs, wholeAtMs: performance.now() };
    const recorded = record(request, options.forgetsBodies ? '' : rawBody, connections.get(request.socket) ?? 0, times);
    requests.push(recorded);
    response.on('finish', () => {
      recorded.answeredAtMs = performance.now();
    });
    if (refuses(options, request, response)) return;
    if (/\/models(\?|$)/.test(recorded.path)) return sendModels(options, response);
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    const signal = AbortSignal.any([closing.signal, gone.signal]);
    await answerRequest({
      path: recorded.path,
      rawBody,
      response,
      choose,
      manners: options.manners ?? [],
      measure,
      signal,
    });
  };
  const server = options.tls ? createSecureServer(options.tls, listener) : createServer(listener);
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    opened += 1;
    connections.set(socket, opened);
    socket.on('close', () => connections.delete(socket));
  });
  const port = await listen(server, options.port ?? 0);
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}/v1`,
    requests,
    connectionCount: () => opened,
    close: () => close(server, closing),
  };
}

function record(
  request: IncomingMessage,
  rawBody: string,
  connection: number,
  times: { atMs: number; wholeAtMs: number },
): RecordedRequest {
  const headers = Object.fromEntries(Object.entries(request.headers).map(([name, value]) => [name, String(value)]));
  const parsed = parseJson(rawBody);
  const body = isObject(parsed) ? parsed : {};
  return { method: request.method ?? '', path: request.url ?? '', headers, body, rawBody, ...times, connection };
}

function refuses(options: ModelServerOptions, request: IncomingMessage, response: ServerResponse): boolean {
  const given = [request.headers.authorization, `Bearer ${String(request.headers['x-api-key'])}`];
  if (options.apiKey === undefined || given.includes(`Bearer ${options.apiKey}`)) return false;
  const error = { message: 'Incorrect API key provided.', type: 'invalid_request_error', code: 'invalid_api_key' };
  sendWhole(response, 401, { 'content-type': 'application/json' }, JSON.stringify({ error }));
  return true;
}

function sendModels(options: ModelServerOptions, response: ServerResponse): void {
  const context = options.contextWindow === undefined ? {} : { context_length: options.contextWindow };
  const data = (options.models ?? ['scripted']).map((id) => ({
    id,
    object: 'model',
    created: 1,
    owned_by: 'wink-agent',
    ...context,
  }));
  sendWhole(response, 200, { 'content-type': 'application/json' }, JSON.stringify({ object: 'list', data }));
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address: AddressInfo | string | null = server.address();
      resolve(typeof address === 'object' && address ? address.port : port);
    });
  });
}

function close(server: Server, closing: AbortController): Promise<void> {
  closing.abort();
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}
