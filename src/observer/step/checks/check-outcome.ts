import { kindOfCommand } from '../../shell/classify-command.ts';
import { featuresOf } from '../features.ts';
import type { NormalizedCall } from '../normalized-step.ts';
import { couldNotRun } from './could-not-run.ts';

/** What a check found: a run of tests, of a linter, of a compiler. */
export type CheckOutcome = {
  /** `unknown`: it ran, and a pipe or a filter hides how it ended. */
  readonly verdict: 'red' | 'green' | 'unknown';
  /** Counts and verdicts of tests are in it, or it is a test program by name; a linter or a compiler otherwise. */
  readonly isTest: boolean;
  /** It failed before any expectation was looked at: the code did not compile, a name was missing. */
  readonly isBroken: boolean;
};

const tailLength = 3000;

type Sum = {
  readonly pattern: RegExp;
  /** A text without it has no such sum; looked for first, since that is quicker. */
  readonly needs: string;
  readonly failed: readonly number[];
  readonly passed?: number;
};

/** Lines in which test programs sum up, with the count of what failed and of what passed, in whatever order they print them. */
const counted: readonly Sum[] = [
  // cargo: "test result: FAILED. 5 passed; 1 failed"
  { pattern: /^test result: \w+\. (\d+) passed; (\d+) failed/gm, needs: 'test result: ', failed: [2], passed: 1 },
  // jest, vitest: "Tests:  1 failed, 2 skipped, 20 passed, 21 total", "Tests  1 failed | 20 passed (21)"
  {
    pattern: /^\s*Tests:? +(?:(\d+) failed[,| ]+)?(?:\d+ (?:skipped|todo|pending)[,| ]+)*(?:(\d+) passed)?/gm,
    needs: 'Tests',
    failed: [1],
    passed: 2,
  },
  // pytest: "=== 1 failed, 20 passed, 2 warnings in 0.1s ===", also "-q"
  {
    pattern:
      /^=* ?(?:(\d+) failed,? ?)?(?:(\d+) passed)?(?:, \d+ (?:skipped|deselected|xfailed|xpassed|warnings?))*(?:, (\d+) errors?)? in [\d.:]+ ?(?:s|seconds)/gm,
    needs: ' in ',
    failed: [1, 3],
    passed: 2,
  },
  // sympy: "== tests finished: 204 passed, 1 failed, in 3.46 seconds =="
  {
    pattern: /tests finished: (\d+) passed(?:, (\d+) failed)?(?:, (\d+) exceptions?)?/g,
    needs: 'tests finished: ',
    failed: [2, 3],
    passed: 1,
  },
  // deno, ctest: "ok | 5 passed | 0 failed", "80% tests passed, 1 tests failed out of 5"
  { pattern: /\| (\d+) passed (?:\([^)\n]{1,40}\) )?\| (\d+) failed/g, needs: ' failed', failed: [2], passed: 1 },
  {
    pattern: /^(\d+)% tests passed, (\d+) tests failed out of/gm,
    needs: 'tests failed out of',
    failed: [2],
    passed: 1,
  },
  // minitest, XCTest: "5 runs, 9 assertions, 0 failures, 0 errors", "Executed 5 tests, with 1 failure"
  {
    pattern: /^(\d+) (?:runs|tests), \d+ assertions, (\d+) failures?, (\d+) errors?/gm,
    needs: ' assertions, ',
    failed: [2, 3],
    passed: 1,
  },
  { pattern: /Executed (\d+) tests?, with (\d+) failures?/g, needs: 'Executed ', failed: [2], passed: 1 },
  // maven, dotnet, phpunit: "Tests run: 5, Failures: 1, Errors: 0", "Failed: 1, Passed: 4", "Tests: 5, Assertions: 9, Failures: 1"
  { pattern: /Tests run: (\d+), Failures: (\d+), Errors: (\d+)/g, needs: 'Tests run: ', failed: [2, 3], passed: 1 },
  { pattern: /Failed: +(\d+), Passed: +(\d+)/g, needs: 'Failed: ', failed: [1], passed: 2 },
  {
    pattern: /^Tests: (\d+), Assertions: \d+(?:, (?:Errors|Failures): (\d+))?(?:, Failures: (\d+))?/gm,
    needs: ', Assertions: ',
    failed: [2, 3],
    passed: 1,
  },
  // rspec, mix: "5 examples, 1 failure", "5 tests, 0 failures"
  {
    pattern: /^(\d+) (?:examples?|tests?|doctests?, \d+ tests?), (\d+) failures?/gm,
    needs: ' failure',
    failed: [2],
    passed: 1,
  },
];

/** Single lines with a count: bun ("3 fail"), mocha ("1 failing"), node ("# fail 1"), and words that sum up without one. */
const failedLine =
  /^\s*(?:[#ℹ] fail ([1-9]\d*)|([1-9]\d*) (?:fail|failing|failed)\b.{0,40}|FAILED \((?:failures|errors)=\d+.*|FAIL\s+\S+.*|\(fail\) .*|--- FAIL: .*|not ok \d+.*|FAIL|FAILURES!|BUILD FAILED.*|FAILED tests?\b.*)$/m;
/** These words may stand anywhere in a line, so that each line would be gone through. */
const testsFailed = /^.*\bTests? (?:suites? )?failed\b.{0,30}$/m;
const passedLine =
  /^\s*(?:[#ℹ] pass ([1-9]\d*)|([1-9]\d*) (?:pass|passing|passed)\b.{0,40}|ok\s+\S+\s+(?:[\d.]+s|\(cached\)).*|ok \d+ .*|PASS|OK|OK \((?:\d+ tests?|skipped|expected failures).*|BUILD SUCCESSFUL.*|All tests passed!?)$/m;
/** A cheap look before each of these: a word that every one of its lines has. */
const mayHaveFailed = /fail|FAIL|not ok/;
const mayHavePassed = /pass|PASS|ok|OK|BUILD SUCCESSFUL/;
const mayBeLintRed = /error|issue|problem/;
const mayBeLintGreen = /Found 0 |All checks|issues|No fixes|No (?:errors|problems|ESLint)/;
const lintRed =
  /^\s*(?:Found [1-9]\d* (?:errors?|issues?|problems?)\b.*|✖ [1-9]\d* problems?.*|[1-9]\d* (?:errors?|issues?)\b[:.]?(?: .{0,40})?|error\[E\d+\].*|error: could not compile .*)$/m;
const typeError = /^\s*.{1,200}\berror TS\d+: .*$/m;
const lintGreen =
  /^\s*(?:Found 0 errors?.*|All checks passed!?|Success: no issues found.*|0 issues\.?|Checked \d+ files? in .*No fixes applied\.?|No (?:issues|errors|problems) found\.?|✔ No ESLint.*)$/m;
const broken =
  /\b(?:undefined: \w|cannot find (?:module|symbol|name|package)|is not a function|is not defined|has no attribute|unknown field|unresolved (?:import|reference|name)|ImportError|ModuleNotFoundError|SyntaxError|IndentationError|NameError|error TS\d+|build failed|\[build failed\]|could not compile|compilation (?:error|failed)|does not exist in type|imported and not used|declared and not used|not enough arguments|too many arguments|missing return)\b/i;

/** A call of a test program that runs nothing: it says its version, lists tests or shows help. */
const noRun =
  /(?:^|\s)(?:--version|-V|--help|-h|--collect-only|--co|--list(?:-tests|Tests)?|--dry-run|--showConfig|--print-config)(?:\s|$)/;

/** Whether a line only asks a program for its version, its help or a list of tests: no evidence of anything. */
export function runsNothing(command: string | undefined): boolean {
  return command !== undefined && !/[;&|\n]/.test(command.trim()) && noRun.test(command.slice(0, 2000));
}

/** The shell's report of a pipeline whose first part failed. */
const hiddenFailure = /\[exit codes of the pipeline: [1-9]/;

const cache = new WeakMap<NormalizedCall, CheckOutcome | null>();

/**
 * What a call found out about the code, known by its output (counts, "ok", "N passed") before the name of its command, so that a runner under any
 * name counts and a failure shows that a pipe has hidden. Undefined for a call that is not a check, or of which nothing can be said.
 */
export function checkOutcomeOf(call: NormalizedCall): CheckOutcome | undefined {
  const known = cache.get(call);
  if (known !== undefined) return known ?? undefined;
  const outcome = readOutcome(call);
  cache.set(call, outcome ?? null);
  return outcome;
}

function readOutcome(call: NormalizedCall): CheckOutcome | undefined {
  if (call.act !== 'shell' && call.act !== 'other') return undefined;
  if (call.errorKind !== undefined && neverRan.has(call.errorKind)) return undefined;
  const { shell, command, commands } = featuresOf(call);
  if (runsNothing(command)) return undefined;
  // What was only read (a log, a source file) is not a run.
  if (call.act === 'shell' && (shell === 'inspect' || shell === 'nothing')) return undefined;
  const tail = call.output.slice(-tailLength);
  const isNamed =
    shell === 'test' ||
    commands.some((part) => kindOfCommand(part) === 'test') ||
    (call.act === 'other' && /test|diagnos|lint|check|build/i.test(call.name));
  const found = readVerdict(call, tail, isNamed, command);
  if (found === undefined) return undefined;
  const isBroken = found.verdict === 'red' && (broken.test(tail) || broken.test(call.output.slice(0, 1500)));
  return { ...found, isBroken };
}

/** A cheap look before: a word of each summary. */
const mayBeSummary = /pass|fail|\bok\b|error|issue|problem|success|found|fixes/i;

function readVerdict(
  call: NormalizedCall,
  tail: string,
  isNamed: boolean,
  command: string | undefined,
): Omit<CheckOutcome, 'isBroken'> | undefined {
  const isRed = isNamed && (call.isError || hiddenFailure.test(tail));
  if (mayBeSummary.test(tail)) {
    const tests = readTests(tail);
    if (tests !== undefined) return { verdict: isRed ? 'red' : tests, isTest: true };
    const lint = readLint(tail);
    if (lint !== undefined && (isNamed || featuresOf(call).shell === 'run'))
      return { verdict: call.isError ? 'red' : lint, isTest: false };
  }
  if (!isNamed || (call.isError && couldNotRun(tail, command ?? ''))) return undefined;
  const isHidden = !isRed && /\|(?!\|)/.test(command ?? '');
  return { verdict: isRed ? 'red' : isHidden ? 'unknown' : 'green', isTest: runsTests(command) };
}

const linting = /(?:^|[^a-z])(?:lint|tsc|eslint|biome|mypy|ruff|flake8|pylint|typecheck|vet|fmt|format)(?:[^a-z]|$)/i;

/** Whether a check by name runs tests, and not only a linter or a compiler. */
function runsTests(command: string | undefined): boolean {
  const line = (command ?? '').slice(0, 2000);
  return (
    /(?:^|[^a-z])(?:tests?|specs?|pytest|jest|vitest|mocha|rspec|phpunit|ctest|tox|repro(?:duce)?)(?:[^a-z]|$)/i.test(
      line,
    ) || !linting.test(line)
  );
}

/** A call that was kept from running shows neither red nor green. */
const neverRan: ReadonlySet<string> = new Set(['blocked', 'denied', 'aborted', 'cancelled', 'command-not-found']);

/** The last sum of each form decides; one that counts a failure makes it red. */
function readTests(tail: string): 'red' | 'green' | undefined {
  let seen: 'red' | 'green' | undefined;
  for (const { pattern, needs, failed, passed } of counted) {
    if (!tail.includes(needs)) continue;
    for (const match of tail.matchAll(pattern)) {
      const numbers = failed.map((place) => Number(match[place] ?? 0));
      const hasPassed = passed !== undefined && match[passed] !== undefined;
      if (numbers.some((count) => count > 0)) seen = 'red';
      else if (hasPassed) seen ??= 'green';
    }
  }
  if (seen !== undefined) return seen;
  if (mayHaveFailed.test(tail) && (failedLine.test(tail) || (tail.includes(' failed') && testsFailed.test(tail))))
    return 'red';
  return mayHavePassed.test(tail) && passedLine.test(tail) ? 'green' : undefined;
}

function readLint(tail: string): 'red' | 'green' | undefined {
  if (mayBeLintRed.test(tail) && lintRed.test(tail)) return 'red';
  if (tail.includes('error TS') && typeError.test(tail)) return 'red';
  return mayBeLintGreen.test(tail) && lintGreen.test(tail) ? 'green' : undefined;
}
