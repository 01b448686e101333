import type { Attributes } from '@opentelemetry/api';
import type { FinishReason, JsonObject, Step } from '../core/types.ts';

/** Characters of one text; a collector refuses messages of some megabytes. */
const maxLength = 16_000;

const finishReasons: Readonly<Record<FinishReason, string>> = {
  stop: 'stop',
  'tool-calls': 'tool_call',
  length: 'length',
  'content-filter': 'content_filter',
  cut: 'cut',
};

/** Why the model stopped, as the conventions name it. */
export function finishReasonOf(step: Step): string {
  return finishReasons[step.finish];
}

/** What was new before the model and what it answered, in the form of the conventions' messages. */
export function stepContents(step: Step): Attributes {
  const input = step.notes.map(({ text }) => ({ role: 'user', parts: [textPart('text', text)] }));
  const parts = [
    ...(step.reasoning ? [textPart('reasoning', step.reasoning)] : []),
    ...(step.text ? [textPart('text', step.text)] : []),
    ...step.calls.map(({ id, name, input: given }) => ({ type: 'tool_call', id, name, arguments: given })),
  ];
  return {
    'gen_ai.input.messages': JSON.stringify(input),
    'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts, finish_reason: finishReasonOf(step) }]),
  };
}

/** The arguments of a call. */
export function argumentContents(input: JsonObject): Attributes {
  return { 'gen_ai.tool.call.arguments': cut(JSON.stringify(input)) };
}

/** The output of a call. */
export function resultContents(output: string): Attributes {
  return { 'gen_ai.tool.call.result': cut(output) };
}

function textPart(type: string, content: string) {
  return { type, content: cut(content) };
}

function cut(text: string): string {
  return text.length <= maxLength ? text : `${text.slice(0, maxLength)}… (${text.length - maxLength} more characters)`;
}
