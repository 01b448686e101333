import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';
import { writeFileAtomic } from '../core/disk/atomic.ts';
import { UserError } from '../core/errors.ts';
import type { WatchedAgent } from './events.ts';
import { hookScript } from './hook-script.ts';
import type { WatchPlaces } from './places.ts';
import { type AgentHooks, addHooks, agentHooks, hookCommand, removeHooks } from './settings.ts';
import { type Installation, readState, writeState } from './state.ts';

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
export function findAgents(env: Env): AgentHooks[] {
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  return agentHooks.filter(({ program }) => folders.some((folder) => existsSync(join(folder, program))));
}

/** The agents that were named, else those that are installed. Throws UserError for a name that is not in the table. */
export function chooseAgents(names: readonly string[], env: Env): AgentHooks[] {
  if (names.length === 0) return findAgents(env);
  return names.map((name) => {
    const found = agentHooks.find(({ agent }) => agent === name);
    if (found) return found;
    throw new UserError(`watch knows ${agentHooks.map(({ agent }) => agent).join(', ')}, and not ${name}.`);
  });
}

/** Puts our hooks into the settings of the agents, each file backed up first. Done again, it changes nothing. */
export async function install(agents: readonly AgentHooks[], options: InstallOptions): Promise<InstallReport[]> {
  const { places } = options;
  keepProgram(options);
  const reports: InstallReport[] = [];
  let state = { ...readState(places), mode: options.mode };
  for (const hooks of agents) {
    const file = settingsFile(hooks, options);
    const before = existsSync(file) ? readFileSync(file, 'utf8') : undefined;
    const known = state.installations.find((each) => each.file === file);
    const text = await addHooks(before ?? '', hooks, hookCommand(places.hook, hooks.agent)).catch((error: unknown) => {
      throw new UserError(`${file} can't be changed: ${String(error)}`);
    });
    const isNew = text !== before;
    if (isNew) {
      mkdirSync(dirname(file), { recursive: true });
      await writeFileAtomic(file, text);
    }
    const backup = known?.backup ?? (before === undefined || known ? undefined : keepBackup(places, file, before));
    const done: Installation = {
      agent: hooks.agent,
      file,
      written: hashOf(text),
      at: new Date().toISOString(),
      ...(backup === undefined ? {} : { backup }),
    };
    state = { ...state, installations: [...state.installations.filter((each) => each.file !== file), done] };
    reports.push({ title: hooks.title, file, isNew, ...(hooks.note ? { note: hooks.note } : {}) });
  }
  writeState(places, state);
  return reports;
}

/**
 * Takes our hooks out again: a file that is still as we wrote it becomes byte for byte what it was (or goes, when there was none), one that was
 * changed since loses our entries only.
 */
export async function uninstall(
  names: readonly string[],
  { places }: Pick<InstallOptions, 'places'>,
): Promise<Installation[]> {
  const state = readState(places);
  const gone = state.installations.filter(({ agent }) => names.length === 0 || names.includes(agent));
  for (const { agent, file, written, backup } of gone) {
    if (!existsSync(file)) continue;
    const text = readFileSync(file, 'utf8');
    if (hashOf(text) !== written) {
      const without = await removeHooks(text, hookCommand(places.hook, agent));
      if (without !== undefined) await writeFileAtomic(file, without);
    } else if (backup === undefined) rmSync(file, { force: true });
    else await writeFileAtomic(file, readFileSync(backup));
    if (backup !== undefined) rmSync(backup, { force: true });
  }
  const left = state.installations.filter((each) => !gone.includes(each));
  writeState(places, { ...state, installations: left });
  if (left.length === 0)
    for (const path of [places.hook, places.program]) rmSync(path, { recursive: true, force: true });
  return gone;
}

export function isInstalled(places: WatchPlaces, agent: WatchedAgent): Installation[] {
  return readState(places).installations.filter((each) => each.agent === agent && existsSync(each.file));
}

/** npx clears its cache, so hooks start a copy of the program. */
function keepProgram({ places, packageRoot }: InstallOptions): void {
  mkdirSync(places.folder, { recursive: true, mode: 0o700 });
  if (resolve(packageRoot) !== resolve(places.program)) {
    rmSync(places.program, { recursive: true, force: true });
    for (const part of ['bin/wink-agent.js', 'dist', 'prompts', 'package.json'])
      cpSync(join(packageRoot, part), join(places.program, part), { recursive: true });
  }
  const launcher = join(places.program, 'bin/wink-agent.js');
  writeFileSync(places.hook, hookScript(places, process.execPath, launcher), { mode: 0o700 });
  chmodSync(places.hook, 0o700);
}

function settingsFile(hooks: AgentHooks, { env, repository }: InstallOptions): string {
  return repository === undefined ? hooks.file(env) : join(repository, hooks.repositoryFile);
}

function keepBackup({ backups }: WatchPlaces, file: string, text: string): string {
  mkdirSync(backups, { recursive: true, mode: 0o700 });
  const path = join(backups, `${hashOf(file).slice(0, 12)}-${Date.now()}`);
  writeFileSync(path, text, { mode: 0o600 });
  return path;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
