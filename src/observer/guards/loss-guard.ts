import { basename, dirname, join, relative, resolve } from 'node:path';
import { readRegular } from '../../core/disk/read-text.ts';
import { statIfThere } from '../../core/disk/stat-if-there.ts';
import { readGitAlias, runGitSafely } from '../../core/git/ask-git.ts';
import { topOf } from '../../core/git/top-of.ts';
import { watchGit } from '../../core/git/watch-git.ts';
import type { Refusal } from '../../core/observer-port.ts';
import { loadPrompt } from '../../core/prompt.ts';
import type { Target } from '../../core/tool.ts';
import type { JsonObject, Signal } from '../../core/types.ts';
import { makeSignal } from '../signal.ts';
import { fileTouchesOf } from '../step/files/file-touches.ts';
import type { NormalizedStep, RunFacts } from '../step/normalized-step.ts';
import { asksForForce, asksToDelete, asksToDropHistory, readAskedDiscards } from './asked-loss.ts';
import { type DestroyedFiles, type Destruction, readDestruction } from './destructive-commands.ts';
import { createDirtyLook, isFolder, rootOf } from './dirty-look.ts';

/** What a call would destroy, the words for the model, and those for the user where only they may allow it. */
export type LossWarning = Refusal & { readonly signal: Signal };

export type LossGuard = {
  /** The user's words: what they ask for is not loss. */
  readonly readWords: (words: string) => void;
  /** Learns which files the session changed itself, and which stashes it made. */
  readonly learn: (step: NormalizedStep) => void;
  /** Undefined when nothing that others made would be lost, when the user asked for it, and when the same call comes again after a first word. */
  readonly check: (targets: readonly Target[], step: number) => LossWarning | undefined;
};

type Loss = {
  /** "throw away the uncommitted changes of ..." */
  readonly what: string;
  readonly instead: string;
  /** The user's own work, known from before the session: it is not enough to try again. */
  readonly isCertain: boolean;
  /** What git would tell of it, it did not: somebody is asked each time; where nobody can be, it is refused once. */
  readonly isUntold?: true;
};

const maxOwn = 5000;
const maxNamed = 5;
const keepOwn =
  'take back only your own changes, file by file, or put theirs aside first with `git stash push -- FILES` and bring them back with `git stash pop`';

/**
 * Speaks before an act that can't be undone: uncommitted work that this session did not make thrown away (`git reset --hard`, `checkout --`,
 * `restore`, `clean -f`, `rm`), a stash of somebody's dropped, a branch pushed over what others pushed. It looks at the repository only when such
 * a command comes, and reads only.
 */
export function createLossGuard(facts: Pick<RunFacts, 'cwd' | 'task' | 'dirtyFiles'>): LossGuard {
  const own = new Set<string>();
  const warned = new Set<string>();
  let said = [facts.task];
  let stashes = 0;
  const branches = new Set<string>();

  function lossOf(lines: readonly string[]): Loss | undefined {
    let all: readonly Destruction[] = [];
    const { found: loss, isAnswered } = watchGit(() => {
      all = lines.flatMap((line) => readDestruction(line, facts.cwd, readGitAlias));
      return lossOfAll(all);
    });
    return loss ?? (isAnswered || !mayHoldMore(all) ? undefined : untold);
  }

  function lossOfAll(found: readonly Destruction[]): Loss | undefined {
    for (const each of found) {
      const loss = lossOfGit(each, found, stashes, branches, said);
      if (loss !== undefined) return loss;
    }
    return lossOfFiles(found.filter((each) => each.type === 'files'));
  }

  /** Whether something could be lost of which only git knows; none found: what the command is called by an alias is not known either. */
  function mayHoldMore(found: readonly Destruction[]): boolean {
    const isAsked = readAskedDiscards(said);
    const top = topOf(facts.cwd);
    return (
      found.length === 0 ||
      found.some((each) => {
        if (each.type !== 'files') return each.type === 'branch' && !branches.has(each.name);
        const name = relative(facts.cwd, each.path);
        // Of what is removed here, the files that had changes before the session count, which are known.
        const isKnown = each.how === 'removed' && rootOf(each, top) === top;
        return !isKnown && !own.has(name) && !isAsked(name, each.how !== 'put back');
      })
    );
  }

  function lossOfFiles(found: readonly DestroyedFiles[]): Loss | undefined {
    if (found.length === 0) return undefined;
    const top = topOf(facts.cwd);
    const isHistoryLost = found.some((each) => takesHistory(each, top));
    if (isHistoryLost && !said.some((text) => asksToDropHistory(text, basename(top))))
      return { what: 'throw away the history of the repository', instead: 'leave .git as it is', isCertain: true };
    const dirtyIn = createDirtyLook(facts);
    const isAsked = readAskedDiscards(said);
    const lost = new Set<string>();
    for (const each of found)
      for (const { path, isNew, isOther } of dirtyIn(each, top)) {
        const name = relative(facts.cwd, path);
        if (own.has(name) || !reaches(each.path, path) || each.except?.some((spared) => reaches(spared, path)))
          continue;
        // What a build left behind may be removed; what was there before the session may not.
        const isMeant =
          each.how === 'removed' ? isOther || facts.dirtyFiles.includes(name) : isNew === (each.how === 'cleaned');
        if (isMeant && !isAsked(name, each.how !== 'put back')) lost.add(name);
      }
    return lost.size === 0 ? undefined : lossOfWork([...lost], facts.dirtyFiles);
  }

  return {
    readWords: (words) => {
      said = [...said, words].slice(-3);
    },
    learn: (step) => {
      for (const call of step.calls) {
        if (call.isError) continue;
        if (call.act === 'shell') for (const name of branchesMadeBy(call.input)) branches.add(name);
        for (const { path, isStashed } of fileTouchesOf(call)) {
          if (isStashed) stashes += 1;
          const inside = relative(facts.cwd, resolve(facts.cwd, path));
          // A file that was dirty before holds the user's work, whatever was added to it.
          if (!facts.dirtyFiles.includes(inside) && own.size < maxOwn) own.add(inside);
        }
      }
    },
    check: (targets, step) => {
      const lines = targets.flatMap((target) => (target.kind === 'command' ? [target.command] : []));
      const loss = lossOf(lines);
      if (loss === undefined) return undefined;
      const key = lines.join('\n');
      const isAgain = warned.has(key);
      if (isAgain && !loss.isCertain && !loss.isUntold) return undefined;
      warned.add(key);
      return { ...describe(loss, step), ...(isAgain && loss.isUntold && { onlyAsks: true as const }) };
    },
  };
}

const untold: Loss = {
  what: 'perhaps throw away uncommitted work: git, asked what is changed here, gave no answer (a pipe among the files keeps it waiting, for one)',
  instead: 'find out why git hangs here and leave the files as they are',
  isCertain: false,
  isUntold: true,
};

function describe({ what, instead, isCertain, isUntold }: Loss, step: number): LossWarning {
  return {
    signal: makeSignal({
      detector: 'user-work',
      class: 'unrequested-changes',
      step,
      confidence: isCertain ? 0.9 : 0.7,
      evidenceSteps: [step],
      evidence: `this call would ${what}`,
      streak: what.slice(0, 120),
    }),
    output: loadPrompt(isCertain ? 'refusals/irreversible' : 'refusals/irreversible-unsure', { what, instead }),
    ...((isCertain || isUntold) && { question: loadPrompt('refusals/irreversible-question', { what }) }),
  };
}

function lossOfWork(lost: readonly string[], dirtyFiles: readonly string[]): Loss {
  const known = lost.filter((path) => dirtyFiles.includes(path));
  const meant = known.length > 0 ? known : lost;
  const more = Math.max(0, meant.length - maxNamed);
  return {
    what: `throw away the uncommitted changes of ${meant.slice(0, maxNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}, which no edit of this session made`,
    instead: keepOwn,
    isCertain: known.length > 0,
  };
}

/** A stash dropped or a branch deleted that the session did not make, or a push over what others pushed; not when the user speaks of it. */
function lossOfGit(
  found: Destruction,
  all: readonly Destruction[],
  ownStashes: number,
  ownBranches: ReadonlySet<string>,
  said: readonly string[],
): Loss | undefined {
  if (found.type === 'files') return undefined;
  if (found.type === 'stash') {
    if ((found.isOne && ownStashes > 0) || said.some((text) => /\bstash/i.test(text))) return undefined;
    return {
      what: 'drop stashed changes that this session did not stash',
      instead: 'leave the stash as it is',
      isCertain: false,
    };
  }
  if (found.type === 'branch') {
    if (ownBranches.has(found.name) || said.some((text) => asksToDelete(text, [found.name]))) return undefined;
    const count = commitsOnlyOn(found, all);
    if (count === 0) return undefined;
    const commits = count === 1 ? 'a commit that is' : `${count} commits that are`;
    return {
      what: `delete the branch ${found.name} with ${commits} on no other branch`,
      instead: 'leave the branch as it is',
      isCertain: false,
    };
  }
  if (found.how === 'deleted') {
    if (said.some((text) => asksToDelete(text, found.names))) return undefined;
    return { what: 'delete a branch on the remote', instead: 'leave the branch as it is', isCertain: false };
  }
  if (said.some(asksForForce)) return undefined;
  return {
    what: 'overwrite the branch on the remote, with whatever others pushed there',
    instead: 'fetch first and use `git push --force-with-lease`, which refuses to overwrite what you have not seen',
    isCertain: false,
  };
}

/** How many commits would be on no branch, tag or remote any more without this branch and the others that go with it. */
function commitsOnlyOn({ name, folder }: { name: string; folder: string }, all: readonly Destruction[]): number {
  const gone = all.flatMap((each) =>
    each.type === 'branch' && each.folder === folder ? `--exclude=${each.name}` : [],
  );
  const args = ['rev-list', '--count', name, '--not', ...gone, '--branches', '--remotes', '--tags'];
  return Number(runGitSafely(folder, args)?.trim() ?? 0);
}

/** The repository's `.git` goes, by itself or with a folder that holds it; a linked worktree's own is only a pointer to that of the main one. */
function takesHistory({ path, how, isSome }: DestroyedFiles, top: string): boolean {
  const git = join(top, '.git');
  if (how !== 'removed' || isSome === true) return false;
  const history = isFolder(git) ? git : mainGitOf(git);
  return path === git || [git, history].some((each) => each && (path === join(each, '*') || takes(path, each)));
}

function takes(path: string, git: string): boolean {
  return isFolder(git) && (path === git || reaches(path, dirname(git)));
}

/** The git data of the main repository, from the `.git` file of a linked worktree. */
function mainGitOf(file: string): string | undefined {
  if (!statIfThere(file)?.isFile()) return undefined;
  const aim = /^gitdir: (.+)$/m.exec(readRegular(file).toString('utf8'))?.[1];
  return aim && /^(.+)\/worktrees\/[^/]+\/?$/.exec(resolve(dirname(file), aim.trim()))?.[1];
}

/** Branches that a command makes. */
function branchesMadeBy(input: JsonObject): string[] {
  const line = typeof input.command === 'string' ? input.command : '';
  return [
    ...line
      .slice(0, 20_000)
      .matchAll(/\bgit\b[^;&|\n]*?\s(?:checkout -b|switch -c|branch|worktree add(?: -\w+)* -b) ([\w./-]+)/g),
  ].map((match) => match[1]!);
}

/** Whether a command that puts back or removes `touched` takes the file along; a `*` in it stands for any name, `**` for any folders. */
function reaches(touched: string, path: string): boolean {
  const bare = touched.replace(/\/+$/, '');
  if (!/[*?]/.test(bare)) return path === bare || path.startsWith(`${bare}/`);
  const pattern = bare
    .slice(0, 500)
    .replace(/[.+^${}()|[\]\\]/g, '\\$&')
    .replace(/\/\*\*\//g, '/\u0000')
    .replace(/\*+/g, '[^/]*')
    .replace(/\?/g, '[^/]')
    .replaceAll('\u0000', '(?:.*/)?');
  return new RegExp(`^${pattern}(?:/|$)`).test(path);
}
