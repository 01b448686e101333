import { appendFileSync } from 'node:fs';
import type { Event } from '../core/event.ts';
import { runGitSafely } from '../core/git/ask-git.ts';
import type { Step } from '../core/types.ts';
import { type ChangedFileLines, type CheckRun, writeAnnotations, writeSummary } from './ci-summary.ts';

export type StepSummaryOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly task: string;
  readonly cwd: string;
  /** Keys that did not come from the runner's own secrets and so are not masked by it (from a command or a file). */
  readonly secrets: readonly string[];
  /** Where workflow commands are printed: the log, never the answer. */
  readonly print: (line: string) => void;
};

/** Commands whose end says whether the work holds. */
const checkCommand =
  /(^|[;&|]\s*|\s)(npm (run |)(test|lint|check|typecheck)|(pnpm|yarn|bun) (run )?(test|lint)|npx (vitest|jest|tsc|eslint|biome|playwright)|vitest|jest|pytest|python3? -m (pytest|unittest)|tox|ruff|mypy|cargo (test|clippy|check)|go (test|vet)|mvn .*(test|verify)|(\.\/)?gradlew? .*(test|check)|make (test|check|lint)|node --test|bundle exec rspec|rspec|phpunit|dotnet test|mix test|ctest|tsc|eslint)\b/;

/**
 * The listener that writes the summary of a run to $GITHUB_STEP_SUMMARY (or to the file in $WINK_SUMMARY, for other CI systems) and, in
 * GitHub Actions, prints annotations. undefined where neither is set: then nothing is watched and git is not asked.
 */
export function createStepSummary(options: StepSummaryOptions): ((event: Event) => void) | undefined {
  const file = options.env.WINK_SUMMARY || options.env.GITHUB_STEP_SUMMARY;
  if (!file) return undefined;
  const isGitHub = options.env.GITHUB_ACTIONS === 'true';
  if (isGitHub) for (const secret of unmasked(options)) options.print(`::add-mask::${secret}`);
  const base = runGitSafely(options.cwd, ['rev-parse', 'HEAD'])?.trim();
  const checks = new Map<string, CheckRun>();
  return (event) => {
    if (event.type === 'step') for (const check of findChecks(event.step)) checks.set(check.command, check);
    if (event.type !== 'result') return;
    const facts = {
      task: options.task,
      result: event.result,
      changes: readChanges(options.cwd, base),
      checks: [...checks.values()],
    };
    appendFileSync(file, writeSummary(facts));
    if (isGitHub) for (const line of writeAnnotations(facts)) options.print(line);
  };
}

/** What came through the environment is the runner's own secret, which it masks already: printing it again would only show it elsewhere. */
function unmasked({ env, secrets }: StepSummaryOptions): string[] {
  const known = new Set(Object.values(env));
  return [...new Set(secrets)].filter((secret) => secret !== '' && !known.has(secret));
}

/** The checks among a step's commands, with their exit codes. */
export function findChecks(step: Step): CheckRun[] {
  return step.results.flatMap(({ view }) =>
    view?.kind === 'command' && !view.isRunning && checkCommand.test(view.command)
      ? [{ command: view.command, exitCode: view.exitCode }]
      : [],
  );
}

/** What changed since the commit at which the run began, commits of the agent's and new files included. */
function readChanges(cwd: string, base: string | undefined): ChangedFileLines[] | undefined {
  if (base === undefined) return undefined;
  const tracked = runGitSafely(cwd, ['diff', '--numstat', '-z', '--no-renames', base]) ?? '';
  const untracked = runGitSafely(cwd, ['ls-files', '--others', '--exclude-standard', '-z']) ?? '';
  const changes = tracked.split('\0').flatMap(readNumstat);
  return [
    ...changes,
    ...untracked
      .split('\0')
      .flatMap((path) => (path === '' ? [] : [{ path, added: countLines(cwd, path), removed: 0 }])),
  ];
}

function readNumstat(line: string): ChangedFileLines[] {
  const match = /^(\d+|-)\t(\d+|-)\t([\s\S]+)$/.exec(line);
  if (match?.[3] === undefined) return [];
  const number = (text: string | undefined) => (text === undefined || text === '-' ? null : Number(text));
  return [{ path: match[3], added: number(match[1]), removed: number(match[2]) }];
}

function countLines(cwd: string, path: string): number | null {
  const counted = runGitSafely(cwd, ['diff', '--numstat', '--no-index', '-z', '--', '/dev/null', path], [0, 1]);
  const lines = /^(\d+)\t/.exec(counted ?? '')?.[1];
  return lines === undefined ? null : Number(lines);
}
