import type { Verdict } from '../../../core/types.ts';
import { readCheck } from '../../review/account/check-result.ts';
import { readGitCommand } from '../../shell/program-words.ts';
import { checkOutcomeOf } from '../../step/checks/check-outcome.ts';
import { readGitClaims } from '../../step/claims/git-claims.ts';
import { isBorneOut, readWorkClaims, type WorkClaim } from '../../step/claims/work-claims.ts';
import { featuresOf } from '../../step/features.ts';
import { changesFiles } from '../../step/files/changes-files.ts';
import { fileTouchesOf } from '../../step/files/file-touches.ts';
import type { NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';
import { readWithdrawal } from './withdrawn-claim.ts';

/**
 * What the agent made of a false claim after it was told. Corrected: the final message makes it no more, or what was missing has been
 * produced since the last change. Repeated: it is made again, without. Open: neither can be told.
 */
export type ClaimAnswer = {
  /** Each step from the reminder on; what comes after new words of the user is about something else. */
  readonly follow: (step: NormalizedStep) => void;
  /** The claim was found false once more, after the steps that were followed. */
  readonly foundAgain: () => void;
  /** undefined while there is no answer; in the middle of a turn also while it is open. */
  readonly read: () => 'corrected' | 'repeated' | 'open' | undefined;
};

/** `endedTurn`: the claim stood at the end of a turn, which its reminder re-opens. undefined for findings that are no false claim. */
export function followClaimAnswer(
  verdict: Verdict,
  evidence: readonly NormalizedStep[],
  endedTurn: boolean,
): ClaimAnswer | undefined {
  if (verdict.class !== 'false-claim') return undefined;
  const quote = quoteOf(verdict);
  const isShownBy = evidenceFor(verdict, quote, evidence);
  let isShown = false;
  let message: 'made' | 'withdrawn' | 'unclear' | undefined;
  let isOver = false;
  let hasAnswer = false;
  return {
    follow: (step) => {
      isOver ||= step.userTexts.length > 0;
      if (isOver) return;
      hasAnswer = true;
      for (const call of step.calls) isShown = isShownBy(call) ?? (isShown && !changesFiles(call));
      if (step.calls.length > 0) message = undefined;
      else if (step.text.trim() !== '') message = readWithdrawal(step.text, quote);
    },
    foundAgain: () => {
      isShown = false;
      message = 'made';
    },
    read: () => {
      if (isShown || message === 'withdrawn') return 'corrected';
      if (message === 'made') return 'repeated';
      return hasAnswer && endedTurn ? 'open' : undefined;
    },
  };
}

/** The claim in the agent's words; a rule's finding about tests has none. */
function quoteOf({ quote, evidence }: Verdict): string | undefined {
  return quote ?? (/^“(.+)” was said/.exec(evidence) ?? missingFile.exec(evidence))?.[1];
}

const missingFile = /new file (\S+), and there is no such file$/;
const aboutChecks =
  /\b(?:tests?|tested|specs?|suite|pass\w*|verif\w*|check\w*|confirm\w*|works?|working|builds?|compil\w*|lint\w*|green|fix\w*)\b/i;
const verbs = { staged: /^(?:add|commit)$/, committed: /^commit$/, pushed: /^push$/ } as const;

/** Whether a call shows what the claim lacked: true, or false when it shows the contrary; undefined when it says nothing of it. */
type Shows = (call: NormalizedCall) => boolean | undefined;

function evidenceFor(verdict: Verdict, quote: string | undefined, evidence: readonly NormalizedStep[]): Shows {
  const act = readGitClaims(quote ?? '').at(-1)?.kind;
  if (act !== undefined) return (call) => (isGit(call, verbs[act]) ? !call.isError : undefined);
  const work = verdict.detector === 'git-claim' ? readWorkClaims(quote ?? '').at(-1) : undefined;
  if (work !== undefined) return (call) => (bearsOut(call, work) ? true : undefined);
  const file = missingFile.exec(verdict.evidence)?.[1];
  if (file !== undefined) return (call) => (makes(call, file) ? true : undefined);
  // Of what no check can show (a text that was written, a thing left out) only the message tells.
  if (quote !== undefined && !aboutChecks.test(quote)) return () => undefined;
  return checksFor(/\b(?:tests?|specs?|suite)\b/i.test(quote ?? verdict.evidence), evidence);
}

/** A claim about tests wants a run of tests; and where one was red, no smaller one than that. */
function checksFor(isOfTests: boolean, evidence: readonly NormalizedStep[]): Shows {
  const red = evidence.flatMap(({ calls }) =>
    calls.filter((call) => readCheck(call)?.color === 'red').flatMap(linesOf),
  );
  return (call) => {
    const color = readCheck(call)?.color;
    if (color === 'red') return false;
    if (color !== 'green' || (isOfTests && !checkOutcomeOf(call)?.isTest)) return undefined;
    return linesOf(call).some((line) => red.some((whole) => isPartOf(line, whole))) ? undefined : true;
  };
}

function linesOf(call: NormalizedCall): (readonly string[])[] {
  return featuresOf(call).commands.flatMap(({ words }) => (words.length === 0 ? [] : [words]));
}

/** The same command with a file, a name or a pattern behind it, which runs a part. */
function isPartOf(line: readonly string[], whole: readonly string[]): boolean {
  const isSame = whole.every((word, index) => line[index] === word);
  return isSame && line.slice(whole.length).some((word) => !word.startsWith('-'));
}

function isGit(call: NormalizedCall, verb: RegExp): boolean {
  return featuresOf(call).commands.some(({ words }) => verb.test(readGitCommand(words)?.verb ?? ''));
}

function bearsOut(call: NormalizedCall, claim: WorkClaim): boolean {
  return (
    !call.isError &&
    isBorneOut(
      claim,
      fileTouchesOf(call).map(({ path }) => path),
    )
  );
}

function makes(call: NormalizedCall, file: string): boolean {
  return !call.isError && fileTouchesOf(call).some(({ path }) => path === file || path.endsWith(`/${file}`));
}
