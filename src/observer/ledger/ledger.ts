import type { Target } from '../../core/tool.ts';
import { parseCommands } from '../shell/parse.ts';
import { type CheckContext, checkTargets, concerns } from './check.ts';
import type { Breach, Constraint } from './constraint.ts';
import { extractConstraints } from './extract.ts';
import { createKnowledge } from './knowledge.ts';
import { liftedBy } from './lift.ts';

/**
 * The user's explicit constraints of a session and what was learnt of its files. It outlives compaction: it is no part
 * of the conversation.
 */
export type Ledger = {
  readonly constraints: () => readonly Constraint[];
  /**
   * Takes in somebody's words. Only the user's own can lift what stands; a later "now change the tests" does. Returns
   * what is new.
   */
  readonly readConstraints: (text: string, source: string) => readonly Constraint[];
  /** Adds what a judge found; the quote must be the user's words. */
  readonly add: (constraint: Constraint) => void;
  /** The user lifts one constraint by its id. */
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

/** An empty ledger. `cwd` is the repository's folder where it is known. */
export function createLedger(cwd: string): Ledger {
  const constraints = new Map<string, Constraint>();
  const knowledge = createKnowledge(cwd, (path) => concerns([...constraints.values()], path));
  const add = (constraint: Constraint) => {
    if (constraints.size < maxConstraints) constraints.set(constraint.id, constraint);
  };
  return {
    constraints: () => [...constraints.values()],
    readConstraints: (text, source) => {
      if (source === 'user') for (const id of liftedBy(text, [...constraints.values()])) constraints.delete(id);
      const found = extractConstraints(text, source).filter((constraint) => !constraints.has(constraint.id));
      for (const constraint of found) add(constraint);
      return found;
    },
    add,
    lift: (id) => void constraints.delete(id),
    check: (targets, exists) => {
      if (constraints.size === 0) return [];
      const context: CheckContext = {
        cwd,
        parse: parseCommands,
        scripts: knowledge.scripts,
        isOwn: knowledge.isOwn,
        exists: exists ?? knowledge.exists,
      };
      return checkTargets([...constraints.values()], targets, context);
    },
    expect: (path, content) => {
      if (constraints.size > 0) knowledge.expect(path, content);
    },
    learn: (targets, content, output, isError) => {
      if (constraints.size > 0) knowledge.learn(targets, content, output, isError);
    },
  };
}
