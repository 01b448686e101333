import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { writeFileAtomic } from '../core/disk/atomic.ts';
import { readText, whyUnreadable } from '../core/disk/read-text.ts';
import { errorCode, UserError } from '../core/errors.ts';
import { isPlain, type Plain, parseLayer, setPath } from './layers.ts';
import { describeProblems, findUnknownKeys } from './problems.ts';
import { configSchema } from './schema.ts';

const emptyFile = '{\n}\n';

/**
 * Sets one key of a configuration file and leaves comments and order alone; undefined removes it; without a key only makes the
 * file if it is missing. A key is dotted, or a list of its parts where these may have dots. Throws UserError when the schema does not
 * know the key or refuses the value.
 */
export async function setInFile(
  file: string,
  key: string | readonly string[] | undefined,
  value: unknown,
): Promise<void> {
  const text = readOrEmpty(file);
  const before = await parseLayer(file, text);
  let changed = text;
  if (key !== undefined) {
    if (value !== undefined) await checkValue(key, value);
    const { applyEdits, modify } = await import('jsonc-parser');
    const path = typeof key === 'string' ? keyPath(before.values, key) : [...key];
    const edits = modify(text, path, value, { formattingOptions: { insertSpaces: true, tabSize: 2, eol: '\n' } });
    changed = applyEdits(text, edits);
  }
  mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
  await writeFileAtomic(file, changed);
}

function readOrEmpty(file: string): string {
  try {
    const text = readText(file);
    return text.trim() === '' ? emptyFile : text;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return emptyFile;
    throw new UserError(`${file} can't be read: ${whyUnreadable(error)}.`);
  }
}

/** A key that has dots itself (a model's price) is found where the file already has it; else each dot is a level. */
function keyPath(values: Plain, key: string): string[] {
  const parts = key.split('.');
  let place: unknown = values;
  const path: string[] = [];
  while (parts.length > 0) {
    const whole = parts.join('.');
    if (isPlain(place) && whole in place) return [...path, whole];
    const part = parts.shift() ?? '';
    path.push(part);
    place = isPlain(place) ? place[part] : undefined;
  }
  return path;
}

async function checkValue(key: string | readonly string[], value: unknown): Promise<void> {
  const values: Plain = {};
  if (typeof key === 'string') setPath(values, key, value);
  else Object.assign(values, nest(key, value));
  const parsed = configSchema.safeParse(values);
  const layer = { name: 'config set', values };
  if (!parsed.success)
    throw new UserError(
      await describeProblems(
        parsed.error,
        values,
        new Map([[typeof key === 'string' ? key : key.join('.'), 'config set']]),
        [layer],
      ),
    );
  const [unknown] = await findUnknownKeys({ ...layer, text: JSON.stringify(values) });
  if (unknown === undefined) return;
  const sentence = unknown.replace(' and has no effect', '').replace(/^config set:\d+/, 'config set');
  throw new UserError(sentence.endsWith('?') ? sentence : `${sentence}.`);
}

/** A value below these keys: `['a', 'b']` gives `{ a: { b: value } }`. */
function nest(keys: readonly string[], value: unknown): Plain {
  const [first = '', ...rest] = keys;
  return Object.fromEntries([[first, rest.length === 0 ? value : nest(rest, value)]]);
}
