import { isOfKind } from '../ledger/check/file-sets.ts';
import type { FileKind } from '../ledger/constraint.ts';
import { pathsIn } from '../ledger/grammar/file-words.ts';
import { readGitRequest } from './git-requests.ts';
import type { Requirement } from './requirement.ts';

const maxNames = 40;
const maxText = 160;

/** Reads a requirement from its own words and from what comes below it (its section, the items under it). */
export function readRequirement(title: string, body = ''): Requirement {
  const files = unique([...pathsIn(title), ...filesOf(body)].map(bareFile).filter(isFile));
  const git = readGitRequest(title);
  const names = unique(namesIn(title).filter((name) => !files.includes(name))).slice(0, maxNames);
  return {
    text: clip(title),
    files: files.slice(0, maxNames),
    names,
    parts: unique(partsIn(title)).slice(0, maxNames),
    details: unique(
      namesIn(body.slice(0, 6000)).filter((name) => isTelling(name) && !names.includes(name) && !files.includes(name)),
    ).slice(0, maxNames),
    words: wordsOf(title),
    kinds: kindsIn(title),
    isVague: vague.test(title),
    commands: unique([...commandsIn(title), ...(isCheckTitle.test(title) ? commandsIn(body) : [])]),
    ...readCheckSort(title),
    ...(git !== undefined && { git }),
  };
}

/** "fix the remaining issues", "address all of these", "implement it": what is meant is elsewhere. */
const vague = new RegExp(
  [
    /^(?:edit|modify|fix|address|resolve|implement|handle|solve|apply|improve|adjust|update|correct|change|include|incorporate)\s+(?:(?:all|any|both|each|every one) (?:of )?)?/,
    /(?:it|this|that|these|those|them|everything|(?:(?:the|this|that|these|those|all|your|my|his|her|their|any|both|open|remaining|other|above|same|new|failing|lint(?:er|ing)?|review|found|reported|following|outstanding|pending)\s+)*(?:issues?|problems?|bugs?|errors?|warnings?|comments?|feedback|findings?|suggestions?|changes?|points?|fix(?:es)?|failures?|source ?code(?: of (?:the |this )?\w+)?|code ?base))/,
    /(?:\s+(?:of (?:these|those|them)|to (?:fix|resolve|solve|address) (?:it|this|the (?:issue|bug|problem|error))|issues?|now|please|too|as well|also|simply|for now|here|then|above|in (?:on|one|a)(?: single)? batch|properly|first|and))*$/,
  ]
    .map(({ source }) => source)
    .join(''),
  'i',
);

const isCheckTitle = /\b(?:verif\w*|validat\w*|test(?:s|ing)?|checks?)\b/i;

/** Files that the lines below a title name as its own: `File: x`, `New file: x`, `Modify x`. */
function filesOf(body: string): string[] {
  return body
    .split('\n')
    .filter(
      (line) =>
        line.startsWith('#') ||
        /^(?:[-*\s]*)(?:new |modified |edit |target )?(?:files?|fichiers?|nouveau fichier|modify|edit|create|update|path)\b[^:\n]{0,30}:|^(?:[-*\s]*)(?:modify|edit|create|update|delete)\s+`/i.test(
          line,
        ),
    )
    .flatMap((line) => pathsIn(line));
}

/** `src/a.ts:12-30`, `./src/a.ts` */
function bareFile(path: string): string {
  return path.replace(/^@?(?:\.\/)?/, '').replace(/(?::\d+(?:[-:,–]\d+)*)+$/, '');
}

function isFile(path: string): boolean {
  return (
    /[^/]\.\w+$|(?:^|\/)(?:Makefile|Dockerfile|Gemfile|LICENSE|README|CHANGELOG)$/.test(path) && !/[*{}<>]/.test(path)
  );
}

/** Code by its look: in backticks, with an inner capital, an underscore, a flag. */
function namesIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\n]{2,80})`/g)].map((match) => match[1]!.trim().replace(/\(.*$/, ''));
  const inQuotes = [...text.matchAll(/(?<![\w"'])(?:"([^"\n]{4,80})"|“([^”\n]{4,80})”|'([^'\n]{4,80})'(?!\w))/g)].map(
    (match) => (match[1] ?? match[2] ?? match[3] ?? '').trim(),
  );
  const bare = text
    .replace(/`[^`]*`/g, ' ')
    .match(
      /(?<![\w./-])(?:--[a-z][\w-]+|[a-z]+[A-Z]\w+|[A-Z][a-z]+[A-Z]\w+|[a-z]\w*_\w+|[A-Z][A-Z\d]*_[A-Z\d_]+)(?![\w/]|\.\w)/g,
    );
  return [...quoted, ...inQuotes, ...(bare ?? [])].filter(
    (name) => name.length >= 3 && name.length <= 80 && !commonNames.has(name),
  );
}

const sorts = 'function|method|class|component|hook|helper|struct|interface|enum|trait|type|module|handler';

/** "the discount function", "the function discount": words that are names because of what they are called. */
function partsIn(text: string): string[] {
  const bare = text.replace(/`([^`]*)`/g, '$1');
  const before = new RegExp(`\\b([a-z_]\\w{2,})(?:\\(\\))? (?:${sorts})\\b`, 'gi');
  const behind = new RegExp(`\\b(?:${sorts}) ([a-z_]\\w{2,})\\b`, 'gi');
  return [...bare.matchAll(before), ...bare.matchAll(behind)]
    .map((match) => match[1]!)
    .filter(
      (word) => !stopWords.has(word.toLowerCase()) && !/^(?:named|called|which|whose|returns?|takes?)$/i.test(word),
    );
}

/** A name that can hardly be in a file by chance: several words grown together, or a text of some length. */
export function isTelling(name: string): boolean {
  if (/^[.\w-]*\/|^\.\w+$|\.(?:tsx?|jsx?|py|go|md|json|ya?ml)$/.test(name)) return false;
  return name.length >= 6 && /[a-z\d][A-Z]|\w[_.-]\w|^--\w/.test(name) ? true : name.length >= 12 && /\s/.test(name);
}

const commonNames = new Set([
  'GitHub',
  'TypeScript',
  'JavaScript',
  'GitLab',
  'true',
  'false',
  'null',
  'undefined',
  'string',
  'number',
  'boolean',
  'any',
  'void',
  'main',
  'true,',
  'const',
  'npm',
]);

const programs =
  /^(?:npm|npx|pnpm|yarn|bun|bunx|node|deno|sh|bash|ruby|php|perl|java|python3?|pytest|uv|tox|nox|go|cargo|make|just|mise|task|mvn|gradle|gh|git|docker|ruff|mypy|tsc|eslint|vitest|jest|biome|pre-commit|bundle|rake|rspec|mix|dotnet|cmake|ctest)\s+\S|^\.\/[\w./-]+|^(?:pytest|tsc|vitest|jest|make|eslint|ruff|mypy|tox)$/;

/** In backticks or bare behind "run" where the program is a known one, in quotes behind "run" whatever it is. */
function commandsIn(text: string): string[] {
  const quoted = [...text.matchAll(/`([^`\n]{2,160})`/g)].map((match) => match[1]!);
  const bare = [...text.matchAll(/\b(?:re-?)?(?:run|execute)\s+([a-z][\w.:/@-]*(?:\s+[\w.:/@=-]+){0,6})/g)].flatMap(
    (match) => match[1]!.replace(behindCommand, '').split(/(?<=\w)\/(?=(?:npm|pnpm|yarn|bun|go|make)\s)/),
  );
  const named = [...text.matchAll(/\b(?:re-?)?(?:run|execute)\s+["'“]([a-z./~][^"'“”\n]{2,160})["'”]/gi)];
  return [
    ...[...quoted, ...bare].flatMap(splitLine).filter((part) => programs.test(part)),
    ...named.flatMap((match) => splitLine(match[1]!)),
  ];
}

const behindCommand =
  /\s+(?:and|then|to|for|in|on|again|first|now|please|before|after|until|with|so|when|if|it|them)\b.*$/;

function splitLine(line: string): string[] {
  return line.split(/\s*(?:&&|;)\s*/).map((part) => part.trim());
}

function readCheckSort(title: string): Pick<Requirement, 'check'> {
  if (
    /^(?:re-?)?run\b.{0,30}\b(?:tests?|specs?|test suite|e2e)\b|\b(?:all |the )?tests? (?:still )?(?:pass|passes|passing|are green)\b/i.test(
      title,
    )
  )
    return { check: 'test' };
  if (/^(?:re-?)?run\b.{0,20}\b(?:lint\w*|eslint|golangci)\b|\blint (?:passes|is clean)\b|^lint\b/i.test(title))
    return { check: 'lint' };
  if (/^(?:re-?)?run\b.{0,20}\b(?:type ?check\w*|tsc|mypy)\b|\btype ?check(?:s|ing)? pass/i.test(title))
    return { check: 'types' };
  if (/^(?:re-?)?run\b.{0,20}\bbuild\b|^build\b(?! an?\b)|\bbuild (?:passes|succeeds)\b/i.test(title))
    return { check: 'build' };
  if (/^(?:re-?)?run\b.{0,20}\b(?:fmt|format\w*|prettier)\b|^format\b/i.test(title)) return { check: 'format' };
  return {};
}

const justTests = /^(?:the )?(?:unit |integration |e2e |regression )?tests?(?: updates?| changes?)?$/i;

const kindWords: readonly { readonly kind: FileKind; readonly pattern: RegExp }[] = [
  { kind: 'tests', pattern: justTests },
  {
    kind: 'tests',
    pattern:
      /\b(?:add|write|update|extend|create|adjust|fix|cover\w*|implement|include|adapt)\b.{0,60}\b(?:tests?|specs?|test cases?|test coverage)\b/i,
  },
  {
    kind: 'documentation',
    pattern:
      /\b(?:update|add|write|extend|adjust|document|mention)\b.{0,50}\b(?:docs|documentation|readme|changelog)\b/i,
  },
  { kind: 'lock files', pattern: /\b(?:update|regenerate|refresh)\b.{0,30}\block ?file\b/i },
  { kind: 'migrations', pattern: /\b(?:add|write|create|generate)\b.{0,40}\bmigrations?\b/i },
];

function kindsIn(title: string): FileKind[] {
  return unique(kindWords.filter(({ pattern }) => pattern.test(title)).map(({ kind }) => kind));
}

/** Whether a file is what the requirement means by its kinds; "the changelog" is not any document. */
export function isOfNamedKind(path: string, requirement: Requirement): boolean {
  const name = /\b(readme|changelog)\b/i.exec(requirement.text)?.[1]?.toLowerCase();
  return requirement.kinds.some((kind) => {
    if (kind === 'documentation' && name !== undefined) return path.toLowerCase().replace(/^.*\//, '').startsWith(name);
    return isOfKind(path, kind);
  });
}

const stopWords = new Set(
  'the and for with from into that this then than them they their there these those when where which while what who how why are was were will would should could can not but all any each every some more most other such only own same too very just also now out off over under again once here both few nor its his her our your you have has had having does did doing been being about after before between during through above below because until against per via use using used make sure new add added update updated change changed remove removed fix fixed run set get put let code file files function class method line lines step section like need needs want instead still way case cases part parts thing things first second one two three please'.split(
    ' ',
  ),
);

/** Words that carry meaning, each once, cut to their stem. */
export function wordsOf(text: string): string[] {
  const plain = text
    .replace(/\b(?:some|any|a) (?:sort|kind|bit) of\b|\bfor \w+ purposes?\b/gi, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .match(/[a-z][a-z\d]{2,}/g);
  return unique((plain ?? []).filter((word) => !stopWords.has(word)).map(stem));
}

/** Without the common endings: "checking", "checks" and "checked" are one word. */
function stem(word: string): string {
  return word.length > 4 ? word.replace(/(?:ing|ed|es|s|ly)$/, '').replace(/e$/, '') : word;
}

function clip(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > maxText ? `${line.slice(0, maxText - 1)}…` : line;
}

function unique<Item>(items: readonly Item[]): Item[] {
  return [...new Set(items)];
}
