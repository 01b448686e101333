import { reviewTask } from '../../git-work/code-review-task.ts';
import { writeCommitMessage } from '../../git-work/commit-message.ts';
import { makeCommit } from '../../git-work/make-commit.ts';
import { planCommit } from '../../git-work/plan-commit.ts';
import type { GitControl } from '../../ui/screen-deps.ts';
import type { ShownSession } from './shown-session.ts';

/** How long the model may take for a message. */
const messageMs = 60_000;

/** Reviews and commits as the screen starts them. */
export function gitControl(shown: ShownSession): GitControl {
  const { cwd } = shown.setup;
  return {
    review: (argument) => reviewTask(cwd, argument),
    plan: () => planCommit(cwd, shown.current().changedFiles()),
    writeMessage: async (draft, wish, signal) => {
      const run = shown.current();
      await run.endReview();
      return writeCommitMessage(draft, wish, run.ask, AbortSignal.any([signal, AbortSignal.timeout(messageMs)]));
    },
    commit: makeCommit,
  };
}
