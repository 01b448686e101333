import { createInterface } from 'node:readline';
import { Stop } from '../agent/stop-reason.ts';
import { findImageType } from '../core/disk/image-type.ts';
import { UserError } from '../core/errors.ts';
import type { Run } from '../core/run/run.ts';
import type { RunResult } from '../core/run/run-result.ts';
import { isObject, parseJson } from '../core/text/json.ts';
import type { JsonObject } from '../core/types.ts';
import type { StreamQuestions } from './stream-json-questions.ts';

type Message = { readonly text: string; readonly images: readonly string[] };

/**
 * `--input-format stream-json`: one message of the user's a line, `{"type":"user","message":{"role":"user","content":…}}`, each a turn with a
 * result of its own, in their order. `{"type":"interrupt"}` ends the turn under way. Resolves with the last result once the input has ended
 * and every turn is over, or when the signal fires and the turn under way is over; a line that is neither throws UserError.
 */
export async function runStream(
  run: Run,
  input: NodeJS.ReadableStream,
  signal: AbortSignal,
  { first, questions }: { readonly first?: string; readonly questions?: StreamQuestions | undefined } = {},
): Promise<RunResult | undefined> {
  let last: Promise<RunResult | undefined> = Promise.resolve(undefined);
  const take = ({ text, images }: Message) => {
    last = last.then((before) => (signal.aborted ? before : run.submit(text, images)));
    // Its failure is thrown where the last one is awaited.
    last.catch(() => undefined);
  };
  if (first) take({ text: first, images: [] });
  let count = 0;
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY, signal })) {
      count += 1;
      if (line.trim() === '') continue;
      if (questions?.take(parseJson(line))) continue;
      const order = readLine(line, count);
      if (order === 'interrupt') run.stop(new Stop('aborted', 'The input asked to interrupt.'));
      else take(order);
    }
  } finally {
    // A pipe that stays open would keep the program from exiting after a line that it can't read.
    if ('destroy' in input && typeof input.destroy === 'function') input.destroy();
  }
  questions?.end();
  return last;
}

function readLine(line: string, count: number): Message | 'interrupt' {
  const value = parseJson(line);
  const request = isObject(value) && isObject(value.request) ? value.request : {};
  if (isObject(value) && (value.type === 'interrupt' || request.subtype === 'interrupt')) return 'interrupt';
  const message = isObject(value) && value.type === 'user' ? readMessage(value, count) : undefined;
  if (message !== undefined) return message;
  throw new UserError(
    `Line ${count} of the input is not a message; one is {"type":"user","message":{"role":"user","content":"…"}}.`,
  );
}

/** Content is a text, or a list of texts and pictures in Anthropic's form; `text` alone does too. */
function readMessage(value: JsonObject, count: number): Message | undefined {
  const content = isObject(value.message) ? value.message.content : (value.content ?? value.text);
  if (typeof content === 'string') return content.trim() === '' ? undefined : { text: content, images: [] };
  if (!Array.isArray(content)) return undefined;
  const blocks = content.filter(isObject);
  const texts = blocks.flatMap(({ type, text }) => (type === 'text' && typeof text === 'string' ? [text] : []));
  const images = blocks.flatMap((block) => readImage(block, count));
  return texts.length + images.length === 0 ? undefined : { text: texts.join('\n\n'), images };
}

/** A picture or a PDF as a data URL, its type by its bytes: a provider that is sent something else refuses every later request, too. */
function readImage({ type, source }: JsonObject, count: number): string[] {
  if ((type !== 'image' && type !== 'document') || !isObject(source)) return [];
  if (source.type === 'url' && typeof source.url === 'string') return [source.url];
  if (typeof source.data !== 'string') return [];
  const bytes = Buffer.from(source.data, 'base64');
  const found = bytes.subarray(0, 5).toString('latin1') === '%PDF-' ? 'application/pdf' : findImageType(bytes);
  if (found === undefined)
    throw new UserError(`Line ${count} of the input holds data that is not a PNG, JPEG, GIF or WebP picture or a PDF.`);
  return [`data:${found};base64,${source.data}`];
}
