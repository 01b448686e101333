import { lookUp } from '../../core/text/look-up.ts';

const doing =
  'commit|push|merg|rebas|run|start|launch|deploy|publish|releas|chang|edit|touch|modif|delet|remov|implement|cod|writ|mak|add|install|fix|tag|creat|open|proceed|continu|amend|stash|updat';

/** Ways to forbid something that come down to "do not": each with what stands in its place. */
const plainer: readonly (readonly [RegExp, string])[] = [
  [
    /^(?:make (?:very )?sure|be sure|be (?:very )?careful|take care|try|remember|ensure|mind)(?: that)?(?: you| to)? (?:not to|do not|don['’]?t|never)\s+/i,
    'do not ',
  ],
  [
    /^i(?:['’]d| would) (?:rather|prefer)(?: that| if)? you (?:didn['’]?t|did not|not|don['’]?t)(?: to)?\s+/i,
    'do not ',
  ],
  // "ot" is "to" in haste.
  [/^i (?:really )?(?:don['’]?t|dont|do not|never) want (?:you )?(?:to|ot)\s+/i, 'do not '],
  [
    /^i (?:really )?(?:don['’]?t|dont|do not) (?:want|need|like) (?:you to make )?(?:any )?(?=(?:\w+ )?(?:changes?|edits?|modifications?|commits?|dependenc(?:y|ies)|files?)\b)/i,
    'no ',
  ],
  [/^(?:hold off|hold back|wait)(?: on| with| from)? (?=\w+ing\b)/i, 'do not '],
  [new RegExp(`^(?:stop|quit) (?=(?:${doing})\\w*ing\\b)`, 'i'), 'do not '],
  [/^without (?=\w+ing\b)/i, 'do not '],
  [/^not to\s+/i, 'do not '],
  [/^let['’]?s (?=(?:keep|leave|only|stay)\b)/i, ''],
  [/^(?:hold off|wait)(?: on| with) the (?=(?:commit|push|merge|deploy|release)\w*\b)/i, 'do not '],
  [
    /^(?:you (?:may|can) )?(?:only )?read(?: it| them)?,? but (?:do )?not (?=modify|change|edit|touch|write|alter)/i,
    'do not ',
  ],
  [/^(?:under no circumstances|on no account|by no means),? (?:should you |may you |you (?:should|may) )?/i, 'do not '],
  [/^(?:keep your )?hands off(?: of)?\s+/i, 'do not touch '],
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
      `^(?:let me|i (?:want|need|would like|['’]d like) to|i['’]d like to|i(?:['’]ll| will)) (?:first )?(?:review|see|check|look|have a look|read|approve|test|try)\\b(?![^.;]*\\b(?:tests|green|pass\\w*|lint|ci)\\b)[^.;]{0,40}?\\s+before (?:you )?(?=(?:${doing}))`,
      'i',
    ),
    'do not ',
  ],
];

const kept =
  /^(?:i(?:['’]ll| will|['’]m going to| want to|['’]d like to| would like to|['’]d rather)|let me)\s+(?:do (?:the )?)?(commit|push|merge|run|deploy|rebase|tag|publish|start)(?:t?ing|s)?\b(.*?)\s+(?:myself|on my own)(?: (?:later|afterwards|tomorrow|then|when .*|once .*))?$/i;
/** "I'll review and commit when they're done". */
const later =
  /^i(?:['’]ll| will)\s+(?:\w+ and )?(commit|push|merge)(?: (?:it|them|this|that|everything|all))?(?: (?:when|once|after|later|tomorrow|as soon as|afterwards|then|at the end)\b.*)?$/i;
const left =
  /^leave (?:the |all )?(commit|push|merg|deploy|rebas|tagg|publish)(?:t?ing|s|es?)?(?: of (.+?))? (?:to|for) me$/i;
const stems: Readonly<Record<string, string>> = { merg: 'merge', rebas: 'rebase', tagg: 'tag' };

/**
 * A clause in which a prohibition is said in a roundabout way, as a plain one: "make sure not to edit x" and "hold off on editing x" are "do
 * not edit(ing) x"; "I'll commit it myself" is "do not commit it". Any other clause as it is.
 */
export function inPlainWords(clause: string): string {
  const own = kept.exec(clause) ?? left.exec(clause) ?? later.exec(clause);
  if (own !== null) {
    const verb = own[1]!.toLowerCase();
    return `do not ${lookUp(stems, verb) ?? verb}${own[2] === undefined ? '' : ` ${own[2].trim()}`}`.trim();
  }
  for (const [pattern, words] of plainer) if (pattern.test(clause)) return clause.replace(pattern, words);
  return clause;
}

const beforeOrder = new RegExp(
  `^(?:please |but |and )*before (?:you )?((?:${doing})[^,]*), *(?:please )?(?:show|ask|give|explain|wait|check with|let me)\\b`,
  'i',
);

/** "No commit no push". */
const rowOfNos = /\b(no (?:commit|push|rebas|merg|pr|amend)\w*) (?=no (?:commit|push|rebas|merg|pr|amend))/gi;
const twoVerbs =
  /\b(never|do not|don['’]?t) ((?:push|commit)\w* (?:directly |straight )?(?:to|on) \S+?),? or (?=(?:ever )?(?:force|push|amend|rebase|commit|merge)\b)/gi;

/**
 * "Before you change anything, show me the plan" as the prohibition that it is, and "never push to main or force-push" as two; any other sentence
 * as it is.
 */
export function withOrderFirst(sentence: string): string {
  const match = beforeOrder.exec(sentence);
  if (match !== null) return `do not ${match[1]}`;
  return sentence.replace(twoVerbs, '$1 $2, and $1 ').replace(rowOfNos, '$1, ');
}

const politely =
  "(?:(?:please|only|now|then|also|and|so|ok(?:ay)?|just|first|finally|next|go ahead and|can you|could you|would you|will you|i(?:['’]d| would)? (?:want|need|like) (?:you )?to|let['’]?s|let us|we (?:need|should|want|have)(?: to)?|you (?:should|can|may|need to)|your task is to|the task is to|help me(?: to)?|try to)[\\s,:]+)*";
const change =
  'fix|add|implement|update|write|create|refactor|rename|remove|delete|change|make|build|install|replace|move|convert|migrate|extract|port|bump|edit|modify|apply|rewrite|improve|clean|adjust|merge|rebase|commit|push|wire|introduce|drop|revert|upgrade|finish|complete|resolve|set up|continue|generate|speed up|simplify|split|reduce|optimi[sz]e';
const talk =
  '(?:\\s+(?:me|us|up|down|a|an|the|your|some|short|brief|detailed|quick|written|implementation|full|proposed|commit)\\b)*\\s+(?:plan|report|summar(?:y|ies)|list|proposal|explanation|analysis|issue|ticket|suggestions?|recommendations?|overview|description|diagnosis|sense|sure|notes?|review|answer|message|table|outline|assessment|estimate|findings?|results?|conclusions?|design|spec|thoughts|ideas|options)\\b';
const order = new RegExp(`^${politely}(?:${change})\\b(?!${talk})`, 'i');
const anyOrder = new RegExp(
  `^${politely}(?:${change}|solve|do|try|take|read|study|walk|find|get|use|explain|tell|show|describe|analy[sz]e|investigate|review|look|check|validate|report|summari[sz]e|give|run|work|figure|see|debug|verify|answer|test)\\b`,
  'i',
);

/** Whether a clause orders a change of files, and not only words about one ("write a plan"). */
export function ordersChange(clause: string): boolean {
  return order.test(clause.trim());
}

const beyondCode =
  /\b(?:tests?|specs?|coverage|docs?|documentation|readme|changelog|comments?|docstrings?|notes?)\b|\.(?:md|rst|txt|ya?ml|toml)\b/i;

/** Whether a clause orders something that production code needs no change for: tests, documentation. */
export function ordersBeyondCode(clause: string): boolean {
  return beyondCode.test(clause);
}

/** Whether a clause orders the agent to do anything: what follows as "without ..." is then meant for it. */
export function isOrder(clause: string): boolean {
  return anyOrder.test(clause.trim());
}
