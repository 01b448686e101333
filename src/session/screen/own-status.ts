import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { Event } from '../../core/event.ts';
import { withoutKeys } from '../../core/process/child-environment.ts';
import { ownPlace } from '../../core/process/find-program.ts';
import { lineRunsWorkspace } from '../../core/process/runs-workspace.ts';
import { sanitize } from '../../core/text/sanitize.ts';
import type { JsonObject } from '../../core/types.ts';
import { readVersion } from '../../core/version.ts';
import { type HookCommand, type HookPlace, runHook } from '../../hooks/run-hook.ts';
import { findGitFolder } from '../../sandbox/git-folder.ts';
import { sessionFolder } from '../../store/session-folders.ts';
import type { ShownSession } from './shown-session.ts';

/** Milliseconds between two runs at least: many events come at once. */
const betweenMs = 300;
const longest = 300;

export type OwnStatus = {
  /** The line of now; undefined until there is one. */
  readonly text: () => string | undefined;
  readonly onChange: (listener: () => void) => void;
  readonly stop: () => void;
};

/**
 * The user's own status line: a command that gets the session's facts as JSON on stdin and prints a line. It runs alongside everything else, one
 * run at a time, after events and not more often than every 300 ms; what takes too long is ended, and the line stays as it was.
 */
export function createOwnStatus(shown: ShownSession, onFault: (sentence: string) => void): OwnStatus | undefined {
  const { statusLine } = shown.setup.loaded.config.ui;
  if (statusLine === undefined) return undefined;
  const hook = { ...statusLine, timeoutSeconds: statusLine.timeoutMs / 1000 };
  const { cwd } = shown.setup;
  const isHeld = statusLine.sandbox ?? lineRunsWorkspace(statusLine.command, cwd);
  const place = isHeld ? heldPlaceOf(shown) : placeOf(shown.setup);
  let text: string | undefined;
  let listener = (): void => undefined;
  let timer: NodeJS.Timeout | undefined;
  let running: (() => void) | undefined;
  let isStale = false;
  let hasFailed = false;
  let isStopped = false;
  let model = '';

  const run = async (): Promise<void> => {
    timer = undefined;
    isStale = false;
    const started = runHook(hook, factsOf(shown, model), place);
    running = started.stop;
    const { code, stdout, stderr, failure } = await started.done;
    running = undefined;
    if (isStopped) return;
    if (code === 0) show(stdout);
    else if (!hasFailed) {
      hasFailed = true;
      const words = sanitize(stderr).trim().slice(0, 200);
      onFault(`The status line's command ${failure ?? `failed (exit ${code})${words && `: ${words}`}`}.`);
    }
    if (isStale) plan();
  };
  const show = (output: string) => {
    const line = sanitize(output.replace(/\u001b\[[\d;]*m/g, '').split('\n')[0] ?? '')
      .trim()
      .slice(0, longest);
    if (line === text) return;
    text = line;
    listener();
  };
  const plan = () => {
    if (running !== undefined) isStale = true;
    else timer ??= setTimeout(() => void run(), betweenMs);
  };
  const unsubscribe = shown.subscribe((event: Event) => {
    if (event.type === 'session.start') model = event.model;
    if (changing.has(event.type)) plan();
  });
  timer = setTimeout(() => void run(), 0);
  return {
    text: () => text || undefined,
    onChange: (next) => {
      listener = next;
    },
    stop: () => {
      isStopped = true;
      clearTimeout(timer);
      running?.();
      unsubscribe();
    },
  };
}

/**
 * The line is the user's own in whatever repository they are: it starts outside of it, and is told where it is. A script that asks plain `git` gets
 * the answers for the repository, unless that is another user's, whose settings git would not follow from inside either.
 */
function placeOf({ env, home, cwd, loaded }: ShownSession['setup']) {
  const { repository } = loaded;
  const own = findGitFolder(repository)?.own;
  const isMine = own !== undefined && [repository, own].every((path) => statSync(path).uid === process.getuid?.());
  const place = ownPlace(env, home, cwd);
  const told = {
    ...{ CLAUDE_PROJECT_DIR: repository, WINK_PROJECT_DIR: repository },
    ...(isMine ? { GIT_DIR: own, GIT_WORK_TREE: repository } : {}),
  };
  return {
    ...place,
    start: async ({ command }: HookCommand, given: NodeJS.ProcessEnv) => ({
      file: '/bin/sh',
      args: ['-c', command],
      env: { ...withoutKeys(given), ...told },
    }),
  };
}

/** A line whose script lies in the workspace runs there, like a command that nobody was asked about and that only looks. */
function heldPlaceOf(shown: ShownSession): HookPlace {
  const { cwd } = shown.setup;
  const place = placeOf(shown.setup);
  return {
    ...place,
    cwd,
    start: async (hook, given) =>
      shown.current().hold({ ...(await place.start(hook, given)), cwd, isOfWorkspace: true, onlyReads: true }),
  };
}

const changing: ReadonlySet<Event['type']> = new Set(['session.start', 'step', 'reminder', 'compaction', 'result']);

/** In the form of Claude Code's status line, so that what people have works; `wink` is ours. */
function factsOf(shown: ShownSession, model: string): JsonObject {
  const { setup } = shown;
  const run = shown.current();
  const name = model || run.modelName();
  const { usage, ms } = run.trajectory.steps.reduce(
    (sum, step) => ({
      usage: {
        input: sum.usage.input + step.usage.inputTokens,
        output: sum.usage.output + step.usage.outputTokens,
        cost: step.usage.costUsd === null ? sum.usage.cost : sum.usage.cost + step.usage.costUsd,
      },
      ms: sum.ms + step.ms,
    }),
    { usage: { input: 0, output: 0, cost: 0 }, ms: 0 },
  );
  const { mode, health, reminders } = run.observer.summary();
  const window = run.contextWindow();
  const used = run.trajectory.steps.at(-1)?.usage.inputTokens ?? 0;
  return {
    hook_event_name: 'Status',
    session_id: run.session,
    transcript_path: join(sessionFolder(setup.home, setup.loaded.repository), `${run.session}.jsonl`),
    cwd: setup.cwd,
    model: { id: name, display_name: name },
    workspace: { current_dir: setup.cwd, project_dir: setup.loaded.repository },
    version: readVersion(),
    output_style: { name: 'default' },
    cost: { total_cost_usd: usage.cost, total_duration_ms: ms, total_api_duration_ms: ms },
    context_window: {
      total_input_tokens: usage.input,
      total_output_tokens: usage.output,
      ...(window ? { context_window_size: window, used_percentage: Math.round((100 * used) / window) } : {}),
    },
    wink: { mode, health, reminders, approval: run.permissions.mode(), steps: run.trajectory.steps.length },
  };
}
