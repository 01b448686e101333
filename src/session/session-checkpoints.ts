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
    keepGreen: async (label: string, step: number) => checkpoints?.keepGreen(label, step),
    /** Back to where the checks were last green in this turn, else to before its first change. */
    goBack: async () => {
      const last = checkpoints?.list().at(-1);
      if (last?.kind === 'green') await checkpoints?.restore(last.id);
      else await checkpoints?.undo();
    },
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
