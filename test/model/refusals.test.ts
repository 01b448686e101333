import { describe, expect, it } from 'vitest';
import { newHabits } from '../../src/model/endpoint-habits.ts';
import { faultFromStatus } from '../../src/model/http/fault-messages.ts';
import { learn } from '../../src/model/learn-from-refusals.ts';
import type { RequestBody } from '../../src/model/request/write-request.ts';

const asked = { baseUrl: 'https://api.example.org/v1', model: 'm' };
const plain: RequestBody = { path: '/chat/completions', json: '{}', optional: [], images: [] };
const seen: RequestBody = { ...plain, images: ['data:image/png;base64,AAAA'] };
const thought: RequestBody = { ...plain, json: '{"messages":[{"role":"assistant","reasoning_content":"Hm."}]}' };

function learnt(body: RequestBody, status: number, message: string) {
  const habits = newHabits();
  const fault = faultFromStatus(asked, status, new Headers(), JSON.stringify({ error: { message } }));
  const sentence = learn(fault, body, habits, asked.baseUrl);
  return { habits, sentence };
}

describe('a model without eyes is known', () => {
  it.each([
    [400, 'this model takes no image input'],
    [404, 'No endpoints found that support image input'],
    [400, 'Invalid content type. image_url is only supported by certain models.'],
    [
      400,
      'Failed to deserialize the JSON body into the target type: messages[1]: unknown variant `image_url`, expected `text`',
    ],
    [500, 'image input is not supported - hint: if this is unexpected, you may need to provide the mmproj'],
    [400, 'The model `qwen3-coder` does not support images.'],
    [400, 'This model is not multimodal.'],
    [422, 'body.messages.1.content: Input should be a valid string'],
    [422, 'str type expected'],
    [400, 'Vision is not enabled for this model'],
    [400, 'messages[1].content must be a string'],
    [400, "model 'llama3' lacks vision capability: image inputs are unsupported"],
  ])('by %i %s', (status, message) => {
    const { habits, sentence } = learnt(seen, status, message);
    expect(habits.refusesImages).toBe(true);
    expect(sentence).toContain(message);
  });
});

describe('one bad picture is known', () => {
  it.each([
    [400, 'Could not process image'],
    [400, 'You uploaded an unsupported image. Please make sure your image is valid.'],
    [400, 'messages.0.content.1.image.source.base64: image exceeds 5 MB maximum: 6000000 bytes > 5242880 bytes'],
    [400, 'Invalid image data. The image data you provided does not represent a valid image.'],
    [
      400,
      'messages.0.content.1.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels',
    ],
    [400, 'Unable to process input image. Please retry or report in https://example.org'],
    [413, 'Request exceeds the maximum size'],
    [413, 'Payload Too Large'],
  ])('by %i %s', (status, message) => {
    const { habits, sentence } = learnt(seen, status, message);
    expect([habits.refusesImages, [...habits.refusedImages]]).toEqual([false, seen.images]);
    expect(sentence).toContain('left out');
  });
});

describe('reasoning that goes back', () => {
  it.each([
    'thinking is enabled but reasoning_content is missing in assistant tool call message at index 2',
    'Missing `reasoning_content` field in the assistant message at message index 2.',
    'The `reasoning_content` in the thinking mode must be passed back to the API.',
    'reasoning_content is required for tool calls in thinking mode',
  ])('is demanded by: %s', (message) => {
    expect(learnt(plain, 400, message).habits).toMatchObject({
      reasoning: 'always',
      reasoningField: 'reasoning_content',
    });
  });

  it.each([
    'messages.2.assistant.reasoning_content: Extra inputs are not permitted',
    'Unrecognized request argument supplied: messages[2].reasoning_content',
    'The reasoning_content field must not be included in the input messages.',
    "property 'reasoning_content' is unsupported",
  ])('is refused by: %s', (message) => {
    expect(learnt(thought, 400, message).habits.reasoning).toBe('never');
  });
});

describe('roles in turn are wanted', () => {
  it.each([
    [500, 'Jinja Exception: Conversation roles must alternate user/assistant/user/assistant/...'],
    [
      400,
      'After the optional system message, conversation roles must alternate user and assistant roles except for tool calls and results.',
    ],
    [400, "Unexpected role 'user' after role 'tool'"],
    [400, 'roles must alternate between "user" and "assistant", but found multiple "user" roles in a row'],
    [400, 'Messages must be alternating between user and assistant roles.'],
  ])('by %i %s', (status, message) => {
    expect(learnt(plain, status, message).habits.wantsTurns).toBe(true);
  });
});

describe('nothing is learnt', () => {
  it.each([
    ['from a refusal of the effort', plain, 400, 'reasoning_effort is not supported by this model'],
    ['about images where none was sent', plain, 400, 'this model takes no image input'],
    ['from an overload', seen, 503, 'The service is overloaded'],
    ['from a plain wrong request', plain, 400, 'Unknown role.'],
    ['from a wrong key', seen, 401, 'Invalid API key for image model'],
  ] as const)('%s', (_, body, status, message) => {
    expect(learnt(body, status, message).sentence).toBeUndefined();
  });
});
