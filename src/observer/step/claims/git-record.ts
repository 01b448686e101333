import { type GitCommand, programWords, readGitCommand } from '../../shell/program-words.ts';
import type { SimpleCommand } from '../../shell/simple-commands.ts';
import { featuresOf } from '../features.ts';
import { fileTouchesOf } from '../files/file-touches.ts';
import type { NormalizedCall, NormalizedStep } from '../normalized-step.ts';

/** What a run's own calls show of its repository. Steps are indexes; paths as the calls wrote them. */
export type GitRecord = {
  /** Files that the agent changed and that no later call staged or committed, with the step of the change. */
  readonly loose: ReadonlyMap<string, number>;
  /** Staged and not committed. */
  readonly staged: ReadonlyMap<string, number>;
  /** The last commit and the last push that were tried; undefined for none. */
  readonly lastCommit: GitAttempt | undefined;
  readonly lastPush: GitAttempt | undefined;
};

export type GitAttempt = {
  readonly step: number;
  readonly hasFailed: boolean;
  /** Since the user last spoke. */
  readonly isOfThisTurn: boolean;
};

const maxFiles = 500;
const failedPush =
  /\[(?:remote )?rejected\]|failed to push|^fatal:|^error: failed|Permission denied|could not read from remote/im;
const madeCommit = /^\s*\[[^\]\n]{1,200} [0-9a-f]{7,40}\]/m;
const failedCommit =
  /nothing to commit|no changes added to commit|pre-commit script failed|hook (?:failed|declined)|^error: |^fatal:|Aborting commit/im;
/** Other ways to commit or push, behind which nothing is known. */
const otherWays =
  /\b(?:gt|jj|sl|hg|svn|ghstack|spr|av|release-it|semantic-release|changeset|lerna|np)\s|\bnpm version\b|\b(?:gh pr (?:create|merge)|gh repo sync)\b|\bcommit\.sh|\brelease\b/i;

/** Follows what was changed, staged, committed and pushed, from the calls and the output of git alone. `isHere` tells the repository's files. */
export function followGit(isHere: (path: string) => boolean): {
  feed: (step: NormalizedStep) => void;
  read: () => GitRecord;
} {
  let loose = new Map<string, number>();
  let staged = new Map<string, number>();
  let lastCommit: GitAttempt | undefined;
  let lastPush: GitAttempt | undefined;

  const forget = () => {
    loose = new Map();
    staged = new Map();
  };
  const stage = (isMeant: (path: string) => boolean) => {
    for (const [path, step] of loose) {
      if (!isMeant(path)) continue;
      staged.set(path, step);
      loose.delete(path);
    }
  };

  function git(verb: string, rest: readonly string[], step: number, call: NormalizedCall): void {
    switch (verb) {
      case 'add':
      case 'stage':
      case 'rm':
      case 'mv':
        stage((path) => isNamed(path, rest));
        break;
      case 'commit': {
        const hasFailed = !madeCommit.test(call.output) && (call.isError || failedCommit.test(call.output));
        lastCommit = { step, hasFailed, isOfThisTurn: true };
        if (hasFailed) break;
        if (rest.some(takesAll)) loose = new Map();
        else stage((path) => rest.some((word) => !word.startsWith('-') && /[./]/.test(word) && isNamed(path, [word])));
        staged = new Map();
        break;
      }
      case 'push':
        lastPush = { step, hasFailed: call.isError || failedPush.test(call.output), isOfThisTurn: true };
        break;
      case 'merge':
      case 'rebase':
      case 'cherry-pick':
      case 'revert':
        if (rest.includes('--continue') && !call.isError) staged = new Map();
        break;
      case 'stash':
      case 'checkout':
      case 'restore':
      case 'reset':
      case 'clean':
      case 'switch':
        forget();
        break;
      default:
    }
  }

  function feedCall(call: NormalizedCall, step: number): void {
    const { command, commands, isChange } = featuresOf(call);
    if ((call.act === 'edit' || call.act === 'write') && isChange)
      for (const { path, by } of fileTouchesOf(call))
        if (by === 'edit' && isHere(path) && loose.size < maxFiles) loose.set(path, step);
    if (command === undefined) {
      if (/commit|push|git/i.test(call.name)) forget();
      return;
    }
    if (otherWays.test(command.slice(0, 4000))) forget();
    for (const part of commands) {
      const found = gitWords(part);
      if (found !== undefined) git(found.verb, found.rest, step, call);
    }
  }

  return {
    feed: (step) => {
      if (step.userTexts.length > 0) {
        lastCommit = lastCommit && { ...lastCommit, isOfThisTurn: false };
        lastPush = lastPush && { ...lastPush, isOfThisTurn: false };
      }
      for (const call of step.calls) feedCall(call, step.index);
    },
    read: () => ({ loose, staged, lastCommit, lastPush }),
  };
}

/** `-a`, `-am`, `--all`. */
function takesAll(word: string): boolean {
  return word === '--all' || (word.startsWith('-') && word.includes('a') && /^-[a-z]+$/.test(word));
}

function gitWords({ words }: SimpleCommand): GitCommand | undefined {
  if (!words.some((word) => word === 'git' || word.endsWith('/git'))) return undefined;
  // `xargs git add`, and programs that come before every command.
  return readGitCommand(words) ?? readGitCommand(programWords(words).slice(1));
}

/** Whether the words of `git add` mean a file: all of them, it, or a folder above it. */
function isNamed(path: string, words: readonly string[]): boolean {
  return words.some((word) => {
    if (/^(?:-A|--all|-u|--update|\.|:\/|\*)$/.test(word)) return true;
    if (word.startsWith('-') || word.startsWith('$')) return word.startsWith('$');
    const bare = word.replace(/^\.\//, '').replace(/\/+$/, '').replace(/\*.*$/, '');
    return (
      bare === '' ||
      path === bare ||
      path.endsWith(`/${bare}`) ||
      path.includes(`${bare}/`) ||
      (word.includes('*') && path.includes(bare))
    );
  });
}
