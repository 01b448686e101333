import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the agent's model answers: a text, a call of the shell, or a task for a subagent. */
export type SlotReply = { readonly text?: string; readonly command?: string; readonly task?: string };

/** What the judge did to the agent's requests, in counts. */
export type SlotCounts = {
  agent: number;
  judge: number;
  /** Requests of the agent that found the slot taken by the judge. */
  waits: number;
  /** Requests of the agent, but for the first, of which the slot held nothing any more. */
  misses: number;
  /** Calls of the judge that were hung up before their answer. */
  cut: number;
  /** Calls of the judge before the agent's last request. */
  midway: number;
};

type Message = { readonly role: string; readonly content: unknown };

/** A local server as people run them: one request at a time, and a prompt cache that holds the last request's messages and nothing else. */
export async function serveOneSlot(replies: readonly SlotReply[], judgeMs: number) {
  const counts: SlotCounts = { agent: 0, judge: 0, waits: 0, misses: 0, cut: 0, midway: 0 };
  let cached: readonly string[] = [];
  let queue: Promise<void> = Promise.resolve();
  let judgesWaiting = 0;

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let data = '';
    for await (const chunk of request) data += String(chunk);
    if (request.method !== 'POST') return void response.writeHead(404).end('{}');
    const { messages, stream }: { messages: Message[]; stream?: boolean } = JSON.parse(data);
    const isJudge = String(messages[0]?.content).includes('You review the work of a coding agent');
    if (isJudge) judgesWaiting += 1;
    else if (judgesWaiting > 0) counts.waits += 1;
    const gone = new Promise<void>((resolve) => response.once('close', resolve));
    const before = queue;
    queue = before.then(() => inSlot(isJudge, messages, response, stream === true, gone));
    await queue;
    if (isJudge) judgesWaiting -= 1;
  }

  async function inSlot(
    isJudge: boolean,
    messages: readonly Message[],
    response: ServerResponse,
    isStream: boolean,
    gone: Promise<void>,
  ): Promise<void> {
    if (response.destroyed) {
      if (isJudge) counts.cut += 1;
      return;
    }
    const whole = messages.map((message) => JSON.stringify(message));
    if (!isJudge && counts.agent > 0 && cached.some((message, at) => message !== whole[at])) counts.misses += 1;
    cached = whole;
    if (isJudge) counts.judge += 1;
    else counts.midway = counts.judge;
    const ms = isJudge ? judgeMs : 5;
    await Promise.race([new Promise((resolve) => setTimeout(resolve, ms)), gone]);
    if (response.destroyed) {
      if (isJudge) counts.cut += 1;
      return;
    }
    send(response, isStream, isJudge ? { text: '{"claims":[],"requests":[],"findings":[]}' } : nextReply());
  }

  function nextReply(): SlotReply {
    counts.agent += 1;
    return replies[counts.agent - 1] ?? { text: 'Done.' };
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    counts,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function send(response: ServerResponse, isStream: boolean, { text = '', command, task }: SlotReply): void {
  const call = { index: 0, id: `call${Math.random()}`, type: 'function' };
  const input = task === undefined ? { command } : { agent: 'general', description: 'Notes', prompt: task };
  const name = task === undefined ? 'shell' : 'task';
  const isCall = command !== undefined || task !== undefined;
  const calls = isCall ? { tool_calls: [{ ...call, function: { name, arguments: JSON.stringify(input) } }] } : {};
  const finish_reason = isCall ? 'tool_calls' : 'stop';
  const usage = { prompt_tokens: 100, completion_tokens: 10, total_tokens: 110 };
  const base = { id: 'x', created: 1, model: 'small' };
  const message = { role: 'assistant', content: text, ...calls };
  if (!isStream) {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({ ...base, object: 'chat.completion', choices: [{ index: 0, message, finish_reason }], usage }),
    );
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  const chunk = { ...base, object: 'chat.completion.chunk' };
  response.write(
    `data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, delta: message, finish_reason: null }] })}\n\n`,
  );
  response.write(`data: ${JSON.stringify({ ...chunk, choices: [{ index: 0, delta: {}, finish_reason }], usage })}\n\n`);
  response.end('data: [DONE]\n\n');
}
