import { type Checkpoints, createCheckpoints } from '../checkpoints/checkpoints.ts';
import type { Event } from '../core/event.ts';
import type { Setup } from './setup.ts';

/** The way back of a session: a snapshot before the first change of a turn. A problem is told once and the task goes on. */
export function openSessionCheckpoints(setup: Setup, session: string, emit: (event: Event) => void) {
  const { enabled, maxFileMegabytes } = setup.loaded.config.checkpoints;
  const checkpoints: Checkpoints | undefined = enabled
    ? createCheckpoints({ cwd: setup.cwd, home: setup.home, session, maxBytes: maxFileMegabytes * 1_000_000 })
    : undefined;
  let hasTold = false;
  return {
    checkpoints,
    snapshot: async (label: string, step: number) => {
      if (!checkpoints || (await checkpoints.snapshot(label, step)) || hasTold) return;
      hasTold = true;
      emit({
        type: 'warning',
        message: checkpoints.problem() ?? 'No checkpoint could be made; changes of this session can not be taken back.',
      });
    },
  };
}

export type SessionCheckpoints = ReturnType<typeof openSessionCheckpoints>;
