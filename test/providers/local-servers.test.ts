import { createServer, type RequestListener, type Server } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { ModelError } from '../../src/core/errors.ts';
import type { Model } from '../../src/core/model.ts';
import type { Reply } from '../../src/core/types.ts';
import { noUsage } from '../../src/core/types.ts';
import { findPreset } from '../../src/providers/choose-provider.ts';
import { withFallback } from '../../src/providers/fallback.ts';
import { findLocalServers, readOllamaWindow } from '../../src/providers/local-servers.ts';
import type { Preset } from '../../src/providers/presets.ts';

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return `http://127.0.0.1:${address.port}`;
}

function at(name: string, baseUrl: string): Preset {
  const preset = findPreset(name);
  if (preset === undefined) throw new Error(name);
  return { ...preset, baseUrl };
}

test('servers that answer are found with their models; silent, strange and missing ones are left out', async () => {
  const ollama = await serve((_, response) =>
    response.end('{"object":"list","data":[{"id":"qwen3-coder:30b"},{"id":"gpt-oss:20b"}]}'),
  );
  const silent = await serve(() => undefined);
  const website = await serve((_, response) => response.end('<html>'));
  const candidates = [
    at('ollama', `${ollama}/v1`),
    at('lmstudio', `${silent}/v1`),
    at('llamacpp', `${website}/v1`),
    at('vllm', 'http://127.0.0.1:1/v1'),
  ];
  const found = await findLocalServers(candidates, undefined, 3_000);
  expect(found).toEqual([
    { provider: 'ollama', label: 'Ollama', baseUrl: `${ollama}/v1`, models: ['qwen3-coder:30b', 'gpt-oss:20b'] },
  ]);
});

test('the window of Ollama is the one it has given to the loaded model, else the one set for it', async () => {
  const url = await serve((request, response) => {
    if (request.url === '/api/ps')
      response.end('{"models":[{"name":"a:latest","model":"a:latest","context_length":32768}]}');
    else
      response.end(
        JSON.stringify({
          parameters: 'stop "x"\nnum_ctx                        8192',
          model_info: { 'qwen3.context_length': 262144 },
        }),
      );
  });
  const { signal } = new AbortController();
  expect(await readOllamaWindow(`${url}/v1`, 'a', signal)).toBe(32768);
  expect(await readOllamaWindow(`${url}/v1`, 'b', signal)).toBe(8192);
  expect(await readOllamaWindow('http://127.0.0.1:1/v1', 'b', signal)).toBeUndefined();
});

const reply: Reply = { text: 'ok', calls: [], usage: noUsage, finish: 'stop' };

function model(name: string, answer: () => Promise<Reply>): Model {
  const endpoint = { provider: name, baseUrl: 'http://127.0.0.1/v1' };
  return { name, endpoint, contextWindow: name.length, reply: answer, estimateCut: () => noUsage };
}

const request = {
  trajectory: { session: 's', cwd: '/', system: '', steps: [], compactions: [] },
  notes: [],
  tools: [],
};

test('when the first model has failed for good the second goes on, says so, and stays', async () => {
  let asked = 0;
  const first = model('first', async () => {
    asked++;
    throw new ModelError('server', 'it is down.');
  });
  const both = withFallback(
    first,
    model('second-one', async () => reply),
  );
  const told: { reason: string; discard: boolean }[] = [];
  const listener = {
    onText: () => undefined,
    onReasoning: () => undefined,
    onRetry: (retry: { reason: string; discard: boolean }) => told.push(retry),
  };
  const { signal } = new AbortController();
  expect(both.name).toBe('first');
  expect(await both.reply(request, listener, signal)).toBe(reply);
  expect(await both.reply(request, listener, signal)).toBe(reply);
  expect(asked).toBe(1);
  expect(both).toMatchObject({ name: 'second-one', endpoint: { provider: 'second-one' }, contextWindow: 5 });
  expect(told).toEqual([
    { attempt: 1, reason: 'first failed (it is down.) and second-one continues', waitMs: 0, discard: true },
  ]);
});

test('a conversation that is too long and an abort do not fall back', async () => {
  const listener = { onText: () => undefined, onReasoning: () => undefined, onRetry: () => undefined };
  const long = withFallback(
    model('a', async () => Promise.reject(new ModelError('context-length', 'too long'))),
    model('b', async () => reply),
  );
  await expect(long.reply(request, listener, new AbortController().signal)).rejects.toThrow('too long');
  const aborted = AbortSignal.abort(new Error('stop'));
  const gone = withFallback(
    model('a', async () => Promise.reject(new ModelError('connection', 'gone'))),
    model('b', async () => reply),
  );
  await expect(gone.reply(request, listener, aborted)).rejects.toThrow('gone');
});
