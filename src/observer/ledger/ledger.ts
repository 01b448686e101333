import type { Target } from '../../core/tool.ts';
import { type CheckContext, checkTargets, concerns, namesFile } from './check/check-targets.ts';
import type { Advice, Breach, Constraint } from './constraint.ts';
import { readWishes } from './extract.ts';
import { createKnownFiles } from './known-files.ts';
import { liftedBy } from './lift.ts';

/**
 * The user's explicit constraints of a session and what was learnt of its files. It outlives compaction: it is not part
 * of the conversation.
 */
export type Ledger = {
  readonly constraints: () => readonly Constraint[];
  /** What was forbidden in words that code does not understand as a whole: for the judge and for the user to see. */
  readonly advice: () => readonly Advice[];
  /**
   * Takes in somebody's words. Only the user's own can lift what is there; a later "now change the tests" does, and what they
   * asked for already outranks an instruction file that is read only now. Returns what code can check of it and is new.
   */
  readonly readConstraints: (text: string, source: string) => readonly Constraint[];
  /** Adds what a judge found; the quote must be the user's words. */
  readonly add: (constraint: Constraint) => void;
  /** The user lifts one constraint by its id, or what code can't check by `advice:` and its words. */
  readonly lift: (id: string) => void;
  /**
   * Which constraints a call would break. `exists` asks the disk where there is one; without it the ledger goes by what
   * it has seen.
   */
  readonly check: (targets: readonly Target[], exists?: (path: string) => boolean) => readonly Breach[];
  /** A file that a call is about to write: a later call of the same message may run it. */
  readonly expect: (path: string, content: string) => void;
  /** Learns from a call that ran: which files are the agent's own, which existed, what the scripts do that it wrote. */
  readonly learn: (targets: readonly Target[], content: string, output: string, isError: boolean) => void;
};

const maxConstraints = 60;
const maxAdvice = 40;
/** The user's latest words that are kept to weigh instruction files against. */
const rememberedTexts = 30;

/** An empty ledger. `cwd` is the repository's folder where it is known. */
export function createLedger(cwd: string): Ledger {
  const constraints = new Map<string, Constraint>();
  const advice = new Map<string, Advice>();
  const said: string[] = [];
  const knownFiles = createKnownFiles(cwd, {
    concerns: (path) => concerns([...constraints.values()], path),
    names: (path) => namesFile([...constraints.values()], path),
  });
  const add = (constraint: Constraint) => {
    if (constraints.size < maxConstraints) constraints.set(constraint.id, constraint);
  };
  return {
    constraints: () => [...constraints.values()],
    advice: () => [...advice.values()],
    readConstraints: (text, source) => {
      if (source === 'user') {
        for (const id of liftedBy(text, [...constraints.values()])) constraints.delete(id);
        said.push(text);
        if (said.length > rememberedTexts) said.shift();
      }
      const wishes = readWishes(text, source);
      for (const each of wishes.advice) if (advice.size < maxAdvice) advice.set(each.quote, each);
      const outranked = source === 'user' ? [] : said.flatMap((words) => liftedBy(words, wishes.constraints));
      const isKnown = ({ id }: Constraint) =>
        constraints.get(id)?.source === 'user' || (source !== 'user' && constraints.has(id));
      const found = wishes.constraints.filter((each) => !isKnown(each) && !outranked.includes(each.id));
      for (const constraint of found) add(constraint);
      return found;
    },
    add,
    lift: (id) => {
      constraints.delete(id);
      advice.delete(id.replace(/^advice:/, ''));
    },
    check: (targets, exists) => {
      if (constraints.size === 0) return [];
      const context: CheckContext = {
        cwd,
        scripts: knownFiles.scripts,
        isOwn: knownFiles.isOwn,
        exists: exists ?? knownFiles.exists,
        // In a linked worktree `.git` is a file; without a disk to ask its folder's name has to do.
        isMainCheckout: exists === undefined ? !/worktree/i.test(cwd) : exists('.git/HEAD'),
      };
      return checkTargets([...constraints.values()], targets, context);
    },
    expect: (path, content) => {
      if (constraints.size > 0) knownFiles.expect(path, content);
    },
    learn: (targets, content, output, isError) => {
      if (constraints.size > 0) knownFiles.learn(targets, content, output, isError);
    },
  };
}
