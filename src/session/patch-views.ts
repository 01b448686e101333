import { isUtf8 } from 'node:buffer';
import { join } from 'node:path';
import type { DiffLine, DiffView } from '../core/screen/result-view.ts';
import { count } from '../core/text/count.ts';

/**
 * A unified diff of git's as views, one a file. Lines keep their numbers in the old and the new file, and what becomes of the file itself
 * (deleted, new, executable, a link) is said. Of bytes that are no UTF-8 each is shown by its code. `sizes`: the bytes of files that are not
 * shown by their lines, by git's hash of them.
 */
export function patchViews(
  patch: string | Buffer,
  folder: string,
  sizes: ReadonlyMap<string, number> = new Map(),
): DiffView[] {
  const text = typeof patch === 'string' ? patch : textOfBytes(patch);
  return splitFiles(text).map((file) => viewOf(file, folder, sizes));
}

/** A byte that belongs to no character, as `<0xE9>`. */
function textOfBytes(bytes: Buffer): string {
  if (isUtf8(bytes)) return bytes.toString('utf8');
  const characters =
    /[\x00-\x7f]+|[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\x80-\xff]/g;
  return bytes.toString('latin1').replace(characters, (part) => {
    const own = Buffer.from(part, 'latin1');
    return isUtf8(own)
      ? own.toString('utf8')
      : [...own].map((byte) => `<0x${byte.toString(16).toUpperCase()}>`).join('');
  });
}

type FilePatch = { readonly head: string[]; readonly lines: DiffLine[] };

/**
 * The files of a patch. Git ends its lines by a line feed alone, so nothing else in them does (a carriage return, U+2028); and a line belongs to a
 * hunk as long as its head counts one more, whatever it looks like.
 */
function splitFiles(patch: string): FilePatch[] {
  const files: FilePatch[] = [];
  let file: FilePatch | undefined;
  let [old, fresh, oldLeft, freshLeft] = [0, 0, 0, 0];
  for (const line of patch.split('\n')) {
    const text = line.slice(1);
    if (line.startsWith('\\')) continue;
    if (file && (oldLeft > 0 || freshLeft > 0)) {
      if (line.startsWith('+')) file.lines.push({ kind: 'add', new: fresh++, text });
      else if (line.startsWith('-')) file.lines.push({ kind: 'remove', old: old++, text });
      else file.lines.push({ kind: 'same', old: old++, new: fresh++, text });
      if (!line.startsWith('+')) oldLeft -= 1;
      if (!line.startsWith('-')) freshLeft -= 1;
      continue;
    }
    const hunk = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/.exec(line);
    if (hunk) {
      [old, fresh] = [Number(hunk[1]), Number(hunk[3])];
      [oldLeft, freshLeft] = [Number(hunk[2] ?? 1), Number(hunk[4] ?? 1)];
    } else if (line.startsWith('diff --git ')) {
      file = { head: [line], lines: [] };
      files.push(file);
    } else file?.head.push(line);
  }
  return files;
}

function viewOf({ head, lines }: FilePatch, folder: string, sizes: ReadonlyMap<string, number>): DiffView {
  const title = nameOf(head);
  const fate = fateOf(head, sizes);
  const countOf = (kind: DiffLine['kind']) => lines.filter((line) => line.kind === kind).length;
  return {
    ...{ kind: 'diff', title, path: join(folder, title), lines, added: countOf('add'), removed: countOf('remove') },
    ...(fate === '' ? {} : { fate }),
  };
}

/** What follows a word at the beginning of a line of the head. */
function after(head: readonly string[], word: string): string | undefined {
  return head.find((line) => line.startsWith(`${word} `))?.slice(word.length + 1);
}

/** The name after the change; of a deleted file the one it had. */
function nameOf(head: readonly string[]): string {
  const marked = (mark: string) => {
    const name = after(head, mark);
    return name === undefined || name === '/dev/null' ? undefined : unquote(name);
  };
  const prefixed = marked('+++') ?? marked('---');
  if (prefixed !== undefined) return prefixed.slice(2);
  const moved = marked('rename to');
  if (moved !== undefined) return moved;
  // Without lines that change git gives the name twice, in the same form.
  const both = after(head, 'diff --git') ?? '';
  return unquote(both.slice((both.length + 1) / 2)).slice(2);
}

const escapes: Readonly<Record<string, string>> = { a: '\x07', b: '\b', t: '\t', n: '\n', v: '\v', f: '\f', r: '\r' };

/** Git ends a name with a blank in it by a tab, and puts one with quotes or control characters in quotes. */
function unquote(name: string): string {
  if (!name.startsWith('"')) return name.replace(/\t$/, '');
  return name
    .replace(/^"|"\t?$/g, '')
    .replace(/\\([0-7]{3}|.)/g, (_, code: string) =>
      code.length === 3 ? String.fromCharCode(Number.parseInt(code, 8)) : (escapes[code] ?? code),
    );
}

/** What becomes of the file besides its lines. */
function fateOf(head: readonly string[], sizes: ReadonlyMap<string, number>): string {
  const made = after(head, 'new file mode');
  const deleted = after(head, 'deleted file mode');
  const kept = deleted ?? after(head, 'index')?.split(' ')[1];
  const mode = made ?? after(head, 'new mode') ?? (kept?.startsWith('100') ? undefined : kept);
  const from = after(head, 'rename from');
  const isBinary = head.some((line) => line === 'GIT binary patch' || /^Binary files .* differ$/s.test(line));
  const facts = [
    made === undefined ? undefined : 'new',
    deleted === undefined ? undefined : 'deleted',
    from === undefined ? undefined : `moved from ${unquote(from)}`,
    mode === undefined ? undefined : modeWords(mode, made !== undefined),
    isBinary ? binaryWords(head, sizes) : undefined,
  ];
  return facts.filter((fact) => fact !== undefined).join(', ');
}

/** What can be said of a file whose content is not shown: how large it is, and git's hash, by which it can be compared. */
function binaryWords(head: readonly string[], sizes: ReadonlyMap<string, number>): string {
  const [old = '', fresh = ''] = after(head, 'index')?.split(' ')[0]?.split('..') ?? [];
  const sideOf = (hash: string) => {
    const size = sizes.get(hash);
    return size === undefined ? undefined : `${count(size, 'byte')}, git hash ${hash}`;
  };
  const [before, now] = [sideOf(old), sideOf(fresh)];
  const facts = [now && `now ${now}`, before && `before ${before}`].filter((fact) => fact !== undefined);
  return facts.length === 0 ? 'binary' : `binary, its content can't be shown: ${facts.join('; ')}`;
}

function modeWords(mode: string, isNew: boolean): string | undefined {
  if (mode === '120000') return 'a link';
  if (mode === '160000') return 'a repository';
  if (mode === '100755') return 'executable';
  return isNew ? undefined : 'not executable any more';
}
