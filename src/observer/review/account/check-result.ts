import { hasSeveralWords } from '../../shell/classify-command.ts';
import { checkOutcomeOf } from '../../step/checks/check-outcome.ts';
import { featuresOf } from '../../step/features.ts';
import type { NormalizedCall } from '../../step/normalized-step.ts';

/** What a run of tests, a build, a linter or a type checker showed. `unclear`: it ended well and its output says nothing. */
export type CheckResult = {
  readonly color: 'green' | 'red' | 'unclear';
  /** The lines that say it, as the output has them: counts, and the names of what failed. */
  readonly lines: readonly string[];
  /** Why a green one shows less than it seems to: nothing ran since the runner had it in its cache, or the output holds an error. */
  readonly doubt?: 'cached' | 'error-shown';
  /** Its output says red although the call ended well: the exit code was lost, in a pipe or a list of commands. */
  readonly isRedHidden: boolean;
};

/** Lines with which test runners, compilers and linters say that something failed. */
const redLine =
  /^(?:(?:Tests?|Test Files|Test Suites|Suites):?\s.*\b[1-9]\d* failed|=+ .*\b[1-9]\d* (?:failed|errors?)\b|(?:There (?:are|is) )?[1-9]\d* (?:tests? )?(?:failed|failing|fail|failures?|errors?|problems?|issues?)\b|.*\b[1-9]\d* failed[,;] \d+ passed|(?:ℹ|#) fail [1-9]|test result: FAILED|FAILED[\s(]|(?:--- )?FAIL:?\s|FAIL$|✖ [1-9]\d* problems?|.*\bFound [1-9]\d* errors?\b|.*\berror TS\d+:|.*\bBUILD FAIL|.*\bBuild failed\b|not ok\b)/;
/** And that all went well. */
const greenLine =
  /^(?:(?:Tests?|Test Files|Test Suites|Suites):?\s.*\b\d+ passed|=+ .*\b[1-9]\d* passed\b|[1-9]\d* (?:tests? )?(?:passed|passing|pass)\b|0 (?:fail\w*|errors?|problems?|issues?)\b|(?:ℹ|#) fail 0|test result: ok|OK\b|ok\s+\S|no (?:issues|errors|problems)\b|.*\bBUILD SUCCESS|.*\bBuild succeeded\b|All checks passed|Success\b|.*\bFound 0 errors\b)/;
/** And how much there was. */
const countLine = /^(?:Ran \d+ tests?|(?:ℹ|#) (?:pass|tests) \d+)/;
/** A cheap look before these: a word that every such line has. */
const mayBeSummary = /fail|FAIL|error|problem|issue|ok|OK|pass|test|SUCCESS|succeeded|Success/;
/** Lines that name one failure. */
const failure =
  /^\s*(?:ERROR:\s.*|[✗✕×●]\s.*|E\s{2,}\S.*|.*\b(?:AssertionError|\w+Error): .*|.*\berror(?:\[\w+\])?: .*|.*: undefined: .*|panic: .*)$/;
/** An error with its trace, as languages print it; a script may have caught it and ended well. */
const errorTrace =
  /^Traceback \(most recent call last\)|^\s+at (?:[\w$.<>]+ ?\(.*:\d+(?::\d+)?\)|\S+:\d+:\d+)$|^panic: |^thread '.*' panicked|^Uncaught (?:\w+Error|exception)/im;
const maxLines = 4;
const maxLineLength = 160;
/** Summaries are at the end, sometimes at the beginning: so much of both is read. */
const lookedAt = 6000;

const known = new WeakMap<NormalizedCall, { readonly result: CheckResult | undefined }>();

/** What a call checked, or undefined when it is not a check; read once a call. */
export function readCheck(call: NormalizedCall): CheckResult | undefined {
  const read = known.get(call) ?? { result: isCheck(call) ? readResult(call) : undefined };
  known.set(call, read);
  return read.result;
}

function readResult(call: NormalizedCall): CheckResult {
  const { output } = call;
  const text = output.length > 2 * lookedAt ? `${output.slice(0, lookedAt)}\n${output.slice(-lookedAt)}` : output;
  const lines = text.split('\n').map((line) => line.trim());
  const summaries = lines.filter(
    (line) => mayBeSummary.test(line) && (redLine.test(line) || greenLine.test(line) || countLine.test(line)),
  );
  const isRedInText = summaries.some((line) => redLine.test(line));
  const known = checkOutcomeOf(call)?.verdict;
  const isRed = call.isError || isRedInText || known === 'red';
  const isSummedUp = summaries.some((line) => greenLine.test(line));
  const isErrorShown = !isRed && !isSummedUp && errorTrace.test(text);
  const isGreen = !isRed && !isErrorShown && ((known === 'green' && lines.some(saysSomething)) || isSummedUp);
  const failures = isRed
    ? lines.filter((line) => failure.test(line) && !summaries.includes(line)).slice(0, maxLines)
    : [];
  const reds = summaries.filter((line) => redLine.test(line)).slice(-maxLines);
  const found = [...(isRedInText ? reds : summaries.slice(-maxLines)), ...failures].map((line) =>
    line.slice(0, maxLineLength),
  );
  return {
    color: isRed ? 'red' : isGreen ? 'green' : 'unclear',
    lines: found.length > 0 ? [...new Set(found)] : lastWords(lines),
    isRedHidden: isRed && !call.isError && call.act === 'shell',
    ...(isErrorShown && { doubt: 'error-shown' }),
    ...(isGreen && isFromCache(lines) && { doubt: 'cached' }),
  };
}

/** Every package of a Go run, or all tasks of a build tool, came out of its cache. */
function isFromCache(lines: readonly string[]): boolean {
  const packages = lines.filter((line) => /^ok\s+\S+\s/.test(line) && !line.includes('[no tests to run]'));
  if (packages.length > 0) return packages.every((line) => line.includes('(cached)'));
  return lines.some((line) => /\bFULL TURBO\b/.test(line));
}

function lastWords(lines: readonly string[]): string[] {
  const last = lines.findLast(saysSomething);
  return last === undefined ? [] : [last.slice(0, maxLineLength)];
}

/** No blank line, no bare exit code and no tag of a harness. */
export function saysSomething(line: string): boolean {
  return /[a-z0-9]{2}/i.test(line) && !/^\s*(?:exit code:? -?\d+|<\/?\w+>(?:-?\d+<\/\w+>)?)\s*$/i.test(line);
}

/** A test run, a build, a linter, a program or script of the work that ran, or any call whose output ends with counts of tests. */
export function isCheck(call: NormalizedCall): boolean {
  const { shell, command, commands } = featuresOf(call);
  if (call.errorKind === 'blocked' || call.errorKind === 'denied') return false;
  if (call.act !== 'shell') return (call.act === 'other' && namesCheck.test(call.name)) || ranTests(call);
  if (shell === undefined || shell === 'inspect' || shell === 'nothing') return false;
  // A hook that a commit runs is not the agent's check, and words of its message don't count.
  if (commands.every(({ words }) => words.length === 0 || /^(?:rtk|git|cd|export)$/.test(words[0] ?? ''))) return false;
  if (shell === 'test' || checkOutcomeOf(call) !== undefined) return true;
  // Without what a line only writes into a file: a script that runs a build is no build.
  const lines = commands.map(({ words }) => words.filter((word) => !hasSeveralWords(word)).join(' ')).join('\n');
  return runsCode.test(commands.length > 0 ? lines : (command ?? '')) || ranTests(call);
}

/** A build, a type checker, or an interpreter with a file: also a script written for this one question shows whether something works. */
const runsCode =
  /\b(?:build|compile|vet|clippy|tsc|fmt --check)\b|(?:^|[\s;&|])(?:(?:python[\d.]*|node|deno run|bun(?: run)?|ruby|php|perl|tsx|go run|Rscript)\s(?:-\w+ )*\S*\.\w+|cargo run|\.\/[\w./-]+)(?=\s|$|[;&|])/;
/** Whether a call changed something; also an edit whose tool ran the tests, whatever failure these show. */
export function madeChange(call: NormalizedCall): boolean {
  if (featuresOf(call).isChange) return true;
  return (call.act === 'edit' || call.act === 'write') && !call.isError && readCheck(call) !== undefined;
}

const namesCheck = /test|diagnos|lint|check|build/i;
/** Counts of tests, with which also a tool ends that changes a file and runs the tests itself. */
const testCounts = /\b\d+ (?:passed|failed|passing|failing)\b|^Ran \d+ tests?/m;

function ranTests({ act, output }: NormalizedCall): boolean {
  if (act === 'read' || act === 'search' || act === 'plan') return false;
  return testCounts.test(output.slice(0, 1500)) || testCounts.test(output.slice(-1500));
}
