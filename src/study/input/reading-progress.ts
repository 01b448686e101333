import { createProgressBar, type ProgressStream } from '../progress-bar.ts';
import type { ReadListener } from './read-trajectories.ts';

/** Skipped files and lines that are named one by one; the rest is only counted. */
const maxNamed = 20;

export type ReadRuns = {
  readonly listener: Required<ReadListener>;
  /** Says that a run was dealt with. */
  readonly advance: () => void;
  /** Ends the progress and says how much was skipped in all; gives that number. */
  readonly finish: () => number;
};

type ReadingIo = { readonly stderr: ProgressStream; readonly env: NonNullable<ReadListener['env']> };

/** Reports on stderr the progress of reading files, by the bytes read, and of what was skipped. */
export function openReading({ stderr: stream, env }: ReadingIo, label: string, unit: string): ReadRuns {
  const progress = createProgressBar({ stream, label, unit });
  let skipped = 0;
  return {
    listener: {
      env,
      onSkip: (place, reason) => {
        skipped += 1;
        if (skipped <= maxNamed) progress.say(`Skipped ${place}: ${reason}.`);
      },
      onProgress: (done, total) => progress.setShare(total === 0 ? 1 : done / total),
    },
    advance: () => progress.advance(),
    finish: () => {
      progress.finish();
      if (skipped > 1) stream.write(`Skipped ${skipped} files and lines in all.\n`);
      return skipped;
    },
  };
}
