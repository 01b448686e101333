import type { CommandKind, ConstraintRule, GitVerb } from './constraint.ts';
import { readFileSet } from './file-words.ts';

/** Reads the words that name what is meant; undefined when they are not understood as a whole. */
type Read = (object: string) => ConstraintRule | undefined;

type Phrase = { readonly pattern: RegExp; readonly read: Read };

const not =
  "(?:(?:you|agents?)\\s+)?(?:do not|don['’]?t|never|must not|mustn['’]?t|should not|shouldn['’]?t|may not|cannot|can['’]?t|are not allowed to|not allowed to|let['’]?s not|avoid|refrain from)\\s+(?:(?:ever|even|actually|just|under any circumstances|in any way|directly)\\s+)?";
const changeVerb =
  '(?:modif(?:y|ying)|chang(?:e|ing)|edit(?:ing)?|touch(?:ing)?|alter(?:ing)?|updat(?:e|ing)|overwrit(?:e|ing)|writ(?:e|ing) to|mak(?:e|ing) (?:any )?(?:changes|edits|modifications) (?:to|in)|mess(?:ing)? with)';
const deleteVerb = '(?:delet(?:e|ing)|remov(?:e|ing))';
const otherVerb =
  '(?:read(?:ing)?|open(?:ing)?|revert(?:ing)?|renam(?:e|ing)|mov(?:e|ing)|reformat(?:ting)?|format(?:ting)?)';
const changing = `(?:(?:${deleteVerb}|${otherVerb})\\s*(?:,|or|and|/|, or)\\s*)*${changeVerb}(?:\\s*(?:,\\s*or|,|or|and|nor|/)\\s*(?:${changeVerb}|${deleteVerb}|${otherVerb}))*`;
const anything =
  '(?:anything|any ?thing|any (?:of the |existing |source )?(?:files?|code)|the (?:code|codebase|source|repo|repository|files)|code|files|source (?:code|files)|things|stuff|a thing|any line of code)';

const byHand = /\s+(?:manually|by hand|directly)$/i;
const anyDependency =
  '(?:any\\s+)?(?:new |additional |extra |other |more |third.party |external |npm |pip |runtime )*(?:dependenc(?:y|ies)|packages?|librar(?:y|ies)|deps)';

/** Ways of saying it, each for a whole clause. */
const phrases: readonly Phrase[] = [
  {
    pattern: all(
      `(?:${not}(?:add|install|introduc|bring)(?:e|ing)?(?: in)?\\s+${anyDependency}|no (?:new |additional |extra |third.party |external )+(?:dependenc(?:y|ies)|packages?|librar(?:y|ies)|deps))`,
    ),
    read: () => ({ type: 'no-dependencies' }),
  },
  { pattern: all(`${not}install anything`), read: () => ({ type: 'no-dependencies' }) },
  {
    pattern: all(
      `${not}(?:chang|touch|modify|edit|alter|writ)\\w*\\s+(?:to\\s+)?(?:anything|any(?: other)? files?|files|code)?\\s*(?:else )?(?:outside|except|other than|but)(?: of| for| in)?\\s+(.+)`,
    ),
    read: readOnlyChange,
  },
  {
    pattern: all(
      `(?:you (?:may|can|should|must) )?only (?:(?:make )?chang(?:e|es in|es to)|modify|edit|touch|work (?:in|on)|write to)\\s+(?:in |inside |within )?(.+)`,
    ),
    read: readOnlyChange,
  },
  {
    pattern: all(
      '(?:limit|restrict|confine|keep) (?:your|all|the|any)?\\s*(?:changes|edits|work|modifications) (?:to|inside|within)\\s+(.+)',
    ),
    read: readOnlyChange,
  },
  {
    pattern: all('(?:changes|edits|modifications) (?:are )?(?:allowed )?only (?:in|under|to|inside|within)\\s+(.+)'),
    read: readOnlyChange,
  },
  { pattern: all('(?:work|stay|edit|change) only (?:in|on|under|inside|within)?\\s*(.+)'), read: readOnlyChange },
  { pattern: all('only files? (?:under|in|inside|within)\\s+(.+)'), read: readOnlyChange },
  {
    pattern: all('(?:(?:stay|work|keep) (?:within|inside)|stay in|nothing outside(?: of)?)\\s+(.+)'),
    read: readOnlyChange,
  },
  {
    pattern: all(`${not}(?:${changing}|fix(?:ing)?|implement(?:ing)?|writ(?:e|ing)|build(?:ing)?) ${anything}`),
    read: readOnly,
  },
  {
    pattern: all(
      `${not}(?:implement(?:ing)?|mak(?:e|ing)|do(?:ing)?) (?:any )?(?:code |file )?(?:changes|edits|modifications)`,
    ),
    read: readOnly,
  },
  { pattern: all(`${not}(?:code|implement(?: (?:it|this|that|anything))?|fix (?:it|this|that))`), read: readOnly },
  { pattern: all('no (?:code |file )?(?:changes|edits|modifications|code)'), read: readOnly },
  {
    pattern: all(
      'this (?:task |turn |review |session )?is (?:a )?read.only(?: (?:task|turn|review|session|investigation))?',
    ),
    read: readOnly,
  },
  { pattern: all(`${not}${changing}\\s*:?\\s+(.+)`), read: readNoChange },
  { pattern: all(`${not}${deleteVerb}\\s+(.+)`), read: readNoDelete },
  { pattern: all(`without\\s+${changing}\\s+(.+)`), read: readNoChange },
  { pattern: all(`no (?:changes?|edits?|modifications?) (?:to|in)\\s+(.+)`), read: readNoChange },
  {
    pattern: all(
      `(.+?)\\s+(?:must|should|may|can)(?:n['’]?t| not| never)\\s+be\\s+(?:modified|changed|edited|touched|altered|updated)`,
    ),
    read: readNoChange,
  },
  {
    pattern: all(
      `(.+?)\\s+(?:must|should|may|can)(?:n['’]?t| not| never)\\s+be\\s+(?:modified|changed|edited|touched|altered|updated) (?:manually|by hand|directly)`,
    ),
    read: (object) => readNoChange(`${object} by hand`),
  },
  {
    pattern: all(`(.+?)\\s+(?:is|are) (?:off.limits|read.only|not to be (?:modified|changed|edited|touched))`),
    read: readNoChange,
  },
  {
    pattern: all(`(?:leave|keep)\\s+(.+?)\\s+(?:alone|untouched|unchanged|as (?:is|they are|it is)|intact|unmodified)`),
    read: readNoChange,
  },
  {
    pattern: all(
      `${not}(?:creat|mak|add|writ|leav)(?:e|ing)?\\s+(?:any\\s+)?(?:new |other |additional |extra |more )+(?:files?|folders?|scripts?|documents?)`,
    ),
    read: () => ({ type: 'no-new-files', except: [] }),
  },
  {
    pattern: all(`${not}(?:open|creat|mak|submit|rais)(?:e|ing)? (?:a |any |the )?(?:prs?|pull requests?)`),
    read: () => ({ type: 'no-command', commands: ['gh pr create'] }),
  },
  {
    pattern: all(`${not}(?:creat|mak)(?:e|ing) (?:a |any |new |git )*commits?`),
    read: () => ({ type: 'no-git', verbs: ['commit'] }),
  },
  {
    pattern: all(`${not}creat(?:e|ing) (?:a |any )?(?:new )?branch(?:es)?`),
    read: () => ({ type: 'no-git', verbs: ['branch'] }),
  },
  {
    pattern: all(
      `(?:${not}(?:git )?|no (?:git )?)((?:force.?push(?:es|ing)?|commit|push|rebas|merg|tag|amend|stash|stag|squash|cherry.pick).*)`,
    ),
    read: readGit,
  },
  {
    pattern: all(`${not}(?:run|execut|call|us|invok|start|launch|appl)(?:e|ing|ning|y|ying)?\\s+(.+)`),
    read: readCommand,
  },
];

function all(body: string): RegExp {
  return new RegExp(`^${body}$`, 'is');
}

/** The rule that a clause states, when code understands all of it; undefined otherwise. */
export function readClause(clause: string): ConstraintRule | undefined {
  for (const { pattern, read } of phrases) {
    const match = pattern.exec(clause);
    const rule = match === null ? undefined : read((match[1] ?? '').trim());
    if (rule !== undefined) return rule;
  }
  return undefined;
}

const prohibition = new RegExp(`^(?:${not}|leave )\\w`, 'i');

/** Whether a clause looks as if it forbids something, understood or not. */
export function mayForbid(clause: string): boolean {
  return prohibition.test(clause);
}

const pronoun = /^(?:.*\s)?(?:it|this|that|them|these|those)$/is;

/** Whether a clause speaks of a thing that was named before it: "never commit it". */
export function pointsBack(clause: string): boolean {
  return pronoun.test(clause);
}

/** A prohibition whose object is "those" or "it": the clause with the paths that are meant in its place. */
export function putInObject(clause: string, paths: readonly string[]): string | undefined {
  const match = /^(.*\s)(them|those|these|it|that|this|(?:those|these|that|this) files?)$/is.exec(clause);
  if (match === null || paths.length === 0) return undefined;
  const isSingular = /^(?:it|that|this)\b/i.test(match[2]!);
  if (isSingular && paths.length > 1) return undefined;
  return `${match[1]}${paths.map((path) => `\`${path}\``).join(', ')}`;
}

function readOnly(): ConstraintRule {
  return { type: 'read-only' };
}

function readNoChange(object: string): ConstraintRule | undefined {
  const files = readFileSet(object.replace(byHand, ''));
  if (files === undefined) return undefined;
  return byHand.test(object) ? { type: 'no-change', files, byHand: true } : { type: 'no-change', files };
}

function readNoDelete(object: string): ConstraintRule | undefined {
  const files = readFileSet(object);
  return files === undefined ? undefined : { type: 'no-delete', files };
}

function readOnlyChange(object: string): ConstraintRule | undefined {
  const files = readFileSet(
    object
      .replace(/^(?:the |files? |code |things )+(?=under|in|inside|within)/i, '')
      .replace(/^(?:under|in|inside|within)\s+/i, ''),
  );
  return files === undefined ? undefined : { type: 'only-change', files };
}

const gitVerbs: readonly (readonly [RegExp, GitVerb])[] = [
  [/^force.?push(?:es|ing)?/i, 'force-push'],
  [/^commit(?:s|ting)?/i, 'commit'],
  [/^push(?:es|ing)?/i, 'push'],
  [/^rebas(?:e|es|ing)/i, 'rebase'],
  [/^merg(?:e|es|ing)/i, 'merge'],
  [/^tag(?:s|ging)?/i, 'tag'],
  [/^amend(?:s|ing)?/i, 'amend'],
  [/^stash(?:es|ing)?/i, 'stash'],
  [/^stag(?:e|es|ing)/i, 'stage'],
  [/^squash(?:es|ing)?/i, 'rebase'],
  [/^cherry.pick(?:s|ing)?/i, 'cherry-pick'],
];
const wholeWork =
  /^(?:anything|any (?:of (?:this|these|it|them)|changes|code|files|commits?)|it|this|that|them|these|those|(?:the|your|my|our|all|all the|these|those|any)? ?(?:changes|code(?: changes)?|work|results?|commits?|edits|fix|branch)|a branch|existing commits?|previous commits?|(?:anything )?to (?:the )?(?:remote|origin|github|upstream|git|server)(?: repo(?:sitory)?)?)$/i;
const toBranch =
  /^(?:(?:anything|changes|commits|code|it|this|(?:a|any|the|your) [\w/ -]{0,30}branch)\s+)?(?:(?:directly|straight)\s+)?(?:to|on|onto|into)\s+(?:the\s+)?(?:`|")?(?:origin\/)?(main|master|develop|trunk|production|release|[\w./-]*\/[\w./-]+|(?<=[`"])[\w./-]+)(?:`|")?(?: branch)?$/i;

/** Verbs of git in a list, and after the last one what they are about. */
function readGit(words: string): ConstraintRule | undefined {
  const verbs: GitVerb[] = [];
  let rest = words.trim();
  for (;;) {
    const found = gitVerbs.find(([pattern]) => pattern.test(rest));
    if (found === undefined) break;
    if (!verbs.includes(found[1])) verbs.push(found[1]);
    rest = rest.replace(found[0], '');
    const next = /^\s*(?:,\s*(?:or|and|nor)?|\/|\b(?:or|and|nor)\b)\s*(?:git )?(?=\w)/i.exec(rest);
    if (next === null || !gitVerbs.some(([pattern]) => pattern.test(rest.slice(next[0].length)))) break;
    rest = rest.slice(next[0].length);
  }
  if (verbs.length === 0 || /^\w/.test(rest)) return undefined;
  const object = rest.trim();
  // What follows a comma is another matter: the verb stands alone.
  if (object.startsWith(',') && verbs.length > 0) return { type: 'no-git', verbs };
  if (object === '' || wholeWork.test(object)) return { type: 'no-git', verbs };
  const branch = toBranch.exec(object)?.[1];
  if (branch !== undefined && verbs.every((verb) => verb === 'push' || verb === 'force-push'))
    return { type: 'no-git', verbs, branch };
  const named = object.replace(/\s+(?:in)?to (?:git|the repo(?:sitory)?|version control|source control)$/i, '');
  const files = verbs.every((verb) => verb === 'commit' || verb === 'stage') ? readFileSet(named) : undefined;
  return files === undefined ? undefined : { type: 'no-git', verbs, files };
}

const programs =
  'npm|npx|pnpm|yarn|bun|git|make|docker|docker-compose|kubectl|terraform|sudo|rm|cargo|pip|pip3|pytest|curl|wget|brew|apt|apt-get|sed|gh|helm|rsync|ssh|psql|mysql|go|mvn|gradle|alembic|rails|rake';
const quotedCommand = /^[`"']([\w./][\w./-]*(?: [\w./:@=*+-]+)*)[`"']$/;
const programWord = new RegExp(
  `^(?:${programs})(?: (?!(?:to|for|in|on|with|as|from|when|at|by|the|a|it|this|that|if|unless|inside|outside)\\b)[\\w:.@/*-]+){0,4}$`,
  'i',
);
const kinds: readonly (readonly [RegExp, CommandKind])[] = [
  [/^(?:the |any |all )?(?:unit )?(?:tests?|test suite|specs)$/i, 'tests'],
  [/^(?:the |any |all )?(?:database |db )?migrations?$/i, 'migrations'],
];
const migrating = ['migrate', 'migration:run', 'alembic upgrade', 'db:migrate', 'migrate:latest'];

/** Commands in backticks or quotes, programs that people name without them, and work of a kind; nothing else may stand there. */
function readCommand(object: string): ConstraintRule | undefined {
  const kind = kinds.find(([pattern]) => pattern.test(object))?.[1];
  if (kind !== undefined) return { type: 'no-command', commands: kind === 'migrations' ? migrating : [], kind };
  const commands: string[] = [];
  // "or anything like it" widens what was named and takes nothing of it back.
  const list = object.replace(/,?\s+(?:or|and)\s+(?:any(?:thing)?|other|similar)\b.*$/i, '');
  for (const part of list.split(/\s*,\s*(?:(?:and|or|nor)\s+)?|\s+(?:and|or|nor)\s+/i)) {
    const bare = part
      .replace(/^(?:the )?(?:command|commands)\s+/i, '')
      .replace(/\s+(?:commands?)$/i, '')
      .replace(/^(?:the|any)\s+(?=[`"'])/i, '');
    const command = quotedCommand.exec(bare)?.[1] ?? bare;
    if (!programWord.test(command)) return undefined;
    commands.push(command.toLowerCase() === command ? command : command.replace(/^\w+/, (word) => word.toLowerCase()));
  }
  return { type: 'no-command', commands };
}
