import { isForbiddenCommand } from '../../ledger/check/check-commands.ts';
import type { ConstraintRule } from '../../ledger/constraint.ts';
import { readWishes } from '../../ledger/extract.ts';
import type { RunFacts } from '../normalized-step.ts';
import { rememberLatest } from '../remember-latest.ts';
import { endOfWaiver, readCheckWish, withoutQuotes } from './waived-checks.ts';

/** The last words give the run to the user: "you can run it with ...", "try running it again". */
const handsOver =
  /\b(?:you can (?:now )?(?:run|try|test|start|check)|(?:try|run|re-?run|start|test|give) (?:running )?(?:it|this|that|them|the \w+(?: \w+)?) (?:again|now|yourself|with|on your|locally|another)|try (?:running|it|again)|when you (?:re-?)?run|please (?:run|try|test)|next time you run)\b/i;
/** The user has run it: an output is pasted, or they say how it went. */
const reports =
  /\b(?:i (?:just )?(?:tried|ran|tested|re-?ran)|(?:still|now) (?:fails?|get(?:ting)?|see(?:ing)?|works?|not working)|it works|same error|getting (?:this|an?) (?:error|warning))\b/i;

const part = '(e2e|end.to.end|integration|browser|playwright|cypress|smoke|performance|load|ui|unit)';
const someTests = `(?:the |any |these |those |our |your )*(?:${part} )?(?:integration )?tests?`;
const only = [
  `\\b(?:asks?|asked|be (?:specifically |explicitly )?told|permission|confirm\\w*|explicit(?:ly)?|approval)\\b[^.\\n]{0,60}\\brun(?:ning)? ${someTests}\\b`,
  `\\brun(?:ning)? ${someTests}\\b[^.\\n]{0,20}\\bonly (?:when|if|on|after)\\b`,
  `\\bonly (?:ever )?run ${someTests}\\b[^.\\n]{0,20}\\b(?:when|if|on|after)\\b`,
  `(?<!\\b(?:if|when|whenever|once|how|that|where|as) )\\bi(?:['’]ll| will|['’]m going to| always)? (?:run|do) ${someTests}\\b[^.\\n]{0,30}\\b(?:myself|manually|locally|on my|by hand)\\b`,
].map((source) => new RegExp(source, 'i'));
const waives = new RegExp(
  `\\b(?:do not|don['’]?t|without) (?:run(?:ning)? )?(?:any |the |all )?(?:checks|linters?|linting|verification|ci)${endOfWaiver}|\\b(?:no need to|don['’]?t (?:need|have|bother) (?:to )?|you needn['’]t|needn['’]t) ?(?:run(?:ning)?|execut(?:e|ing)|check(?:ing)?|test(?:ing)?)?(?: it)?(?: ${someTests})${endOfWaiver}|\\b(?:no need to|don['’]?t (?:need|have|bother) to?) (?:test|verify|check)(?:ing)?(?: it| this| anything)?\\s*(?:[.,!)]|$)|\\bi(?:['’]ll| will) (?:test|try|run|check|verify) (?:it|this|that|them|everything|the rest)(?= *(?:[.,;!)\\n]|$| (?:myself|later|locally|manually|when|tomorrow|after\\w*|on my|in|once|then)\\b))`,
  'i',
);
const asksForRun =
  /\b(?:run|re-?run|execute)\b[^.\n]{0,40}\btests?\b|\b(?:test|verify|check) (?:it|this|that|everything)\b/i;

type CheckWish = { readonly wish: ReturnType<typeof readCheckWish>; readonly isWaivedInWords: boolean };

/** What the user keeps for themselves of the checks. */
export type UsersChecks = {
  /** The user's words before a step. */
  readonly readWords: (texts: readonly string[]) => void;
  /** How a turn ended that had changed these files. */
  readonly endTurn: (text: string, changed: readonly string[]) => void;
  /** Whether a check of these files is the user's, by their words or because they run them each time. */
  readonly isTheirs: (changed: readonly string[]) => boolean;
  /**
   * Whether the user waived checks and has not asked for one since: their words outrank what an instruction file wants, and one message
   * without a word of it takes nothing back.
   */
  readonly areWaived: () => boolean;
};

/**
 * Who checks what: tests that are to be run only on the user's word, by their words or an instruction file's; checks they waived for this turn; and
 * files that the agent left to them to run before, and they did. "Run the tests" takes all of it back.
 */
export function followUsersChecks({ task, instructions = [] }: Pick<RunFacts, 'task' | 'instructions'>): UsersChecks {
  const kept = new Set<string>();
  const runByUser = new Set<string>();
  let isWaived = false;
  let areWaived = false;
  let areTestsWaived = false;
  let open: readonly string[] = [];

  const readWords = (text: string, source: string) => {
    const bare = text.slice(0, 40_000);
    if (source === 'user' && asksForRun.test(bare) && !keepsSome(bare, source)) kept.clear();
    for (const name of keptIn(bare, source)) kept.add(name);
  };
  for (const { text, source } of instructions) readWords(text, source);
  readWords(task, 'user');
  readWaiver(task);

  function readWaiver(text: string): void {
    const { wish, isWaivedInWords } = knownWishes(text, () => ({
      wish: readCheckWish(text),
      isWaivedInWords: waives.test(withoutQuotes(text.slice(0, 40_000))),
    }));
    isWaived = isWaivedInWords || wish === 'style waived';
    if (wish === 'waived') areTestsWaived = true;
    if (isWaived || areTestsWaived) areWaived = true;
    if (wish !== 'wanted') return;
    areWaived = false;
    areTestsWaived = false;
  }

  return {
    readWords: (texts) => {
      if (texts.length === 0) return;
      const text = texts.join('\n');
      if (open.length > 0 && (text.split('\n', 5).length > 4 || reports.test(text)))
        for (const path of open) runByUser.add(path);
      open = [];
      readWaiver(text);
      readWords(text, 'user');
    },
    endTurn: (text, changed) => {
      open = handsOver.test(text) ? changed : [];
    },
    areWaived: () => areWaived,
    isTheirs: (changed) =>
      isWaived ||
      areTestsWaived ||
      (changed.length > 0 &&
        changed.every((path) => runByUser.has(path) || [...kept].some((name) => name === '' || isOfPart(path, name)))),
  };
}

function keepsSome(text: string, source: string): boolean {
  return keptIn(text, source).length > 0;
}

/** Which tests somebody keeps for themselves: "e2e", or all of them as an empty name. */
function keptIn(text: string, source: string): readonly string[] {
  return knownKept(`${source}\n${text}`, () => readKept(text, source));
}

/** Two detectors ask about the same words, and sessions of one repository have the same instructions. */
const knownKept = rememberLatest<readonly string[]>(100);
const knownWishes = rememberLatest<CheckWish>(30);

function readKept(text: string, source: string): readonly string[] {
  const said = only.flatMap((pattern) => {
    const match = pattern.exec(text);
    return match === null ? [] : [match[1]?.toLowerCase() ?? ''];
  });
  if (!/\b(?:not|n['’]?t|dont|never|no|avoid|hold|ask|myself)\b|n['’]t\b/i.test(text) || !/\btest/i.test(text))
    return said;
  const forbidden = readWishes(text, source).constraints.flatMap(({ rule }) => partForbidden(rule));
  return [...said, ...forbidden];
}

function partForbidden(rule: ConstraintRule): string[] {
  if (rule.type !== 'no-command') return [];
  if (rule.kind === 'tests' || rule.kind === 'whole test suite') return [rule.commands[0] ?? ''];
  return rule.kind === undefined && runners.some((words) => isForbiddenCommand(words, rule)) ? [''] : [];
}

const runners = [
  ['npm', 'test'],
  ['npm', 'run', 'test'],
  ['pytest'],
  ['go', 'test'],
  ['cargo', 'test'],
  ['make', 'test'],
];

function isOfPart(path: string, name: string): boolean {
  const wanted = /^end/.test(name) ? 'e2e' : name;
  return new RegExp(`(?:^|[^a-z])${wanted}(?:[^a-z]|$)`, 'i').test(path);
}
