import { join } from 'node:path';
import type { DiffLine, DiffView } from '../core/screen/result-view.ts';

/**
 * A unified diff of git's as views, one a file. Lines keep their numbers in the old and the new file, and what becomes of the file itself
 * (deleted, new, executable, a link) is said.
 */
export function patchViews(patch: string, folder: string): DiffView[] {
  return patch
    .split(/^(?=diff --git )/m)
    .filter((part) => part.startsWith('diff --git '))
    .map((part) => viewOf(part, folder));
}

function viewOf(part: string, folder: string): DiffView {
  const start = part.search(/^@@ /m);
  const head = start === -1 ? part : part.slice(0, start);
  const title = nameOf(head);
  const fate = fateOf(head);
  const lines: DiffLine[] = [];
  let old = 0;
  let fresh = 0;
  for (const line of start === -1 ? [] : part.slice(start).split('\n')) {
    const hunk = line.match(/^@@ -(\d+)(?:,\d+)? \+(\d+)/);
    if (hunk) {
      old = Number(hunk[1]);
      fresh = Number(hunk[2]);
    } else if (line.startsWith('+')) lines.push({ kind: 'add', new: fresh++, text: line.slice(1) });
    else if (line.startsWith('-')) lines.push({ kind: 'remove', old: old++, text: line.slice(1) });
    else if (line.startsWith(' ')) lines.push({ kind: 'same', old: old++, new: fresh++, text: line.slice(1) });
  }
  const countOf = (kind: DiffLine['kind']) => lines.filter((line) => line.kind === kind).length;
  return {
    ...{ kind: 'diff', title, path: join(folder, title), lines, added: countOf('add'), removed: countOf('remove') },
    ...(fate === '' ? {} : { fate }),
  };
}

/** The name after the change; of a deleted file the one it had. */
function nameOf(head: string): string {
  const marked = (mark: string) => {
    const name = new RegExp(`^${mark} (.+)$`, 'm').exec(head)?.[1];
    return name === undefined || name === '/dev/null' ? undefined : unquote(name);
  };
  const prefixed = marked('\\+\\+\\+') ?? marked('---');
  if (prefixed !== undefined) return prefixed.slice(2);
  const moved = marked('rename to');
  if (moved !== undefined) return moved;
  // Without lines that change git gives the name twice, in the same form.
  const both = /^diff --git (.*)$/m.exec(head)?.[1] ?? '';
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
function fateOf(head: string): string {
  const mode = /^(new|deleted) file mode (\d+)$/m.exec(head) ?? /^(new) mode (\d+)$/m.exec(head);
  const isWhole = mode !== null && / file mode /.test(mode[0]);
  const from = /^rename from (.+)$/m.exec(head)?.[1];
  const facts = [
    isWhole ? mode[1] : undefined,
    from === undefined ? undefined : `moved from ${unquote(from)}`,
    mode?.[1] === 'new' ? modeWords(mode[2]!, isWhole) : undefined,
    /^(GIT binary patch|Binary files .* differ)$/m.test(head) ? 'binary' : undefined,
  ];
  return facts.filter((fact) => fact !== undefined).join(', ');
}

function modeWords(mode: string, isNew: boolean): string | undefined {
  if (mode === '120000') return 'a link';
  if (mode === '160000') return 'a repository';
  if (mode === '100755') return 'executable';
  return isNew ? undefined : 'not executable any more';
}
