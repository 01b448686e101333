import { statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { findImageType } from '../../core/disk/image-type.ts';
import { count } from '../../core/text/count.ts';
import { sanitize } from '../../core/text/sanitize.ts';
import { splitGraphemes } from '../text/span.ts';
import { type Composer, type Draft, type Fold, type as typeText } from './composer.ts';

/** A paste above these sizes is folded into a label: more would push the conversation off the screen. */
const foldLines = 8;
const foldCharacters = 1_000;

const imageNames: ReadonlySet<string> = new Set(['.png', '.jpg', '.jpeg', '.gif', '.webp']);

/** Providers refuse larger images (20 MB at the largest); what is refused after a long upload helps nobody. */
const maxImageBytes = 20_000_000;

/** Puts pasted text into the composer, folded when it is large. */
export function paste(composer: Composer, raw: string): Composer {
  const text = sanitize(raw);
  const lines = text.split('\n').length;
  if (lines <= foldLines && text.length <= foldCharacters) return typeText({ ...composer, last: 'other' }, text);
  const number = nextNumber(composer);
  const size = lines > 1 ? count(lines, 'line') : count(text.length, 'character');
  return addFold(composer, { label: `[Pasted text #${number}, ${size}]`, kind: 'text', content: text });
}

/** Puts an image's label into the composer; it is read when the message is sent. */
export function attachImage(composer: Composer, path: string): Composer {
  const number = nextNumber(composer);
  const letters = splitGraphemes(basename(path).replace(/[\][\n]/g, '_'));
  const name = letters.length <= 30 ? letters.join('') : `${letters.slice(0, 29).join('')}…`;
  return addFold(composer, { label: `[Image #${number} ${name}]`, kind: 'image', content: path });
}

/** A number that no fold of this session has. */
function nextNumber({ folds }: Composer): number {
  return Math.max(0, ...folds.map(({ label }) => Number(/#(\d+)/.exec(label)?.[1] ?? 0))) + 1;
}

/** The draft of a message as it was sent once: its images come back under the labels that stand for them. */
export function draftOfMessage(text: string, images: readonly string[]): Draft {
  const labels = [...text.matchAll(/\[Image #\d+[^\]\n]*\]/g)].map(([label]) => label);
  const folds = images.map(
    (content, index): Fold => ({
      label: labels[index] ?? `[Image #${index + 1}]`,
      kind: 'image',
      content,
    }),
  );
  const missing = folds.slice(labels.length).map(({ label }) => label);
  return { text: [text, ...missing].join(' ').trim(), folds };
}

function addFold(composer: Composer, fold: Fold): Composer {
  const next = typeText({ ...composer, last: 'other' }, fold.label);
  return { ...next, folds: [...composer.folds, fold] };
}

/** The path of an image file that was pasted or dropped: quotes, escaped blanks and `file://` taken off; undefined when it isn't one. */
export function imagePath(pasted: string, cwd: string): string | undefined {
  const text = pasted.trim();
  if (text.includes('\n') || text === '') return undefined;
  const bare = text.replace(/^(['"])(.*)\1$/, '$2').replace(/\\(.)/g, '$1');
  const path = bare.startsWith('file://') ? decodePath(bare.slice('file://'.length)) : bare;
  if (!imageNames.has(extname(path).toLowerCase())) return undefined;
  const whole = resolve(cwd, path);
  return statSync(whole, { throwIfNoEntry: false })?.isFile() ? whole : undefined;
}

function decodePath(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export type Message = { readonly text: string; readonly images: readonly string[] };

/** The message as the model gets it: pasted text unfolded, images as data URLs. Throws an Error with a sentence when one can't be read. */
export async function unfold(text: string, folds: readonly Fold[]): Promise<Message> {
  const images: string[] = [];
  let out = text;
  for (const fold of folds) {
    if (!out.includes(fold.label)) continue;
    if (fold.kind === 'text') out = out.replaceAll(fold.label, () => fold.content);
    else images.push(await readImage(fold.content));
  }
  return { text: out, images };
}

async function readImage(path: string): Promise<string> {
  if (path.startsWith('data:')) return path;
  const { size } = await stat(path).catch(() => {
    throw new Error(`The image ${path} can't be read; remove it from the message or give another path.`);
  });
  if (size > maxImageBytes)
    throw new Error(`The image ${path} has ${Math.round(size / 1e6)} MB; at most 20 MB can be sent.`);
  const data = await readFile(path);
  const type = findImageType(data);
  if (type === undefined)
    throw new Error(`${path} is no PNG, JPEG, GIF or WebP by its bytes; remove it from the message.`);
  return `data:${type};base64,${data.toString('base64')}`;
}
