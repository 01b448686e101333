import type { FileKind, FileSet } from './constraint.ts';

const kindWords: readonly { readonly kind: FileKind; readonly pattern: RegExp }[] = [
  {
    kind: 'tests',
    pattern:
      /\b(?:unit |integration |existing |any |the )?(?:tests?(?: files?| suites?| cases?| code| logic)?|specs?|test_\*)\b(?![/.\w])/i,
  },
  { kind: 'configuration', pattern: /\bconfig(?:uration)?s?(?: files?)?\b(?![/.\w])/i },
  { kind: 'lock files', pattern: /\block ?files?\b/i },
  { kind: 'migrations', pattern: /\bmigrations?(?: files?)?\b(?![/.\w])/i },
  { kind: 'documentation', pattern: /\b(?:docs|documentation|readme)\b(?![/.\w])/i },
];

/** A path as people write it: with a slash, a glob, or a name with an ending. */
const pathWord =
  /(?<![\w/:.@-])(?:\.{0,2}\/)?(?:[\w@*?.-]+\/)+[\w@*?.-]*|(?<![\w/:.@-])[\w*-][\w*.-]*\.[A-Za-z]\w{0,7}\b|[`"']([\w@*?.-]+\/?)[`"']/g;
const noPaths = new Set([
  'e.g',
  'i.e',
  'etc.',
  'and/or',
  'n/a',
  'his/her',
  'he/she',
  'yes/no',
  'node.js',
  'vue.js',
  'next.js',
  'input/output',
  'read/write',
  'tcp/ip',
]);
const maxPaths = 20;

/** The kinds of file, paths and globs that a few words name. */
export function readFileSet(words: string): FileSet {
  const kinds = kindWords.filter(({ pattern }) => pattern.test(words)).map(({ kind }) => kind);
  const globs: string[] = [];
  for (const match of words.matchAll(pathWord)) {
    const path = (match[1] ?? match[0]).replace(/[.,:;]+$/, '');
    if (path.length < 2 || /^[\d.]+$/.test(path) || noPaths.has(path.toLowerCase()) || globs.length >= maxPaths)
      continue;
    globs.push(path);
  }
  return { kinds, globs: [...new Set(globs)] };
}
