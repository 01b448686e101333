import type { Trajectory } from '../../core/types.ts';
import type { Observer } from '../../observer/observer.ts';
import type { SessionCheckpoints } from './session-checkpoints.ts';
import type { trackChanges } from './track-changes.ts';

/** What a turn changes on the disk: a snapshot goes before its first change, and what it left is noted at its end. */
export type TurnChanges = {
  /** A turn begins, with these words of the user. */
  readonly begin: (words: string) => void;
  /** Words of the user come before the next request: what is changed from then on can be taken back by itself. */
  readonly hearMeanwhile: (words: string) => void;
  /** Before a change: the snapshot of the turn, made with the first. */
  readonly beforeChange: () => Promise<void>;
  /** Before each change: the state before words that were said meanwhile, and the last one in which the checks were green, are kept. */
  readonly beforeEachChange: () => Promise<void>;
  /** What the agent left on the disk; what changes after that, while the turn is reviewed or later, is the user's. */
  readonly noteEnd: () => Promise<void>;
  /** Absolute paths that the turn changed by what the disk shows. */
  readonly files: () => readonly string[];
};

type Parts = {
  readonly trajectory: Trajectory;
  readonly observer: Observer;
  readonly sessionCheckpoints: SessionCheckpoints;
  readonly changes: ReturnType<typeof trackChanges>;
};

export function createTurnChanges({ trajectory, observer, sessionCheckpoints, changes }: Parts): TurnChanges {
  /** Steps before the turn's first change; infinite as long as it has changed nothing. */
  let changedFrom = Number.POSITIVE_INFINITY;
  let beforeChange = async () => {};
  let keptGreen = -1;
  let heard: { readonly words: string; readonly step: number } | undefined;
  const files = new Set<string>();
  return {
    begin: (words) => {
      files.clear();
      heard = undefined;
      changedFrom = Number.POSITIVE_INFINITY;
      beforeChange = once(() => {
        changedFrom = trajectory.steps.length;
        return sessionCheckpoints.snapshot(words, changedFrom);
      });
    },
    hearMeanwhile: (words) => {
      // As long as the turn has changed nothing, the state before its first change is theirs, too.
      if (changedFrom < trajectory.steps.length) heard ??= { words, step: trajectory.steps.length };
    },
    beforeChange: () => beforeChange(),
    beforeEachChange: async () => {
      const said = heard;
      heard = undefined;
      if (said) await sessionCheckpoints.keepBetween('message', said.words, said.step);
      const green = observer.lastGreen();
      // The state before the turn's first change is kept already.
      if (green === undefined || green.step <= keptGreen || green.step < changedFrom) return;
      keptGreen = green.step;
      await sessionCheckpoints.keepBetween('green', `checks green: ${green.check}`, green.step + 1);
    },
    noteEnd: async () => {
      if (changedFrom === Number.POSITIVE_INFINITY) return;
      const changed = (await sessionCheckpoints.checkpoints?.finishTurn(trajectory.steps.length)) ?? [];
      for (const path of changed) files.add(path);
      changes.add(changed);
    },
    files: () => [...files],
  };
}

function once(action: () => Promise<void>): () => Promise<void> {
  let started: Promise<void> | undefined;
  return () => {
    started ??= action();
    return started;
  };
}
