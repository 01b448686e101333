import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { packageRoot } from '../../src/core/prompt.ts';
import type { Scenario } from '../../src/demo/server/scenario.ts';
import { type ModelServer, type ModelServerOptions, startModelServer } from '../../src/demo/server.ts';

async function serve(scenario: Scenario, options: Omit<ModelServerOptions, 'scenario'> = {}): Promise<ModelServer> {
  const server = await startModelServer({ scenario, ...options });
  onTestFinished(() => server.close());
  return server;
}

type Message = { role: string; content: string };

/** Asks as a plain client does. `tools` makes it a request of the agent. */
async function ask(server: ModelServer, messages: readonly Message[], more: object = {}): Promise<Response> {
  const body = JSON.stringify({
    model: 'scripted',
    messages,
    tools: [{ type: 'function', function: { name: 'read' } }],
    ...more,
  });
  return fetch(`${server.url}/chat/completions`, { method: 'POST', body });
}

async function textOf(response: Response): Promise<string> {
  const body = await response.json();
  return body.choices?.[0]?.message?.content ?? body.error.code;
}

const user = (content: string): Message => ({ role: 'user', content });
const system = (content: string): Message => ({ role: 'system', content });

describe('a scenario', () => {
  it('as a list of replies gives them in order and then says that it has ended', async () => {
    const server = await serve([{ text: 'one' }, { text: 'two', times: 2 }]);
    const texts = [];
    for (let turn = 0; turn < 4; turn += 1) texts.push(await textOf(await ask(server, [user('hi')])));
    expect(texts).toEqual(['one', 'two', 'two', 'script_ended']);
  });

  it('goes on misbehaving until a reminder stands in the messages, and then does better', async () => {
    const server = await serve({
      rules: [
        { when: { user: { regex: '<system-reminder>[^]*same' } }, replies: [{ text: 'fixed' }, { text: 'done' }] },
        { when: { kind: 'agent' }, replies: [{ text: 'begin' }, { text: 'loop {{n}}' }], after: 'repeat' },
      ],
    });
    const texts = [];
    for (let turn = 0; turn < 3; turn += 1) texts.push(await textOf(await ask(server, [user('hi')])));
    const reminded = [user('hi'), user('<system-reminder>\nYou do the same again.\n</system-reminder>')];
    for (let turn = 0; turn < 3; turn += 1) texts.push(await textOf(await ask(server, reminded)));
    expect(texts).toEqual(['begin', 'loop 2', 'loop 3', 'fixed', 'done', 'loop 4']);
  });

  it('tells who asks by the system prompt, and keeps a place for each', async () => {
    const server = await serve({
      rules: [
        { when: { kind: 'agent' }, replies: [{ text: 'agent' }], after: 'repeat' },
        { when: { kind: 'judge' }, replies: [{ text: 'judge 1' }, { text: 'judge 2' }] },
        { when: { kind: 'adviser' }, replies: [{ text: 'adviser' }] },
        { when: { kind: 'compaction' }, replies: [{ text: 'compaction' }] },
        { replies: [{ text: 'other' }] },
      ],
    });
    const plain = { tools: undefined };
    expect(await textOf(await ask(server, [system('You judge an agent.'), user('x')], plain))).toBe('judge 1');
    expect(await textOf(await ask(server, [system('You are an agent.'), user('x')]))).toBe('agent');
    expect(await textOf(await ask(server, [system('You advise an agent.'), user('x')], plain))).toBe('adviser');
    expect(await textOf(await ask(server, [system('Summarise the work.'), user('x')], plain))).toBe('compaction');
    expect(await textOf(await ask(server, [system('You judge an agent.'), user('x')], plain))).toBe('judge 2');
    expect(await textOf(await ask(server, [system('Say hello.'), user('x')], plain))).toBe('other');
  });

  it('knows the system prompts of wink-agent', async () => {
    const prompt = (name: string) => readFileSync(join(packageRoot(), 'prompts', `${name}.md`), 'utf8');
    const kinds = ['judge', 'adviser', 'compaction'] as const;
    const server = await serve({ rules: kinds.map((kind) => ({ when: { kind }, replies: [{ text: kind }] })) });
    const texts = [];
    for (const name of ['judge/system', 'advise', 'compact']) {
      texts.push(await textOf(await ask(server, [system(prompt(name)), user('x')], { tools: undefined })));
    }
    expect(texts).toEqual(kinds);
  });

  it('can look at tool results, the last user message, what is missing, and the model', async () => {
    const server = await serve({
      rules: [
        { when: { model: 'big' }, replies: [{ text: 'big' }] },
        { when: { lastToolResult: 'tests passed' }, replies: [{ text: 'green' }] },
        { when: { toolResult: 'tests failed' }, replies: [{ text: 'red' }] },
        { when: { lastUser: 'last' }, replies: [{ text: 'last' }] },
        { when: { noUser: 'stop' }, replies: [{ text: 'go on' }] },
      ],
    });
    const tool = (content: string): Message => ({ role: 'tool', content });
    expect(await textOf(await ask(server, [user('a')], { model: 'big-1' }))).toBe('big');
    expect(await textOf(await ask(server, [tool('tests failed'), tool('tests passed')]))).toBe('green');
    expect(await textOf(await ask(server, [tool('tests failed'), tool('x')]))).toBe('red');
    expect(await textOf(await ask(server, [user('first'), user('the last')]))).toBe('last');
    expect(await textOf(await ask(server, [user('x')]))).toBe('go on');
    expect(await textOf(await ask(server, [user('stop')]))).toBe('script_ended');
  });

  it('is plain JSON', async () => {
    const scenario: Scenario = {
      rules: [
        {
          when: { user: { regex: 'h.' } },
          replies: [{ calls: [{ name: 'read', arguments: { path: 'a{{n}}' } }] }],
          after: 'restart',
        },
      ],
    };
    const server = await serve(JSON.parse(JSON.stringify(scenario)));
    await ask(server, [user('hi')]);
    const body = await (await ask(server, [user('hi')])).json();
    expect(body.choices[0]).toMatchObject({
      finish_reason: 'tool_calls',
      message: { tool_calls: [{ function: { name: 'read', arguments: '{"path":"a2"}' } }] },
    });
  });
});

describe('the scripted server', () => {
  it('records bodies, headers, times and connections', async () => {
    const server = await serve([{ text: 'one' }, { text: 'two' }]);
    await (await ask(server, [user('hi')])).text();
    await (await fetch(`${server.url}/models`, { headers: { 'x-mark': 'yes' } })).text();
    const [first, second] = server.requests;
    expect(first).toMatchObject({
      method: 'POST',
      path: '/v1/chat/completions',
      body: { messages: [{ content: 'hi' }] },
      connection: 1,
    });
    expect(second).toMatchObject({ method: 'GET', path: '/v1/models', headers: { 'x-mark': 'yes' }, rawBody: '' });
    expect(second?.atMs).toBeGreaterThanOrEqual(first?.answeredAtMs ?? Number.POSITIVE_INFINITY);
    expect(server.connectionCount()).toBeGreaterThanOrEqual(1);
  });

  it('gives one event a token, the finish reason, the usage when asked for, and [DONE]', async () => {
    const server = await serve([{ text: 'one two', usage: { input: 9, cached: 4, output: 2 } }]);
    const body = await (
      await ask(server, [user('hi')], { stream: true, stream_options: { include_usage: true } })
    ).text();
    const data = body
      .trim()
      .split('\n\n')
      .map((event) => event.slice('data: '.length));
    expect(data.at(-1)).toBe('[DONE]');
    const chunks = data.slice(0, -1).map((json) => JSON.parse(json));
    expect(chunks.map((chunk) => chunk.choices[0]?.delta.content ?? null)).toEqual(['', 'one', ' two', null, null]);
    expect(chunks.at(-2).choices[0].finish_reason).toBe('stop');
    expect(chunks.at(-1).usage).toMatchObject({ prompt_tokens: 9, prompt_tokens_details: { cached_tokens: 4 } });
  });

  it('measures usage and cached tokens by what the last request began with, when the script names none', async () => {
    const server = await serve([{ text: 'one', times: 2 }]);
    const long = 'x'.repeat(4000);
    await (await ask(server, [user(long)])).text();
    const { usage } = await (await ask(server, [user(long), user('more')])).json();
    expect(usage.prompt_tokens).toBeGreaterThan(1000);
    expect(usage.prompt_tokens_details.cached_tokens).toBeGreaterThan(1000);
  });

  it('speaks the Responses API with and without streaming', async () => {
    const server = await serve([{ text: 'ok', calls: [{ name: 'read', arguments: {} }], times: 2 }]);
    const post = (stream: boolean) =>
      fetch(`${server.url}/responses`, { method: 'POST', body: JSON.stringify({ model: 'm', input: 'hi', stream }) });
    const whole = await (await post(false)).json();
    expect(whole).toMatchObject({
      object: 'response',
      status: 'completed',
      output: [{ type: 'message' }, { type: 'function_call', name: 'read' }],
    });
    const events = (await (await post(true)).text())
      .trim()
      .split('\n\n')
      .map((event) => event.split('\n')[0]?.slice('event: '.length));
    expect(events[0]).toBe('response.created');
    expect(events).toContain('response.output_text.delta');
    expect(events.at(-1)).toBe('response.completed');
  });

  it('refuses a wrong key, an unknown path and a body that is no JSON', async () => {
    const server = await serve([{ text: 'ok' }], { apiKey: 'right' });
    expect((await fetch(`${server.url}/models`)).status).toBe(401);
    const headers = { authorization: 'Bearer right' };
    expect((await fetch(`${server.url}/nowhere`, { method: 'POST', headers, body: '{}' })).status).toBe(404);
    expect((await fetch(`${server.url}/chat/completions`, { method: 'POST', headers, body: 'no' })).status).toBe(400);
  });

  it('keeps to its rate of tokens', async () => {
    const server = await serve([{ fillerTokens: 20, tokensPerSecond: 200 }]);
    const startedAt = performance.now();
    await (await ask(server, [user('hi')], { stream: true })).text();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(90);
  });

  it('stops writing while the client does not read', async () => {
    const server = await serve([{ fault: { kind: 'huge', megabytes: 200 } }]);
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    onTestFinished(() => void socket.destroy());
    const body = JSON.stringify({ model: 'm', messages: [user('hi')], stream: true });
    socket.write(`POST /v1/chat/completions HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
    await new Promise((resolve) => socket.once('readable', resolve));
    expect(server.requests[0]?.answeredAtMs).toBeUndefined();
    expect(process.memoryUsage().rss).toBeLessThan(800 * 1024 * 1024);
  });

  it('closes with a client that hangs on a silent answer', async () => {
    const server = await serve([{ fault: { kind: 'silence', at: 'before' } }]);
    const pending = ask(server, [user('hi')]).catch(() => 'gone');
    await expect.poll(() => server.requests.length).toBe(1);
    await server.close();
    expect(await pending).toBe('gone');
  });
});
