import { existsSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import type { RunFlags } from '../command-line/args.ts';
import { type LoadedConfig, loadConfig } from '../config/load-config.ts';
import { UserError } from '../core/errors.ts';
import { keepProgramsOutOf } from '../core/process/find-program.ts';
import type { ObserverMode } from '../core/types.ts';
import { findModel } from '../model/prices.ts';
import type { FolderCopy } from '../permissions/path-kinds.ts';
import { parseRules } from '../permissions/rules.ts';
import { type ResolvedModels, resolveModels } from '../providers/resolve-models.ts';
import { winkHome } from '../store/session-folders.ts';
import type { ExperimentArm } from '../store/session-lines.ts';
import { isTrusted, trustState } from '../trust/trust.ts';

export type Env = Readonly<Record<string, string | undefined>>;

/** Everything a run is made from, once flags, environment and files are read. Values travel from here, this object does not. */
export type Setup = {
  readonly env: Env;
  readonly cwd: string;
  readonly home: string;
  readonly loaded: LoadedConfig;
  readonly mode: ObserverMode;
  /** The arm that this run was assigned to, when the configuration has an experiment and no flag overrides it. */
  readonly experiment?: ExperimentArm;
  /** The share of reminders that are withheld at random (`experiment.holdback`). */
  readonly holdback?: number;
  readonly addDirs: readonly string[];
  readonly isTrusted: boolean;
  /** The folder is a subagent's copy of another one. */
  readonly copy?: FolderCopy;
  /** The demo's own folder: nothing in it can be lost. */
  readonly isThrowAway?: boolean;
  readonly warnings: readonly string[];
};

/** What is said where no model is configured and the choice of one can't be offered. */
export const noModel =
  'No model is configured: name one with --model or WINK_MODEL (anthropic/claude-opus-5-5, openai/gpt-6.1-terra, ollama/qwen3-coder). `wink-agent login PROVIDER` stores a key. `wink-agent demo` needs neither.';

/** Reads flags, environment and files. Throws UserError where they are wrong. */
export async function prepareSetup(flags: RunFlags, env: Env): Promise<Setup> {
  const cwd = findFolder(flags.cwd ?? '.', '--cwd');
  const home = winkHome(env);
  parseRules({ allow: flags.allow }, '--allow');
  parseRules({ deny: flags.deny }, '--deny');
  const trusts = (folder: string) => flags.trust || env.WINK_TRUST === '1' || isTrusted(folder, home);
  const loaded = await loadConfig({
    env,
    cwd,
    home,
    flags,
    ...(flags.configFile === undefined ? {} : { configFile: flags.configFile }),
    isTrusted: trusts,
  });
  const addDirs = loaded.config.addDirs.map((folder) => findFolder(resolve(cwd, folder), '--add-dir'));
  keepProgramsOutOf([cwd, ...addDirs]);
  return {
    env,
    cwd,
    home,
    loaded,
    mode: loaded.config.observer.mode,
    addDirs,
    isTrusted: trusts(loaded.repository),
    warnings: [...whyNotTrusted(loaded.repository, home, trusts), ...loaded.warnings],
  };
}

/** A word that no longer holds is said, since the user counts on it. */
function whyNotTrusted(repository: string, home: string, trusts: (folder: string) => boolean): string[] {
  if (trusts(repository) || trustState(repository, home) !== 'changed') return [];
  return [
    'What this repository sets (settings, hooks, servers, commands, skills, agents, classes or its address) has changed since you trusted it, so it has no effect; look at it and run `wink-agent trust` again.',
  ];
}

/** The models of a run; undefined when none is configured. A limit in money needs a price, so an unknown one is refused here. */
export async function prepareModels(setup: Setup): Promise<ResolvedModels | undefined> {
  const { config, origins } = setup.loaded;
  const models = await resolveModels({ config, origins, env: setup.env, home: setup.home });
  if (
    models &&
    config.maxCostUsd !== undefined &&
    !config.prices[models.main.name] &&
    !findModel(models.main.name)?.price
  ) {
    throw new UserError(
      `The price of ${models.main.name} is unknown, so a limit of $${config.maxCostUsd} can't be held; add it under "prices" in the configuration, or limit tokens with --max-tokens.`,
    );
  }
  return models;
}

function findFolder(path: string, flag: string): string {
  const absolute = resolve(path);
  if (!existsSync(absolute)) throw new UserError(`The folder ${path} given by ${flag} does not exist.`);
  if (!statSync(absolute).isDirectory()) throw new UserError(`${path} given by ${flag} is not a folder.`);
  return realpathSync(absolute);
}
