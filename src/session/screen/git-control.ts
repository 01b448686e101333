import { withoutKeys } from '../../core/process/child-environment.ts';
import type { StartedByCommit } from '../../core/run/commit-plan.ts';
import { readScript } from '../../core/shell/read-script.ts';
import { reviewTask } from '../../git-work/code-review-task.ts';
import { writeCommitMessage } from '../../git-work/commit-message.ts';
import { makeCommit } from '../../git-work/make-commit.ts';
import { planCommit } from '../../git-work/plan-commit.ts';
import { describeRunByGit, findRunByGit } from '../../permissions/git/run-by-git.ts';
import { isInside, resolveReal } from '../../permissions/path-kinds.ts';
import type { GitControl } from '../../ui/screen-deps.ts';
import { sessionGate } from '../session-gate.ts';
import type { ShownSession } from './shown-session.ts';

/** How long the model may take for a message. */
const messageMs = 60_000;

/** Reviews and commits as the screen starts them. */
export function gitControl(shown: ShownSession): GitControl {
  const { cwd } = shown.setup;
  return {
    review: (argument) => reviewTask(cwd, argument),
    plan: async () => {
      const run = shown.current();
      const changes = { ...run.changedFiles(), dirtyBefore: run.dirtyBefore() };
      const plan = planCommit(cwd, changes, sessionGate(shown.setup));
      const starts = await findStarted(plan.root, shown);
      return starts === undefined ? plan : { ...plan, starts };
    },
    writeMessage: async (draft, wish, signal) => {
      const run = shown.current();
      await run.endReview();
      return writeCommitMessage(draft, wish, run.ask, AbortSignal.any([signal, AbortSignal.timeout(messageMs)]));
    },
    commit: (draft, message, watch) => makeCommit(draft, message, watch, shown.current().hold),
  };
}

/** What `git commit` starts of the repository's own: in the sandbox, where that may write in the repository. */
async function findStarted(root: string, { setup, current }: ShownSession): Promise<StartedByCommit | undefined> {
  const home = setup.env.HOME ?? setup.home;
  const [command] = readScript('git commit', { home, cwd: root }).commands;
  const found = command && findRunByGit(command);
  const words = found && describeRunByGit(found);
  if (words === undefined) return undefined;
  const namesSigner = found?.settings.some((name) => name.startsWith('gpg.')) ?? false;
  const isWithin = [setup.cwd, ...setup.addDirs].some((each) => isInside(resolveReal(each) ?? each, root));
  const trial = { file: 'git', args: [], env: withoutKeys(setup.env), cwd: root, isOfWorkspace: false };
  const held = isWithin ? await current().hold(trial) : undefined;
  await held?.tidy?.();
  return { words, isHeld: held !== undefined && held.file !== trial.file, namesSigner };
}
