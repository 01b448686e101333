import { createHash } from 'node:crypto';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { writeFileAtomic } from '../../core/disk/atomic.ts';
import { messageOf, UserError } from '../../core/errors.ts';
import { packageRoot } from '../../core/prompt.ts';
import { type Installation, readState, writeState } from '../installations.ts';
import type { WatchPlaces } from '../watch-places.ts';
import { addHooks, removeHooks } from './agent-settings.ts';
import { hookScript } from './hook-script.ts';
import { hookCommand, type KnownAgent, knownAgents } from './known-agents.ts';
import type { WatchedAgent } from './read-event.ts';

type Env = Readonly<Record<string, string | undefined>>;

export type InstallOptions = {
  readonly places: WatchPlaces;
  readonly env: Env;
  /** The folder whose repository's settings are changed; undefined: the user's. */
  readonly repository: string | undefined;
  readonly mode: 'on' | 'shadow';
  /** The folder of this program: bin/, dist/, prompts/, package.json. */
  readonly packageRoot: string;
};

/** What was done for one agent, for people. */
export type InstallReport = {
  readonly title: string;
  readonly file: string;
  readonly isNew: boolean;
  readonly note?: string;
};

/** The agents of the table that are on this machine's PATH. */
export function findAgents(env: Env): KnownAgent[] {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return knownAgents.filter(({ program }) => folders.some((folder) => existsSync(join(folder, program))));
}

/** The agents that were named, else those that are installed. Throws UserError for a name that is not in the table. */
export function chooseAgents(names: readonly string[], env: Env): KnownAgent[] {
  if (names.length === 0) return findAgents(env);
  return names.map((name) => {
    const found = knownAgents.find(({ agent }) => agent === name);
    if (found) return found;
    throw new UserError(`watch knows ${knownAgents.map(({ agent }) => agent).join(', ')}, and not ${name}.`);
  });
}

/** Adds to the agents what lets them be watched, each file backed up first. Done again, it changes nothing. */
export async function install(agents: readonly KnownAgent[], options: InstallOptions): Promise<InstallReport[]> {
  const { places } = options;
  keepProgram(options);
  writeState(places, { ...readState(places), mode: options.mode });
  const reports: InstallReport[] = [];
  for (const agent of agents) {
    const file = settingsFile(agent, options);
    const state = readState(places);
    const earlier = state.installations.find((each) => each.file === file);
    const { done, text, isNew } = await changing(file, () => planOne(agent, file, earlier, places));
    // Written before the settings are: whenever this is cut off, uninstall knows what to take out.
    writeState(places, {
      ...state,
      installations: [...state.installations.filter((each) => each.file !== file), done],
    });
    if (isNew) await changing(file, () => writeFileAtomic(file, text));
    reports.push({ title: agent.title, file, isNew, ...(agent.note ? { note: agent.note } : {}) });
  }
  return reports;
}

/** What will be in the file. Its folder and the copy of what is there are made. */
async function planOne(
  known: KnownAgent,
  file: string,
  earlier: Installation | undefined,
  places: WatchPlaces,
): Promise<{ done: Installation; text: string; isNew: boolean }> {
  const before = existsSync(file) ? readText(file) : undefined;
  const text = await textFor(known, before ?? '', places);
  const isNew = text !== before;
  const made = isNew ? mkdirSync(dirname(file), { recursive: true }) : undefined;
  const isOurs = earlier !== undefined && before !== undefined && hashOf(before) === earlier.written;
  const backup = isOurs ? earlier.backup : await keepBackup(known, places, file, before);
  const done: Installation = {
    agent: known.agent,
    file,
    written: hashOf(text),
    at: new Date().toISOString(),
    ...(backup === undefined ? {} : { backup }),
    ...((made ?? earlier?.made) ? { made: made ?? earlier?.made } : {}),
  };
  return { done, text, isNew };
}

/** Whatever keeps an agent's file from being changed is said in one sentence that names it. */
async function changing<T>(file: string, change: () => Promise<T>): Promise<T> {
  try {
    return await change();
  } catch (error) {
    throw new UserError(`${file} can't be changed: ${messageOf(error)}`);
  }
}

/** Throws UserError for what is not UTF-8, whose bytes would not come back. */
function readText(file: string): string {
  const bytes = readFileSync(file);
  const text = bytes.toString('utf8');
  if (Buffer.compare(Buffer.from(text, 'utf8'), bytes) !== 0) throw new UserError('it is not UTF-8');
  return text;
}

async function textFor(known: KnownAgent, before: string, { hook, folder }: WatchPlaces): Promise<string> {
  if (known.kind === 'hooks') return addHooks(before, known, hookCommand(hook, known.agent));
  const plugin = readFileSync(join(packageRoot(), 'dist/plugins', known.source), 'utf8');
  return plugin.replace('installedHome = ""', () => `installedHome = ${JSON.stringify(dirname(folder))}`);
}

/** What is in the file that is not ours, to be put back; undefined where there was none. */
async function keepBackup(
  known: KnownAgent,
  { backups, hook }: WatchPlaces,
  file: string,
  before: string | undefined,
): Promise<string | undefined> {
  if (before === undefined || known.kind === 'plugin') return undefined;
  const text = (await removeHooks(before, hookCommand(hook, known.agent))) ?? before;
  mkdirSync(backups, { recursive: true, mode: 0o700 });
  const path = join(backups, `${hashOf(file).slice(0, 12)}-${Date.now()}`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

/**
 * Takes out what was added: a file that is still as we wrote it becomes byte for byte what it was (or goes, when there was none), one that was
 * changed since loses our entries only.
 */
export async function uninstall(
  names: readonly string[],
  { places }: Pick<InstallOptions, 'places'>,
): Promise<Installation[]> {
  const state = readState(places);
  const gone = state.installations.filter(({ agent }) => names.length === 0 || names.includes(agent));
  for (const installation of gone) await changing(installation.file, () => uninstallOne(installation, places));
  const left = state.installations.filter((each) => !gone.includes(each));
  writeState(places, { ...state, installations: left });
  if (left.length === 0)
    for (const path of [places.hook, places.program, places.spool, places.starting])
      rmSync(path, { recursive: true, force: true });
  return gone;
}

async function uninstallOne({ agent, file, written, backup, made }: Installation, places: WatchPlaces): Promise<void> {
  const isPlugin = knownAgents.some((known) => known.agent === agent && known.kind === 'plugin');
  if (existsSync(file)) {
    const text = readFileSync(file, 'utf8');
    if (isPlugin || (hashOf(text) === written && backup === undefined)) rmSync(realpathSync(file), { force: true });
    else if (hashOf(text) === written && backup !== undefined && existsSync(backup))
      await writeFileAtomic(file, readFileSync(backup));
    else {
      const without = await removeHooks(text, hookCommand(places.hook, agent));
      if (without !== undefined) await writeFileAtomic(file, without);
    }
  }
  if (backup !== undefined) rmSync(backup, { force: true });
  if (made !== undefined) removeEmpty(dirname(file), made);
}

/** Folders that were made for a file go with it, unless something else lies in them by now. */
function removeEmpty(folder: string, top: string): void {
  try {
    for (let at = folder; at.startsWith(top); at = dirname(at)) rmdirSync(at);
  } catch {
    // Something lies there.
  }
}

export function isInstalled(places: WatchPlaces, agent: WatchedAgent): Installation[] {
  return readState(places).installations.filter((each) => each.agent === agent && existsSync(each.file));
}

/** What an installation consists of. */
const programParts = ['bin/wink-agent.cjs', 'bin/code-cache.cjs', 'dist', 'prompts', 'package.json'];

/** npx clears its cache, so hooks start a copy of the program; it is exchanged as a whole. */
export function keepProgram({ places, packageRoot: root }: Pick<InstallOptions, 'places' | 'packageRoot'>): void {
  mkdirSync(places.folder, { recursive: true, mode: 0o700 });
  if (resolve(root) !== resolve(places.program)) {
    const fresh = `${places.program}-${process.pid}`;
    for (const part of programParts) cpSync(join(root, part), join(fresh, part), { recursive: true });
    rmSync(places.program, { recursive: true, force: true });
    renameSync(fresh, places.program);
  }
  const launcher = join(places.program, 'bin/wink-agent.cjs');
  const script = `${places.hook}-${process.pid}`;
  writeFileSync(script, hookScript(places, process.execPath, launcher), { mode: 0o700 });
  chmodSync(script, 0o700);
  renameSync(script, places.hook);
}

function settingsFile(agent: KnownAgent, { env, repository }: InstallOptions): string {
  return repository === undefined ? agent.file(env) : join(repository, agent.repositoryFile);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
