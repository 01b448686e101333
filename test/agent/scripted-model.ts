import type { Model, ModelRequest, ReplyListener } from '../../src/core/model.ts';
import { noUsage, type Reply, type ToolCall } from '../../src/core/types.ts';

export type Answer =
  | Partial<Reply>
  | ((request: ModelRequest, listener: ReplyListener, signal: AbortSignal) => Partial<Reply> | Promise<Partial<Reply>>);

/** A model that gives the answers in order and keeps what it was asked. */
export function scriptedModel(answers: readonly Answer[]): Model & { readonly requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  let next = 0;
  return {
    name: 'scripted',
    requests,
    estimateCut: (characters) => ({ ...noUsage, inputTokens: 10, outputTokens: Math.ceil(characters / 4) }),
    reply: async (request, listener, signal) => {
      requests.push({
        ...request,
        notes: [...request.notes],
        trajectory: { ...request.trajectory, steps: [...request.trajectory.steps] },
      });
      const answer = answers[next++];
      if (answer === undefined) throw new Error('The script has no answer left.');
      const reply = typeof answer === 'function' ? await answer(request, listener, signal) : answer;
      if (reply.text) listener.onText(reply.text);
      const calls = reply.calls ?? [];
      return {
        text: '',
        usage: { ...noUsage, inputTokens: 10, outputTokens: 5 },
        finish: calls.length ? 'tool-calls' : 'stop',
        ...reply,
        calls,
      };
    },
  };
}

let ids = 0;

export function call(name: string, input: ToolCall['input'] = {}, more: Partial<ToolCall> = {}): ToolCall {
  return { id: `c${++ids}`, name, input, ...more };
}
