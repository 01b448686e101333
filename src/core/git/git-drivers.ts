import { realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { readRegular } from '../disk/read-text.ts';
import { statIfThere } from '../disk/stat-if-there.ts';

/** Settings that are added to those of a repository: names and values. */
export type GitSettings = readonly (readonly [name: string, value: string])[];

/**
 * How the settings of drivers are asked for; each name in the answer is switched off by `switchOff`. Files that are included only under a
 * condition are asked for with them: they may name drivers in another folder of the same repository.
 */
export const askForDrivers: readonly string[] = [
  'config',
  '-z',
  '--name-only',
  '--get-regexp',
  '^((filter|diff|merge)\\..*\\.(clean|smudge|process|required|textconv|command|driver)|includeif\\..*\\.path)$',
];

/** The exit code of git when no setting is of the kind that is asked for. With any other failure it is not known which drivers there are. */
export const noSuchSetting = 1;

/** Names that are the same for git, for us and in the environment. */
const plainDriver = /^(?:filter|diff|merge)\.[\x20-\x7e]+\.[a-z]+$/;

/**
 * Settings that switch off the drivers which a repository defines, from the answer to `askForDrivers`. Undefined where one can't be switched
 * off, or not everywhere: then no git of ours may look at the files.
 */
export function switchOff(answer: string): GitSettings | undefined {
  const names = [...new Set(answer.split('\0').filter((name) => name !== ''))];
  if (!names.every((name) => plainDriver.test(name))) return undefined;
  return names.map((name) => [name, name.endsWith('.required') ? 'false' : '']);
}

/** An environment with more settings for git; with `-c` a name that holds a `=` would be cut there. */
export function withSettings(
  env: Readonly<Record<string, string>>,
  settings: GitSettings,
): Readonly<Record<string, string>> {
  if (settings.length === 0) return env;
  const first = Number(env.GIT_CONFIG_COUNT ?? 0);
  const pairs = settings.flatMap(([name, value], at) => [
    [`GIT_CONFIG_KEY_${first + at}`, name],
    [`GIT_CONFIG_VALUE_${first + at}`, value],
  ]);
  return { ...env, ...Object.fromEntries(pairs), GIT_CONFIG_COUNT: String(first + settings.length) };
}

/**
 * Whether the settings of the repository around a folder may name drivers: the text of their files says so, or it can't be told from there and git
 * must be asked. `gitFolder`: the repository's git folder where it is another one.
 */
export function mayNameDrivers(cwd: string, gitFolder?: string): boolean {
  try {
    const own = gitFolder ?? findGitFolder(realpathSync(cwd));
    if (own === 'unsure') return true;
    if (own === undefined) return false;
    const shared = statIfThere(join(own, 'commondir'))
      ? resolve(own, readRegular(join(own, 'commondir'), maxBytes).toString('utf8').trim())
      : own;
    const files = [...new Set([join(shared, 'config'), join(own, 'config'), join(own, 'config.worktree')])];
    return files.some((file) => statIfThere(file) !== undefined && namesSome(file));
  } catch {
    return true;
  }
}

const maxBytes = 1_000_000;

/** A section can't be written otherwise, whatever stands around it. */
function namesSome(file: string): boolean {
  return /\[\s*(?:filter|diff|merge|include)/i.test(readRegular(file, maxBytes).toString('latin1'));
}

/** The git folder that git would find from here; `unsure` where its rules are not as simple as ours. */
function findGitFolder(cwd: string): string | 'unsure' | undefined {
  for (let folder = cwd; ; folder = dirname(folder)) {
    const path = join(folder, '.git');
    const state = statIfThere(path);
    if (state?.isDirectory()) return isWhole(path) ? path : 'unsure';
    if (state !== undefined) {
      const named = /^gitdir: (.+?)[\r\n]*$/.exec(readRegular(path, maxBytes).toString('utf8'))?.[1];
      return named === undefined ? 'unsure' : resolve(folder, named);
    }
    // A bare repository needs no name.
    if (statIfThere(join(folder, 'HEAD')) && statIfThere(join(folder, 'objects'))) return 'unsure';
    if (folder === dirname(folder)) return undefined;
  }
}

/** Of a folder that only looks like one git looks further up. */
function isWhole(path: string): boolean {
  const head = readRegular(join(path, 'HEAD'), maxBytes).toString('latin1');
  const has = (name: string) => statIfThere(join(path, name))?.isDirectory() === true;
  return /^(ref: refs\/|[0-9a-f]{40})/.test(head) && has('objects') && has('refs');
}
