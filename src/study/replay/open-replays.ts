import { UserError } from '../../core/errors.ts';
import type { StudyJudge } from '../judge/judge-cache.ts';
import { openStudyJudge, type StudySettings } from '../judge/study-judge.ts';
import { replayAllJudged } from './replay-all-judged.ts';
import type { ReplayRecord } from './replay-batch.ts';
import { type ReplayRun, replayAll } from './replay-pool.ts';

/** The observer over saved trajectories as `replay` and `eval` run it: with the judge where --judge asks for it. Throws UserError without a model for it. */
export async function openReplays(
  flags: Parameters<typeof openStudyJudge>[0],
  settings: StudySettings,
  run: ReplayRun,
): Promise<{ readonly judge: StudyJudge | undefined; readonly records: AsyncIterable<ReplayRecord> }> {
  const judge = await openStudyJudge(flags, settings);
  const records = judge ? replayAllJudged(run, { ask: judge.ask, classes: settings.classes }) : replayAll(run);
  return { judge, records };
}

/** A count of worker threads from the command line. Throws UserError when it isn't one. */
export function parseWorkers(text: string): number {
  const count = Number(text);
  if (Number.isInteger(count) && count >= 0 && count <= 256) return count;
  throw new UserError(`--workers takes a number of threads, and not "${text}".`);
}
