import { anyOf } from '../../ledger/grammar/any-of.ts';

const check =
  '(?:(?:e2e|end.to.end|integration|unit|browser|smoke|full|whole|other|remaining|slow|flaky|type|lint\\w*|format\\w*|pre.?commit|static|ci)[ -]){0,8}(?:tests?(?: suites?| runs?)?|testing|test-?suite|suites?|lint(?:ing|ers?|s)?(?: errors?| warnings?| checks?| issues?)?|format(?:ting|ters?|s)?|fmt|checks?(?:list)?|checking|type.?check(?:s|ing)?|types|builds?|building|ci|pipelines?|coverage|verif(?:y|ying|ication)|validation|validating|hooks?|pre-?commit|eslint|prettier|biome|ruff|mypy|tsc|pytest|jest|vitest|clippy|golangci-lint)';
const some =
  '(?:(?:the|any|all|your|our|those|these|that|more|further|about|with|on|for|to|of|running|run|rerunning|doing|do|fixing) ){0,8}';
const start =
  "(?:^|[.,;:!?(\\n]\\s*|\\b(?:and|but|so|please|just|you|also|then|ok(?:ay)?|can you|could you|let['’]?s|we can|you can|now) )";
const not = `${start}(?:(?:we |you )?(?:do not|don['’]?t|dont)|let['’]?s not|you needn['’]t|no need to|no reason to)`;
/** Behind a check: the end of what is waived, or a word that narrows nothing ("skip the tests for now"; not "skip the tests that need a network"). */
export const endOfWaiver =
  '(?= *(?:$|[.,;:!)\\n]| (?:for (?:now|it|me|the (?:moment|time being)|today|(?:this|that)(?: (?:change|task|one|fix|commit|step|round|time|pr|turn|feature|bug))?(?= *(?:$|[.,;:!)\\n]|and\\b|but\\b)))|on this|when you (?:commit|push)|though|tho|thanks|thx|pls|plz|anyway|this|now|and|but|until|here|today|right|step|please|even|because|since|entirely|altogether|phase|part|thing|stuff|again|in this|either|first|yet|any ?more|at all|myself|later|so|too|then)\\b))';
const end = endOfWaiver;

const waivers = [
  // "Don't worry about linting", "don't run the tests for now".
  `${not} (?:\\w+ )?(?:worry|care|bother|fuss|stress|need|have|run|rerun|do|execute|perform|mind|waste \\w+)\\b ?${some}${check}${end}`,
  // "Skip the tests", "forget about the CI".
  `${start}(?:never ?mind|forget|ignore|skip(?:ping)?|leave out|leave|omit|drop|disregard|spare (?:me|yourself|us)|hold off|postpone|no need|bypass|dispense with|save) ${some}(?:failing |red |broken )?${check}${end}`,
  `(?<!(?:not|never|n['’]?t) )\\b(?:commit|push|ship|merge|continue|go (?:on|ahead)|do it|finish|proceed)\\b[^.;!?\\n]{0,30}\\bwithout ${some}${check}${end}`,
  // "Lint isn't important", "the tests can wait", "formatting doesn't matter right now".
  `\\b${check} (?:(?:is|are|isn['’]?t|aren['’]?t|does|do) )?(?:not |n['’]?t )?(?:important|needed|necessary|required|matter|relevant|critical|a (?:concern|priority|problem|blocker|must))\\b(?<=(?:not|n['’]?t|nt) (?:\\w+ )?\\w+)${end}`,
  `\\b${check} (?:can (?:wait|be (?:skipped|done later|ignored|fixed later))|(?:doesn['’]?t|don['’]?t|does not|do not) (?:matter|(?:have|need) to (?:pass|run|succeed|work|be \\w+))|(?:is|are) (?:irrelevant|unimportant|optional|unnecessary|not important|secondary|for later|on me|my (?:job|problem|business)|mine|broken anyway|nonsense))\\b${end}`,
  `\\bno ${some}${check} (?<!(?:error|warning|issue)s? )(?:is |are )?(?:needed|necessary|required|please|for now|this time|yet|today|now|here)\\b${end}`,
  `(?:^|[.,;:!?(\\n]\\s*)(?:and |but |so |with |please |just )*no ${some}${check}(?<!(?:error|warning|issue)s?)\\s*(?=$|[.,;:!)\\n])(?!, no (?:merge|push|commit|deploy|release)\\b)`,
  `\\bi (?:really )?(?:do not|don['’]?t|couldn['’]?t) care\\b[^.;!\\n]{0,25}\\b${check}\\b`,
  // Not "I don't want the tests to fail", "I don't want you to skip the tests".
  `\\bi (?:really )?(?:do not|don['’]?t) (?:want|need) (?:you )?(?:to fix )?(?:an? )?${some}${check}${end}(?! that\\b)(?![^.;!?\\n]{0,40}\\b(?:fail|skip|red\\b|brok|break))`,
  // "I'll run the tests", "CI will check it"; what "I'll do that" means nobody knows.
  `(?<!\\b(?:if|when|whenever|once|how|what|that|where|as) )\\b(?:we(?= will|['’]ll| can| are going to| shall)|i|ci|the (?:ci|pipeline|hooks?|bot|team)|somebody|someone|my editor|others?)(?: will|['’]ll| can| am going to| are going to| shall)? (?:(?:run|handle|take care of|do|check|test|verify|deal with|lint|format|fix)s? ${some}${check}|(?:run|check|test|verify|lint|format)s? (?:it|that|this|everything|the rest))(?= *(?:[.,;!)\\n]|$| (?:myself|ourselves|later|locally|manually|when|tomorrow|after\\w*|on my|in|once|then|anyway)\\b))`,
  `\\b(?:lint|test|format|check|verify|validate)(?:ing)? (?:it |that |this |them )?(?:can wait|comes? later|later(?: on)?|afterwards|another time|some other time|tomorrow)\\b`,
  // "Just commit it", "commit anyway", "it's fine if the tests are red".
  `\\bjust (?:go ahead and )?(?:commit|push|ship|merge)(?: (?:it|this|that|them|everything|now))?\\b(?! (?:the|your|a|what|only))`,
  `\\b(?:commit|push|ship|merge)\\b[^.;!?\\n]{0,25}\\b(?:anyway|regardless|as.is|as it is|either way|no matter what|even if [^.;!?\\n]{0,25}\\b(?:red|fail\\w*|broken|breaks?|pass)|unverified|untested|unchecked|unformatted)\\b`,
  `(?<!\\b(?:not|never|\\w+n['’]?t) (?:(?:at all|all that|really|quite|very|so) )?)\\b(?:fine|ok(?:ay)?|alright|all right|no problem|good enough) (?:if|when|that|with|for) [^.;!?\\n]{0,25}\\b(?:red|fail(?:s|ing)?|broken|untested|unlinted|unformatted|untyped|not (?:tested|linted|checked|formatted))\\b${end}(?! first\\b)`,
  `${not} (?:lint|format|test|type.?check|verify|validate|check|fmt)(?:ing)?(?: (?:it|this|that|anything|them|the code|everything))?\\s*(?=$|[.,;:!)\\n]| (?:for now|yet|now|right now|this time|today|here|any ?more|again|first|please)\\b)`,
].map((pattern) => new RegExp(pattern, 'i'));
const mayWaive = anyOf(waivers);

/** The words ask for a check, which ends a waiver. */
const asks = new RegExp(
  `(?:^|[.,;:!?\\n]\\s*|\\b(?:and|now|please|also|then|can you|could you|(?<!\\bnot )to|should|must|let['’]?s|you may) )(?:(?:re-?)?run|execute|do|start|fix|perform|go through) ${some}${check}\\b|(?:^|[.,;:!?\\n]\\s*|\\b(?:and|now|please|also|then|can you|could you|to|should|must|let['’]?s) )(?:test|lint|verify|type.?check|check|format|validate) (?:everything\\b|the (?:code|changes?|fix|result|whole)\\b|(?:it|this|that|them)(?= *(?:$|[.,;:!)\\n]| (?:all|and|before|first|again|with|by|on|in|too|please|now|then|properly|once|locally)\\b)))|\\b(?:make sure|ensure|see to it|check)(?: that)? ${some}${check} (?:\\w+ )?(?:pass|passes|are|is|work|works|run|runs|succeeds?)\\b`,
  'i',
);

const aboutStyle = /\b(?:lint\w*|format\w*|fmt|eslint|prettier|biome|ruff|style|clippy)\b/i;
const aboutMore = /\b(?:test\w*|checks?|verif\w+|ci|build\w*|commit|push|it|this|that)\b/i;

/**
 * What some words of the user's say of checks: `waived` when they want none for now ("don't worry about linting", "the tests can wait", "just commit
 * it"), `wanted` when they ask for one; `style waived` when only linting or formatting is meant; undefined when they say neither. Reads at most 20,000 characters.
 */
export function readCheckWish(text: string): 'waived' | 'style waived' | 'wanted' | undefined {
  const words = withoutQuotes(text.slice(0, 20_000));
  const found = mayWaive.test(words) ? waivers.flatMap((pattern) => pattern.exec(words)?.[0] ?? []) : [];
  if (found.length > 0)
    return found.every((said) => aboutStyle.test(said) && !aboutMore.test(said)) ? 'style waived' : 'waived';
  return asks.test(words) ? 'wanted' : undefined;
}

/** Without what is quoted: it says what somebody else wants, or what a text says. */
export function withoutQuotes(text: string): string {
  return text
    .replace(/^```[^\n]*\n[\s\S]*?^```/gm, ' ')
    .replace(/^\s*>.*$/gm, ' ')
    .replace(/"[^"\n]{1,200}"|“[^”\n]{1,200}”/g, (quote) => (/\s/.test(quote) ? ' ' : quote));
}
