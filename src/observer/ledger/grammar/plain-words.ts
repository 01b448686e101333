import { lookUp } from '../../../core/text/look-up.ts';
import { anyOf } from './any-of.ts';
import { readFileSet } from './file-words.ts';
import { fromGerman } from './german.ts';

const shortened: readonly (readonly [RegExp, string])[] = [
  [/\b(do|does|did|should|must|could|would|need|is|are|was|were|has|have|had|might|may)n['’]?t\b/gi, '$1 not'],
  [/\bca(?:n['’]?t|nt)\b|\bcannot\b/gi, 'can not'],
  [/\bwon['’]t\b/gi, 'will not'],
  [/\b(i|you|we|they|it|he|she|that|there|who|what)['’]ll\b/gi, '$1 will'],
  [/\b(i|you|we|they|he|she|it|that)['’]d\b/gi, '$1 would'],
  [/\b(i|you|we|they)['’]?ve\b/gi, '$1 have'],
  [/\b(you|we|they)['’]re\b/gi, '$1 are'],
  [/\bi['’]?m\b/gi, 'i am'],
  [/\b(it|that|there|he|she)['’]s\b/gi, '$1 is'],
  [/\b(?:its|thats|theres)(?= (?:already|a|an|the|not|being|fine|all|still|all|running|generated|too)\b)/gi, 'it is'],
  [/\blet['’]?s\b/gi, 'let us'],
  [/\bu\b(?![./])/gi, 'you'],
  [/\bur\b(?![./])/gi, 'your'],
  [/\b(?:pls|plz|pleas|plese)\b/gi, 'please'],
  [/\bw\/o\b/gi, 'without'],
  [/\b(?:exclusively|solely)\b/gi, 'only'],
  [
    /\bwith (?:no|zero) (?=(?:\w+ ){0,2}(?:changes?|edits?|modifications?|dependenc|deps|packages|files?)\b)/gi,
    'without ',
  ],
  [/\bwithout (?:any |making any )?(?:changes|edits|modifications) (?:to|in)\b/gi, 'without changing'],
];

const isShortened =
  /['’]|\b(?:(?:do|does|did|should|must|could|would|need|is|are|was|were|has|have|had|ca)nt|cannot|u|ur|i(?:ve|m)|(?:you|we|they)ve|its|thats|theres|lets|pls|plz|pleas|plese|w\/o|exclusively|solely)\b|\bwith(?:out)? (?:no|zero|any|making|changes|edits|modifications)\b/i;

/** Words as they stand in full: "don't" and "dont" are "do not", "I'll" is "I will", "w/o" is "without". What is in backticks stays. */
export function inFullWords(text: string): string {
  const said = fromGerman(text);
  if (!isShortened.test(said)) return said;
  return said
    .split(/(`[^`]*`)/)
    .map((part, at) =>
      at % 2 === 1 ? part : shortened.reduce((words, [pattern, full]) => words.replace(pattern, full), part),
    )
    .join('');
}

const doing =
  'commit|push|merg|rebas|run|start|launch|deploy|publish|releas|chang|edit|touch|modif|delet|remov|implement|cod|writ|mak|add|install|fix|tag|creat|open|proceed|continu|amend|stash|updat';

/** Ways to forbid something that come down to "do not": each with what is in its place. */
const plainer: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:make (?:very )?sure|be sure|be (?:very )?careful|take care|try|remember|ensure|mind)(?: that)?(?: you| to)? (?:not to|do not|never)\s+/i,
    'do not ',
  ],
  [/^i would (?:rather|prefer)(?: that| if| it if)? you (?:did not|not|do not|would not)(?: to)?\s+/i, 'do not '],
  [/^(?:i )?(?:really )?do not want any(?: of the)? (?=.+ (?:touched|changed|edited|modified)$)/i, 'do not want '],
  [/^i (?:really )?(?:do not|never) want (?=.+ (?:touched|changed|edited|modified)$)/i, 'do not want '],
  [
    /^(?:there is|there['’]s|you have|we have)? ?no need (?:for you )?to (?=(?:git )?(?:commit|push|merge|deploy|publish|tag|open a|create a (?:pr|pull)|install|start))/i,
    'do not ',
  ],
  [
    /^(?:you|we) do not (?:have|need) to (?=(?:git )?(?:commit|push|merge|deploy|publish|tag|open a (?:pr|pull)|create a (?:pr|pull)))/i,
    'do not ',
  ],
  [/^(?:there (?:should|must|may|can|will) be|make|with) no /i, 'no '],
  [
    /^(?:there is )?no need (?:for you )?to (?:implement|code|fix|change|edit|write|touch|modify)(?: (?:it|this|anything|(?:any |the )?code))?$/i,
    'do not implement it',
  ],
  [/^i (?:would )?(?:like|want|need) you to (?=only|not|never|leave|keep|avoid|stay|stop|refrain)/i, ''],
  [
    /^(?:make sure|ensure)(?: that)? only (.+?) (?:gets?|is|are) (?:changed|edited|modified|touched)$/i,
    'only change $1',
  ],
  [/^(?:make sure|ensure)(?: that)? (?=only|nothing|no(?:ne)? )/i, ''],
  [/^(?:please )?give me .* not appl/i, 'do not apply'],
  // "ot" is "to" in haste.
  [/^i (?:really )?(?:do not|never) want (?:you )?(?:to|ot)\s+/i, 'do not '],
  [
    /^i (?:really )?(?:do not) (?:want|need|like) (?:you to make )?(?:any )?(?=(?:\w+ ){0,3}(?:changes?|edits?|modifications?|commits?|dependenc(?:y|ies)|deps|packages?|librar(?:y|ies)|libs|files?)\b)/i,
    'no ',
  ],
  [/^(?:hold off|hold back|wait)(?: on| with| from)? (?=\w+ing\b)/i, 'do not '],
  [new RegExp(`^(?:stop|quit) (?=(?:${doing})\\w*ing\\b)`, 'i'), 'do not '],
  [/^without (?=\w+ing\b)/i, 'do not '],
  [
    /^without (?:any )?(?=(?:new |additional |extra |further |code |file )*(?:dependenc|packages|libs|librar|deps|changes|edits))/i,
    'no ',
  ],
  [/^not to\s+/i, 'do not '],
  [/^hold(?: off| back)?(?: on)? (?:the |any |all )?(?=(?:commit|push|merge|deploy|release|publish)\w*$)/i, 'do not '],
  [/^let us (?=(?:keep|leave|only|stay)\b)/i, ''],
  [/^(?:hold off|wait)(?: on| with) the (?=(?:commit|push|merge|deploy|release)\w*\b)/i, 'do not '],
  [
    /^(?:you (?:may|can) )?(?:only )?read(?: it| them)?,? but (?:do )?not (?=modify|change|edit|touch|write|alter)/i,
    'do not ',
  ],
  [/^(?:under no circumstances|on no account|by no means),? (?:should you |may you |you (?:should|may) )?/i, 'do not '],
  [/^(?:(?:keep|get) )?(?:your )?(?:hands|fingers|paws|mitts) off(?: of)?\s+/i, 'do not touch '],
  [/^do not you dare (?:to )?/i, 'do not '],
  [/^(?:nobody|no one|no.body) (?:should|may|must|is (?:allowed )?to) (?:be )?/i, 'do not '],
  [/^without (?:the |using |passing )?(?=[`"']?--[a-z])/i, 'do not use '],
  [
    /^(add|install|write|create|make|change|edit|touch|modify|delete|remove|run|open|use|introduce) no (?!more than|assumptions|mistakes)/i,
    'do not $1 ',
  ],
  [
    /^i do not (?:want|need) (?:you to (?:write|create) )?(?=(?:a|any|an) (?:\w+ )?(?:report|summary|markdown|readme|documentation|\.?md|docs)\b)/i,
    'do not create ',
  ],
  [/^(push|commit|install|delete|merge|deploy|publish) nothing(?= globally$|$)/i, 'do not $1 anything'],
  [/^(?:create|add|make) (?:nothing|no files?) new$/i, 'no new files'],
  [
    /^(?:instead of|rather than) (?=(?:creat|add|chang|edit|modify|touch|install|commit|push|delet|writ|introduc)\w*ing\b)/i,
    'do not ',
  ],
  [/^(?:please )?(?:exclude|omit)\s+(?=.* from (?:the |any |your )?(?:commit|pr|staging))/i, 'do not include '],
  [/^(?:please )?commit (?:everything|all(?: changes)?|the rest) (?:except|but)(?: for)?\s+/i, 'do not commit '],
  [
    new RegExp(
      `^(?:(?:ask|check with|consult|wait for)(?: (?:me|us|my (?:ok(?:ay)?|approval|go.ahead|review|confirmation|permission)))?|(?:show|explain|present|give)(?: to)? (?:me|us)\\b(?![^.;]*\\b(?:tests?|green|pass\\w*|lint|ci)\\b)[^.;]{0,40}?)(?: first)?,? before (?:you )?(?:(?:ever|even|actually) )?(?=(?:${doing}))`,
      'i',
    ),
    'do not ',
  ],
  [
    new RegExp(
      `^(?:let me|let us|i (?:want|need|would like) to|i will) (?:first )?(?:review|see|check|look|have a look|read|approve|test|try|discuss|talk|plan|agree|align)\\b(?![^.;]*\\b(?:tests|green|pass\\w*|lint|ci)\\b)[^.;]{0,40}?\\s+before (?:you )?(?=(?:${doing}))`,
      'i',
    ),
    'do not ',
  ],
];

const ownWork = 'commit|push|merge|run|deploy|rebase|tag|publish|start|release';
const kept = new RegExp(
  `^(?:i(?: will| am going to| want to| would like to| would rather| can)?|let me)\\s+(?:(?:do|handle|take care of) (?:the )?)?(${ownWork})(?:t?ing|s)?\\b(.*?)\\s+(?:myself|on my own|manually|by hand)(?: (?:later|afterwards|tomorrow|then|when .*|once .*))?$`,
  'i',
);
/** "I'll review and commit when they're done". */
const later =
  /^i (?:will\s+)?(?:\w+ and )?(commit|push|merge)(?: (?:it|them|this|that|everything|all|the pr))?(?: (?:when|once|after|later|tomorrow|as soon as|afterwards|then|at the end)\b.*)?$/i;
const handled =
  /^i (?:will )?(?:handle|take care of|do) (?:the |all )?(commit|push|merg|deploy|releas|publish)(?:e|ing|ting)?(?:s|es)?$/i;
const leftBoth =
  /^leave (?:the )?(commit|push|merg|deploy|rebas|tagg)(?:t?ing) and (commit|push|merg|deploy|rebas|tagg)(?:t?ing) (?:to|for) me$/i;
const left =
  /^leave (?:the |all )?(commit|push|merg|deploy|rebas|tagg|publish)(?:t?ing|s|es?)?(?: of (.+?))? (?:to|for) me$/i;
const mine =
  /^(?:the )?(commit|push|merg|deploy|rebas|tagg|publish|releas)(?:t?ing|s|es|e)?(?: (?:it|them|to \w+))? (?:is|are|stays) (?:my (?:job|thing|business|task)|something (?:that )?i (?:always |prefer to |like to )?do(?: myself)?|done by me|on me|up to me|mine|not your job|left to me)$/i;
/** "I'll make the edits": the work itself. */
const ownEdits =
  /^(?:i will (?:make|do|apply|handle|write) (?:the |any |all )?(?:edits?|changes?|fix(?:es)?|implementation|coding|code|patch)|(?:i will|let me) (?:fix|change|edit|implement|code|apply|do) (?:it|this|that|them))(?: (?:myself|on my own|by myself|on my side))?$/i;
const stems: Readonly<Record<string, string>> = { merg: 'merge', rebas: 'rebase', tagg: 'tag', releas: 'release' };

const mayBePlainer = anyOf([
  ...[ownEdits, leftBoth, kept, left, later, mine, handled],
  ...plainer.map(([pattern]) => pattern),
]);

/**
 * A clause in which a prohibition is said in a roundabout way, as a plain one: "make sure not to edit x" and "hold off on editing x" are "do
 * not edit(ing) x"; "I'll commit it myself" is "do not commit it". Any other clause as it is.
 */
export function inPlainWords(clause: string): string {
  if (!mayBePlainer.test(clause)) return clause;
  if (ownEdits.test(clause)) return 'do not implement it';
  const both = leftBoth
    .exec(clause)
    ?.slice(1)
    .map((verb) => lookUp(stems, verb.toLowerCase()) ?? verb.toLowerCase());
  if (both !== undefined) return `do not ${both.join(' or ')}`;
  const own = kept.exec(clause) ?? left.exec(clause) ?? later.exec(clause) ?? mine.exec(clause) ?? handled.exec(clause);
  if (own !== null) {
    const verb = own[1]!.toLowerCase();
    return `do not ${lookUp(stems, verb) ?? verb}${own[2] === undefined ? '' : ` ${own[2].trim()}`}`.trim();
  }
  for (const [pattern, words] of plainer) if (pattern.test(clause)) return clause.replace(pattern, words);
  return clause;
}

const beforeOrder = new RegExp(
  `^(?:please |but |and )*before (?:you )?((?:start |begin )?(?:${doing})[^,:]*?)(?:[,:] *|\\s+)(?:please )?(?:show|ask|give|explain|wait|check with|walk|tell|list|present|outline|describe|propose|run|let (?:me|us)|(?:what|how|which|where|why|is|are|do|does|would|could|can|should) |i (?:would like|want|need) (?:to|a|an|your)|we should|discuss|talk)\\b`,
  'i',
);

/** "No review, no merge": the one is the condition of the other. */
const proverb =
  /^no (?:green |passing )?(?:tests?|reviews?|approvals?|tickets?|issues?|ci|checks?|sign-?offs?|lint(?:ing)?),? no (?:merge|push|commit|deploy|release)\b(?!,)/i;
/** "No commit no push". */
const rowOfNos = /\b(no (?:commit|push|rebas|merg|pr|amend)\w*) (?=no (?:commit|push|rebas|merg|pr|amend))/gi;
const twoVerbs =
  /\b(never|do not) ((?:push|commit)\w* (?:directly |straight )?(?:to|on) \S+?),? or (?=(?:ever )?(?:force|push|amend|rebase|commit|merge)\b)/gi;

/**
 * "Before you change anything, show me the plan" as the prohibition that it is, and "never push to main or force-push" as two; any other sentence
 * as it is.
 */
export function withOrderFirst(sentence: string): string {
  const match = beforeOrder.exec(sentence);
  if (proverb.test(sentence)) return '';
  if (/^\[read.only\]\s/i.test(sentence)) return `read-only, ${sentence.slice(12)}`;
  const aside = bracketed.exec(sentence);
  if (aside !== null) return `${sentence.replace(bracketed, ' ').replace(/[.!\s]+$/, '')}, ${aside[1]}`;
  if (match !== null) return `do not ${match[1]}${/\s/.test(match[1]!.trim()) ? '' : ' anything'}`;
  return withException(sentence.replace(whenDone, '')).replace(twoVerbs, '$1 $2, and $1 ').replace(rowOfNos, '$1, ');
}

/** When the work is done the order holds as ever. */
const whenDone =
  /^before (?:you (?:do anything|start|begin)|we (?:start|begin)|anything else)\s*[,:]\s*|^(?:when|once|after)(?: you are)? (?:done|finished|ready)(?: with (?:it|this|that|everything))?,?\s+/i;

/** "Analyse (do not modify!) the scripts". */
const bracketed =
  /\s*\((?:please |but )?(do not (?:modify|change|edit|touch|apply|implement|fix|commit|push|run)(?: (?:it|them|anything|yet|this))*)[.!]*\)/i;

const exception =
  /(?:\s*[,(–—-]\s*|\s+)(?:(?:(?:but|just|only|and|though|please) )*not(?: (?:in|inside|under|within|for))?|(?:except|apart from|other than|excluding|besides|ignoring|skipping)(?: for| in| from)?|(?:but|and|,|just)* *(?:skip|spare|leave out|omit|exclude|ignore)|but(?= the))\s+((?:the |anything in |any )?[^,;()]{2,80}?)\)?[.!\s]*$/i;
/** A cheap look before: a word that every exception begins with. */
const mayExcept = /not|except|apart from|other than|exclud|besides|ignor|skip|spare|leave out|omit|but the/i;
/** "Stage it but not commit". */
const butNot = /,?\s+(?:but|just) not (commit|push|merge|deploy|publish|install)\b/i;
const elsewherePush =
  /\b(push|commit)\w*\b([^.;]{0,60}?),?\s+(?:(?:but|and|just|only) )+(?:never|not) (?:directly )?(to \S+?)[.!]*$/i;
const otherRun =
  /^((?:(?:please|just|only) )*(?:run|execute)\b[^.;]*?),?\s+(?:(?:and|but) )?not ((?:the |all |any )?(?:\w+ ){0,2}(?:ones?|tests?|suites?))[.!\s]*$/i;
const free = /^(?:please |but |and |ok |then )*(?:feel free to|you (?:can|may)|go ahead and|it is (?:ok|fine) to)\b/i;

/** "Rename it everywhere, but not in lib/old": an order to change something, and the files that it leaves out. */
function withException(sentence: string): string {
  const run = otherRun.exec(sentence);
  if (run !== null) return `${run[1]}, do not run ${run[2]!.replace(/ ones?$/i, ' tests')}`;
  if (butNot.test(sentence)) return sentence.replace(butNot, ', do not $1');
  const push = elsewherePush.exec(sentence);
  if (push !== null) return `${sentence.slice(0, push.index)}, do not ${push[1]} ${push[3]}`;
  const match = mayExcept.test(sentence) ? exception.exec(sentence) : null;
  if (match === null || match.index < 4) return sentence;
  const before = sentence.slice(0, match.index);
  // "Add an option to skip the tests" is about what the software does.
  if (/\b(?:do|does|did|must|should|shall|may|can|would|will|is|are|to|that|which|who|lets?|not)$/i.test(before))
    return sentence;
  if (
    /^(?:do not|never|only|no|leave|keep)\b/i.test(before) ||
    !(ordersEdit.test(before) || free.test(before) || /^(?:please )?(?:commit|stage|git add)\b/i.test(before))
  )
    return sentence;
  const object = match[1]!.replace(
    /^(?:those|the ones|what is|whatever is) (?=(?:in|under|inside|from|of) )/i,
    'files ',
  );
  if (/^(?:please )?(?:commit|stage|git add)\b/i.test(before))
    return readFileSet(object) === undefined ? sentence : `${before}, do not commit ${object}`;
  return readFileSet(object) === undefined ? sentence : `${before}, do not change ${object}`;
}

const politely =
  '(?:(?:please|only|now|then|also|and|so|ok(?:ay)?|just|first|finally|next|go ahead and|can you|could you|would you|will you|i(?: would| only| just)? (?:want|need|like) (?:you )?to|let us|we (?:need|should|want|have)(?: to)?|you (?:should|can|may|need to)|your task is to|the task is to|help me(?: to)?|try to)[\\s,:]+)*';
const change =
  'fix|add|implement|update|write|create|refactor|rename|remove|delete|change|make|build|install|replace|move|convert|migrate|extract|port|bump|edit|modify|apply|rewrite|improve|clean|adjust|merge|rebase|commit|push|wire|introduce|drop|revert|upgrade|finish|complete|resolve|set up|continue|generate|speed up|simplify|split|reduce|optimi[sz]e';
const talk =
  '(?:\\s+(?:me|us|up|down|a|an|the|your|some|short|brief|detailed|quick|written|implementation|full|proposed|commit)\\b)*\\s+(?:plan|report|summar(?:y|ies)|list|proposal|explanation|analysis|issue|ticket|suggestions?|recommendations?|overview|description|diagnosis|sense|sure|notes?|review|answer|message|table|outline|assessment|estimate|findings?|results?|conclusions?|design|spec|thoughts|ideas|options)\\b';
const order = new RegExp(`^${politely}(?:${change})\\b(?!${talk})`, 'i');
const anyOrder = new RegExp(
  `^${politely}(?:${change}|solve|do|try|take|read|study|walk|find|get|use|explain|tell|show|describe|analy[sz]e|investigate|review|look|check|validate|report|summari[sz]e|give|run|work|figure|see|debug|verify|answer|test|open|stage|prepare|start|post|submit|raise|draft|propose|suggest|think|plan|design|research|list|have a look|clean|analyse|trace|search|compare|audit|profile|reproduce)\\b`,
  'i',
);

const ordersEdit = new RegExp(
  `^${politely}(?:fix|update|refactor|rename|remove|delete|change|replace|convert|migrate|edit|modify|rewrite|improve|clean|adjust|upgrade|simplify|reformat|format|translate|port|move|apply|sort|bump|add|tidy|make|do|implement|organi[sz]e|dedupe|annotate|document|lint|type|modernize|adapt|extend|extract|regenerate|migrate|optimi[sz]e|rework|shorten|split|merge)\\b`,
  'i',
);

/** Whether a clause orders a change of files, and not only words about one ("write a plan"). */
export function ordersChange(clause: string): boolean {
  return order.test(clause.trim()) && !/^\w+ (?:nothing|no)\b/i.test(clause.trim());
}

const beyondCode =
  /\b(?:tests?|specs?|coverage|docs?|documentation|readme|changelog|comments?|docstrings?|notes?)\b|\.(?:md|rst|txt|ya?ml|toml)\b/i;

/** Whether a clause orders something that production code needs no change for: tests, documentation. */
export function ordersBeyondCode(clause: string): boolean {
  return beyondCode.test(clause);
}

/** Whether a clause orders the agent to do anything: what follows as "without ..." is then meant for it. */
export function isOrder(clause: string): boolean {
  return anyOrder.test(inFullWords(clause.trim()));
}
