import { join, relative, resolve } from 'node:path';
import { tools as ownTools } from '../../tools/index.ts';
import { closeWorkspace } from '../../tools/workspace.ts';
import { createBus } from '../agent/bus.ts';
import { type Compactor, createCompactor } from '../agent/compact.ts';
import { createInbox, type UserInbox } from '../agent/inbox.ts';
import { type LoopEnd, runLoop } from '../agent/loop.ts';
import { Stop } from '../agent/stop.ts';
import { expandMentions } from '../context/mentions.ts';
import { watchNestedInstructions } from '../context/nested.ts';
import { realPaths } from '../context/system.ts';
import { rememberTemporaries } from '../core/atomic.ts';
import type { Event } from '../core/event.ts';
import { createMeter, type Meter } from '../core/meter.ts';
import type { Model } from '../core/model.ts';
import type { Run } from '../core/run.ts';
import { addUsage, type Note, noUsage, type RunResult, type Step, type Trajectory, type Usage } from '../core/types.ts';
import { openAsk, openModel } from '../model/openai.ts';
import type { ModelSettings } from '../model/settings.ts';
import type { ObserverHost } from '../observer/start-observer.ts';
import type { Permissions } from '../permissions/permissions.ts';
import { withFallback } from '../providers/fallback.ts';
import { openExtensions } from './extensions.ts';
import { createPermit } from './permit.ts';
import {
  openObserver,
  preparePermissions,
  prepareSystem,
  prepareTrajectory,
  prepareWorkspace,
  type RunOptions,
} from './prepare.ts';
import { pruneIfDue } from './prune.ts';
import { openRecord } from './record.ts';
import { lookAround } from './surroundings.ts';
import { openWayBack, type WayBack } from './way-back.ts';

/** What stands behind a screen besides `Run`: the parts whose state it shows and changes. */
export type OpenRun = Run & {
  /** Warnings from the opening, a sentence each. */
  readonly notices: readonly string[];
  readonly trajectory: Trajectory;
  readonly observer: ObserverHost;
  readonly permissions: Permissions;
  readonly inbox: UserInbox;
  readonly meter: Meter;
  readonly compactor: Compactor;
  readonly wayBack: WayBack;
  readonly extensions: Awaited<ReturnType<typeof openExtensions>>;
  readonly modelName: () => string;
  readonly contextWindow: () => number | undefined;
  /** Forgets the steps from this one on; the session must be opened again from its file afterwards. */
  readonly rewind: (step: number) => void;
  /** Another model from the next request on. */
  readonly setModel: (settings: ModelSettings) => void;
};

/** Puts a session together: model, tools, permissions, observer, session file. Nothing is sent and no thread started before `submit`. */
export async function openRun(options: RunOptions): Promise<OpenRun> {
  const { setup, models, choice } = options;
  const { config } = setup.loaded;
  const { emit, subscribe } = createBus();
  rememberTemporaries(join(setup.home, 'temporaries'));
  const warn = (message: string) => emit({ type: 'warning', message });
  /** What was told before anybody could listen. */
  const notices: string[] = [];
  const stopNoting = subscribe((event) => {
    if (event.type === 'warning') notices.push(event.message);
  });
  const system = prepareSystem(options);
  const trajectory = prepareTrajectory(options, system.text);
  const around = lookAround(options, emit);
  const workspace = prepareWorkspace(options, around.wrapCommand);
  const wayBack = openWayBack(setup, choice.id, emit);
  const observer = await openObserver(options, trajectory, system.instructions, around.dirtyPaths, emit);
  const inbox = createInbox(emit, observer.hear);
  const beside = inbox.join(observer);
  const tellHarness = (text: string | undefined) => {
    if (text) inbox.say({ from: 'harness', text, at: new Date().toISOString() });
  };
  const extensions = await openExtensions(setup, { onNote: tellHarness, onWarning: warn });
  const permissions = preparePermissions(options, workspace, extensions.rules);
  const tools = [...ownTools, ...extensions.tools];
  const decide = createPermit({
    permissions,
    emit,
    workspace,
    beforeTool: extensions.hooks.beforeTool,
    ...(options.askUser ? { askUser: options.askUser } : {}),
  });
  const permit: typeof decide = async (...call) => {
    await around.ready();
    return decide(...call);
  };
  const meter = createMeter(trajectory, JSON.stringify(tools.map(({ schema }) => schema)).length);
  let model: Model = models.fallback
    ? withFallback(openModel(models.main), openModel(models.fallback))
    : openModel(models.main);
  let settings: ModelSettings = models.main;
  let usage = noUsage;
  let stop = new AbortController();
  const spend = (more: Usage) => {
    usage = addUsage(usage, more);
  };
  const compactor = createCompactor({
    trajectory,
    meter,
    ask: (question, signal) => openAsk(settings)(question, signal),
    window: () => model.contextWindow,
    atFraction: config.compaction.atFraction,
    keepSteps: config.compaction.keepSteps,
    carry: () => whatIsCarried(observer, workspace.todos),
    emit,
    onUsage: spend,
  });
  const changes = trackChanges(setup.cwd);
  const nested = watchNestedInstructions({
    cwd: setup.cwd,
    repository: setup.loaded.repository,
    given: realPaths(system.instructions),
  });

  const stopWaiting = subscribe((event) => {
    if (event.type !== 'request') return;
    stopWaiting();
    // The request goes out first; what the first call needs to know is found while the model thinks.
    setTimeout(() => void around.ready().catch(() => undefined), 20).unref();
  });
  subscribe((event) => {
    if (event.type === 'compaction') observer.compacted();
    if (event.type === 'tool.end')
      extensions.hooks.tell('afterTool', {
        session: choice.id,
        tool: event.result.name,
        isError: event.result.isError,
      });
    if (event.type !== 'step') return;
    spend(event.step.usage);
    observer.step(event.step);
    tellHarness(nested(changes.note(event.step)));
  });
  const file = openRecord(options, trajectory, workspace.outputFolder, emit);
  if (file) subscribe(file.listen);
  for (const note of choice.saved?.openNotes ?? []) inbox.say(note);

  /** A prompt may hold words of strangers, so a name in it reads no more than the model may by itself; `read` asks for the rest. */
  const mayRead = async (path: string): Promise<boolean> => {
    const { verdict, reason } = await permissions.decide({ name: 'read', act: 'read' }, [
      { kind: 'path', access: 'read', path },
    ]);
    if (verdict !== 'allow') warn(`@${relative(setup.cwd, path)} was not attached. ${reason}`);
    return verdict === 'allow';
  };
  const work = async (text: string, images: readonly string[]): Promise<LoopEnd> => {
    const attachments = await expandMentions(text, {
      cwd: setup.cwd,
      mayRead,
      readOther: extensions.readResource,
    });
    inbox.say(userNote(text, [...images, ...attachments.images]));
    tellHarness(attachments.note);
    return runLoop({
      trajectory,
      model,
      tools,
      workspace,
      beside,
      permit,
      emit,
      limits: { maxTurns: config.maxTurns, maxCostUsd: config.maxCostUsd, maxTokens: config.maxTokens },
      signal: stop.signal,
      spent: () => addUsage(usage, observer.summary().usage),
      makeRoom: compactor.makeRoom,
      beforeChange: () => wayBack.snapshot(text, trajectory.steps.length),
    });
  };

  const submit = async (text: string, images: readonly string[] = []): Promise<RunResult> => {
    const startedAt = performance.now();
    stop = new AbortController();
    const timer = startTimer(config.timeoutSeconds, stop);
    emit({
      type: 'session.start',
      model: model.name,
      cwd: setup.cwd,
      mode: observer.mode(),
      approval: permissions.mode(),
      resumed: choice.saved !== undefined,
    });
    const end = await work(text, images).finally(() => clearTimeout(timer));
    observer.finish(end.outcome);
    changes.add(await wayBack.checkpoints?.finishTurn(trajectory.steps.length));
    const result: RunResult = {
      type: 'result',
      outcome: end.outcome,
      result: end.text,
      session: choice.id,
      model: model.name,
      steps: trajectory.steps.length,
      usage,
      durationMs: Math.round(performance.now() - startedAt),
      cwd: setup.cwd,
      filesChanged: changes.files(),
      wink: observer.summary(),
      ...(end.error ? { error: end.error } : {}),
    };
    emit({ type: 'result', result } satisfies Event);
    return result;
  };

  stopNoting();
  extensions.hooks.tell('sessionStart', { session: choice.id, cwd: setup.cwd, model: model.name });
  return {
    session: choice.id,
    notices,
    trajectory,
    observer,
    permissions,
    inbox,
    meter,
    compactor,
    wayBack,
    extensions,
    modelName: () => model.name,
    contextWindow: () => model.contextWindow,
    rewind: (step) => file?.append({ type: 'rewind', at: new Date().toISOString(), toStep: step }),
    setModel: (next) => {
      settings = next;
      model = openModel(next);
    },
    subscribe,
    submit,
    say: (text, images = []) => inbox.say(userNote(text, images)),
    stop: (reason) => stop.abort(reason),
    close: async () => {
      extensions.hooks.tell('sessionEnd', { session: choice.id, cwd: setup.cwd, steps: trajectory.steps.length });
      await Promise.all([
        closeWorkspace(workspace),
        observer.close(),
        wayBack.checkpoints?.close(),
        extensions.close(),
      ]);
      file?.close();
      if (file) await pruneIfDue(setup.home, config.retention, choice.id);
    },
  };
}

function userNote(text: string, images: readonly string[]): Note {
  return { from: 'user', text, at: new Date().toISOString(), ...(images.length ? { images } : {}) };
}

function startTimer(seconds: number | undefined, stop: AbortController): NodeJS.Timeout | undefined {
  if (seconds === undefined) return undefined;
  return setTimeout(
    () => stop.abort(new Stop('timeout', `The run reached its limit of ${seconds} s (--timeout).`)),
    seconds * 1000,
  );
}

/** What a compaction must not lose besides its summary: constraints, open episodes, the list of things to do. */
function whatIsCarried(observer: ObserverHost, todos: readonly { text: string; status: string }[]): string {
  const constraints = observer.ledger().map(({ quote }) => `- The user's constraint still holds: “${quote}”`);
  const episodes = observer.timeline().episodes.filter(({ outcome }) => outcome === undefined);
  return [
    ...constraints,
    ...episodes.map(
      (episode) => `- Still open: ${episode.class}, seen at steps ${episode.evidenceSteps.slice(-5).join(', ')}`,
    ),
    ...todos.map(({ text, status }) => `- To do (${status}): ${text}`),
  ].join('\n');
}

/** The files that the tools and, where there are checkpoints, their commands changed, and the paths that a step touched. */
function trackChanges(cwd: string) {
  const changed = new Set<string>();
  const add = (paths: readonly string[] = []) => {
    for (const path of paths) changed.add(path);
  };
  return {
    add,
    note: (step: Step): string[] => {
      for (const result of step.results) add(result.changedFiles);
      return step.calls.flatMap(({ input }) => (typeof input.path === 'string' ? [resolve(cwd, input.path)] : []));
    },
    files: () => [...changed].map((path) => relative(cwd, path) || '.').sort(),
  };
}
