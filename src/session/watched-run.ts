import { existsSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { parseNoFlags } from '../command-line/args.ts';
import { findInstructions } from '../context/instructions.ts';
import { createRedactor } from '../core/text/redact.ts';
import { folderSlug } from '../core/text/slug.ts';
import type { Note, Trajectory } from '../core/types.ts';
import { readVersion } from '../core/version.ts';
import type { ObserverOptions } from '../observer/observer.ts';
import { startObserver } from '../observer/start-observer.ts';
import { createLocalClient } from '../observer/worker/local-client.ts';
import { readRepositoryState } from '../observer/worker/repository-state.ts';
import { type ModelSettings, resolveModels } from '../providers/resolve-models.ts';
import { loadSession, type SavedSession } from '../store/load-session.ts';
import { openSessionFile } from '../store/session-file.ts';
import type { Header } from '../store/session-lines.ts';
import { lockSession } from '../store/session-lock.ts';
import type { WatchEvent } from '../watch/agents/read-event.ts';
import { createWatchSession, type WatchSession } from '../watch/resident/watch-session.ts';
import type { WatchPlaces } from '../watch/watch-places.ts';
import { loadUserClasses, whySilentOf } from './run/prepare-parts.ts';
import { withExperiment } from './session-choice.ts';
import { sessionGate } from './session-gate.ts';
import { type Env, prepareSetup, type Setup } from './setup.ts';

export type WatchedRunOptions = {
  readonly places: WatchPlaces;
  readonly mode: 'on' | 'shadow';
  readonly env: Env;
  /** The user's words to the agent whose subagent this is. */
  readonly inherited?: readonly Note[];
};

/**
 * The observer of another agent's run, with the user's settings for that folder and a session file of the run. One that was watched before
 * goes on where its file ends: what the user said then still holds. Throws UserError while another process watches it.
 */
export async function openWatchedRun(
  agent: string,
  event: WatchEvent,
  options: WatchedRunOptions,
): Promise<WatchSession> {
  const cwd = isFolder(event.cwd) ? event.cwd : process.cwd();
  const setup = await readSetup(cwd, options);
  const id = `${agent}-${event.session}`.replace(/[^\w.-]/g, '-').slice(0, 80);
  const folder = join(options.places.sessions, folderSlug(setup.loaded.repository));
  const release = lockSession(folder, id);
  try {
    const session = await openLocked(agent, event, options, { setup, id, folder });
    return { ...session, close: (outcome) => session.close(outcome).finally(release) };
  } catch (error) {
    release();
    throw error;
  }
}

async function openLocked(
  agent: string,
  event: WatchEvent,
  options: WatchedRunOptions,
  { setup, id, folder }: { readonly setup: Setup; readonly id: string; readonly folder: string },
): Promise<WatchSession> {
  const { cwd } = setup;
  const saved = loadSaved(join(folder, `${id}.jsonl`));
  const drawn = withExperiment(setup, parseNoFlags(), { id, ...(saved ? { saved } : {}) });
  const mode = drawn.mode === 'on' ? options.mode : drawn.mode;
  const trajectory: Trajectory = { session: id, cwd, system: '', steps: saved?.steps ?? [], compactions: [] };
  const [parts, dirty] = await Promise.all([readParts(drawn), readRepositoryState(cwd)]);
  const file = openSessionFile(folder, id, createRedactor([]), () => {});
  if (saved === undefined) file.append(headerOf(agent, event, drawn, { id, mode }));
  const session = createWatchSession({
    trajectory,
    inherited: [...(options.inherited ?? []), ...(saved?.openNotes ?? [])],
    emit: file.listen,
    openObserver: (task) =>
      startObserver({
        ...parts,
        mode,
        config: drawn.loaded.config.observer,
        facts: { task: saved?.header.task || task, cwd, dirtyFiles: [...(dirty?.uncommitted.keys() ?? [])] },
        trajectory,
        emit: file.listen,
        holdback: drawn.holdback ?? 0,
        createClient: createLocalClient,
        canAsk: true,
      }),
  });
  return {
    ...session,
    close: async (outcome) => {
      await session.close(outcome);
      file.close();
    },
  };
}

/** A configuration that can't be read holds nobody up: the defaults hold then. */
async function readSetup(cwd: string, { env, places }: WatchedRunOptions): Promise<Setup> {
  const flags = parseNoFlags();
  try {
    return await prepareSetup({ ...flags, cwd }, env);
  } catch {
    // The folder of the hook has no configuration.
    const bare = await prepareSetup({ ...flags, cwd: places.folder }, { WINK_HOME: places.folder });
    return { ...bare, cwd, loaded: { ...bare.loaded, repository: cwd } };
  }
}

/** What the observer is made of, apart from the run: classes, instruction files, and the judge where the user has named a model for it. */
async function readParts(
  setup: Setup,
): Promise<Pick<ObserverOptions, 'classes' | 'instructions' | 'judgeModel' | 'whySilent'>> {
  const { loaded, cwd, home } = setup;
  const [{ classes }, judgeModel] = await Promise.all([loadUserClasses(setup), findJudge(setup)]);
  const { found } = findInstructions({ cwd, repository: loaded.repository, home }, sessionGate(setup));
  const whySilent = whySilentOf(setup);
  return {
    classes,
    instructions: found.map(({ path, text }) => ({ text, source: relative(cwd, path) || path })),
    ...(judgeModel ? { judgeModel } : {}),
    ...(whySilent ? { whySilent } : {}),
  };
}

/**
 * Only a model that is named for the observer (`observer.model`): the agent has its own provider, and what it reads goes to no other one
 * unasked.
 */
async function findJudge({ loaded, env, home }: Setup): Promise<ModelSettings | undefined> {
  const { config, origins } = loaded;
  const { model, judge } = config.observer;
  if (model === undefined || judge.level === 'off') return undefined;
  const models = await resolveModels({ config: { ...config, model }, origins, env, home }).catch(() => undefined);
  return models?.observer;
}

/** The judge of runs in a folder, to be shown. */
export async function findWatchJudge(cwd: string, env: Env): Promise<ModelSettings | undefined> {
  const setup = await prepareSetup({ ...parseNoFlags(), cwd }, env).catch(() => undefined);
  return setup && findJudge(setup);
}

function headerOf(
  agent: string,
  event: WatchEvent,
  setup: Setup,
  { id, mode }: { id: string; mode: Header['mode'] },
): Header {
  return {
    type: 'header',
    format: 1,
    session: id,
    at: new Date().toISOString(),
    version: readVersion(),
    model: '',
    baseUrl: '',
    cwd: setup.cwd,
    repository: setup.loaded.repository,
    mode,
    approval: 'ask',
    task: event.kind === 'prompt' ? event.text : '',
    system: '',
    ...(setup.experiment ? { experiment: setup.experiment } : {}),
    ...(setup.holdback ? { holdback: setup.holdback } : {}),
    agent,
  };
}

function loadSaved(path: string): SavedSession | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return loadSession(path);
  } catch {
    return undefined;
  }
}

function isFolder(path: string): boolean {
  return path !== '' && (statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false);
}
