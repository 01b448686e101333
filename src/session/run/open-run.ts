import { join } from 'node:path';
import { closeWorkspace } from '../../../tools/file/workspace.ts';
import { tools as ownTools } from '../../../tools/index.ts';
import { createBus } from '../../agent/bus.ts';
import { type Compactor, createCompactor } from '../../agent/compact.ts';
import { createInbox, type UserInbox } from '../../agent/inbox.ts';
import { Stop } from '../../agent/stop.ts';
import { pruneIfDue } from '../../command-line/prune.ts';
import { watchNestedInstructions } from '../../context/nested.ts';
import { realPaths } from '../../context/system.ts';
import { type ContextMeter, createContextMeter } from '../../core/context-size.ts';
import { rememberTemporaries } from '../../core/disk/temporaries.ts';
import type { Run } from '../../core/run.ts';
import type { Job } from '../../core/tool.ts';
import { addUsage, noUsage, type Trajectory, type Usage } from '../../core/types.ts';
import { readVersion } from '../../core/version.ts';
import type { ModelSettings } from '../../model/settings.ts';
import type { Observer } from '../../observer/observer.ts';
import type { Permissions } from '../../permissions/permissions.ts';
import { openTelemetry } from '../../telemetry/open-telemetry.ts';
import { openExtensions } from '../calls/extensions.ts';
import { createHookPoints, hookModes } from '../calls/hook-points.ts';
import { createPermit } from '../calls/permit.ts';
import { startPreflight } from '../calls/preflight.ts';
import { forSubagent, openSubagents, waitForSubagents } from '../subagents/open-subagents.ts';
import { trackChanges } from './changes.ts';
import { describeCarryover } from './compaction-carryover.ts';
import { createModelSlot } from './model-slot.ts';
import {
  openObserver,
  preparePermissions,
  prepareSystem,
  prepareTrajectory,
  prepareWorkspace,
  type RunOptions,
} from './prepare.ts';
import { type ReviewedTask, reviewBehind, withReview } from './review-behind.ts';
import { openSessionCheckpoints, type SessionCheckpoints } from './session-checkpoints.ts';
import { openSessionRecord } from './session-record.ts';
import { shareServer } from './share-server.ts';
import { createTask } from './task.ts';

/** What stands behind a screen besides `Run`: the parts whose state it shows and changes. */
export type OpenRun = Run &
  ReviewedTask & {
    /** Warnings from the opening, a sentence each. */
    readonly notices: readonly string[];
    readonly trajectory: Trajectory;
    readonly observer: Observer;
    readonly permissions: Permissions;
    readonly inbox: UserInbox;
    readonly meter: ContextMeter;
    readonly compactor: Compactor;
    readonly sessionCheckpoints: SessionCheckpoints;
    readonly extensions: Awaited<ReturnType<typeof openExtensions>>;
    /** Background commands, ended ones too. */
    readonly jobs: () => readonly Job[];
    readonly modelName: () => string;
    readonly contextWindow: () => number | undefined;
    /** Forgets the steps from this one on; the session must be opened again from its file afterwards. */
    readonly rewind: (step: number) => void;
    /** Another model from the next request on. */
    readonly setModel: (settings: ModelSettings) => void;
  };

/** Puts a session together: model, tools, permissions, observer, session file. Nothing is sent and no thread started before `submit`. */
export async function openRun(options: RunOptions): Promise<OpenRun> {
  const { setup, choice } = options;
  const { config } = setup.loaded;
  const { emit, subscribe } = createBus();
  rememberTemporaries(join(setup.home, 'temporaries'));
  const warn = (message: string) => emit({ type: 'warning', message });
  /** What was told before anybody could listen. */
  const notices: string[] = [];
  const stopNoting = subscribe((event) => {
    if (event.type === 'warning') notices.push(event.message);
  });
  if (choice.notice) warn(choice.notice);
  const system = prepareSystem(options);
  const trajectory = prepareTrajectory(options, system.text);
  const around = startPreflight(options, emit, () => permissions);
  const workspace = prepareWorkspace(options, around.confine);
  const sessionCheckpoints = openSessionCheckpoints(setup, choice.id, emit);
  const model = createModelSlot(options.models, options.ownModel);
  const observer = await openObserver(options, trajectory, system.instructions, around.dirtyPaths, emit);
  const inbox = createInbox(emit, observer.readConstraints);
  const server = shareServer({ agent: model.settings, options, observer });
  subscribe(server.listen);
  const observerPort = server.wrapPort(inbox.join(observer));
  const ownOptions: RunOptions = { ...options, isServerShared: server.isInTheWay };
  const tellHarness = (text: string | undefined) => {
    if (text) inbox.say({ from: 'harness', text, at: new Date().toISOString() });
  };
  /** What servers tell of their tools: it waits for a turn that goes on, since it is no reason to ask the model once more. */
  const newsOfTools: string[] = [];
  const extensions = await openExtensions(setup, model.current().contextWindow, {
    onNote: (text) => newsOfTools.push(text),
    onWarning: warn,
    hookFacts: () => ({
      session_id: choice.id,
      transcript_path: choice.folder ? join(choice.folder, `${choice.id}.jsonl`) : '',
      cwd: setup.cwd,
      permission_mode: hookModes[permissions.mode()],
    }),
  });
  const rules = { ...extensions.rules, readable: extensions.skills.map(({ folder }) => folder) };
  const permissions = preparePermissions(options, workspace, rules, around.reach);
  const { hooks } = extensions;
  let endRun: (reason: Error) => void = () => {};
  const stop = (reason: string) => endRun(new Stop('denied', `A hook ended the run: ${reason}`));
  const points = createHookPoints({ hooks, session: choice.id, cwd: setup.cwd, emit, say: tellHarness, stop });
  const baseTools = [...ownTools, ...(options.ownTools ?? []), ...extensions.tools].map(points.wrapTool);
  const permitParts = {
    emit,
    hooks,
    say: tellHarness,
    stop,
    notify: (message: string) => points.notify('permission_prompt', message),
    ...(options.askUser ? { askUser: options.askUser } : {}),
  };
  const decide = createPermit({ ...permitParts, permissions, workspace });
  const permit: typeof decide = async (...call) => {
    await around.ready();
    return decide(...call);
  };
  let usage = noUsage;
  const spend = (more: Usage) => {
    usage = addUsage(usage, more);
  };
  let beforeChange = async () => {};
  const changes = trackChanges(setup.cwd);
  const subagents = openSubagents({
    options: ownOptions,
    system: system.text,
    extensions,
    model,
    emit,
    permit,
    permissions,
    rules,
    permitParts,
    openWorkspace: () => prepareWorkspace(options, around.confine),
    openObserver: (task, own, tell) =>
      openObserver(forSubagent(ownOptions, task), own, system.instructions, around.dirtyPaths, tell),
    userNotes: () => userNotes,
    spend,
    spent: () => spent(),
    beforeChange: () => beforeChange(),
    points,
    onChanged: changes.add,
    say: tellHarness,
  });
  const spent = () => addUsage(addUsage(usage, observer.summary().usage), subagents?.observerUsage() ?? noUsage);
  const tools = subagents ? [...baseTools, points.wrapTool(subagents.makeTool(baseTools))] : baseTools;
  const userNotes = trajectory.steps.flatMap(({ notes }) => notes.filter(({ from }) => from === 'user'));
  const meter = createContextMeter(
    trajectory,
    JSON.stringify(tools.flatMap(({ schema, isDeferred }) => (isDeferred ? [] : [schema]))).length,
  );
  const compactor = createCompactor({
    trajectory,
    meter,
    ask: model.ask,
    window: () => model.current().contextWindow,
    atFraction: config.compaction.atFraction,
    keepSteps: config.compaction.keepSteps,
    carry: () => describeCarryover(observer, workspace.todos),
    emit,
    onUsage: spend,
    mayCompact: points.askCompaction,
  });
  const nested = watchNestedInstructions({
    cwd: setup.cwd,
    repository: setup.loaded.repository,
    given: realPaths(system.instructions),
  });

  const stopWaiting = subscribe((event) => {
    if (event.type !== 'request') return;
    stopWaiting();
    // The request goes out first; what the first call needs to know is found while the model thinks.
    setTimeout(() => void around.ready().catch(() => undefined), 150).unref();
  });
  subscribe((event) => {
    if (event.type === 'note' && event.note.from === 'user') userNotes.push(event.note);
    if (event.type === 'compaction') {
      observer.compacted();
      if (event.compaction.kind === 'summary') {
        nested.forget();
        points.begin('compact', model.current().name);
      }
    }
    if (event.type === 'tool.end')
      hooks.tell('PostToolUse', [event.result.name], {
        plain: {
          hook: 'afterTool',
          session: choice.id,
          tool: event.result.name,
          isError: event.result.isError,
        },
      });
    if (options.isInteractive && (event.type === 'result' || event.type === 'session.start'))
      points.setIdle(event.type === 'result');
    if (event.type === 'session.start' || (event.type === 'step' && event.step.calls.length > 0))
      for (const text of newsOfTools.splice(0)) tellHarness(text);
    if (event.type !== 'step') return;
    spend(event.step.usage);
    observer.step(event.step);
    tellHarness(nested(changes.note(event.step)));
  });
  const telemetry = await openTelemetry({
    env: setup.env,
    session: choice.id,
    version: readVersion(),
    hasContents: config.telemetry.contents,
  });
  if (telemetry) subscribe(telemetry.listen);
  const file = openSessionRecord(options, trajectory, tools, workspace.outputFolder, emit);
  if (file) subscribe(file.listen);
  inbox.giveBack(choice.saved?.openNotes ?? []);
  for (const note of choice.saved?.openNotes ?? []) observer.readConstraints(note);
  tellHarness(choice.moved);

  const review = options.reviewsBehind ? reviewBehind(observerPort, emit) : undefined;
  const task = createTask({
    options,
    trajectory,
    model,
    tools,
    workspace,
    inbox,
    observerPort: points.wrapPort(waitForSubagents(review?.port ?? observerPort, subagents), () =>
      trajectory.steps.at(-1),
    ),
    observer,
    permissions,
    permit,
    extensions,
    askPrompt: points.askPrompt,
    sessionCheckpoints,
    changes,
    emit,
    makeRoom: compactor.makeRoom,
    used: () => usage,
    spent,
    onTurn: (next) => {
      beforeChange = next;
    },
    subagents: () => subagents?.summaries() ?? [],
  });
  stopNoting();
  endRun = task.stop;
  points.begin(choice.saved === undefined ? 'startup' : 'resume', model.current().name);
  return {
    session: choice.id,
    notices,
    trajectory,
    observer,
    permissions,
    inbox,
    meter,
    compactor,
    sessionCheckpoints,
    extensions,
    jobs: () => [...workspace.jobs.values()],
    modelName: () => model.current().name,
    contextWindow: () => model.current().contextWindow,
    rewind: (step) => file?.append({ type: 'rewind', at: new Date().toISOString(), toStep: step }),
    setModel: model.use,
    subscribe,
    ...withReview(task, review),
    close: async () => {
      points.setIdle(false);
      points.end(trajectory.steps.length);
      await subagents?.close();
      await Promise.all([
        closeWorkspace(workspace),
        observer.close(),
        sessionCheckpoints.checkpoints?.close(),
        extensions.close(),
        telemetry?.close(),
      ]);
      file?.close();
      choice.release?.();
      if (file) await pruneIfDue(setup.home, config.retention, choice.id);
    },
  };
}
