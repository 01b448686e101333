import { spawnSync } from 'node:child_process';
import { withoutGitOptions } from '../text/git-options.ts';
import { bareEnvironment } from './child-environment.ts';
import { type OwnProgram, ownProgram } from './find-program.ts';

/**
 * A repository's own settings name programs that git starts by itself: file system monitors, filters, diff drivers, hooks. These options
 * switch off all that have a fixed name; put them in front of the subcommand.
 */
const guards = [
  'core.fsmonitor=false',
  'core.hooksPath=/dev/null',
  'core.sshCommand=false',
  'core.gitProxy=',
  'core.alternateRefsCommand=false',
  'core.pager=cat',
  'core.editor=false',
  'credential.helper=',
  'diff.external=',
  'gpg.program=false',
  'log.showSignature=false',
  'protocol.allow=never',
  'submodule.recurse=false',
  // A submodule has settings of its own, and `diff` would show what it holds by a git in it.
  'diff.submodule=short',
  'status.submoduleSummary=false',
  'uploadpack.packObjectsHook=',
  // What is switched off can't be used by another owner of the folder either.
  'safe.directory=*',
].flatMap((setting) => ['-c', setting]);

/**
 * The words of a git of ours, with what switches off programs that a repository names. What looks at files does not look into submodules: it
 * would start a git there, for which drivers that only they define stay on. `add`, `commit` and `stash` can't be kept from that: see `stageAll`.
 */
export function guardGit(words: readonly string[]): string[] {
  const [verb = '', ...rest] = withoutGitOptions(words);
  const isLooking = /^(diff|diff-files|diff-index|status)$/.test(verb);
  const isKept = rest.some((word) => word.startsWith('--ignore-submodules'));
  const options = [
    // An empty setting is no program, and git would fail for want of it.
    ...(/^(diff|diff-files|diff-index|diff-tree|log|show)$/.test(verb) ? ['--no-ext-diff', '--no-textconv'] : []),
    ...(isLooking && !isKept ? ['--ignore-submodules=dirty'] : []),
  ];
  return [...guards, ...words.slice(0, words.length - rest.length), ...options, ...rest];
}

/** `git add --all` without a look into submodules: what is found by the first words is given to the second, from the top of a working tree. */
export const stageAll = {
  find: ['-c', 'core.quotePath=true', 'ls-files', '--others', '--modified', '--deleted', '--exclude-standard'],
  stage: ['update-index', '--add', '--remove', '--replace', '--stdin'],
  /** A repository in the working tree is named with a slash, and staged without. */
  input: (found: string): string => found.replaceAll(/\/("?)$/gm, '$1'),
} as const;

/** The user's git, never one that a workspace brings, with the environment of a git of ours. `more`: variables that are added. */
export function ownGit(cwd: string, more: Readonly<Record<string, string>> = {}): OwnProgram {
  return ownProgram('git', { ...gitEnvironment(process.env), ...more }, cwd);
}

/** The environment of a git of ours: nothing of the user's git settings, no keys, no questions, plain messages. */
function gitEnvironment(base: NodeJS.ProcessEnv): Record<string, string> {
  return {
    ...bareEnvironment(base),
    LC_ALL: 'C',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: process.platform === 'win32' ? 'NUL' : '/dev/null',
    GIT_TERMINAL_PROMPT: '0',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_PAGER: 'cat',
    GIT_NO_LAZY_FETCH: '1',
  };
}

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

/** Names that are the same for git, for us and in the environment. */
const plainDriver = /^(?:filter|diff|merge)\.[\x20-\x7e]+\.[a-z]+$/;

/**
 * Variables that switch off the drivers which a repository defines, from the answer to `askForDrivers`. With `-c` a name that holds a `=`
 * would be cut there. Undefined where one can't be switched off, or not everywhere: then no git of ours may look at the files.
 */
export function switchOff(answer: string): Record<string, string> | undefined {
  const names = [...new Set(answer.split('\0').filter((name) => name !== ''))];
  if (!names.every((name) => plainDriver.test(name))) return undefined;
  const settings = names.flatMap((name, at) => [
    [`GIT_CONFIG_KEY_${at}`, name],
    [`GIT_CONFIG_VALUE_${at}`, name.endsWith('.required') ? 'false' : ''],
  ]);
  return { GIT_CONFIG_COUNT: String(names.length), ...Object.fromEntries(settings) };
}

/** The exit code of git when no setting is of the kind that is asked for. With any other failure it is not known which drivers there are. */
export const noSuchSetting = 1;

/** Runs git on a repository of the user's and gives what it printed; undefined when it fails. Nothing that the repository names is started. */
export function runGitSafely(
  cwd: string,
  args: readonly string[],
  accepted: readonly number[] = [0],
  more: { readonly env?: Readonly<Record<string, string>>; readonly input?: string } = {},
): string | undefined {
  const { file, env } = ownGit(cwd, more.env);
  const run = (words: readonly string[], drivers: Readonly<Record<string, string>> = {}) =>
    spawnSync(file, guardGit(words), {
      cwd,
      env: { ...env, ...drivers },
      ...(more.input !== undefined && { input: more.input }),
      encoding: 'utf8',
      timeout: 20_000,
      maxBuffer: 20_000_000,
    });
  const asked = run(askForDrivers);
  if (asked.status !== 0 && asked.status !== noSuchSetting) return undefined;
  const drivers = switchOff(asked.stdout);
  if (drivers === undefined) return undefined;
  const { status, stdout } = run(args, drivers);
  return status !== null && accepted.includes(status) ? stdout : undefined;
}

/** What an alias of the user's or the repository's stands for; undefined when there is no such alias. */
export function readGitAlias(cwd: string, name: string): string | undefined {
  if (!/^[a-z][\w-]{0,60}$/i.test(name)) return undefined;
  return askGit(cwd, ['config', '--get', `alias.${name}`])?.trim();
}

/** What git prints with the user's own settings, too; undefined when it fails. `question`: one for which git only reads its settings, and so starts nothing. */
export function askGit(cwd: string, question: readonly string[]): string | undefined {
  const settings = { ...bareEnvironment(process.env), LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0' };
  const { file, env } = ownProgram('git', settings, cwd);
  const { status, stdout } = spawnSync(file, question, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: 2000,
    maxBuffer: 5_000_000,
  });
  return status === 0 ? stdout : undefined;
}
