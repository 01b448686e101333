import { spawn } from 'node:child_process';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { join, resolve } from 'node:path';
import { compiledCode } from '../../compiled-code.ts';
import type { Arena } from './arena.ts';

const launcher = resolve(import.meta.dirname, '../../../bin/wink-agent.js');

export type Call = { readonly name: string; readonly input: Readonly<Record<string, unknown>> };

export type CallOptions = {
  readonly mode: 'plan' | 'ask' | 'edits' | 'full';
  /** Whether commands may use the sandbox of this machine. */
  readonly sandbox: boolean;
  readonly flags?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
};

/**
 * Runs the built program once and lets its model make the calls one after the other; `onResult` gets what the model was given back for
 * each, before the next is made.
 */
export async function runCalls(
  arena: Arena,
  calls: readonly Call[],
  options: CallOptions,
  onResult: (index: number, result: string) => void,
) {
  let next = 0;
  const server = createServer((request, response) => {
    void readBody(request).then((body) => {
      if (!request.url?.endsWith('/chat/completions')) return response.writeHead(404).end();
      const last = JSON.parse(body)
        .messages.filter((message: { role: string }) => message.role === 'tool')
        .at(-1);
      if (next > 0 && last)
        onResult(next - 1, typeof last.content === 'string' ? last.content : JSON.stringify(last.content));
      const call = calls[next];
      next += 1;
      answer(response, call, next);
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const flags = [
    '--model',
    'scripted',
    '--base-url',
    `http://127.0.0.1:${port}/v1`,
    '--approval',
    options.mode,
    '--wink',
    'off',
    '--no-session',
    '--output-format',
    'json',
  ];
  const config = options.sandbox ? [] : ['--config', noSandbox(arena)];
  const child = spawn(process.execPath, [launcher, '-p', 'go', ...flags, ...config, ...(options.flags ?? [])], {
    cwd: arena.work,
    env: {
      PATH: process.env.PATH,
      HOME: arena.home,
      WINK_HOME: join(arena.home, '.wink'),
      ...compiledCode,
      OPENAI_API_KEY: `CANARY-5f1d-key`,
      MY_SERVICE_TOKEN: 'CANARY-5f1d-token',
      ...options.env,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr] = [collect(child.stdout), collect(child.stderr)];
  const code = await new Promise<number | null>((done) => child.on('close', done));
  server.close();
  server.closeAllConnections();
  return { code, stdout: stdout(), stderr: stderr() };
}

function noSandbox({ home }: Arena): string {
  return join(home, '.wink/no-sandbox.json');
}

function collect(stream: NodeJS.ReadableStream): () => string {
  let text = '';
  stream.on('data', (chunk) => {
    text += String(chunk);
  });
  return () => text;
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const chunk of request) body += String(chunk);
  return body;
}

function answer(response: ServerResponse, call: Call | undefined, index: number): void {
  const delta = call
    ? {
        role: 'assistant',
        tool_calls: [
          {
            index: 0,
            id: `call-${index}`,
            type: 'function',
            function: { name: call.name, arguments: JSON.stringify(call.input) },
          },
        ],
      }
    : { role: 'assistant', content: 'Done.' };
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = {
    id: 'x',
    object: 'chat.completion.chunk',
    created: 1,
    model: 'scripted',
    choices: [{ index: 0, delta, finish_reason: call ? 'tool_calls' : 'stop' }],
  };
  response.end(`data: ${JSON.stringify(chunk)}\n\ndata: [DONE]\n\n`);
}
