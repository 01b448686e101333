import { mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { tools as ownTools } from '../../tools/index.ts';
import { closeWorkspace, createWorkspace } from '../../tools/workspace.ts';
import { createBus } from '../agent/bus.ts';
import { runLoop } from '../agent/loop.ts';
import { Stop } from '../agent/stop.ts';
import { expandMentions } from '../context/mentions.ts';
import { watchNestedInstructions } from '../context/nested.ts';
import { buildSystemPrompt, realPaths } from '../context/system.ts';
import type { Run } from '../core/run.ts';
import { addUsage, type Note, noUsage, type RunResult, type Trajectory, type Usage } from '../core/types.ts';
import { readVersion } from '../core/version.ts';
import { openModel } from '../model/openai.ts';
import { startObserver } from '../observer/start-observer.ts';
import { createPermissions } from '../permissions/permissions.ts';
import type { ResolvedModels } from '../providers/resolve.ts';
import type { Header } from '../store/lines.ts';
import { openSessionFile, type SessionFile } from '../store/session.ts';
import { type AskUser, createPermit } from './permit.ts';
import type { SessionChoice } from './session-choice.ts';
import type { Setup } from './setup.ts';

export type RunOptions = {
  readonly setup: Setup;
  readonly models: ResolvedModels;
  readonly choice: SessionChoice;
  readonly isInteractive: boolean;
  /** The first words, for the observer and the list of sessions. */
  readonly task: string;
  readonly askUser?: AskUser;
};

/** What stands behind a screen besides `Run`: the parts whose state it shows and changes. */
export type OpenRun = Run & {
  readonly trajectory: Trajectory;
  readonly observer: ReturnType<typeof startObserver>;
  readonly permissions: ReturnType<typeof createPermissions>;
  readonly usage: () => Usage;
};

/** Puts a session together: model, tools, permissions, observer, session file. Nothing is sent and no thread started before `submit`. */
export async function openRun(options: RunOptions): Promise<OpenRun> {
  const { setup, models, choice } = options;
  const { config } = setup.loaded;
  const { emit, subscribe } = createBus();
  const prompt = buildSystemPrompt({
    cwd: setup.cwd,
    home: setup.home,
    env: setup.env,
    addDirs: setup.addDirs,
    isInteractive: options.isInteractive,
    now: new Date(),
  });
  const trajectory: Trajectory = {
    session: choice.id,
    cwd: setup.cwd,
    system: choice.saved?.header.system || prompt.text,
    steps: choice.saved?.steps ?? [],
    compactions: choice.saved?.compactions ?? [],
  };
  const workspace = createWorkspace({
    cwd: setup.cwd,
    addDirs: setup.addDirs,
    outputFolder: join(setup.home, 'outputs', choice.id),
  });
  const permissions = createPermissions({
    mode: config.approval,
    rules: config.permissions,
    cwd: setup.cwd,
    roots: workspace.roots,
    home: setup.env.HOME ?? setup.home,
    readable: [workspace.outputFolder],
    secretFolders: [setup.home],
  });
  const model = openModel(models.main);
  const observer = startObserver({
    mode: setup.mode,
    config: config.observer,
    facts: { task: choice.saved?.header.task || options.task, cwd: setup.cwd, dirtyFiles: [] },
    trajectory,
    emit,
    judgeModel: models.observer,
  });
  let stop = new AbortController();
  const permit = createPermit(
    permissions,
    emit,
    (signal) => ({ workspace, signal, onOutput: () => {} }),
    options.askUser,
  );
  let usage = noUsage;
  let file: SessionFile | undefined;
  const changed = new Set<string>();

  const nested = watchNestedInstructions({
    cwd: setup.cwd,
    repository: setup.loaded.repository,
    given: realPaths(prompt.instructions),
  });
  const harnessNote = (text: string): Note => ({ from: 'harness', text, at: new Date().toISOString() });

  subscribe((event) => {
    if (event.type === 'step') {
      usage = addUsage(usage, event.step.usage);
      observer.step(event.step);
      for (const result of event.step.results) for (const path of result.changedFiles ?? []) changed.add(path);
      const touched = event.step.calls.flatMap(({ input }) =>
        typeof input.path === 'string' ? [resolve(setup.cwd, input.path)] : [],
      );
      const instructions = nested(touched);
      if (instructions) observer.say(harnessNote(instructions));
    }
    if (event.type === 'compaction') observer.compacted();
  });
  if (choice.folder) {
    mkdirSync(workspace.outputFolder, { recursive: true, mode: 0o700 });
    file = openSessionFile(
      choice.folder,
      choice.id,
      (line) => line,
      (message) => emit({ type: 'warning', message }),
    );
    if (!choice.saved) file.append(headerOf(options, trajectory));
    subscribe(file.listen);
  }
  for (const note of choice.saved?.openNotes ?? []) observer.say(note);

  const say = (text: string, images: readonly string[] = []) => {
    const note: Note = { from: 'user', text, at: new Date().toISOString(), ...(images.length ? { images } : {}) };
    emit({ type: 'note', note });
    observer.say(note);
  };

  const submit = async (text: string, images: readonly string[] = []): Promise<RunResult> => {
    const startedAt = performance.now();
    stop = new AbortController();
    const timer =
      config.timeoutSeconds === undefined
        ? undefined
        : setTimeout(
            () =>
              stop.abort(new Stop('timeout', `The run reached its limit of ${config.timeoutSeconds} s (--timeout).`)),
            config.timeoutSeconds * 1000,
          );
    emit({
      type: 'session.start',
      model: model.name,
      cwd: setup.cwd,
      mode: observer.mode(),
      approval: permissions.mode(),
      resumed: choice.saved !== undefined,
    });
    const attachments = await expandMentions(text, { cwd: setup.cwd, mayRead: () => true });
    say(text, [...images, ...attachments.images]);
    if (attachments.note) observer.say(harnessNote(attachments.note));
    const end = await runLoop({
      trajectory,
      model,
      tools: ownTools,
      workspace,
      beside: observer,
      permit,
      emit,
      limits: {
        ...given('maxTurns', config.maxTurns),
        ...given('maxCostUsd', config.maxCostUsd),
        ...given('maxTokens', config.maxTokens),
      },
      signal: stop.signal,
      spent: () => addUsage(usage, observer.summary().usage),
    });
    clearTimeout(timer);
    observer.finish(end.outcome);
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
      filesChanged: [...changed].map((path) => relative(setup.cwd, path)).sort(),
      wink: observer.summary(),
      ...(end.error ? { error: end.error } : {}),
    };
    emit({ type: 'result', result });
    return result;
  };

  return {
    session: choice.id,
    trajectory,
    observer,
    permissions,
    usage: () => usage,
    subscribe,
    submit,
    say,
    stop: (reason) => stop.abort(reason),
    close: async () => {
      await Promise.all([closeWorkspace(workspace), observer.close()]);
      file?.close();
    },
  };
}

function given<Key extends string, Value>(key: Key, value: Value | undefined): { [K in Key]?: Value } {
  const object: { [K in Key]?: Value } = {};
  if (value !== undefined) object[key] = value;
  return object;
}

function headerOf({ setup, models, choice, task }: RunOptions, trajectory: Trajectory): Header {
  return {
    type: 'header',
    format: 1,
    session: choice.id,
    at: new Date().toISOString(),
    version: readVersion(),
    model: models.main.name,
    baseUrl: models.main.baseUrl,
    cwd: setup.cwd,
    repository: setup.loaded.repository,
    mode: setup.mode,
    approval: setup.loaded.config.approval,
    task,
    system: trajectory.system,
  };
}
