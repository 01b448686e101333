import {
  askForDrivers,
  type GitSettings,
  mayNameDrivers,
  noSuchSetting,
  switchOff,
  withSettings,
} from './git-drivers.ts';
import { guardGit } from './guard-git.ts';
import { type GitEnd, type GitStart, startGitSync } from './start-git.ts';
import { gaveNoAnswer, isGitSilent, noteSilence } from './watch-git.ts';

/** The screen stands still meanwhile. */
const limitMs = 5_000;
/** Settings are read at once. */
const settingsMs = 2_000;

/** Runs git on a repository of the user's and gives what it printed; undefined when it fails. Nothing that the repository names is started. */
export function runGitSafely(
  cwd: string,
  args: readonly string[],
  accepted: readonly number[] = [0],
  more: Omit<GitStart, 'cwd'> = {},
): string | undefined {
  const drivers = findDrivers(cwd, more);
  if (drivers === undefined) return undefined;
  const env = withSettings(more.env ?? {}, drivers);
  const { code, output } = start(guardGit(args), { ...more, cwd, env }, limitMs);
  return code !== undefined && accepted.includes(code) ? output.toString('utf8') : undefined;
}

/** Undefined where there are some that can't be switched off. */
function findDrivers(cwd: string, { env = {} }: Pick<GitStart, 'env'>): GitSettings | undefined {
  if (!mayNameDrivers(cwd, env.GIT_DIR)) return [];
  const { code, output } = start(guardGit(askForDrivers), { cwd, env }, limitMs);
  if (code !== 0 && code !== noSuchSetting) return undefined;
  const drivers = switchOff(output.toString('utf8'));
  if (drivers === undefined) noteSilence();
  return drivers;
}

/** Not at all once one of those that are watched together gave no answer. */
function start(words: readonly string[], how: GitStart, timeoutMs: number): Pick<GitEnd, 'code' | 'output'> {
  if (isGitSilent()) return { code: undefined, output: Buffer.alloc(0) };
  const ended = startGitSync(words, how, timeoutMs);
  if (gaveNoAnswer(ended)) noteSilence();
  return ended;
}

/** What an alias of the user's or the repository's stands for; undefined when there is no such alias. */
export function readGitAlias(cwd: string, name: string): string | undefined {
  if (!/^[a-z][\w-]{0,60}$/i.test(name)) return undefined;
  return askGit(cwd, ['config', '--get', `alias.${name}`])?.trim();
}

/** What git prints with the user's own settings, too; undefined when it fails. `question`: one for which git only reads its settings, and so starts nothing. */
export function askGit(cwd: string, question: readonly string[]): string | undefined {
  const { code, output } = start(question, { cwd, isWithUsersSettings: true }, settingsMs);
  return code === 0 ? output.toString('utf8') : undefined;
}
