import { describe, expect, it } from 'vitest';
import { faultFromError, faultFromStatus } from '../../src/model/http/fault-messages.ts';

const asked = { baseUrl: 'https://api.example.org/v1', model: 'm' };

const full: readonly [string, number, string][] = [
  [
    'OpenAI',
    400,
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens.",
  ],
  [
    'OpenAI, configured',
    400,
    'Input tokens exceed the configured limit of 272000 tokens. Your messages resulted in 300000 tokens.',
  ],
  [
    'OpenAI, Responses',
    400,
    'Your input exceeds the context window of this model. Please adjust your input and try again.',
  ],
  ['Anthropic', 400, 'prompt is too long: 208310 tokens > 200000 maximum'],
  [
    'Anthropic, with output',
    400,
    'input length and `max_tokens` exceed context limit: 188240 + 21333 > 200000, decrease input length or `max_tokens`',
  ],
  ['Google', 400, 'The input token count (1048577) exceeds the maximum number of tokens allowed (1048576).'],
  ['Google, older', 400, 'The input token count exceeds the maximum number of tokens allowed 1000000.'],
  ['Moonshot', 400, 'Invalid request: Your request exceeded model token limit: 262144'],
  ['DashScope', 400, '<400> InternalError.Algo.InvalidParameter: Range of input length should be [1, 98304]'],
  ['Zhipu', 400, 'Prompt exceeds max length'],
  ['Zhipu in Chinese', 400, 'Prompt 超长'],
  ['MiniMax', 400, 'invalid params, context window exceeds limit (2013)'],
  ['xAI', 400, "This model's maximum prompt length is 131072 but the request contains 537812 tokens."],
  [
    'Mistral',
    400,
    'Prompt contains 65673 tokens and 0 draft tokens, too large for model with 32768 maximum context length',
  ],
  ['Bedrock', 400, 'Input is too long for requested model.'],
  ['Cohere', 400, 'too many tokens: total tokens in the prompt cannot exceed 4081, received 4282'],
  ['Groq', 400, 'Please reduce the length of the messages or completion.'],
  [
    'OpenRouter',
    400,
    "This endpoint's maximum context length is 131072 tokens. However, you requested about 200000 tokens.",
  ],
  [
    'Together',
    422,
    'Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5000 `inputs` tokens',
  ],
  ['vLLM', 400, 'The decoder prompt (length 40000) is longer than the maximum model length of 32768.'],
  ['llama.cpp', 400, 'the request exceeds the available context size (8192 tokens), try increasing it'],
  ['llama.cpp, 500', 500, 'context shift is disabled, and the context size is exceeded'],
  [
    'LM Studio',
    400,
    'Trying to keep the first 5000 tokens when context the overflows. However, the model is loaded with context length of only 4096 tokens',
  ],
  ['LM Studio, newer', 400, 'The number of tokens to keep from the initial prompt is greater than the context length'],
  ['Ollama', 400, 'prompt too long; exceeded max context length by 4 tokens'],
  ['GitHub', 400, 'prompt token count of 64009 exceeds the limit of 64000'],
  ['Fireworks', 400, 'The prompt is too long: 140000, model maximum context length: 131071'],
  [
    'Cerebras',
    400,
    'Please reduce the length of the messages or completion. Current length is 9000 while limit is 8192',
  ],
  ['SGLang', 400, "The input (40000 tokens) is longer than the model's context length (32768 tokens)."],
  ['a body that is too large', 413, ''],
];

const other: readonly [string, number, string][] = [
  ['an output limit', 400, 'max_tokens is too large: 100000. This model supports at most 16384 completion tokens.'],
  [
    'an output limit of Anthropic',
    400,
    'max_tokens: 64000 > 32000, which is the maximum allowed number of output tokens for claude-opus-4',
  ],
  ['a wrong temperature', 400, 'temperature must be less than or equal to 2'],
  [
    'too many tools',
    400,
    "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 200 instead.",
  ],
  [
    'a large image',
    400,
    'messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6000000 bytes > 5242880 bytes',
  ],
  ['an overload', 503, 'The model is overloaded. Please try again later.'],
  ['a rate limit in a 400', 400, 'Request rate limit: too many tokens per minute requested'],
  ['a long name', 400, "Invalid 'tools[0].function.name': string too long. Expected a string with maximum length 64."],
];

describe('a full window', () => {
  it.each(full)('is recognised in the words of %s', (_, status, message) => {
    expect(faultFromStatus(asked, status, new Headers(), JSON.stringify({ error: { message } })).kind).toBe(
      'context-length',
    );
    if (status !== 413) expect(faultFromError({ message, code: status }).kind).toBe('context-length');
  });

  it.each(other)('is not seen in %s', (_, status, message) => {
    expect(faultFromStatus(asked, status, new Headers(), JSON.stringify({ error: { message } })).kind).not.toBe(
      'context-length',
    );
    expect(faultFromError({ message, code: status }).kind).not.toBe('context-length');
  });
});
