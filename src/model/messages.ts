import type { readCompactions } from '../core/context-size.ts';
import { neutralize } from '../core/neutralize.ts';
import { loadPrompt } from '../core/prompt.ts';
import { trimOutput } from '../core/trim-output.ts';
import type { JsonObject, Note, Step, ToolCall, ToolResult, Trajectory } from '../core/types.ts';
import type { ModelSettings } from './settings.ts';
import { nineCharacters } from './strict-order.ts';

/** How a provider wants its messages. `origin` marks opaque items that only the same model gets back. */
export type Form = Pick<ModelSettings, 'api' | 'quirks'> & { readonly origin: string };

/** What the compactions of a trajectory leave of it. */
export type Window = ReturnType<typeof readCompactions>;

/** What stands before the first step: the system prompt (Chat Completions only; Responses has a field for it) and a summary. */
export function projectOpening(trajectory: Trajectory, window: Window, form: Form): JsonObject[] {
  const role = form.quirks?.developerRole ? 'developer' : 'system';
  const system = form.api === 'chat' ? [{ role, content: trajectory.system }] : [];
  if (window.summary === '') return system;
  return [...system, { role: 'user', content: loadPrompt('model/summary', { summary: sendable(window.summary) }) }];
}

/** One step as provider messages (Chat Completions) or input items (Responses). */
export function projectStep(step: Step, window: Window, form: Form): JsonObject[] {
  const isOld = step.index < window.thinBefore;
  const results = step.calls.map((call, index) => resultText(step.results[index], call, isOld));
  const answer = form.api === 'chat' ? chatAnswer(step, results, form) : responsesAnswer(step, results, form);
  return [...projectNotes(step.notes, form), ...answer];
}

/** Notes as user-role messages of their own, the observer's and the harness's in tags that nothing else can bring. */
export function projectNotes(notes: readonly Note[], form: Form): JsonObject[] {
  return notes.map((note) => ({ role: 'user', content: noteContent(note, form) }));
}

function noteContent(note: Note, form: Form): string | JsonObject[] {
  const text =
    note.from === 'user' ? neutralize(note.text) : `<system-reminder>\n${neutralize(note.text)}\n</system-reminder>`;
  if (!note.images || note.images.length === 0) return text;
  if (form.api === 'chat')
    return [{ type: 'text', text }, ...note.images.map((url) => ({ type: 'image_url', image_url: { url } }))];
  return [
    { type: 'input_text', text },
    ...note.images.map((url) => ({ type: 'input_image', image_url: url, detail: 'auto' })),
  ];
}

/** Data as it may be sent: forged markers defused, halves of surrogate pairs (which some servers refuse) replaced. */
function sendable(text: string): string {
  return neutralize(text).replace(/\p{Cs}/gu, '\ufffd');
}

/** A tool's name as APIs allow it in a history; a model may have called something else. */
function sendableName(name: string): string {
  return name.replace(/[^\w-]/g, '_').slice(0, 64) || 'unknown';
}

/** Every call has a result in the history, also one that was never run: providers refuse a history without. */
function resultText(result: ToolResult | undefined, call: ToolCall, isOld: boolean): string {
  if (!result) return call.problem ?? 'The call was interrupted before it ran; nothing was done.';
  const output = sendable(result.output) || '(no output)';
  return isOld ? trimOutput(output) : output;
}

function chatAnswer(step: Step, results: readonly string[], form: Form): JsonObject[] {
  const own = ownCarry(step, form);
  const idOf = form.quirks?.strictOrder ? nineCharacters : (id: string) => id;
  const calls = step.calls.map((call, index) => {
    const extra = own.find((item) => item.type === 'call_extra' && item.index === index);
    const made = {
      id: idOf(call.id),
      type: 'function',
      function: { name: sendableName(call.name), arguments: JSON.stringify(call.input) },
    };
    return extra ? { ...made, extra_content: extra.extra_content } : made;
  });
  const tools = step.calls.map((call, index) => ({
    role: 'tool',
    tool_call_id: idOf(call.id),
    content: results[index],
  }));
  if (step.text === '' && calls.length === 0) return [];
  const details = own.find((item) => item.type === 'reasoning_details');
  const reasoningField = form.quirks?.returnReasoning;
  const answer: JsonObject = {
    role: 'assistant',
    content: step.text === '' ? null : step.text,
    ...(reasoningField && step.reasoning ? { [reasoningField]: step.reasoning } : {}),
    ...(details ? { reasoning_details: details.reasoning_details } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return [answer, ...tools];
}

function responsesAnswer(step: Step, results: readonly string[], form: Form): JsonObject[] {
  const items: JsonObject[] = [];
  if (step.text !== '' || step.calls.length > 0)
    items.push(...ownCarry(step, form).filter((item) => item.type === 'reasoning'));
  if (step.text !== '')
    items.push({ type: 'message', role: 'assistant', content: [{ type: 'output_text', text: step.text }] });
  for (const call of step.calls)
    items.push({
      type: 'function_call',
      call_id: call.id,
      name: sendableName(call.name),
      arguments: JSON.stringify(call.input),
    });
  for (const [index, call] of step.calls.entries())
    items.push({ type: 'function_call_output', call_id: call.id, output: results[index] });
  return items;
}

/** Opaque items of this step that this very model gave: another one would refuse them. */
function ownCarry(step: Step, form: Form): JsonObject[] {
  const items: JsonObject[] = [];
  for (const { origin, item } of step.carry ?? []) {
    if (origin === form.origin && typeof item === 'object' && item !== null) items.push({ ...item });
  }
  return items;
}
