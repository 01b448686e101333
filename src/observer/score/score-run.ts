import type { Score, ScoreFacts } from '../../core/run/score-facts.ts';
import type { Episode, Outcome } from '../../core/types.ts';
import { type CheckResult, readCheck } from '../review/account/check-result.ts';
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
  if (!calls.some((call) => readCheck(call) !== undefined || changesFiles(call))) return undefined;
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

function readLastCheck(calls: readonly NormalizedCall[]): ScoreFacts['lastCheck'] {
  let last: ScoreFacts['lastCheck'] = 'none';
  for (const call of calls) {
    const check = readCheck(call);
    if (check !== undefined) {
      if (!couldNotRun(check, call)) last = check.color;
    } else if (last !== 'none' && changesFiles(call)) last = 'before the last change';
  }
  return last;
}

/** The program of the check, or what it runs in, is not there or not set up: that says nothing about the work. */
const notThere =
  /\bnot installed\b|settings are not configured|ImproperlyConfigured|: command not found|^\S+: (?:line )?\d+: \S+: not found$|^\S*(?:sh|env|make(?:\[\d+\])?|sudo|nohup|timeout|xargs|python[\d.]*): .*: (?:\[Errno 2\] )?No such file or directory$|\b(?:command|program|executable|interpreter) (?:\S+ )?could not be found/im;

/** A module that is missing says so only where it is the one to be run (`python -m pytest`): what the work imports may be broken by it. */
function couldNotRun({ color, lines }: CheckResult, { input }: NormalizedCall): boolean {
  if (color !== 'red') return false;
  const said = lines.join('\n');
  if (notThere.test(said)) return true;
  const missing = /No module named ['"]?([\w-]+)/.exec(said)?.[1];
  const line = typeof input.command === 'string' ? input.command : '';
  return missing !== undefined && new RegExp(`(?:^|[\\s/;&|(])(?:-m ?)?${missing}(?:[\\s;&|)]|$)`).test(line);
}

function fits(row: ScoreRow, facts: ScoreFacts): boolean {
  return (
    (row.ending === undefined || row.ending === facts.ending) &&
    (row.lastCheck === undefined || row.lastCheck === facts.lastCheck) &&
    (row.trouble === undefined || row.trouble === facts.trouble) &&
    (row.words === undefined || row.words === facts.words)
  );
}
