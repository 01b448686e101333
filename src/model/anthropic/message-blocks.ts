import { loadPrompt } from '../../core/prompt.ts';
import { isObject } from '../../core/text/json.ts';
import type { JsonObject, Note, Step, ToolCall, Trajectory } from '../../core/types.ts';
import {
  type Form,
  isPdf,
  noteText,
  ownCarry,
  resultImages,
  resultWords,
  sendable,
  sendableImages,
  sendableName,
  type Window,
} from '../request/step-messages.ts';

/** One content block and the role of the message it is in. */
export type Block = { readonly role: 'user' | 'assistant'; readonly content: JsonObject };

/** What comes before the first step: a summary, when there is one. The system prompt has a field of its own. */
export function openingBlocks(window: Window): Block[] {
  if (window.summary === '') return [];
  return [user({ type: 'text', text: loadPrompt('model/summary', { summary: sendable(window.summary) }) })];
}

/** One step: its notes, the answer, and one result for each call. `thinks`: the thoughts that it was made with still fit what precedes them. */
export function stepBlocks(step: Step, window: Window, form: Form, thinks: boolean): Block[] {
  const isOld = step.index < window.thinBefore;
  const results = step.calls.map((call, index): Block => {
    const result = step.results[index];
    const { images, leftOut } = resultImages(result, form, isOld);
    const text = [resultWords(result, call, isOld), ...leftOut].join('\n\n');
    const shown = images.length === 0 ? text : [{ type: 'text', text }, ...images.map(imageBlock)];
    const content = { type: 'tool_result', tool_use_id: idOf(call), content: shown };
    return user(result?.isError || !result ? { ...content, is_error: true } : content);
  });
  const layout = thinks ? ownCarry(step, form).find((item) => item.type === 'content')?.blocks : undefined;
  const answer = (Array.isArray(layout) ? laidOut(step, layout) : undefined) ?? plainAnswer(step);
  return [
    ...noteBlocks(step.notes, form),
    ...answer.map((content): Block => ({ role: 'assistant', content })),
    ...results,
  ];
}

/** Notes as blocks of a user's message; empty ones are refused and left out. */
export function noteBlocks(notes: readonly Note[], form: Form): Block[] {
  return notes.flatMap((note) => {
    const { images, leftOut } = sendableImages(note, form.habits);
    const text = [noteText(note), ...leftOut].join('\n\n');
    return [...images.map((url) => user(imageBlock(url))), ...textBlocks(text).map(user)];
  });
}

function user(content: JsonObject): Block {
  return { role: 'user', content };
}

function textBlocks(text: string): JsonObject[] {
  return text.trim() === '' ? [] : [{ type: 'text', text }];
}

/** A picture or a PDF from its data URL. */
function imageBlock(url: string): JsonObject {
  const type = isPdf(url) ? 'document' : 'image';
  const data = /^data:([^;,]+);base64,(.*)$/s.exec(url);
  if (!data) return { type, source: { type: 'url', url } };
  return { type, source: { type: 'base64', media_type: data[1], data: data[2] } };
}

function plainAnswer(step: Step): JsonObject[] {
  return [...textBlocks(step.text), ...step.calls.map(callBlock)];
}

function callBlock(call: ToolCall): JsonObject {
  return { type: 'tool_use', id: idOf(call), name: sendableName(call.name), input: call.input };
}

/** A call's id in the characters that the API allows. */
function idOf({ id }: ToolCall): string {
  return id.replace(/[^\w-]/g, '_') || 'call';
}

/**
 * The answer in the order in which its blocks came, thoughts as they were signed. undefined when the parts no longer make up the step's
 * text and calls (a call was printed in the text): then its thoughts are left out.
 */
function laidOut(step: Step, layout: readonly unknown[]): JsonObject[] | undefined {
  const blocks: JsonObject[] = [];
  let calls = 0;
  let end = 0;
  for (const part of layout) {
    if (!isObject(part)) return undefined;
    if (part.type === 'text' && typeof part.start === 'number' && typeof part.length === 'number') {
      end = part.start + part.length;
      blocks.push(...textBlocks(step.text.slice(part.start, end)));
    } else if (part.type === 'tool_use') {
      const call = step.calls[calls];
      if (!call) return undefined;
      calls += 1;
      blocks.push(callBlock(call));
    } else blocks.push(part);
  }
  return end === step.text.length && calls === step.calls.length ? blocks : undefined;
}

/**
 * The first step whose thoughts may be sent: a thought is bound to all that stood before it, so a compaction, or whatever the endpoint has
 * refused them for, ends those before.
 */
export function firstThinkingStep({ compactions, steps }: Trajectory, form: Form): number {
  const afterCompaction = compactions.map(({ atStep }) => atStep ?? steps.length);
  return Math.max(0, form.habits?.thinksFrom ?? 0, ...afterCompaction);
}
