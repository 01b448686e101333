import type { FileKind, FileSet } from './constraint.ts';

/** Words that name a whole kind of file; with another word before them ("integration tests") they name only a part. */
const kindWords: readonly { readonly kind: FileKind; readonly pattern: RegExp }[] = [
  { kind: 'tests', pattern: /^(?:tests?|specs?)(?: files?| suites?| cases?| code)?$/i },
  { kind: 'configuration', pattern: /^config(?:uration)?s?(?: files?)?$/i },
  { kind: 'lock files', pattern: /^lock ?files?$/i },
  { kind: 'migrations', pattern: /^(?:database |db )?migrations?(?: files?)?$/i },
  { kind: 'documentation', pattern: /^(?:docs|documentation)(?: files?)?$/i },
];

const endings =
  'd\\.ts|[cm]?[jt]sx?|jsonc?|jsonl|mdx?|py|pyi|rb|go|rs|java|kts?|c|h|cc|cpp|hpp|cs|php|sh|bash|ya?ml|toml|ini|cfg|conf|lock|txt|sql|html?|s?css|less|vue|svelte|xml|csv|proto|graphql|env|swift|dart|exs?|lua|pl|r|scala|gradle|tf|ipynb|snap|svg|png|properties|mod|sum';
const fileName = new RegExp(`^(?:[\\w@*?.&+~-]+\\/)*[\\w@*?.{},+-]*\\.(?:${endings})$`, 'i');
const dotFile = /^(?:[\w@*?.&+~-]+\/)*\.[a-z][\w.-]+$/i;
const wellKnown =
  /^(?:[\w@.-]+\/)*(?:Makefile|Dockerfile|Gemfile|Rakefile|Procfile|LICENSE|NOTICE|README|CHANGELOG|CODEOWNERS)$/;
const folder = /^(?:~|\.{0,2})\/?[\w@*?.&+-]+(?:\/[\w@*?.&+{},-]+)*\/(?:\*{1,2})?$/;
const rooted =
  /^(?:\.{1,2}\/|\/|~\/)?(?:\.\w[\w-]*|src|lib|libs|app|apps|packages?|tests?|spec|docs?|web|www|internal|cmd|pkg|server|client|config|scripts?|tools?|public|assets|vendor|dist|build|node_modules|examples?|crates|modules|core|api|ui|frontend|backend|migrations|home|usr|etc|opt|var)(?:\/[\w@*?.&+{},-]+)+$/;
const quotedPath = /^(?:[\w@*?.&+~-]+\/)+[\w@*?.&+{},-]*$/;
const bareWord = /^[\w@.-]+$/;
const knownFolder = /^(?:node_modules|dist|build|out|target|vendor|coverage|__pycache__|venv)$/;

const determiner =
  /^(?:any|all|every|each|the|my|your|our|its|existing|current|other|of|these|those|this|that|either|generated|compiled|vendored)\s+/i;
const container =
  /^(?:(?:anything|everything|files?|code|things|stuff|content|source files?|changes)\s+(?:in|under|inside|within|below|from)\s+)/i;
const fileNoun = /^(?:files?|folders?|director(?:y|ies)|dirs?|globs?|paths?)\s+/i;
const trailingNoun =
  /\s+(?:contents?|files?|folders?|director(?:y|ies)|dirs?|itself|or its contents?|and its contents?)$/i;
const maxParts = 30;

/**
 * The files that a few words name, when nothing of the words is left over: paths, globs, folders and whole kinds of file, in a list. Undefined
 * when any part of it is something else.
 */
export function readFileSet(words: string): FileSet | undefined {
  const kinds = new Set<FileKind>();
  const globs = new Set<string>();
  const parts = partsOf(words);
  if (parts.length === 0 || parts.length > maxParts) return undefined;
  for (const part of parts) {
    const read = readPart(part);
    if (read === undefined) return undefined;
    if ('kind' in read) kinds.add(read.kind);
    else globs.add(read.glob);
  }
  return { kinds: [...kinds], globs: [...globs] };
}

/** The paths that stand anywhere in some words: for what "those files" means. */
export function pathsIn(words: string): string[] {
  const quoted = [...words.matchAll(/`([^`\n]{1,200})`/g)].map((match) => match[1]!.trim());
  const bare = words.replace(/`[^`]*`/g, ' ').split(/[\s,;()"']+/);
  return [...quoted, ...bare.map((word) => word.replace(/[.:]+$/, ''))].filter((word) => isPath(word, false));
}

function partsOf(words: string): string[] {
  const flat = words
    .replace(/\((?:e\.g\.,?|i\.e\.,?|like|such as|including)?\s*([^()]*)\)/gi, ', $1')
    .replace(/,?\s*(?:such as|including|like|e\.g\.)\s+/gi, ', ');
  return flat
    .split(/\s*,\s*(?:(?:and|or|nor)\s+)?|\s+(?:and|or|nor|&)\s+/i)
    .map((part) => part.trim())
    .filter((part) => part !== '' && !/^(?:etc\.?|\.{3}|…)$/i.test(part));
}

function readPart(part: string): { readonly kind: FileKind } | { readonly glob: string } | undefined {
  const inner = stripAll(part, [determiner, container, determiner]);
  const hasNoun = fileNoun.test(inner) || trailingNoun.test(inner);
  const kind = kindWords.find(({ pattern }) => pattern.test(inner));
  if (kind !== undefined) return { kind: kind.kind };
  if (/^readme$/i.test(inner)) return { glob: 'README*' };
  const name = inner.replace(fileNoun, '').replace(trailingNoun, '');
  const quoted = /^[`"'“”]([^`"'“”]+)[`"'“”]$/.exec(name);
  const path = (quoted?.[1] ?? name).trim();
  if (quoted !== null && knownFolder.test(path)) return { glob: `${path}/` };
  if (isPath(path, quoted !== null) || (hasNoun && quoted !== null && bareWord.test(path))) return { glob: path };
  return undefined;
}

function stripAll(text: string, patterns: readonly RegExp[]): string {
  let rest = text.trim();
  for (const pattern of patterns)
    for (let more = rest.replace(pattern, ''); more !== rest; more = rest.replace(pattern, '')) rest = more;
  return rest;
}

function isPath(word: string, isQuoted: boolean): boolean {
  if (word.length < 2 || word.length > 200 || /\s/.test(word)) return false;
  if (fileName.test(word) || dotFile.test(word) || wellKnown.test(word) || rooted.test(word)) return true;
  return folder.test(word) || (isQuoted && quotedPath.test(word));
}
