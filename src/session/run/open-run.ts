import { join } from 'node:path';
import type { Compactor } from '../../agent/compact.ts';
import type { UserInbox } from '../../agent/inbox.ts';
import { Stop } from '../../agent/stop-reason.ts';
import { pruneIfDue } from '../../command-line/prune-command.ts';
import { tellChanged } from '../../context/changed-instructions.ts';
import { describeLeftOut } from '../../context/instructions.ts';
import type { ContextMeter } from '../../core/context-size.ts';
import { rememberTemporaries } from '../../core/disk/temporaries.ts';
import type { Ask } from '../../core/model.ts';
import type { HoldProgram } from '../../core/process/held-program.ts';
import type { Run } from '../../core/run/run.ts';
import type { Job } from '../../core/tool.ts';
import { addUsage, type Note, noUsage, type Trajectory, type Usage } from '../../core/types.ts';
import { readVersion } from '../../core/version.ts';
import type { Observer } from '../../observer/observer.ts';
import type { Permissions } from '../../permissions/permissions.ts';
import type { ModelSettings } from '../../providers/resolve-models.ts';
import type { SessionFile } from '../../store/session-file.ts';
import { openTelemetry } from '../../telemetry/open-telemetry.ts';
import { openCallGate } from '../calls/call-gate.ts';
import { openEditChecks } from '../calls/edit-checks.ts';
import { type Extensions, findExtensions, openExtensions } from '../calls/extensions.ts';
import { holdPrograms } from '../calls/hold-program.ts';
import { hookModes } from '../calls/hook-points.ts';
import { createToolNews } from '../calls/tool-news.ts';
import { openWorkPlace, readyDuringFirstRequest } from '../calls/work-place.ts';
import { describeEndedJobs } from '../ended-jobs.ts';
import { describeLeftWorktrees } from '../subagents/left-worktrees.ts';
import { openContextWindow } from './context-window.ts';
import { type ObserverSide, openObserverSide } from './observer-side.ts';
import type { RunOptions } from './prepare-parts.ts';
import { type ReviewedTask, reviewBehind, withReview } from './review-behind.ts';
import { collectWarnings, openBase, type SessionBase } from './session-base.ts';
import type { SessionCheckpoints } from './session-checkpoints.ts';
import type { SessionParts } from './session-parts.ts';
import { openSessionRecord } from './session-record.ts';
import { trackSpending } from './spending.ts';
import { createTask } from './task.ts';
import { openToolbox } from './toolbox.ts';
import { waitAtTurnEnd } from './turn-end.ts';

/** What a screen needs in addition to `Run`: the parts whose state it shows and changes. */
export type OpenRun = Run &
  ReviewedTask & {
    /** Warnings from the opening, a sentence each. */
    readonly notices: readonly string[];
    /** What is still there of the session's earlier runs, a sentence or two each. */
    readonly leftBehind: readonly string[];
    readonly trajectory: Trajectory;
    readonly observer: Observer;
    readonly permissions: Permissions;
    readonly inbox: UserInbox;
    readonly meter: ContextMeter;
    readonly compactor: Compactor;
    readonly sessionCheckpoints: SessionCheckpoints;
    readonly extensions: Extensions;
    /** Puts what lies in the workspace into the sandbox. */
    readonly hold: HoldProgram;
    /** Background commands, ended ones too. */
    readonly jobs: () => readonly Job[];
    /** A question outside the conversation; what it costs counts for the session. */
    readonly ask: Ask;
    /** Absolute paths: what the tools changed, and what changed on the disk while they worked. */
    readonly changedFiles: () => { readonly edited: readonly string[]; readonly meanwhile: readonly string[] };
    /** Absolute paths of files that had uncommitted changes when this program took up the session, before it changed any. */
    readonly dirtyBefore: () => readonly string[];
    readonly modelName: () => string;
    readonly contextWindow: () => number | undefined;
    /** Where the session keeps long outputs, and what was set aside. */
    readonly outputFolder: string;
    /** What the session has cost so far, observers included. */
    readonly spent: () => Usage;
    /** Takes back the user's words that no answer was had to. */
    readonly takeBackWords: () => readonly Note[];
    /** Forgets the steps from this one on; the session must be opened again from its file afterwards. */
    readonly rewind: (step: number) => void;
    /** Where the model in use is asked; undefined for a caller's own. */
    readonly modelSettings: () => ModelSettings | undefined;
    /** Another model from the next request on. */
    readonly setModel: (settings: ModelSettings) => void;
  };

/** Puts a session together: model, tools, permissions, observer, session file. Nothing is sent and no thread started before `submit`. */
export async function openRun(options: RunOptions): Promise<OpenRun> {
  const { setup, choice } = options;
  rememberTemporaries(join(setup.home, 'temporaries'));
  const base = openBase(options);
  const { emit, subscribe, trajectory, model } = base;
  const warnings = collectWarnings(base);
  if (choice.notice) base.warn(choice.notice);
  const unread = describeLeftOut(base.system.leftOut, setup.cwd);
  if (unread !== undefined) base.warn(unread);
  const leftBehind = choice.saved ? await describeLeftWorktrees(setup.env, choice.id, setup.cwd) : [];

  const news = createToolNews((text) => observerSide.say(text));
  const found = await findExtensions(setup, base.warn);
  const readable = found.skills.map(({ folder }) => folder);
  const keptFolders = async () => {
    await task.beforeChange();
    return base.sessionCheckpoints.checkpoints?.keptFolders() ?? [];
  };
  const place = openWorkPlace(options, { ...found.rules, readable, keptFolders }, emit, () =>
    observerSide.observer.dirtyFilesKnown(),
  );
  const hold = holdPrograms(place);
  // Before anything is held, which waits for what the observer is told of the user's files.
  const observerSide = await openObserverSide(base, place.dirtyPaths);
  const extensions = await openExtensions(setup, found, model.current().contextWindow, {
    hold,
    onNote: news.add,
    onWarning: base.warn,
    mayReach: (host) => place.permissions.mayReach(host),
    hookFacts: () => hookFactsOf(options, place.permissions),
  });
  readyDuringFirstRequest(place, subscribe);
  const { observer, inbox, say } = observerSide;
  const gate = openCallGate(base, extensions, place, {
    say,
    stop: (reason) => task.stop(new Stop('denied', `A hook ended the run: ${reason}`)),
  });
  const { points } = gate;
  const checks = await openEditChecks(setup, hold, base.warn);
  const spending = trackSpending(
    subscribe,
    () => addUsage(observer.summary().usage, subagents?.observerUsage() ?? noUsage),
    options.paid,
  );
  const beforeChange = () => task.beforeChange();
  const parts: SessionParts = { base, extensions, place, gate, checks, observerSide, spending, beforeChange };
  const { tools, subagents } = openToolbox(parts);
  subscribe(news.listen);
  subscribe((event) => {
    if (event.type === 'step') observer.step(event.step);
  });
  const context = openContextWindow(parts, tools);
  const record = openRecords(base, tools, place.workspace.outputFolder);
  readEarlierWords(base, observerSide);

  const review = options.reviewsBehind ? reviewBehind(observerSide, emit) : undefined;
  const task = createTask({
    ...base,
    ...spending,
    tools,
    workspace: place.workspace,
    inbox,
    observerPort: waitAtTurnEnd(
      { ...observerSide.port, ...(review && { drain: review.drain }) },
      {
        editChecks: async (signal) => say(await checks.takeLast(place.workspace, signal)),
        subagents: subagents?.settle,
        review: review?.wait ?? observerSide.review,
        stopHooks: (signal) => points.askStop(trajectory.steps.at(-1), signal),
      },
    ),
    observer,
    permissions: place.permissions,
    permit: gate.permit,
    extensions,
    askPrompt: points.askPrompt,
    makeRoom: context.compactor.makeRoom,
    subagents: () => subagents?.summaries() ?? [],
  });
  warnings.end();
  points.begin(choice.saved === undefined ? 'startup' : 'resume', model.current().name);
  return {
    ...context,
    ...withReview(task, review),
    session: choice.id,
    notices: warnings.notices,
    leftBehind,
    trajectory,
    observer,
    permissions: place.permissions,
    inbox,
    sessionCheckpoints: base.sessionCheckpoints,
    extensions,
    hold,
    jobs: () => [...place.workspace.jobs.values()],
    ask: async (question, signal) => {
      const answer = await model.ask(question, signal);
      spending.spend(answer.usage);
      return answer;
    },
    changedFiles: base.changes.bySource,
    dirtyBefore: () => place.dirtyPaths.map((path) => join(setup.cwd, path)),
    modelName: () => model.current().name,
    contextWindow: () => model.current().contextWindow,
    outputFolder: place.workspace.outputFolder,
    spent: spending.spent,
    takeBackWords: () => {
      const { words, said } = inbox.takeBack();
      const at = new Date().toISOString();
      if (said.length > 0) record.file?.append({ type: 'taken-back', at, notes: said.map((note) => note.at) });
      return words;
    },
    rewind: (step) => record.file?.append({ type: 'rewind', at: new Date().toISOString(), toStep: step }),
    modelSettings: model.settings,
    setModel: model.use,
    subscribe,
    close: async () => {
      points.end(trajectory.steps.length);
      await subagents?.close();
      await Promise.all([
        // Hooks of the session's end may need its sandbox.
        extensions.close().then(place.close),
        observer.close(),
        base.sessionCheckpoints.checkpoints?.close(),
        checks.close(),
        record.telemetry?.close(),
        record.file?.sync(),
      ]);
      await closeFile(options, record.file);
    },
  };
}

/** What each hook is given of the session. */
function hookFactsOf({ setup, choice }: RunOptions, permissions: Permissions) {
  return {
    session_id: choice.id,
    transcript_path: choice.folder ? join(choice.folder, `${choice.id}.jsonl`) : '',
    cwd: setup.cwd,
    permission_mode: hookModes[permissions.mode()],
  };
}

/** Who writes down what happens: telemetry, and the session file last. */
function openRecords(base: SessionBase, tools: Parameters<typeof openSessionRecord>[2], outputFolder: string) {
  const { options, emit, subscribe, trajectory, model, warn } = base;
  const { setup, choice } = options;
  const telemetry = openTelemetry({
    env: setup.env,
    session: choice.id,
    version: readVersion(),
    hasContents: setup.loaded.config.telemetry.contents,
    endpoint: model.settings,
    warn,
  });
  if (telemetry) subscribe(telemetry.listen);
  const file = openSessionRecord(options, trajectory, tools, outputFolder, emit);
  if (file) subscribe(file.listen);
  return { telemetry, file };
}

/** Words of a saved session that no request has had come before the next one. */
function readEarlierWords(
  { options: { choice }, changedInstructions }: SessionBase,
  { inbox, observer, say }: ObserverSide,
): void {
  const notes = choice.saved?.openNotes ?? [];
  inbox.giveBack(notes);
  observer.readWords(notes);
  say(choice.moved);
  const told = [...(choice.saved?.steps.flatMap((step) => step.notes) ?? []), ...notes];
  say(tellChanged(changedInstructions, told));
  say(describeEndedJobs(choice.saved?.steps ?? []));
}

async function closeFile({ setup, choice }: RunOptions, file: SessionFile | undefined): Promise<void> {
  file?.close();
  choice.release?.();
  if (file) await pruneIfDue(setup.home, setup.loaded.config.retention, choice.id);
}
