import { createServer } from 'node:http';
import { connect } from 'node:net';
import { onTestFinished } from 'vitest';
import type { ModelRequest, ReplyListener } from '../../src/core/model.ts';
import {
  type Note,
  noUsage,
  type Step,
  type ToolCall,
  type ToolResult,
  type Trajectory,
} from '../../src/core/types.ts';
import type { Scenario } from '../../src/demo/server/scenario.ts';
import { type ModelServer, type ModelServerOptions, startModelServer } from '../../src/demo/server.ts';
import type { ModelSettings } from '../../src/model/model-settings.ts';

export const tools = [
  {
    name: 'read',
    description: 'Reads a file.',
    parameters: { type: 'object', properties: { path: { type: 'string' }, limit: { type: 'integer' } } },
    aliases: ['read_file', 'cat'],
  },
  {
    name: 'edit',
    description: 'Edits a file.',
    parameters: { type: 'object', properties: { path: { type: 'string' }, edits: { type: 'array' } } },
  },
];

/** A scripted server that closes with the test. */
export async function serve(
  scenario: Scenario,
  options: Omit<ModelServerOptions, 'scenario'> = {},
): Promise<ModelServer> {
  const server = await startModelServer({ scenario, ...options });
  onTestFinished(() => server.close());
  return server;
}

/** Settings for a scripted server, with waits that a test can afford. */
export function settingsFor(server: { url: string }, more: Partial<ModelSettings> = {}): ModelSettings {
  return {
    name: 'scripted',
    baseUrl: server.url,
    apiKey: 'key-of-the-user',
    api: 'chat',
    firstRetryWaitMs: 1,
    env: {},
    ...more,
  };
}

export function trajectoryOf(steps: readonly Step[] = [], more: Partial<Trajectory> = {}): Trajectory {
  return {
    session: 'session-1',
    cwd: '/srv/project',
    system: 'You are an agent.',
    steps: [...steps],
    compactions: [],
    ...more,
  };
}

export function userNote(text: string, more: Partial<Note> = {}): Note {
  return { from: 'user', text, at: '2026-11-24T08:00:00.000Z', ...more };
}

export function stepOf(index: number, more: Partial<Step> = {}): Step {
  return {
    type: 'step',
    index,
    at: '2026-11-24T08:00:00.000Z',
    notes: [],
    text: '',
    calls: [],
    results: [],
    usage: noUsage,
    ms: 1,
    finish: 'tool-calls',
    ...more,
  };
}

export function callOf(id: string, input: Record<string, unknown> = { path: 'a.ts' }, name = 'read'): ToolCall {
  return { id, name, input };
}

export function resultOf(callId: string, output: string): ToolResult {
  return { callId, name: 'read', output, isError: false, ms: 1 };
}

export function requestOf(text = 'Fix the bug.', more: Partial<ModelRequest> = {}): ModelRequest {
  return { trajectory: trajectoryOf(), notes: [userNote(text)], tools, ...more };
}

export type Heard = {
  text: string;
  reasoning: string;
  shown: string;
  retries: { attempt: number; reason: string; waitMs: number; discard: boolean }[];
};

/** Listens as a screen does: `shown` is what is there after discarded answers were taken back. */
export function listen(): Heard & ReplyListener {
  const heard: Heard & ReplyListener = {
    text: '',
    reasoning: '',
    shown: '',
    retries: [],
    onText: (delta) => {
      heard.text += delta;
      heard.shown += delta;
    },
    onReasoning: (delta) => {
      heard.reasoning += delta;
    },
    onRetry: (retry) => {
      heard.retries.push(retry);
      if (retry.discard) heard.shown = '';
    },
  };
  return heard;
}

export const never = new AbortController().signal;

/** A proxy that tunnels (CONNECT) every host to this server, and notes which were wanted. */
export async function startProxy(server: { url: string }): Promise<{ url: string; targets: string[] }> {
  const targets: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    targets.push(request.url ?? '');
    const upstream = connect(Number(new URL(server.url).port), '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on('error', () => socket.destroy());
    socket.on('error', () => upstream.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  const address = proxy.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, targets };
}
