import type { ScriptedAnswer } from './expand.ts';
import type { Frames } from './frames.ts';

/** The frames of a streamed chat completion, in the form of OpenAI's server. */
export function chatFrames(answer: ScriptedAnswer, includeUsage: boolean): Frames {
  const head = `data: {"id":"${answer.id}","object":"chat.completion.chunk","created":1,"model":${JSON.stringify(answer.model)},"choices":[`;
  const delta = (json: string, finish = 'null') => `${head}{"index":0,"delta":${json},"finish_reason":${finish}}]}\n\n`;
  const usage = `${head}],"usage":${JSON.stringify(chatUsage(answer))}}\n\n`;
  return {
    opening: [delta('{"role":"assistant","content":""}')],
    content: function* () {
      for (const token of answer.reasoning) yield delta(`{"${answer.reasoningField}":${JSON.stringify(token)}}`);
      for (const token of answer.text()) yield delta(`{"content":${JSON.stringify(token)}}`);
      for (const [index, call] of answer.calls.entries()) {
        const opened = {
          tool_calls: [
            {
              index,
              ...(call.id ? { id: call.id } : {}),
              type: 'function',
              function: { name: call.name, arguments: '' },
              ...(call.extra ? { extra_content: call.extra } : {}),
            },
          ],
        };
        yield delta(JSON.stringify(opened));
        for (const fragment of call.fragments)
          yield delta(JSON.stringify({ tool_calls: [{ index, function: { arguments: fragment } }] }));
      }
    },
    contentCount:
      answer.reasoning.length +
      answer.textCount +
      answer.calls.reduce((sum, call) => sum + 1 + call.fragments.length, 0),
    closing: () => [delta('{}', JSON.stringify(answer.finish)), ...(includeUsage ? [usage] : [])],
    done: ['data: [DONE]\n\n'],
    error: (message, code) => `data: ${JSON.stringify({ error: { message, code } })}\n\n`,
  };
}

/** The same answer as one JSON object. */
export function chatCompletion(answer: ScriptedAnswer): object {
  const calls = answer.calls.map((call) => ({
    id: call.id,
    type: 'function',
    function: { name: call.name, arguments: call.arguments },
  }));
  const message = {
    role: 'assistant',
    content: [...answer.text()].join(''),
    ...(answer.reasoning.length > 0 ? { [answer.reasoningField]: answer.reasoning.join('') } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return {
    id: answer.id,
    object: 'chat.completion',
    created: 1,
    model: answer.model,
    choices: [{ index: 0, message, finish_reason: answer.finish }],
    usage: chatUsage(answer),
  };
}

function chatUsage({ usage }: ScriptedAnswer): object {
  return {
    prompt_tokens: usage.input,
    completion_tokens: usage.output,
    total_tokens: usage.input + usage.output,
    prompt_tokens_details: {
      cached_tokens: usage.cached,
      ...(usage.written ? { cache_write_tokens: usage.written } : {}),
    },
  };
}
