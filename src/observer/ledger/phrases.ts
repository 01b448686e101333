import { noUpgrades, readCommand, readKindOfWork } from './command-words.ts';
import type { ConstraintRule, FileSet } from './constraint.ts';
import { readFileSet } from './file-words.ts';
import { readGit } from './git-words.ts';

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
      `(?:${not}(?:add|install|introduc|bring)(?:e|ing)?(?: in)?\\s+${anyDependency}|(?:no|without|without any) (?:new |additional |extra |third.party |external )+(?:dependenc(?:y|ies)|packages?|librar(?:y|ies)|deps))`,
    ),
    read: () => ({ type: 'no-dependencies' }),
  },
  {
    pattern: all(
      `${not}(?:upgrad|updat|bump)(?:e|ing)? (?:any |the |our )?(?:dependenc(?:y|ies)|packages?|librar(?:y|ies)|deps)(?: versions?)?`,
    ),
    read: noUpgrades,
  },
  { pattern: all(`${not}install(?:ing)? anything(?: new)?`), read: () => ({ type: 'no-dependencies' }) },
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
  {
    pattern: all(
      '(?:only (?:the )?files? (?:in|under|inside|within)\\s+)(.+?)\\s+(?:may|can|should|must) (?:be )?(?:change|edit|modif|touch)\\w*',
    ),
    read: readOnlyChange,
  },
  {
    pattern: all(
      'nothing outside(?: of)?\\s+(.+?)\\s+(?:may|can|should|must|is to|needs to) (?:be )?(?:change|edit|modif|touch)\\w*',
    ),
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
  {
    pattern: all(
      `${not}(?:cod(?:e|ing)|implement(?:ing)?(?: (?:it|this|that|them|anything))?|fix(?:ing)?(?: (?:it|this|that|them|anything))?|do(?:ing)? anything|(?:start|begin)(?:ing|ning)? (?:to )?(?:cod|implement|edit|mak|chang|writ|work)\\w*(?: (?:the |any )?(?:code|changes|implementation))?|(?:start|begin)(?:ing|ning)? (?:the |any )?(?:implementation|work)|proceed(?:ing)?|start(?:ing)?)`,
    ),
    read: readOnly,
  },
  {
    pattern: all(
      'no (?:code |file |actual )?(?:changes|edits|modifications|code|coding|fixes|implementation|implementing|editing)',
    ),
    read: readOnly,
  },
  {
    pattern: all(
      '(?:this is )?(?:just |only |a |an )*(?:plan(?:ning)?|review|analysis|investigation|research|discussion|read)[ -]only(?: (?:please|mode|task|turn))?',
    ),
    read: readOnly,
  },
  {
    pattern: all(
      'this (?:task |turn |review |session )?is (?:a )?read.only(?: (?:task|turn|review|session|investigation))?',
    ),
    read: readOnly,
  },
  {
    pattern: all(
      `(?:${not}(?:implement|work|edit|chang|cod|mak|writ|develop|commit)\\w*|(?:.+\\b)?(?:not|never))\\b[^,;]{0,40} in the main (?:checkout|worktree|working (?:tree|copy)|clone)`,
    ),
    read: () => ({ type: 'no-main-checkout' }),
  },
  { pattern: all(`${not}${changing}\\s*:?\\s+(.+)`), read: readNoChange },
  {
    pattern: all("files (?:that )?you (?:must|should|may|can)(?: not|n['’]t) (?:touch|change|edit|modify):\\s+(.+)"),
    read: readNoChange,
  },
  {
    pattern: all(`${not}${deleteVerb}\\s+(?:anything|any files?|files)`),
    read: () => ({ type: 'no-delete', files: everyFile }),
  },
  { pattern: all(`${not}${deleteVerb}\\s+(.+)`), read: readNoDelete },
  {
    pattern: all("files (?:that )?you (?:must|should|may|can)(?: not|n['’]t) (?:touch|change|edit|modify):\\s+(.+)"),
    read: readNoChange,
  },
  { pattern: all(`without\\s+${changing}\\s+(.+)`), read: readNoChange },
  { pattern: all(`no (?:changes?|edits?|modifications?) (?:to|in)\\s+(.+)`), read: readNoChange },
  {
    pattern: all(
      `(.+?)\\s+(?:must|should|may|can)(?:n['’]?t| not| never)\\s+(?:change|be\\s+(?:modified|changed|edited|touched|altered|updated))`,
    ),
    read: readNoChange,
  },
  {
    pattern: all(
      '(?:nothing|no (?:files?|code)) (?:in|under|inside|below)\\s+(.+?)\\s+(?:may|must|should|can|is to) (?:change|be (?:modified|changed|edited|touched|altered|updated))',
    ),
    read: readNoChange,
  },
  {
    pattern: all(
      '(.+?)\\s+(?:must|should|has to|have to|is to|are to|needs? to) (?:stay|remain)\\s+(?:untouched|unchanged|unmodified|intact|as (?:is|it is|they are))',
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
      `(?:${not}(?:creat|mak|add|writ|leav)(?:e|ing)?\\s+(?:any\\s+)?(?:new |other |additional |extra |more )+|no (?:new |other |additional |extra |more )+)(?:files?|folders?|scripts?|documents?)`,
    ),
    read: () => ({ type: 'no-new-files', except: [] }),
  },
  {
    pattern: all(`${not}(?:creat|mak|add|writ|generat)(?:e|ing)?\\s+(.+ (?:files?|documents?))`),
    read: readNoNewFiles,
  },
  { pattern: all(`${not}((?:deploy|publish|build).*)`), read: readKindOfWork },
  {
    pattern: all(`${not}(?:open|creat|mak|submit|rais)(?:e|ing)? (?:a |any |the )?(?:prs?|pull requests?)`),
    read: () => ({ type: 'no-command', commands: ['gh pr create'] }),
  },
  {
    pattern: all(`${not}(?:creat|mak)(?:e|ing) (?:a |any |new |git )*commits?`),
    read: () => ({ type: 'no-git', verbs: ['commit'] }),
  },
  {
    pattern: all(
      `(?:${not}(?:switch|chang|check ?out|checkout)(?:e|ing)?(?: to)?(?: (?:an?other|other|the|a different|any other|a new))? branch(?:es)?|stay on (?:this|the current|your|the same) branch)`,
    ),
    read: () => ({ type: 'no-git', verbs: ['switch'] }),
  },
  {
    pattern: all(
      `${not}(?:skip|bypass|disabl)(?:e|ing|ping)? (?:the |any )?(?:git |pre.?commit |commit |pre.?push )*hooks?`,
    ),
    read: () => ({ type: 'no-command', commands: ['--no-verify'] }),
  },
  {
    pattern: all(
      `(?:${not}(?:include|put|add)(?:ing)?|leave|keep) (.+?) (?:in|to|into|from|out of) (?:the |any |your )?(?:commits?|prs?|pull requests?)`,
    ),
    read: (object) => readGit(`commit ${object}`),
  },
  { pattern: all('(?:never|not|no) ([`"\'].+[`"\'])'), read: readCommand },
  { pattern: all(`${not}(ssh)(?:ing)?(?: (?:in|on|to|into)\\b.*)?`), read: readCommand },
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
  { pattern: all(`${not}(?:touch|mess with)(?:ing)? git`), read: () => ({ type: 'no-command', commands: ['git'] }) },
  // "Don't npm install anything": the program is the verb. "No git commands".
  { pattern: all(`${not}((?:npm|pnpm|yarn|pip|git|docker|brew|apt|cargo|kubectl|terraform) .+)`), read: readCommand },
  {
    pattern: all('no ((?:npm|git|docker|sudo|gh|kubectl|terraform) (?:commands?|operations?|stuff))'),
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

const everyFile: FileSet = { kinds: [], globs: ['**'] };

function readNoNewFiles(object: string): ConstraintRule | undefined {
  const files = readFileSet(object.replace(/^(?:(?:any|new|other|additional|extra|more|separate)\s+)+/i, ''));
  return files === undefined || files.kinds.length === 0 ? undefined : { type: 'no-new-files', except: [], files };
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
