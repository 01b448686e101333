import { relative, resolve } from 'node:path';
import { runGitSafely } from '../../core/process/safe-git.ts';
import { loadPrompt } from '../../core/prompt.ts';
import type { Target } from '../../core/tool.ts';
import type { Signal } from '../../core/types.ts';
import { relativePath } from '../ledger/check/check-targets.ts';
import { readGitCommand } from '../shell/program-words.ts';
import { readCommands, type SimpleCommand } from '../shell/simple-commands.ts';
import { touchesOf } from '../shell/touches.ts';
import { makeSignal } from '../signal.ts';
import { fileTouchesOf } from '../step/files/file-touches.ts';
import type { NormalizedStep, RunFacts } from '../step/normalized-step.ts';
import { asksToDiscard } from './asks-to-discard.ts';

/** What a call would destroy, the words for the model, and those for the user where only they may allow it. */
export type LossWarning = { readonly signal: Signal; readonly output: string; readonly question?: string };

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
};

const irreversible =
  /\bgit\b[\s\S]{0,200}\b(?:reset|checkout|restore|clean|stash|push|switch)\b|\b(?:rm|unlink|shred|truncate)\b/;
const asksForForce = /\bforce|--force|-f\b|\brewrite\b/i;
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

  function lossOf(targets: readonly Target[]): Loss | undefined {
    const lines = targets.flatMap((target) => (target.kind === 'command' ? [target.command] : []));
    for (const command of lines.flatMap(readCommands)) {
      const loss = lossOfGit(command.words, stashes, said);
      if (loss !== undefined) return loss;
    }
    return lossOfFiles(lines.flatMap(readCommands));
  }

  function lossOfFiles(commands: readonly SimpleCommand[]): Loss | undefined {
    const touched = touchesOf(commands, new Map()).filter(
      ({ how, isStashed }) => (how === 'restore' && !isStashed) || how === 'delete',
    );
    if (touched.length === 0 || said.some((text) => asksToDiscard.test(text))) return undefined;
    const isClean = commands.some(({ words }) => words.includes('clean'));
    const dirty = dirtyNow(facts.cwd) ?? facts.dirtyFiles.map((path) => ({ path, isNew: false }));
    const isLost = ({ path, isNew }: DirtyPath) =>
      !own.has(path) &&
      touched.some((touch) => {
        // What a build left behind may be removed; what was there before the session may not.
        if (touch.how === 'delete' ? !facts.dirtyFiles.includes(path) : isNew && !isClean) return false;
        return reaches(relativePath(touch.path, facts.cwd), path);
      });
    const lost = dirty.filter(isLost).map(({ path }) => path);
    if (lost.length === 0) return undefined;
    const known = lost.filter((path) => facts.dirtyFiles.includes(path));
    const named = (known.length > 0 ? known : lost).slice(0, maxNamed).join(', ');
    const more = Math.max(0, (known.length > 0 ? known : lost).length - maxNamed);
    return {
      what: `throw away the uncommitted changes of ${named}${more > 0 ? ` and ${more} more` : ''}, which no edit of this session made`,
      instead: keepOwn,
      isCertain: known.length > 0,
    };
  }

  return {
    readWords: (words) => {
      said = [...said, words].slice(-3);
    },
    learn: (step) => {
      for (const call of step.calls) {
        if (call.isError) continue;
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
      if (!lines.some((line) => irreversible.test(line.slice(0, 20_000)))) return undefined;
      const loss = lossOf(targets);
      if (loss === undefined) return undefined;
      const key = lines.join('\n');
      if (warned.has(key) && !loss.isCertain) return undefined;
      warned.add(key);
      return describe(loss, step);
    },
  };
}

function describe({ what, instead, isCertain }: Loss, step: number): LossWarning {
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
    ...(isCertain && { question: loadPrompt('refusals/irreversible-question', { what }) }),
  };
}

/** A stash dropped that the session did not make, or a push over what others pushed; not when the user speaks of it. */
function lossOfGit(words: readonly string[], ownStashes: number, said: readonly string[]): Loss | undefined {
  const git = readGitCommand(words);
  if (git === undefined) return undefined;
  const { verb, rest } = git;
  if (verb === 'stash' && /^(?:drop|clear)$/.test(rest[0] ?? '')) {
    const isOwn = rest[0] === 'drop' && ownStashes > 0;
    if (isOwn || said.some((text) => /\bstash/i.test(text))) return undefined;
    return {
      what: 'drop stashed changes that this session did not stash',
      instead: 'leave the stash as it is',
      isCertain: false,
    };
  }
  const isForce =
    verb === 'push' && rest.some((word) => /^(?:-f|--force|\+\S+|-[a-z]*f)$/.test(word)) && !rest.includes('--dry-run');
  if (!isForce || said.some((text) => asksForForce.test(text))) return undefined;
  return {
    what: 'overwrite the branch on the remote, with whatever others pushed there',
    instead: 'fetch first and use `git push --force-with-lease`, which refuses to overwrite what you have not seen',
    isCertain: false,
  };
}

/** Whether a command that puts back or removes `touched` takes the file along. */
function reaches(touched: string, path: string): boolean {
  const bare = touched.replace(/\/+$/, '');
  return bare === '.' || bare === '' || path === bare || path.startsWith(`${bare}/`);
}

/** A file with uncommitted changes; `isNew`: git does not know it. */
type DirtyPath = { readonly path: string; readonly isNew: boolean };

/** What is uncommitted at this moment; undefined outside a repository. */
function dirtyNow(cwd: string): DirtyPath[] | undefined {
  const status = runGitSafely(cwd, [
    'status',
    '--porcelain=v1',
    '-z',
    '-uall',
    '--no-renames',
    '--ignore-submodules=all',
  ]);
  const prefix = status === undefined ? undefined : runGitSafely(cwd, ['rev-parse', '--show-prefix'])?.trim();
  if (status === undefined || prefix === undefined) return undefined;
  return status
    .split('\0')
    .filter((entry) => entry.length > 3)
    .map((entry) => ({ path: entry.slice(3), isNew: entry.startsWith('??') }))
    .filter(({ path }) => path.startsWith(prefix))
    .map(({ path, isNew }) => ({ path: path.slice(prefix.length), isNew }));
}
