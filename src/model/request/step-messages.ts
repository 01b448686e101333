import type { readCompactions } from '../../core/context-size.ts';
import { loadPrompt } from '../../core/prompt.ts';
import { neutralize } from '../../core/text/neutralize.ts';
import { trimOutput } from '../../core/text/trim-output.ts';
import type { JsonObject, Note, Step, ToolCall, ToolResult, Trajectory } from '../../core/types.ts';
import type { Habits } from '../endpoint-habits.ts';
import type { ModelSettings } from '../model-settings.ts';
import { toJson } from './request-json.ts';
import { nineCharacters } from './strict-order.ts';

/** How a provider wants its messages. `origin` marks opaque items that only the same model gets back; `habits` is what was learnt. */
export type Form = Pick<ModelSettings, 'api' | 'quirks'> & { readonly origin: string; readonly habits?: Habits };

/** What the compactions of a trajectory leave of it. */
export type Window = ReturnType<typeof readCompactions>;

/** What comes before the first step: the system prompt (Chat Completions only; Responses has a field for it) and a summary. */
export function projectOpening(trajectory: Trajectory, window: Window, form: Form): JsonObject[] {
  const system = form.api === 'chat' ? [{ role: systemRole(form), content: trajectory.system }] : [];
  if (window.summary === '') return system;
  return [...system, { role: 'user', content: loadPrompt('model/summary', { summary: sendable(window.summary) }) }];
}

/** The role of the system prompt. */
export function systemRole({ quirks, habits }: Form): string {
  if (habits?.hasNoSystem) return 'user';
  return quirks?.developerRole && !habits?.hasNoDeveloper ? 'developer' : 'system';
}

/** One step as provider messages (Chat Completions) or input items (Responses). */
export function projectStep(step: Step, window: Window, form: Form): JsonObject[] {
  const isOld = step.index < window.thinBefore;
  const results = step.calls.map((call, index) => resultWords(step.results[index], call, isOld));
  const answer =
    form.api === 'chat'
      ? [...chatAnswer(step, results, form), ...chatPictures(step, form, isOld)]
      : responsesAnswer(step, results, form, isOld);
  return [...projectNotes(step.notes, form), ...answer];
}

/** Notes as user-role messages of their own, the observer's and the harness's in tags that nothing else can bring. */
export function projectNotes(notes: readonly Note[], form: Form): JsonObject[] {
  return notes.map((note) => ({ role: 'user', content: noteContent(note, form) }));
}

function noteContent(note: Note, form: Form): string | JsonObject[] {
  const { images, leftOut } = sendableImages(note, form.habits);
  const text = [noteText(note), ...leftOut].join('\n\n');
  if (images.length === 0) return text;
  if (form.api === 'chat') return [{ type: 'text', text }, ...images.map(chatImage)];
  return [{ type: 'input_text', text }, ...images.map(responsesImage)];
}

/** A note's words as the model reads them. */
export function noteText({ from, text }: Note): string {
  return from === 'user' ? neutralize(text) : `<system-reminder>\n${neutralize(text)}\n</system-reminder>`;
}

/** The images of a note or a result that the endpoint has not refused, and a sentence for each that it has. */
export function sendableImages(
  { images = [] }: { readonly images?: readonly string[] },
  habits: Habits | undefined,
): { images: readonly string[]; leftOut: readonly string[] } {
  const isRefused = (url: string) => habits !== undefined && (habits.refusesImages || habits.refusedImages.has(url));
  const leftOut = images.filter(isRefused).map(() => loadPrompt('model/image-left-out', {}).trim());
  return { images: images.filter((url) => !isRefused(url)), leftOut };
}

function chatImage(url: string): JsonObject {
  if (!isPdf(url)) return { type: 'image_url', image_url: { url } };
  return { type: 'file', file: { filename: 'document.pdf', file_data: url } };
}

function responsesImage(url: string): JsonObject {
  if (!isPdf(url)) return { type: 'input_image', image_url: url, detail: 'auto' };
  return { type: 'input_file', filename: 'document.pdf', file_data: url };
}

/** True for the data URL of a PDF, which travels with the images. */
export function isPdf(url: string): boolean {
  return url.startsWith('data:application/pdf');
}

/** Data as it may be sent: forged markers defused. */
export function sendable(text: string): string {
  return neutralize(text);
}

/** A tool's name as APIs allow it in a history; a model may have called something else. */
export function sendableName(name: string): string {
  return name.replace(/[^\w-]/g, '_').slice(0, 64) || 'unknown';
}

/** Every call has a result in the history, also one that was never run: providers refuse a history without. */
export function resultWords(result: ToolResult | undefined, call: ToolCall, isOld: boolean): string {
  if (!result) return call.problem ?? 'The call was interrupted before it ran; nothing was done.';
  const output = sendable(result.output) || '(no output)';
  return isOld ? trimOutput(output) : output;
}

function chatAnswer(step: Step, results: readonly string[], form: Form): JsonObject[] {
  const own = ownCarry(step, form);
  const idOf = form.quirks?.strictOrder || form.habits?.wantsShortIds ? nineCharacters : (id: string) => id;
  const calls = step.calls.map((call, index) => {
    const extra = findExtra(own, index, form);
    const made = {
      id: idOf(call.id),
      type: 'function',
      function: { name: sendableName(call.name), arguments: toJson(call.input) },
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
  const answer: JsonObject = {
    role: 'assistant',
    content: step.text === '' ? null : step.text,
    ...returnedReasoning(step, own, form),
    ...(details ? { reasoning_details: details.reasoning_details } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
  return [answer, ...tools];
}

/** Gemini refuses a call without a signature unless it carries these words, which its documentation gives for calls of other models. */
const unsigned = { google: { thought_signature: 'skip_thought_signature_validator' } };

function findExtra(own: readonly JsonObject[], index: number, { quirks, habits }: Form): JsonObject | undefined {
  const extras = own.filter((item) => item.type === 'call_extra');
  const found = extras.find((item) => item.index === index);
  const isFirstOfOther = quirks?.thoughtSignatures === true && extras.length === 0 && index === 0;
  return found ?? (isFirstOfOther || habits?.wantsSignatures ? { extra_content: unsigned } : undefined);
}

/** The reasoning of a step that the endpoint wants back; with calls an empty one where it insists and there was none. */
function returnedReasoning(step: Step, own: readonly JsonObject[], { quirks, habits }: Form): JsonObject {
  if (habits?.reasoning === 'never') return {};
  const hasCalls = step.calls.length > 0;
  const wanted = quirks?.returnReasoning ?? (habits?.reasoning === 'always' ? habits.reasoningField : undefined);
  if (wanted) return step.reasoning || hasCalls ? { [wanted]: step.reasoning ?? '' } : {};
  const given = own.find((item) => item.type === 'reasoning_field')?.field;
  return typeof given === 'string' && hasCalls ? { [given]: step.reasoning ?? '' } : {};
}

/** What the results of a step show. Old results lose their pictures with the most of their text, and refused ones are left out with a word. */
export function resultImages(result: ToolResult | undefined, form: Form, isOld: boolean) {
  return result?.images && !isOld ? sendableImages(result, form.habits) : { images: [], leftOut: [] };
}

/** Chat Completions takes no pictures in a tool's message, so they follow in a user's. */
function chatPictures(step: Step, form: Form, isOld: boolean): JsonObject[] {
  const shown = step.results.map((result) => ({ name: result.name, ...resultImages(result, form, isOld) }));
  const images = shown.flatMap((each) => each.images);
  const leftOut = shown.flatMap((each) => each.leftOut);
  if (images.length + leftOut.length === 0) return [];
  const names = [...new Set(shown.filter((each) => each.images.length > 0).map(({ name }) => name))].join(', ');
  const text = [...(names ? [loadPrompt('model/result-pictures', { tools: names }).trim()] : []), ...leftOut].join(
    '\n\n',
  );
  return [{ role: 'user', content: images.length > 0 ? [{ type: 'text', text }, ...images.map(chatImage)] : text }];
}

function responsesOutput(
  result: ToolResult | undefined,
  text: string | undefined,
  form: Form,
  isOld: boolean,
): unknown {
  const { images, leftOut } = resultImages(result, form, isOld);
  const words = [text ?? '', ...leftOut].join('\n\n');
  return images.length === 0 ? words : [{ type: 'input_text', text: words }, ...images.map(responsesImage)];
}

function responsesAnswer(step: Step, results: readonly string[], form: Form, isOld: boolean): JsonObject[] {
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
      arguments: toJson(call.input),
    });
  for (const [index, call] of step.calls.entries())
    items.push({
      type: 'function_call_output',
      call_id: call.id,
      output: responsesOutput(step.results[index], results[index], form, isOld),
    });
  return items;
}

/** Opaque items of this step that this very model gave: another one would refuse them. */
export function ownCarry(step: Step, form: Form): JsonObject[] {
  const items: JsonObject[] = [];
  for (const { origin, item } of step.carry ?? []) {
    if (origin === form.origin && typeof item === 'object' && item !== null) items.push({ ...item });
  }
  return items;
}
