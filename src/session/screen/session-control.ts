import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { Stop } from '../../agent/stop-reason.ts';
import { exportSession, writeExport } from '../../command-line/export-command.ts';
import { readGitState } from '../../context/git-state.ts';
import { findMentions, namesSomething } from '../../context/mentions.ts';
import type { ResultView } from '../../core/screen/result-view.ts';
import { problemOfRules, sessionOrigin } from '../../permissions/rules.ts';
import { findSessionFile } from '../../store/find-session.ts';
import { listSessions } from '../../store/list-sessions.ts';
import { newSessionId } from '../../store/session-file.ts';
import { sessionFolder } from '../../store/session-folders.ts';
import type { SessionControl } from '../../ui/screen-deps.ts';
import { patchViews } from '../patch-views.ts';
import { secretsOf } from '../secrets.ts';
import { beginSession, takeSession } from '../session-choice.ts';
import { noteRestored, takeBack } from '../take-back.ts';
import { asideControl } from './aside-control.ts';
import { followJobs } from './follow-jobs.ts';
import { gitControl } from './git-control.ts';
import { memoryControl } from './memory-control.ts';
import { modelControl } from './model-control.ts';
import type { ShownSession } from './shown-session.ts';

/** How long the name of the branch is taken for what it is. */
const branchMs = 1_000;

/** What the screen may ask of the session. What has no engine here is left out, and its command is not listed. */
export function sessionControl(shown: ShownSession): SessionControl {
  const { setup } = shown;
  const folder = sessionFolder(setup.home, setup.loaded.repository);
  const run = () => shown.current();
  const resume = async (id: string) => {
    await run().endReview();
    return shown.change(takeSession(setup, findSessionFile(setup.home, folder, id)));
  };
  return {
    endReview: () => run().endReview(),
    submit: async (text, images) => {
      await run().submit(text, images);
    },
    queue: (text, images) => run().say(text, images),
    takeQueued: () =>
      run()
        .takeBackWords()
        .map(({ text }) => text),
    interrupt: () => {
      // A turn that is over can't be interrupted; only its review ends.
      if (run().isReviewing()) return void run().endReview();
      run().observer.interrupted();
      run().stop(new Stop('aborted', 'The user interrupted.'));
    },
    setApproval: (mode) => run().permissions.setMode(mode),
    checkRule: (rule) => problemOfRules(rule),
    rules: () =>
      run()
        .permissions.rules()
        .map(({ effect, text, origin }) => ({ effect, text, origin, canRevoke: origin === sessionOrigin })),
    revokeRule: (rule) => run().permissions.removeSessionRule(rule),
    jobs: () =>
      run()
        .jobs()
        .map((job) => ({
          id: job.id,
          command: job.command,
          ms: performance.now() - job.startedAtMs,
          exitCode: job.exitCode(),
          output: job.recentOutput,
        })),
    endJob: async (id) => {
      const job = run()
        .jobs()
        .find((one) => one.id === id);
      if (job === undefined) return;
      job.isEndedByUser = job.exitCode() === undefined;
      await job.kill();
    },
    onJobEnd: (listener) => followJobs(shown, listener),
    exportTo: async (path) => {
      const file = findSessionFile(setup.home, folder, run().session);
      const format = path.endsWith('.jsonl') ? 'jsonl' : 'html';
      writeExport(path, exportSession(file, format, secretsOf({ models: shown.models })));
    },
    aside: asideControl(shown),
    memory: memoryControl(shown),
    git: gitControl(shown),
    branch: followBranch(shown),
    keepPlan: async (plan) => {
      const path = join(setup.home, 'plans', `${run().session}.md`);
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      await writeFile(path, `${plan.trim()}\n`, { mode: 0o600 });
      return path;
    },
    missingMentions: (text) =>
      findMentions(text, namesSomething(setup.cwd))
        .map(({ target }) => target)
        .filter((target) => !target.includes(':') && !namesSomething(setup.cwd)(target)),
    setWinkMode: (mode) => run().observer.setMode(mode),
    id: () => run().session,
    ...modelControl(shown),
    contextWindow: () => run().contextWindow(),
    contextParts: () => {
      const parts = run().meter.parts();
      return [
        { label: 'system prompt', tokens: parts.system },
        { label: 'tools', tokens: parts.tools },
        { label: 'summary of earlier steps', tokens: parts.summary },
        { label: 'your words', tokens: parts.user },
        { label: 'reminders', tokens: parts.reminders },
        { label: 'answers', tokens: parts.answers },
        { label: 'tool output', tokens: parts.toolOutput },
      ].filter(({ tokens }) => tokens > 0);
    },
    compact: async (focus, signal) => {
      await run().endReview();
      return run().compactor.compactNow(focus, signal);
    },
    ...checkpointControl(shown, folder),
    sessions: async () =>
      listSessions(folder)
        .filter(({ steps }) => steps > 0)
        .map(({ id, changedAt, task, steps, outcome }) => ({ id, at: changedAt, task, steps, outcome })),
    resume,
    clear: async () => {
      await run().endReview();
      await shown.change(beginSession(folder, newSessionId()));
    },
  };
}

/** The branch that is checked out. It is read again after each step, which may have changed it, and where the last answer is old. */
function followBranch(shown: ShownSession): () => string | undefined {
  let branch: string | undefined;
  let readAt = Number.NEGATIVE_INFINITY;
  shown.subscribe(({ type }) => {
    if (type === 'step') readAt = Number.NEGATIVE_INFINITY;
  });
  return () => {
    if (performance.now() - readAt > branchMs) {
      readAt = performance.now();
      branch = readGitState(shown.setup.cwd)?.branch;
    }
    return branch;
  };
}

function checkpointControl(shown: ShownSession, folder: string): Pick<SessionControl, 'checkpoints'> {
  const checkpoints = () => shown.current().sessionCheckpoints.checkpoints;
  if (!checkpoints()) return {};
  /** The state of the files before the first change after the user's words of a step; those of steps that were taken back are older than the words. */
  const stateBefore = (step: number) => {
    const saidAt = shown.current().trajectory.steps[step]?.notes.find(({ from }) => from === 'user')?.at ?? '';
    return checkpoints()
      ?.list()
      .find((state) => state.step >= step && state.at >= saidAt);
  };
  return {
    checkpoints: {
      diff: async (): Promise<readonly ResultView[]> => {
        const first = checkpoints()?.list()[0];
        if (first === undefined) return [];
        const { patch, root } = await checkpoints()!.diffSince(first.id);
        return patchViews(patch, root);
      },
      undo: async (ask) => {
        await shown.current().endReview();
        return takeBack(shown.current(), 'undo', { cwd: shown.setup.cwd, ask });
      },
      redo: async (ask) => {
        await shown.current().endReview();
        return takeBack(shown.current(), 'redo', { cwd: shown.setup.cwd, ask });
      },
      previewRewind: async (step) => {
        const state = stateBefore(step);
        if (!state) return [];
        const { changes } = await checkpoints()!.preview(state.id);
        return changes.map(
          ({ kind, path, isEdited }) =>
            `${kind} ${relative(shown.setup.cwd, path)}${isEdited ? ' (changed meanwhile: left as it is)' : ''}`,
        );
      },
      rewind: async (step, what) => {
        await shown.current().endReview();
        const state = what === 'conversation' ? undefined : stateBefore(step);
        const run = shown.current();
        const message = state
          ? noteRestored(run, await checkpoints()!.restore(state.id), 'undo', shown.setup.cwd).words
          : 'The files are as they were.';
        const said = run.trajectory.steps[step]?.notes.filter(({ from }) => from === 'user') ?? [];
        const words = said.map(({ text }) => text).join('\n\n');
        const images = said.flatMap((note) => note.images ?? []);
        if (what === 'files') return { history: [], words: '', message };
        run.rewind(step);
        const path = findSessionFile(shown.setup.home, folder, run.session);
        const history = await shown.change(takeSession(shown.setup, path), run.spent());
        return { history, words, images, message };
      },
    },
  };
}
