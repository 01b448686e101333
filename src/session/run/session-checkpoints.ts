import { type Checkpoints, createCheckpoints } from '../../checkpoints/checkpoints.ts';
import type { Event } from '../../core/event.ts';
import type { Setup } from '../setup.ts';

/**
 * What `/rewind` goes back to: a snapshot before the first change of a turn. A problem is reported once and the task goes on; so is what is too
 * much to be kept.
 */
export function openSessionCheckpoints(setup: Setup, session: string, emit: (event: Event) => void) {
  const { enabled, maxFileMegabytes } = setup.loaded.config.checkpoints;
  const checkpoints: Checkpoints | undefined = enabled
    ? createCheckpoints({ cwd: setup.cwd, home: setup.home, session, maxBytes: maxFileMegabytes * 1_000_000 })
    : undefined;
  let hasTold = false;
  let hasToldOfMany = false;
  const warn = (message: string) => emit({ type: 'warning', message });
  return {
    checkpoints,
    keepBetween: async (kind: 'green' | 'message', label: string, step: number) =>
      checkpoints?.keepBetween(kind, label, step),
    /** What differs now from the first state that was kept at or after a time (ISO), as a patch for `git apply`; empty when none was kept. */
    patchSince: async (time: string): Promise<string> => {
      const before = checkpoints?.list().find(({ at }) => at >= time);
      return before === undefined ? '' : ((await checkpoints?.diffSince(before.id, 'toApply'))?.patch ?? '');
    },
    snapshot: async (label: string, step: number) => {
      if (!checkpoints) return;
      const made = await checkpoints.snapshot(label, step);
      if (!made && !hasTold) {
        hasTold = true;
        warn(checkpoints.problem() ?? 'No checkpoint could be made; changes of this session can not be taken back.');
      }
      const tooMany = checkpoints.tooMany();
      if (hasToldOfMany || tooMany.length === 0) return;
      hasToldOfMany = true;
      warn(describeMany(tooMany));
    },
  };
}

function describeMany(paths: readonly string[]): string {
  const more = paths.length > 5 ? ` and ${paths.length - 5} more` : '';
  return `Too many new files, or too large ones, for checkpoints in ${paths.slice(0, 5).join(', ')}${more}: changes there can't be undone with /undo. A line in .gitignore says so for good.`;
}

export type SessionCheckpoints = ReturnType<typeof openSessionCheckpoints>;
