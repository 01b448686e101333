import { isOfKind } from '../ledger/check/file-sets.ts';
import { featuresOf } from '../step/features.ts';
import { pathsOf } from '../step/files/edit-texts.ts';
import type { NormalizedCall, NormalizedStep } from '../step/normalized-step.ts';
import type { ResultText } from '../step/results/result-text.ts';
import { madeChange, readCheck } from './account/check-result.ts';

/** A sign that the agent may go by a belief that an output contradicts. */
export type PremiseClue = {
  readonly occasion: 'red-again' | 'other-place' | 'same-error' | 'surprise' | 'claim' | 'stuck';
  /** The steps that show it. */
  readonly steps: readonly number[];
  /** The same for the same thing. */
  readonly key: string;
};

/** Errors of one cause count while they come within so many steps of each other. */
const errorWindow = 10;
/** Occurrences of one error at which it is worth a question. */
const errorCounts: ReadonlySet<number> = new Set([3, 8, 16, 28]);
/** And of checks that stay red in one way whatever is changed. */
const redCounts: readonly number[] = [1, 3, 6, 12];
/** Calls in a row without a useful result after which a claim of a find is worth a question. */
const fewResults = 2;
const maxCauses = 50;
/** Characters between two failures that are a theory whatever their words. */
const enoughWords = 250;

const saysSuccess =
  /\b(?:works?(?: now| correctly| as expected)|(?:is|are) (?:now )?(?:fixed|correct|working)|tests? (?:now )?pass|all (?:tests )?pass|success(?:ful(?:ly)?)?!?)\b/i;
const namedFile =
  /(?:^|[\s("'`])((?:[\w.@-]+\/)*[\w@-][\w.@-]*\.(?:[cm]?[jt]sx?|py|rb|php|go|rs|java|kt|c|cc|cpp|h|cs|swift|scala))(?:"?, line \d+|:\d+)/gm;

const explains =
  /\b(?:because|seems?|appears?|looks like|due to|caused?|means that|must be|probably|apparently|the (?:issue|problem|error|reason|cause|tool|fix)|incorrect(?:ly)?|instead of)\b/i;
const saysFound =
  /\b(?:based on (?:my|the|our|this) (?:analysis|findings?|results?|review|information)|(?:we|i)(?:['’]ve| have)? (?:now )?(?:obtained|identified|found|confirmed|verified|located|gathered)|insights gained)\b/i;
const saysUnable =
  /\b(?:unable|not able|without the ability) to (?:perform|search|access|run|execute|read|find|use)|\bcan(?:['’]t|not) (?:perform|search|access|run|execute|read)\b/i;

const saysSurprise =
  /^(?:wait|hmm)\W+(?:there (?:are|is)|th(?:at|is|ese|ose)\b|the\b|it\b|why\b|still\b)|\b(?:that['’]s|this is|it['’]s) (?:very )?(?:odd|strange|weird|unexpected|surprising|not (?:right|what i expected))\b|\bunexpected(?:ly)? (?:change|result|output|file|behaviou?r)|\b(?:happened|changed?|changes|appeared|reverted|failing|failed|missing|there|back) again\b/im;
/** Steps between two surprises that may be of one cause, and those after the second in which it shows what the agent makes of it. */
const surpriseGap = { least: 3, most: 20 } as const;
const stepsAfterSurprise = 3;
/** Characters at the beginning of what it says. */
const surpriseRoom = 400;

/** A red check; `since`: the first of the checks that were red in the same way, `again`: how many followed it after changes. */
type Red = {
  readonly step: number;
  readonly since: number;
  readonly again: number;
  readonly lines: ReadonlySet<string>;
};

/** Results that are looked back at for one that is the same. */
const lookedBack = 8;

/** Finds them in the steps of one turn after the other. */
export function createPremiseClues(): { feed: (step: NormalizedStep) => readonly PremiseClue[] } {
  let lastRed: Red | undefined;
  /** Files changed since the last check. */
  let changed: { readonly path: string; readonly step: number }[] = [];
  let causes = new Map<string, number[]>();
  /** What the agent said since the last failure. */
  let theory = '';
  let emptyResults = 0;
  let surprises: readonly number[] = [];
  let hadResult = false;
  let results: ResultText[] = [];

  function startTurn(): void {
    lastRed = undefined;
    changed = [];
    causes = new Map();
    theory = '';
    emptyResults = 0;
    surprises = [];
  }

  function feedCheck(call: NormalizedCall, step: number): PremiseClue[] {
    const check = readCheck(call);
    if (check === undefined) return [];
    const before = lastRed;
    const edits = changed;
    changed = [];
    lastRed = check.color === 'red' ? { step, since: step, again: 0, lines: fingerprints(check.lines) } : undefined;
    if (lastRed === undefined || edits.length === 0) return [];
    const steps = [...(before === undefined ? [] : [before.step]), edits.at(-1)!.step, step];
    const shared = before && [...lastRed.lines].find((line) => before.lines.has(line));
    if (before !== undefined && shared !== undefined) {
      const again = before.again + 1;
      lastRed = { ...lastRed, since: before.since, again };
      const reached = redCounts.findLast((count) => count <= again);
      return [{ occasion: 'red-again', steps, key: `red:${before.since}:${reached}` }];
    }
    const paths = edits.map(({ path }) => path);
    const place = paths.includes('') ? undefined : otherPlace(call.output, paths);
    return place === undefined ? [] : [{ occasion: 'other-place', steps, key: `place:${place}` }];
  }

  function feedError(call: NormalizedCall, step: number): PremiseClue[] {
    const { failure } = featuresOf(call);
    if (failure === undefined || readCheck(call) !== undefined) return [];
    const known = causes.get(failure.looseCause) ?? [];
    const earlier = step - (known.at(-1) ?? step) <= errorWindow ? known : [];
    const steps = earlier.at(-1) === step ? earlier : [...earlier, step];
    if (causes.size < maxCauses || causes.has(failure.looseCause)) causes.set(failure.looseCause, steps);
    const isExplained = explains.test(theory) || theory.length > enoughWords;
    theory = '';
    if (!errorCounts.has(steps.length) || earlier.at(-1) === step || !isExplained) return [];
    return [{ occasion: 'same-error', steps: steps.slice(-4), key: `error:${steps.length}:${failure.looseCause}` }];
  }

  function feedWords({ text, index }: NormalizedStep): PremiseClue[] {
    theory = `${theory}\n${text}`.slice(-4000);
    const isRed = lastRed !== undefined && saysSuccess.test(text);
    const isOfNothing = emptyResults >= fewResults && saysFound.test(text);
    if (!isRed && !isOfNothing && !(hadResult && saysUnable.test(text))) return [];
    const from = lastRed?.step ?? index - 1;
    return [{ occasion: 'claim', steps: [Math.max(0, from), index], key: `said:${isRed ? from : text.slice(0, 60)}` }];
  }

  /** The agent is surprised a second time, and has gone on since. */
  function feedSurprise({ text, index }: NormalizedStep): PremiseClue[] {
    const [first, second] = surprises;
    if (first !== undefined && second !== undefined) {
      if (index < second + stepsAfterSurprise) return [];
      surprises = [];
      return [{ occasion: 'surprise', steps: [first, second, index], key: `surprise:${first}` }];
    }
    if (!saysSurprise.test(text.slice(0, surpriseRoom))) return [];
    const gap = index - (first ?? Number.NEGATIVE_INFINITY);
    if (first === undefined || gap > surpriseGap.most) surprises = [index];
    else if (gap >= surpriseGap.least) surprises = [first, index];
    return [];
  }

  /** Planning brings no result but takes none away, and what was seen before is not a new one. */
  function noteResult(call: NormalizedCall): void {
    const { failure, isEmptyResult, isChange, result } = featuresOf(call);
    const isKnown = !isChange && results.some((earlier) => earlier.isSame(result));
    results = [...results, result].slice(-lookedBack);
    const isNothing = isEmptyResult || failure !== undefined || call.isError || isKnown;
    if (call.act !== 'plan') emptyResults = isNothing ? emptyResults + 1 : 0;
    hadResult ||= !isNothing;
  }

  return {
    feed: (step) => {
      if (step.userTexts.length > 0) startTurn();
      const said = [...feedWords(step), ...feedSurprise(step)];
      const seen = step.calls.flatMap((call) => {
        for (const path of changesOf(call)) changed.push({ path, step: step.index });
        noteResult(call);
        return [...feedCheck(call, step.index), ...feedError(call, step.index)];
      });
      return [...said, ...seen];
    },
  };
}

const writesFile = /\bsed\s+(?:-\w+\s+)*-\w*i|\btee\b|(?:^|[^\d&>-])>{1,2}\s*[\w./~$]|\bpatch\b|\bgit apply\b/;

/** The files that a call has changed; an empty name for one that is not known. */
function changesOf(call: NormalizedCall): readonly string[] {
  const { command } = featuresOf(call);
  if (!madeChange(call) || (call.act === 'shell' && !writesFile.test(command ?? ''))) return [];
  const paths = call.act === 'shell' ? [] : pathsOf(call);
  return paths.length > 0 ? paths : [''];
}

/** Lines that name failures, without numbers and durations; lines that only count them where there are no others. */
function fingerprints(all: readonly string[]): ReadonlySet<string> {
  const named = all.filter((line) => !/\b\d+ (?:failed|failing|passed|errors?|tests?)\b/.test(line));
  const lines = named.length > 0 ? named : all;
  return new Set(
    lines.map((line) => line.replace(/\d+(?:\.\d+)?\s?m?s\b|\d+/g, '#')).filter((line) => line.length > 8),
  );
}

/** A source file that the error names while none of those just changed is named. */
function otherPlace(output: string, edited: readonly string[]): string | undefined {
  const named = [...output.slice(-6000).matchAll(namedFile)].map((match) => match[1]!);
  const sources = [...new Set(named)].filter(
    (path) => !isOfKind(path, 'tests') && !/site-packages|node_modules|\/lib\/python/.test(path),
  );
  if (sources.length === 0) return undefined;
  const isEdited = named.some((path) => edited.some((file) => endsAlike(file, path)));
  return isEdited ? undefined : sources.at(-1);
}

function endsAlike(left: string, right: string): boolean {
  const name = (path: string) => path.slice(path.lastIndexOf('/') + 1);
  return name(left) === name(right);
}
