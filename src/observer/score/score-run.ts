import type { Score, ScoreFacts } from '../../core/run/score-facts.ts';
import type { Episode, Outcome } from '../../core/types.ts';
import { type CheckResult, isCheck, readCheck } from '../review/account/check-result.ts';
import { couldNotRun } from '../step/checks/could-not-run.ts';
import { changesFiles } from '../step/files/changes-files.ts';
import type { NormalizedCall, NormalizedStep } from '../step/normalized-step.ts';
import { isDoubtful } from './doubtful-words.ts';
import { type ScoreRow, scoreTable } from './score-table.ts';

/** Classes whose findings say that the result is not what it is taken for. */
const disproving: ReadonlySet<string> = new Set(['false-claim', 'wrong-premise', 'test-tampering', 'premature-stop']);

/**
 * Reads the facts of a finished run and looks them up in the table. undefined for a run that changed nothing and checked nothing:
 * there is nothing to go by.
 */
export function scoreRun(
  steps: readonly NormalizedStep[],
  outcome: Outcome,
  episodes: readonly Episode[],
): Score | undefined {
  const calls = steps.flatMap((step) => step.calls);
  if (!calls.some((call) => changesFiles(call) || isCheck(call))) return undefined;
  const facts: ScoreFacts = {
    ending: outcome === 'done' ? 'done' : 'stopped',
    lastCheck: readLastCheck(calls),
    trouble: readTrouble(episodes),
    words: isDoubtful(steps.findLast(({ text }) => text.trim() !== '')?.text ?? '') ? 'doubtful' : 'plain',
  };
  const row = scoreTable.find((candidate) => fits(candidate, facts)) ?? scoreTable.at(-1)!;
  return { ...facts, value: estimate(row), runs: row.runs };
}

/** Towards the middle by two runs, so that few runs never make it certain. */
function estimate({ runs, passed }: ScoreRow): number {
  return Math.round(((passed + 1) / (runs + 2)) * 100) / 100;
}

function readTrouble(episodes: readonly Episode[]): ScoreFacts['trouble'] {
  const left = episodes.filter(({ wrong, outcome }) => !wrong && (outcome === 'persisted' || outcome === 'ended'));
  if (left.some((episode) => disproving.has(episode.class))) return 'disproved';
  return left.length > 0 ? 'some' : 'none';
}

/** From the end, since the output of an earlier check need not be read then. */
function readLastCheck(calls: readonly NormalizedCall[]): ScoreFacts['lastCheck'] {
  let isChangedSince = false;
  for (const call of calls.toReversed()) {
    const check = readCheck(call);
    if (check === undefined) isChangedSince ||= changesFiles(call);
    else if (!hasNotRun(check, call)) return isChangedSince ? 'before the last change' : check.color;
  }
  return 'none';
}

/** What it runs in is not set up. */
const notSetUp = /\bnot installed\b|settings are not configured|ImproperlyConfigured/i;

/** That says nothing about the work. */
function hasNotRun({ color, lines }: CheckResult, { input }: NormalizedCall): boolean {
  if (color !== 'red') return false;
  const said = lines.join('\n');
  return notSetUp.test(said) || couldNotRun(said, typeof input.command === 'string' ? input.command : '');
}

function fits(row: ScoreRow, facts: ScoreFacts): boolean {
  return (
    (row.ending === undefined || row.ending === facts.ending) &&
    (row.lastCheck === undefined || row.lastCheck === facts.lastCheck) &&
    (row.trouble === undefined || row.trouble === facts.trouble) &&
    (row.words === undefined || row.words === facts.words)
  );
}
