import type { ConstraintRule } from '../constraint.ts';
import { anyOf } from './any-of.ts';
import { noUpgrades, readCommand } from './command-words.ts';
import { pathsIn, readFileSet } from './file-words.ts';
import { readGit } from './git-words.ts';
import { readNominal } from './nominals.ts';
import { everyFile, isTheRest, onlyNamed, readOnlyChange, type Surroundings } from './objects.ts';
import { one, type Rules, readKept } from './passive.ts';

const may = '(?:must|should|shall|may|can|could|is to|are to|has to|have to|needs? to|ought to|is|are|will|gets?)';
const unchanged =
  '(?:(?:exactly |just |completely |totally )?(?:untouched|unchanged|unmodified|unedited|unaltered|intact|alone|frozen|pristine|in peace|as.is|(?:as|like|how) (?:it is|it was|they are|they were)|the (?:same|way (?:it|they) (?:is|are|was|were))))';
const closed =
  '(?:off.limits|read.only|untouchable|taboo|sacrosanct|frozen|out of bounds|sacred|holy|no.go|a no.go(?: zone| area)?|out of scope|not to be (?:modified|changed|edited|touched|altered)|not yours to (?:modify|change|edit|touch))';
type Frame = {
  readonly pattern: RegExp;
  readonly read: (words: string, around: Surroundings) => Rules;
};

const frame = (body: string, read: Frame['read']): Frame => ({ pattern: new RegExp(`^${body}$`, 'is'), read });
const only = (words: string) =>
  one(readOnlyChange(words) ?? (words.includes('/') ? readOnlyChange(`in ${words}`) : undefined));
const unchangedFiles = (words: string, around: Surroundings) =>
  isTheRest(words) ? one(onlyNamed(around)) : one(readKept(words));
const readOnly: readonly ConstraintRule[] = [{ type: 'read-only' }];

const changing =
  '(?:(?:make )?(?:changes?|edits?|modifications?)(?: to| in)?|be (?:editing|changing|modifying|touching)|modify|edit|touch|work(?: in| on)?|write to|alter|update|fix|refactor|adjust)';
const changedBy = '(?:be )?(?:changed?|edit(?:ed)?|modif(?:y|ied)|touch(?:ed)?|altered?|updated?)';
const yours =
  '(?:(?:(?:your|all|the|any|my|our|code|file|you|yourself|all of your|this|those|these|all the|its|it|every) ?)*(?:changes?|edits?|work|task|job|assignment|modifications?|fix(?:es)?|self|scope|diff|refactor(?:ing)?)?)';

/** Ways of limiting work to some files, of keeping files as they are, of asking for words instead of work. */
const frames: readonly Frame[] = [
  frame(
    `(?:you (?:may|can|should|must|are to) |you are )?only (?:(?:be )?(?:allowed|permitted|supposed) to )?${changing}\\s+(?:in |inside |within )?(.+)`,
    only,
  ),
  frame(
    `(?:limit|restrict|confine|constrain|scope|keep|contain) ${yours}\\s*(?:to|at|inside|within|in|limited to|restricted to)\\s+(.+)`,
    only,
  ),
  frame(`${yours}\\s*(?:are |is |be )?(?:allowed )?only (?:in|under|to|inside|within)\\s+(.+)`, only),
  frame(
    `${yours}\\s*${may} (?:(?:be )?(?:strictly |only )?(?:limited|restricted|confined|kept|scoped) (?:to|in|within|inside)|(?:stay|remain|live|be|happen|go|be made|be done) (?:in|inside|within|under|only in))\\s+(.+)`,
    only,
  ),
  frame(`only (?:the )?(?:files? (?:in|under|inside|within)\\s+)?(.+?)\\s+${may} (?:change|${changedBy})`, only),
  frame(`nothing (?:outside|but|except|other than|beyond|besides)(?: of| for)?\\s+(.+?)\\s+${may} ${changedBy}`, only),
  frame(
    `(?:make|do|put|keep) (?:the |all |your |any |this )*(?:changes?|edits?|fix|work) (?:in|to|under|inside|within)\\s+(.+?) only`,
    only,
  ),
  frame(
    '(?:this|it|the (?:change|fix|pr|diff)) (?:should|must|may|can|is to) only (?:touch|change|affect|edit|modify)\\s+(.+)',
    only,
  ),
  frame('(?:work|stay|edit|change|fix|update|touch|modify|refactor) only (?:in|on|under|inside|within)?\\s*(.+)', only),
  frame('(?:edit|change|touch|modify|work|stay|fix|refactor) (?:in |on |inside |within )?(.+) only', only),
  frame(
    '(?:change|touch|edit|modify) nothing (?:but|except(?: for)?|outside(?: of)?|other than|besides)\\s+(.+)',
    only,
  ),
  frame('only (?:in|inside|within|under)\\s+(.+)', (words) => (pathsIn(words).length > 0 ? only(words) : undefined)),
  frame(
    '(?:do not|never) (?:go|stray|venture|work|step|reach) (?:beyond|outside(?: of)?) (?:the (?:scope|bounds|borders|confines|limits) of )?(.+)',
    only,
  ),
  frame('only files? (?:under|in|inside|within)\\s+(.+)', only),
  frame('(?:(?:stay|work|keep|remain) (?:strictly )?(?:within|inside)|stay in|nothing outside(?: of)?)\\s+(.+)', only),
  frame(
    `the only (?:files?|thing|folder|place|directory)(?: that| which)?(?: (?:you|we))?(?: (?:may|can|should|must|are allowed|need|have))?(?: to)? ${changedBy} (?:is|are)\\s+(.+)`,
    only,
  ),
  frame(
    `(.+?) (?:is|are) the only (?:files?|thing|folder|place|directory)(?: that| which)?(?: (?:you|we))? (?:(?:may|can|should|must|is|are|to|allowed|need|have) )*${changedBy}`,
    (words, around) => (/^(?:that|this|it|these|those)$/i.test(words) ? one(onlyNamed(around)) : only(words)),
  ),
  frame(`(?:this is an? )?(.+?)[ -]only(?: (?:change|changes|task|pr|please|edit|edits))?`, readNounOnly),
  frame(`only (.+?) changes`, only),
  frame(
    '(?:and |but )?(nowhere else|nothing (?:else|more|besides(?: (?:it|that|this|them))?|other than (?:it|that|this)))(?: (?:should|must|may|can|needs? to|has to|is to) (?:change|be (?:changed|touched|edited|modified)))?',
    (_, around) => one(onlyNamed(around)),
  ),
  frame(
    `(?:this (?:task|turn|review|session)?\\s?is )?(?:just |only |a |an |purely )*(?:plan(?:ning)?|review|analysis|investigation|research|discussion|read)[ -]only(?: (?:please|mode|task|turn|review|session|investigation))?`,
    () => readOnly,
  ),
  frame(
    '(?:i (?:need|want) (?:you to )?)?(?:just |please )*(?:investigate|analy[sz]e|review|look|explain|diagnose|read|report|plan|research|answer|discuss|debug|reading|thinking|planning|looking|analy[sz]ing|reviewing|discussing) only',
    () => readOnly,
  ),
  frame(
    '(?:i (?:just |only )?(?:want|need) |just |only )?(?:an?|the|your|some) (?:\\w+ )?(?:plan|estimate|opinion|idea|review|analysis|explanation|diagnosis|answer|proposal|assessment|list|advice|suggestions?),? (?:and )?not (?:an?|the|any) (?:\\w+ )?(?:implementation|fix|change|code|edits?|patch|solution)',
    () => readOnly,
  ),
  frame('(?:change|touch|edit|modify) nothing(?: at all)?', () => readOnly),
  frame('no actions?(?: (?:needed|required|necessary))?', () => readOnly),
  frame('local commits(?: only)?|only local commits', () => [{ type: 'no-git', verbs: ['push'] }]),
  frame('(?:leave|keep) (?:the |my )*stash(?:es)? alone', () => [{ type: 'no-git', verbs: ['stash'] }]),
  frame('(?:leave|keep) (?:the )?git history (?:alone|intact|as it is|clean)', () => [
    { type: 'no-git', verbs: ['rebase', 'amend', 'squash', 'force-push'] },
  ]),
  frame(
    '(?:leave|keep) (?:the |all |our )*(?:dependenc(?:y|ies)|deps|packages)(?: versions?)? (?:alone|unchanged|as (?:is|they are))',
    () => [{ type: 'no-dependencies' }, noUpgrades()],
  ),
  frame('(?:do not|never) (?:leave|exit) (?:the )?(.+)', only),
  frame('stick (?:strictly |only )?(?:to|with) (.+)', only),
  frame(
    '(?:leave (?:all (?:the )?)?git(?: stuff| things)? (?:alone|unchanged|to me|for me)|git (?:is|stays) (?:off.limits|taboo|mine|my (?:job|thing)))',
    () => [{ type: 'no-command', commands: ['git'] }],
  ),
  frame(
    'nothing (?:(?:should|must|may|can|is to|gets?|will) )+(?:be )?(?:deleted|removed)(?: (?:from|in) (.+))?',
    (words) => {
      const files = words === '' ? everyFile : readFileSet(`files in ${words}`);
      return files === undefined ? undefined : [{ type: 'no-delete', files }];
    },
  ),
  frame(
    'nothing (?:(?:should|must|may|can|is to|gets?|will) )+(?:be )?(?:changed|edited|modified|touched)(?: yet)?',
    () => readOnly,
  ),
  frame(
    '(.+?) (?:is|are) (?:not (?:ok(?:ay)?|allowed|permitted|an option|fine|wanted|welcome|acceptable)|forbidden|prohibited|out of the question|verboten|unwanted|banned)',
    (words, around) => readNominal(`no ${words}`, around),
  ),
  frame(
    '(?:wait|hold off|hold back|hold)(?: on| with| off)? (?:the |any |all |your )*(?:implementation|coding|changes|edits|work|fix(?:es)?|code)',
    () => readOnly,
  ),
  frame(
    `(?:nothing|no (?:files?|code|lines?)|not a single (?:file|line)) (?:in|under|inside|below|within|of)\\s+(.+?)\\s+${may} (?:change|${changedBy})`,
    unchangedFiles,
  ),
  frame(`no (.+?)\\s+(?:may|must|should|can|is to|are to) (?:change|${changedBy})`, unchangedFiles),
  frame(`neither (.+?) (?:may|must|should|can|is to|are to) ${changedBy}`, (words, around) =>
    unchangedFiles(words.replace(/ nor /gi, ' or '), around),
  ),
  frame(
    `(.+?)\\s+(?:${may} )?(?:(?:stay|remain|be left|be kept|is left|are left|be)s?|to remain|to stay)\\s+${unchanged}`,
    unchangedFiles,
  ),
  frame(`(.+?)\\s+(?:is|are)(?: strictly| completely| totally| all)? ${closed}`, unchangedFiles),
  frame(
    `(?:leave|keep) (?:the|my|our|all(?: the)?) (?:code|codebase|repo|files|sources?)\\s+${unchanged}`,
    () => readOnly,
  ),
  frame(`(?:leave|keep)\\s+(.+?)\\s+${unchanged}`, unchangedFiles),
  frame(`leave (them|those|these|.+[\`"'])(?: (?:be|there|please))?`, unchangedFiles),
  frame('(?:stay|keep|remain) (?:out of|away from|clear of|off)\\s+(.+)', unchangedFiles),
  frame('(?:steer|keep) clear of\\s+(.+)', unchangedFiles),
  frame(
    '(?:files?|things|stuff|folders?|paths?|places|what) (?:that )?you (?:must|should|may|can) not (?:touch|change|edit|modify):\\s+(.+)',
    unchangedFiles,
  ),
  frame(
    'do not want (?:you to (?:touch|change|edit|modify)\\s+)?(.+?)(?: to be)?(?: (?:touched|changed|edited|modified|altered))?',
    unchangedFiles,
  ),
  frame(
    '(?:you (?:can|may) )?(?:change|edit|touch|modify|refactor|update) (?:everything|anything|all(?: files)?|whatever(?: you \\w+)?) (?:but|except(?: for)?|other than|besides|apart from)\\s+(.+)',
    unchangedFiles,
  ),
  frame(
    '(?:everything|all(?: files)?|anything|any file|every file) (?:but|except(?: for)?|other than|besides|apart from)\\s+(.+?)\\s+(?:can|may|should|must) (?:be )?(?:chang|edit|touch|modif)\\w+',
    unchangedFiles,
  ),
  frame('nothing (?:(?:should|must|may|can|is to|to|gets?|will) )?(?:be )?(commit|push|merg)\\w*', (verb) =>
    one(readGit(verb)),
  ),
  frame(
    '(?:leave|keep) (?:everything|all|it all|the changes|your changes|my changes|the work|it|them) uncommitted',
    () => [{ type: 'no-git', verbs: ['commit'] }],
  ),
  frame('(?:leave|keep) (?:everything|all|it all|the changes|your changes|it|them) unstaged', () => [
    { type: 'no-git', verbs: ['stage', 'commit'] },
  ]),
  frame(
    '(?:leave|keep) (?:everything|all|it all|the changes|the commits?|your changes|it|them|commits?|this) (?:local|unpushed|local only)',
    () => [{ type: 'no-git', verbs: ['push'] }],
  ),
  frame('(?:leave|keep)\\s+(.+?)\\s+(?:from|out of) (?:the |any |your )?(?:commits?|prs?|pull requests?)', (words) =>
    one(readGit(`commit ${words}`)),
  ),
  frame('stay on (?:this|the current|your|the same|my) branch', () => [{ type: 'no-git', verbs: ['switch'] }]),
  frame(
    '(?:we )?(?:use|stick (?:to|with)) (?:only )?(?:the )?(?:python )?(?:standard library|stdlib|std ?lib)(?: only)?',
    () => [{ type: 'no-dependencies' }],
  ),
  frame(
    '(?:(?:please |we )?use )?[`"\']?[\\w-]+[`"\']?,? (?:(?:and )?not|instead of|rather than|never) ([`"\']?[\\w-]+(?: -{1,2}[\\w-]+)?[`"\']?)',
    readOtherProgram,
  ),
];

const mayFit = anyOf(frames.map(({ pattern }) => pattern));

/** "Docs only", "a docs-only change": a kind of file, or a path. */
function readNounOnly(words: string): Rules {
  return /^(?:plan\w*|review|analysis|investigation|research|discussion|read)$/i.test(words) ? undefined : only(words);
}

function readOtherProgram(words: string): Rules {
  return one(readCommand(words));
}

/** The rules of the first way of saying it that fits the whole clause. */
export function readFrames(clause: string, around: Surroundings): Rules {
  if (!mayFit.test(clause)) return undefined;
  for (const { pattern, read: readFrame } of frames) {
    const match = pattern.exec(clause);
    const rules =
      match === null
        ? undefined
        : readFrame((match.slice(1).find((words) => words !== undefined) ?? '').trim(), around);
    if (rules !== undefined) return rules;
  }
  return undefined;
}
