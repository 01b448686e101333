import { rememberLatest } from '../../step/remember-latest.ts';
import type { FileKind, FileSet } from '../constraint.ts';

/** Words that name a whole kind of file; with another word before them ("integration tests") they name only a part. */
const kindWords: readonly { readonly kind: FileKind; readonly pattern: RegExp }[] = [
  {
    kind: 'tests',
    pattern: /^(?:unit )?(?:tests?|specs?)(?: files?| suites?| cases?| code| folders?| director(?:y|ies))?$/i,
  },
  {
    kind: 'production code',
    pattern:
      /^(?:production|source|application|app|non.?test|product|prod) (?:code|files?|sources?)$|^implementation(?: (?:code|files?))?$/i,
  },
  { kind: 'configuration', pattern: /^config(?:uration)?s?(?: files?)?$/i },
  { kind: 'lock files', pattern: /^lock ?files?$/i },
  {
    kind: 'migrations',
    pattern:
      /^(?:applied |past |previous |old )?(?:database |db )?migrations?(?: files?| folders?| director(?:y|ies))?$/i,
  },
  { kind: 'documentation', pattern: /^(?:docs?|documentation|markdown|md)(?: files?)$|^(?:docs|documentation)$/i },
];

const endings =
  'd\\.ts|[cm]?[jt]sx?|jsonc?|jsonl|mdx?|py|pyi|rb|go|rs|java|kts?|c|h|cc|cpp|hpp|cs|php|sh|bash|ya?ml|toml|ini|cfg|conf|lock|txt|sql|html?|s?css|less|vue|svelte|xml|csv|proto|graphql|env|swift|dart|exs?|lua|pl|r|scala|gradle|tf|ipynb|snap|svg|png|properties|mod|sum|prisma|tfvars|hcl|gql|astro|ps1|bat|cmake|jl|zig|hs|plist|pbxproj|csproj|sln|tpl|j2|ejs|hbs|pug|sass|pem|key|crt|rst|adoc|jpg|jpeg|gif|ico|webp|pdf|db|sqlite|parquet|pt|bin';
/** "The .d.ts files", "`*.css` files". */
const endingFiles = new RegExp(
  `^(?:[\`"']?\\*?(\\.(?:${endings}))[\`"']?|(json|sql|toml|html|csv|proto|graphql|go|xml|java|php|rb|tf|vue|svelte|ipynb))(?: files?)$`,
  'i',
);
const fileName = new RegExp(`^(?:[\\w@*?.&+~-]+\\/)*[\\w@*?.{},+-]*\\.(?:${endings})$`, 'i');
const dotFile = /^(?:[\w@*?.&+~-]+\/)*\.[a-z][\w.-]+$/i;
const wellKnown =
  /^(?:[\w@.-]+\/)*(?:Makefile|Dockerfile|Gemfile|Rakefile|Procfile|LICENSE|NOTICE|README|CHANGELOG|CODEOWNERS)$/;
const folder = /^(?:~|\.{0,2})\/?[\w@*?.&+-]+(?:\/[\w@*?.&+{},-]+)*\/(?:\*{1,2})?$/;
const rooted =
  /^(?:\.{1,2}\/|\/|~\/)?(?:\.\w[\w-]*|src|lib|libs|app|apps|packages?|tests?|spec|docs?|web|www|internal|cmd|pkg|server|client|config|scripts?|tools?|public|assets|vendor|dist|build|node_modules|examples?|crates|modules|core|api|ui|frontend|backend|migrations|home|usr|etc|opt|var)(?:\/[\w@*?.&+{},-]+)+$/;
const quotedPath = /^(?:[\w@*?.&+~-]+\/)+[\w@*?.&+{},-]*$/;
/** Behind "files in" a word with a slash is a folder. */
const slashed = /^[\w.@-]+(?:\/[\w.@*-]+)+$/;
const bareWord = /^[\w@.-]+$/;
/** Folders that nobody means by a word of the language. */
const plainFolder = /^(?:node_modules|__pycache__|\.?venv|vendor)$/;
const knownFolder = /^(?:node_modules|dist|build|out|target|vendor|coverage|__pycache__|venv)$/;

/** Names of things that lie at the same places in every repository. */
const namedPlaces: readonly (readonly [RegExp, readonly string[]])[] = [
  [
    /^(?:ci|ci\/cd)(?: (?:config(?:uration)?|workflows?|pipelines?|files?|setup|yaml))*$|^(?:github )?(?:workflows?|actions)(?: files?| yaml)?$/i,
    ['.github/workflows/', '.gitlab-ci.yml', '.circleci/', '.travis.yml', 'azure-pipelines.yml', 'Jenkinsfile'],
  ],
  [
    /^(?:\.?env|environment) files$/i,
    ['.env', '.env.local', '.env.*.local', '.env.development', '.env.production', '.env.test'],
  ],
  [/^snapshots?(?: files?)?$/i, ['__snapshots__/', '*.snap']],
  [/^(?:test )?fixtures?(?: files?)?$/i, ['fixtures/', '__fixtures__/', 'testdata/']],
  [/^readmes?(?: files?)?$/i, ['README*']],
  [/^licen[cs]es?(?: files?)?$/i, ['LICENSE*', 'LICENCE*']],
  [/^changelogs?(?: files?)?$/i, ['CHANGELOG*', 'CHANGES*']],
  [/^dockerfiles?$/i, ['Dockerfile*', '*.Dockerfile']],
  [/^makefiles?$/i, ['Makefile']],
  [/^tsconfigs?(?: files?)?$/i, ['tsconfig*.json']],
  [/^package ?json$/i, ['package.json']],
  [/^git ?ignores?(?: files?)?$/i, ['.gitignore']],
  [/^secrets? files?$/i, ['secrets/', 'secrets.*', '.secrets*', '*.pem', '*.key']],
  [/^logs?(?: files?)$/i, ['*.log']],
  [/^(?:s?css|style ?sheets?)(?: files?| code)?$|^styles? files$/i, ['*.css', '*.scss', '*.sass', '*.less']],
  [/^ya?mls?(?: files?)?$/i, ['*.yaml', '*.yml']],
  [/^(?:python|py) files?$/i, ['*.py']],
  [/^(?:typescript|ts) files?$/i, ['*.ts', '*.tsx']],
  [/^(?:javascript|js) files?$/i, ['*.js', '*.jsx', '*.mjs', '*.cjs']],
];

const determiner =
  /^(?:any|all|both|every|each|the|my|your|our|its|existing|current|of|these|those|this|that|either|generated|compiled|vendored)\s+/i;
const container =
  /^(?:(?:anything|everything|those|what['’]?s|what is|whatever is|(?:the )?(?:ones|parts?)|files?|(?:(?:production|source|application|app) )?(?:code|files?)|things|stuff|content|changes)\s+(?:(?:that|which) (?:is|are) )?(?:in|under|inside|within|below|from)\s+)/i;
/** "the old config file `config/old.yml`": the path says by itself which one is meant. */
const apposition =
  /^(?:[a-z][\w-]*\s+){0,4}(?:files?|folders?|director(?:y|ies)|modules?|scripts?|components?|packages?)\s+(?=[`"'“]?[\w.@~/-]*[./])/i;
/** With such a word the brackets say where, not what. */
const partOfFile =
  /\b(?:functions?|methods?|headers?|lines?|sections?|class(?:es)?|imports?|exports?|props?|fields?|columns?|keys?|values?|types?|interfaces?|variables?|constants?|behaviou?r|style|tests?)\s*\(/i;

/** "The eslint config". */
const toolConfig =
  /^(eslint|prettier|jest|vitest|vite|webpack|babel|tailwind|rollup|next|playwright|cypress|postcss|stylelint|biome|ruff|mypy|pytest)(?:['’]s)? config(?:uration)?(?: files?)?$/i;

/** "The infra folder". */
const namedFolder = /^([\w.-]+) (?:folders?|director(?:y|ies)|dirs?|subfolder|subdirectory|tree)$/i;
const vagueFolder =
  /^(?:any|same|other|new|wrong|right|current|root|project|working|home|whole|entire|main|parent|this|that|temp|output|each|every|source|existing|shared|common|git|empty|single|nested|sub|target)$/i;
/** "The old implementation in src/v1", "API routes in src/routes": things that are files, and the folder they are in. */
const thingsIn =
  /^(?:[\w-]+ ){0,3}?(?:implementations?|code|modules?|components?|routes|scripts?|sources|classes|migrations|configs?|configuration|stuff|things|packages|handlers|models|views|pages|services|helpers|utils|tests|examples|schemas?|templates?|assets|docs|documentation|fixtures|snapshots|locales|translations|files?) (?:in|under|inside|within|below|from|of)\s+(?=(?:the )?[`"']?[\w.@~*-]*\/)/i;
/** "The shared theme.ts": words that only describe, before a file's name. */
const described =
  /^(?:(?!(?:in|of|for|from|to|with|on|at|by|and|or|not|similar|like|function|method|header|line|section|part|class|test|tests|imports?|exports?|bug|api)\b)[a-z-]+ ){1,3}(?=[\w.@~/-]+\.[a-z]{1,8}$)/i;
/** "The exporter under src/export", "anything related to auth in src/auth/": whatever is in a folder, but not how it behaves or reads. */
const whateverIn =
  /^(?!(?:[\w'’-]+ ){0,5}(?:way|how|behaviou?r\w*|logic|formats?|outputs?|order|styles?|names?|naming|signatures?|lines?|sections?|values?|versions?|wording|semantics|messages?|errors?|warnings?|bugs?|tests?|specs?|comments?|imports?|exports?|functions?|methods?|class|variables?|constants?|types?|interfaces?|fields?|columns?|keys?|is|are|was|were|be|that|which|who|what|when|if|not|for|with|by|only|except|new|unused|unrelated|run|execute|call|use|invoke|start|put|add|write|create|make|do|look|read|commit|push|import|install|change|edit|touch|delete|remove|move|rename|find|fix) )(?:[\w'’-]+ ){1,5}(?:in|under|inside|within|below|from)\s+(?=(?:the )?[`"']?(?:[\w.@~*-]+\/)+[\w@*-]*[`"']?$)/i;
const fileNoun = /^(?:files?|folders?|director(?:y|ies)|dirs?|globs?|paths?)\s+/i;
const trailingNoun =
  /\s+(?:contents?|files?|folders?|director(?:y|ies)|dirs?|itself|or its contents?|and its contents?)$/i;
const maxParts = 30;

/**
 * The files that a few words name, when nothing of the words is left over: paths, globs, folders and whole kinds of file, in a list. Undefined
 * when any part of it is something else.
 */
export function readFileSet(words: string): FileSet | undefined {
  return knownSets(words, () => readFileSetAnew(words));
}

/** The same words are looked at within longer and shorter runs of a clause. */
const knownSets = rememberLatest<FileSet | undefined>(500, 200);

function readFileSetAnew(words: string): FileSet | undefined {
  // "Phase 1 files (src/phase1/*)": the brackets say which files.
  const named = partOfFile.test(words) ? null : /^[\w\s-]{2,60}\(([^()]+)\)$/.exec(words);
  if (named !== null && !/^\s*(?:e\.g|like|such as|including)/i.test(named[1]!)) {
    const inBrackets = readFileSet(named[1]!);
    if (inBrackets !== undefined && inBrackets.globs.length > 0) return readKinds(words, inBrackets);
  }
  const kinds = new Set<FileKind>();
  const globs = new Set<string>();
  const parts = partsOf(words);
  if (parts.length === 0 || parts.length > maxParts) return undefined;
  for (const part of parts) {
    const read = readPart(part);
    if (read === undefined) return undefined;
    if ('kind' in read) kinds.add(read.kind);
    else for (const glob of read.globs) globs.add(glob);
  }
  return { kinds: [...kinds], globs: [...globs] };
}

/** With a kind before the brackets, too: "configuration files (tool.toml)". */
function readKinds(words: string, inBrackets: FileSet): FileSet {
  const before = readFileSet(words.slice(0, words.indexOf('(')));
  if (before === undefined) return inBrackets;
  return { kinds: [...before.kinds, ...inBrackets.kinds], globs: [...before.globs, ...inBrackets.globs] };
}

/** The paths anywhere in some words: for what "those files" means. */
export function pathsIn(words: string): string[] {
  const quoted = [...words.matchAll(/`([^`\n]{1,200})`/g)].map((match) => match[1]!.trim());
  const bare = words.replace(/`[^`]*`/g, ' ').split(/[\s,;()"']+/);
  return [...quoted, ...bare.map((word) => word.replace(/[.:?!]+$/, ''))].filter((word) => isPath(word, false));
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

function readPart(part: string): { readonly kind: FileKind } | { readonly globs: readonly string[] } | undefined {
  const inner = stripAll(part.replace(/\s+(?:itself|themselves)$/i, ''), [determiner, container, determiner]);
  const isInside = container.test(stripAll(part, [determiner]));
  const hasNoun = fileNoun.test(inner) || trailingNoun.test(inner);
  const kind = kindWords.find(({ pattern }) => pattern.test(inner));
  if (kind !== undefined) return { kind: kind.kind };
  const places = namedPlaces.find(([pattern]) => pattern.test(inner));
  if (places !== undefined) return { globs: places[1] };
  const tool = toolConfig.exec(inner)?.[1]?.toLowerCase();
  if (tool !== undefined)
    return { globs: [`.${tool}rc*`, `${tool}.config.*`, `${tool}.json`, `${tool}.toml`, `${tool}.ini`] };
  const ending = endingFiles
    .exec(inner)
    ?.slice(1)
    .find((name) => name !== undefined);
  if (ending !== undefined) return { globs: [`*.${ending.replace('.', '').toLowerCase()}`] };
  const inFolder = namedFolder.exec(inner)?.[1];
  if (inFolder !== undefined && !vagueFolder.test(inFolder)) return { globs: [`${inFolder}/`] };
  const name = inner
    .replace(thingsIn, '')
    .replace(whateverIn, '')
    .replace(apposition, '')
    .replace(described, '')
    .replace(fileNoun, '')
    .replace(trailingNoun, '');
  const quoted = /^[`"'“”]([^`"'“”]+)[`"'“”]$/.exec(name);
  const path = (quoted?.[1] ?? name).trim();
  if (plainFolder.test(path) || (quoted !== null && knownFolder.test(path))) return { globs: [`${path}/`] };
  if (
    isPath(path, quoted !== null) ||
    (isInside && (slashed.test(path) || /^\/[\w-]+$/.test(path))) ||
    (hasNoun && quoted !== null && bareWord.test(path))
  )
    return { globs: [/^\/[\w-]+$/.test(path) ? `${path.slice(1)}/` : path] };
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
