import { createHash } from 'node:crypto';
import type { Ask } from '../../core/model.ts';
import type { MisbehaviourClass } from '../../observer/classes/taxonomy.ts';
import { createOfflineJudge } from '../../observer/review/offline-judge.ts';
import { openTrajectories } from '../input/read-trajectories.ts';
import { isInShard } from '../input/shard.ts';
import type { StudyTrajectory } from '../input/trajectory.ts';
import { replayJudged } from './replay.ts';
import type { ReplayRecord } from './replay-batch.ts';
import type { ReplayRun } from './replay-pool.ts';

export type JudgeSettings = { readonly ask: Ask; readonly classes: readonly MisbehaviourClass[] };

/** Replays everything in the files and folders with a judge, one run after the other and each within its own budget. */
export async function* replayAllJudged(run: ReplayRun, judge: JudgeSettings): AsyncGenerator<ReplayRecord> {
  for await (const trajectory of openTrajectories(run.paths, run.listener)) {
    if (!isInShard(run.shard, `${trajectory.source}#${trajectory.id}`)) continue;
    const offline = createOfflineJudge({
      config: run.observer,
      task: trajectory.task,
      plan: trajectory.plan,
      cwd: trajectory.cwd,
      instructions: trajectory.instructions,
      fence: fenceOf(trajectory),
      ...judge,
    });
    const result = await replayJudged(trajectory, run.observer, offline);
    const { agent, labels, expect, core } = trajectory;
    yield { result, agent, labels, expect, core };
  }
}

/** No text can hold the hash of itself. */
function fenceOf({ task, steps }: StudyTrajectory): string {
  return createHash('sha256')
    .update(JSON.stringify([task, steps]))
    .digest('hex')
    .slice(0, 12);
}
