import type { ScriptedAnswer } from './expand.ts';
import type { Frames } from './frames.ts';

/** The frames of a streamed answer of the Responses API, in the form and order of OpenAI's server. */
export function responsesFrames(answer: ScriptedAnswer): Frames {
  let sequence = 0;
  const event = (type: string, fields: object) => {
    sequence += 1;
    return `event: ${type}\ndata: ${JSON.stringify({ type, sequence_number: sequence, ...fields })}\n\n`;
  };
  const started = {
    response: { id: answer.id, object: 'response', status: 'in_progress', model: answer.model, output: [] },
  };
  const end = response(answer);
  return {
    opening: [event('response.created', started), event('response.in_progress', started)],
    content: function* () {
      let outputIndex = 0;
      if (answer.reasoning.length > 0) yield* reasoningFrames(answer, outputIndex++, event);
      if (answer.textCount > 0) yield* textFrames(answer, outputIndex++, event);
      for (const [index] of answer.calls.entries()) yield* callFrames(answer, index, outputIndex++, event);
    },
    contentCount:
      answer.reasoning.length + answer.textCount + answer.calls.reduce((sum, call) => sum + call.fragments.length, 0),
    closing: () => [event(`response.${end.status}`, { response: end })],
    done: [],
    error: (message, code) => event('error', { code: code ?? null, message, param: null }),
  };
}

type MakeEvent = (type: string, fields: object) => string;

function* reasoningFrames(answer: ScriptedAnswer, output_index: number, event: MakeEvent): Iterable<string> {
  const item = reasoningItem(answer);
  const place = { item_id: item.id, output_index, summary_index: 0 };
  yield event('response.output_item.added', { output_index, item: { ...item, summary: [] } });
  for (const delta of answer.reasoning) yield event('response.reasoning_summary_text.delta', { ...place, delta });
  yield event('response.reasoning_summary_text.done', { ...place, text: answer.reasoning.join('') });
  yield event('response.output_item.done', { output_index, item });
}

function* textFrames(answer: ScriptedAnswer, output_index: number, event: MakeEvent): Iterable<string> {
  const item = messageItem(answer);
  const place = { item_id: item.id, output_index, content_index: 0 };
  yield event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', content: [] } });
  for (const delta of answer.text()) yield event('response.output_text.delta', { ...place, delta });
  yield event('response.output_item.done', { output_index, item });
}

function* callFrames(answer: ScriptedAnswer, index: number, output_index: number, event: MakeEvent): Iterable<string> {
  const item = callItem(answer, index);
  yield event('response.output_item.added', { output_index, item: { ...item, status: 'in_progress', arguments: '' } });
  for (const delta of answer.calls[index]?.fragments ?? [])
    yield event('response.function_call_arguments.delta', { item_id: item.id, output_index, delta });
  yield event('response.function_call_arguments.done', { item_id: item.id, output_index, arguments: item.arguments });
  yield event('response.output_item.done', { output_index, item });
}

function reasoningItem(answer: ScriptedAnswer) {
  const summary = [{ type: 'summary_text', text: answer.reasoning.join('') }];
  return { id: `rs_${answer.id}`, type: 'reasoning', summary, encrypted_content: `sealed-${answer.id}` };
}

/** More text than this is not repeated in the closing events, so that a huge answer is never held in memory. */
const repeatedTokens = 50_000;

function messageItem(answer: ScriptedAnswer) {
  const text = answer.textCount > repeatedTokens ? '' : [...answer.text()].join('');
  return {
    id: `msg_${answer.id}`,
    type: 'message',
    role: 'assistant',
    status: 'completed',
    content: [{ type: 'output_text', text, annotations: [] }],
  };
}

function callItem(answer: ScriptedAnswer, index: number) {
  const call = answer.calls[index];
  return {
    id: `fc_${answer.id}_${index}`,
    type: 'function_call',
    status: 'completed',
    call_id: call?.id,
    name: call?.name,
    arguments: call?.arguments,
  };
}

/** The whole answer as the Responses API gives it without streaming, and at the end of a stream. */
export function response(answer: ScriptedAnswer) {
  const isCut = answer.finish === 'length' || answer.finish === 'content_filter';
  const output = [
    ...(answer.reasoning.length > 0 ? [reasoningItem(answer)] : []),
    ...(answer.textCount > 0 ? [messageItem(answer)] : []),
    ...answer.calls.map((_, index) => callItem(answer, index)),
  ];
  return {
    id: answer.id,
    object: 'response',
    model: answer.model,
    status: isCut ? 'incomplete' : 'completed',
    incomplete_details: isCut ? { reason: answer.finish === 'length' ? 'max_output_tokens' : 'content_filter' } : null,
    error: null,
    output,
    usage: {
      input_tokens: answer.usage.input,
      input_tokens_details: { cached_tokens: answer.usage.cached },
      output_tokens: answer.usage.output,
      output_tokens_details: { reasoning_tokens: answer.reasoning.length },
      total_tokens: answer.usage.input + answer.usage.output,
    },
  };
}
