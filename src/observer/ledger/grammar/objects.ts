import type { ConstraintRule, FileSet } from '../constraint.ts';
import { noUpgradeOf, noUpgrades, readCommand, readKindOfWork } from './command-words.ts';
import { readFileSet } from './file-words.ts';
import { readGit } from './git-words.ts';
import type { Act, Verb } from './verbs.ts';

/** What may be known around the clause: the files that the order next to it names, for "nothing else". */
export type Surroundings = {
  readonly named: readonly string[];
  /** The clause comes with an order: "do not modify" needs no object there. */
  readonly hasOrder: boolean;
};

type Read = (object: string, base: string, around: Surroundings) => ConstraintRule | undefined;

const all = (body: string) => new RegExp(`^(?:${body})$`, 'i');
const any =
  '(?:(?:any|another|the|my|our|your|new|other|additional|extra|more|further|existing|current|a|an|single|of|all|whole|entire) )*';

const everything = all(
  `any ?thing(?: at all)?|the keyboard|stuff|things?|${any}(?:source |code |project |actual )*(?:codebase|code base|source|sources|repo|repository|project|files?|lines?(?: of code)?|things?|code(?: files?)?)(?: in (?:the|this) (?:repo|repository|project|codebase))?`,
);
const theRest = all(
  '(?:any ?thing|everything|nothing|things?|files?|code|stuff) else|(?:the |any |all |all the )?others?|(?:the )?rest(?: of (?:the )?(?:files?|code|repo|it|project|codebase))?|(?:any |the |all |all the |every )?other (?:files?|code|parts?|places?|things?|lines?|modules?|components?)',
);
const outside =
  /^(?:(?:to )?(?:any ?thing|any(?: other)? files?|files?|code|stuff|things?|nothing|any code)? ?(?:else )?(?:that is |that are )?(?:outside|except|other than|but|besides|apart from|beyond)(?: of| for| from| in)? )(.+)$/i;
const itself = '(?:it|this|that|them|these|those)';
const theWork = all(
  `(?:(?:on|with) )?${itself}|any of ${itself}|any ?thing|(?:with )?${any}(?:code|file|actual)? ?(?:changes?|edits?|fix(?:es)?|patch(?:es)?|modifications?|implementation|implementing|code|coding|work|solution|diff|refactor(?:ing)?|plan|editing|fixing|programming|development|feature)(?: (?:itself|for (?:it|this|that)))?|(?:to )?(?:code|implement|edit|fix|change|write|writing|work|working)(?: (?:it|this|any|code|the|changes|anything))*`,
);
const byHand = /\s+(?:manually|by hand|directly|yourself)$/i;
const dependency = all(
  `${any}(?:third.party |3rd.party |external |npm |pip |runtime |node )*(?:dependenc(?:y|ies)|packages?|librar(?:y|ies)|libs?|deps?|modules?)(?: versions?)?(?: for (?:this|that|it))?`,
);
const documents =
  /^(?:(?:any|a|an|new|other|additional|extra|more|separate|single|unnecessary|final|long|of|those|your) )*(?:(?:summary|report|plan|notes?|markdown|\.?md|documentation|docs?|readme|changelog|explanation|analysis|implementation) )*(?:(?:markdown|\.?md|documentation|doc) (?:files?|documents?|docs|reports?|summary|summaries|notes?|plans?)|(?:summary|summaries|report|notes?|plan|analysis|explanation) (?:files?|documents?|docs?|markdowns?|mds?)|documents?|documentation|docs|markdowns?|readmes?|changelogs?)$/i;
const newFile = all(
  '(?:(?:any|new|other|additional|extra|more|separate|a|an|another|helper|temp|temporary|throw.?away|single|unnecessary|component|module|source|code|utility|util) )+(?:files?|modules?|helpers?|folders?|scripts?|directories|files or folders)|files?',
);
/** "React", `@types/node`. */
const packageName = /^[`"']?@?[a-z][\w.-]{2,40}(?:\/[a-z][\w.-]{1,40})?[`"']?$/i;
const tests = all(`${any}(?:unit |automated )*(?:tests?|specs?|test (?:files?|cases?|code))(?: for (?:this|it|that))?`);
const branch = all(
  '(?:to )?(?:(?:an?other|other|the|a|different|any|new|separate|feature|git) )*branch(?:es)?|branches',
);
const request = all(
  `${any}(?:draft |github )*(?:prs?|pull requests?|mrs?|merge requests?)(?: for (?:it|this|that))?(?: yet)?`,
);
const issue = all(`${any}(?:github )?(?:issues?|tickets?)`);
const hooks = all(
  `${any}(?:git |pre.?commit |commit |pre.?push |husky )*(?:hooks?|pre.?commit|husky|checks by hooks)(?: (?:with|by|using) \\W?--no-verify\\W?)?`,
);
const commits = all(`${any}(?:git |local |wip )*commits?`);

const globalInstalls = [
  'npm install -g',
  'npm i -g',
  'npm install --global',
  'pnpm add -g',
  'yarn global add',
  'bun add -g',
  'brew install',
];
const formatters = [
  'prettier',
  'black',
  'gofmt',
  'rustfmt',
  'cargo fmt',
  'ruff format',
  'biome format',
  'clang-format',
  'npm run format',
  'pnpm format',
  'yarn format',
  'isort',
];

const documentation: FileSet = { kinds: ['documentation'], globs: [] };
export const everyFile: FileSet = { kinds: [], globs: ['**'] };
const noDependencies: ConstraintRule = { type: 'no-dependencies' };

/** What each act forbids, given the words that name what it is about; undefined where they are not understood as a whole. */
const readers: Readonly<Record<Act, Read>> = {
  change: readChange,
  delete: (object) => {
    if (/^(?:the |my |any |our )*stash(?:es)?$/i.test(object))
      return { type: 'no-command', commands: ['git stash drop', 'git stash clear', 'git stash pop'] };
    if (/^(?:the |any |my |our |a )*(?:\w+ )?branch(?:es)?(?: after merging)?$/i.test(object))
      return { type: 'no-command', commands: ['git branch -d', 'git branch -D', 'git push origin --delete'] };
    if (everything.test(object)) return { type: 'no-delete', files: everyFile };
    const files = readFileSet(object);
    return files === undefined ? undefined : { type: 'no-delete', files };
  },
  create: readCreate,
  reformat: (object) =>
    object === '' || everything.test(object) || /^it$/i.test(object)
      ? { type: 'no-command', commands: formatters }
      : undefined,
  move: (object) =>
    /^(?:any ?thing|(?:any |the |existing )*files?)(?: around)?$/i.test(object)
      ? { type: 'no-command', commands: ['mv', 'git mv'] }
      : undefined,
  read: () => undefined,
  do: (object, base, around) => {
    if (object === '' && (!/^(?:do|apply|continue|fix)$/.test(base) || (around.hasOrder && base !== 'do')))
      return { type: 'read-only' };
    if (base === 'do' && /^(?:any |the )?git\b/i.test(object))
      return readCommand(
        object.replace(/^(?:any |the )?git (?:operations?|stuff|things?|work|actions?|commands?)$/i, 'git'),
      );
    return theWork.test(object) || (base === 'fix' && everything.test(object)) ? { type: 'read-only' } : undefined;
  },
  run: (object) => readCommand(object),
  start: (object) => readCommand(object),
  install: (object, base) =>
    base === 'use' && !/\b(?:external|third.party|3rd.party|new|additional|extra)\b/i.test(object)
      ? undefined
      : /^(?:any ?thing|packages?|stuff|things) globally$|^global packages?$/i.test(object)
        ? { type: 'no-command', commands: globalInstalls }
        : dependency.test(object) || /^any ?thing(?: new)?(?: (?:via|with|using|from|through) .+)?$/i.test(object)
          ? noDependencies
          : undefined,
  upgrade: (object) =>
    object.split(/\s+(?:or|and|nor)\s+/i).some((part) => dependency.test(part)) || /^any ?thing$/i.test(object)
      ? noUpgrades()
      : packageName.test(object) &&
          !/^(?:it|them|this|that|everything|versions?|stuff|code|tests?|files?|more|further)$/i.test(object)
        ? noUpgradeOf(object.replace(/[`"']/g, ''))
        : undefined,
  open: (object, base) => {
    const what = object.replace(/^on /i, '');
    if (!request.test(what) && !issue.test(what)) return undefined;
    const noun = request.test(what) ? 'pr' : 'issue';
    const verb = /^(?:close|comment)$/.test(base) ? base : 'create';
    return { type: 'no-command', commands: [`gh ${noun} ${verb}`] };
  },
  skip: (object) => (hooks.test(object) ? { type: 'no-command', commands: ['--no-verify'] } : undefined),
  include: readIncluded,
  switch: (object) => (branch.test(object) ? { type: 'no-git', verbs: ['switch'] } : undefined),
  git: (object, base) => readGit(`${base} ${object}`.trim()),
  work: (object, base) => readKindOfWork(`${base} ${object}`.trim()),
};

function readChange(object: string, base: string, around: Surroundings): ConstraintRule | undefined {
  const what = object
    .replace(/^:\s*/, '')
    .replace(
      /,? but (?:you (?:can|may)|feel free to|it is (?:ok|fine) to)(?: of course| still)? (?:add|create|write|read|run|look at)\b[^,;]*$/i,
      '',
    );
  if (what === '') return around.hasOrder ? { type: 'read-only' } : undefined;
  if (/^(?:to |in )?git$/i.test(what)) return { type: 'no-command', commands: ['git'] };
  const within = outside.exec(what)?.[1];
  if (within !== undefined) return readOnlyChange(within);
  if (theRest.test(what)) return onlyNamed(around);
  if (everything.test(what)) return { type: 'read-only' };
  if (base === 'update' && dependency.test(what)) return noUpgrades();
  const files = readFileSet(what.replace(byHand, ''));
  if (files === undefined) return undefined;
  return byHand.test(what) ? { type: 'no-change', files, byHand: true } : { type: 'no-change', files };
}

/** "Nothing else": only what the order next to it names may be changed. */
export function onlyNamed({ named }: Surroundings): ConstraintRule | undefined {
  return named.length === 0 ? undefined : { type: 'only-change', files: { kinds: [], globs: named } };
}

/** Whether words stand for all that was not named. */
export function isTheRest(words: string): boolean {
  return theRest.test(words);
}

export function readOnlyChange(object: string): ConstraintRule | undefined {
  const files = readFileSet(
    object
      .replace(/^(?:the |files? |code |things )+(?=(?:under|in|inside|within|below)\b)/i, '')
      .replace(/^(?:under|in|inside|within|below)\s+/i, 'files in '),
  );
  return files === undefined ? undefined : { type: 'only-change', files };
}

function readCreate(object: string, base: string): ConstraintRule | undefined {
  if (/^(?:a |any )?(?:new|second|separate|another) one$/i.test(object)) return { type: 'no-new-files', except: [] };
  if (base === 'add' || base === 'introduce') {
    if (dependency.test(object)) return noDependencies;
  }
  if (
    /^(?:new |any |the |actual )*code$/i.test(object) ||
    (base === 'make' && theWork.test(object) && !/^(?:it|this|that|them)$/i.test(object))
  )
    return { type: 'read-only' };
  if (base === 'write' && everything.test(object)) return { type: 'read-only' };
  if (branch.test(object)) return { type: 'no-git', verbs: ['branch'] };
  if (commits.test(object)) return { type: 'no-git', verbs: ['commit'] };
  if (request.test(object)) return { type: 'no-command', commands: ['gh pr create'] };
  return readNoNewFiles(object);
}

/** "Any md files", "a README", "new tests", "any new files". */
export function readNoNewFiles(object: string): ConstraintRule | undefined {
  if (/^(?:an? |any |new )*change ?log entr(?:y|ies)$/i.test(object)) {
    const files = readFileSet('changelog');
    return files === undefined ? undefined : { type: 'no-change', files };
  }
  if (newFile.test(object)) return { type: 'no-new-files', except: [] };
  if (tests.test(object)) return { type: 'no-new-files', except: [], files: { kinds: ['tests'], globs: [] } };
  const bare = object
    .replace(/ (?:to|in) (?:the|this) (?:repo|repository|project)$/i, '')
    .replace(/\b(or|and) other /i, '$1 ')
    .replace(/^(?:(?:an?|any|new|other|another|additional|extra|more|separate) )+/i, '');
  // "Code in Markdown files" is not a new Markdown file.
  if (/^(?:[\w-]+ ){0,3}(?:in|into|inside) /i.test(bare)) return undefined;
  const named = readFileSet(bare);
  if (named !== undefined && named.globs.length > 0 && named.kinds.every((kind) => kind === 'documentation'))
    return { type: 'no-new-files', except: [], files: named };
  if (documents.test(bare)) return { type: 'no-new-files', except: [], files: documentation };
  if (named !== undefined && / (?:files?|documents?)$/i.test(object))
    return { type: 'no-new-files', except: [], files: named };
  return undefined;
}

const inCommit = /^(.+?) (?:in|to|into|from|with)(?: (?:the|any|your|my|this|a))* (?:commits?|prs?|pull requests?)$/i;

function readIncluded(object: string): ConstraintRule | undefined {
  const what = inCommit.exec(object)?.[1];
  return what === undefined ? undefined : readGit(`commit ${what}`);
}

const severalBranches = /^(.*\b(?:to|on) )([\w`/-]+(?:(?:,\s*|\s+(?:or|nor|and)\s+)[\w`/-]+)+)$/i;

/**
 * What a row of verbs forbids that are about one thing: the widest of what they do to files, one rule for git's verbs, or one for each. Undefined
 * when any of them is not understood with it.
 */
export function rulesOf(
  row: readonly (readonly Verb[])[],
  object: string,
  around: Surroundings,
): readonly ConstraintRule[] | undefined {
  const branches = severalBranches.exec(object);
  if (branches !== null && row.every((verbs) => verbs.some(({ base }) => base === 'push')))
    return branches[2]!
      .split(/,\s*|\s+(?:or|nor|and)\s+/)
      .flatMap((name) => rulesOf(row, `${branches[1]}${name}`, around) ?? []);
  if (row.every((verbs) => verbs.some(({ act }) => act === 'git'))) {
    const rule = readGit(`${row.map(([verb]) => verb!.base).join(', ')} ${object}`.trim());
    return rule === undefined ? undefined : [rule];
  }
  const toFiles = row.filter((verbs) => verbs.some(({ act }) => /^(?:change|delete|read|move)$/.test(act)));
  const strongest =
    row.find((verbs) => verbs.some(({ act }) => act === 'change')) ??
    row.find((verbs) => verbs.some(({ act }) => act === 'delete'));
  const single = strongest !== undefined && toFiles.length === row.length ? [strongest] : row;
  const rules = single.map((verbs) => firstRule(verbs, object, around));
  return rules.every((rule) => rule !== undefined) ? rules : undefined;
}

function firstRule(verbs: readonly Verb[], object: string, around: Surroundings): ConstraintRule | undefined {
  for (const { act, base } of verbs) {
    const rule = readers[act](object, base, around);
    if (rule !== undefined) return rule;
  }
  return undefined;
}
