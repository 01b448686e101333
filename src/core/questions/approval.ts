import type { ResultView } from '../screen/result-view.ts';
import type { JsonObject } from '../types.ts';

/** What the user is asked before a call acts. */
export type ApprovalRequest = {
  readonly callId: string;
  readonly name: string;
  readonly title: string;
  /** The subagent that wants it; absent for the agent itself. */
  readonly subagent?: string;
  /** The folder in which it acts: the session's, or a subagent's worktree. */
  readonly directory: string;
  readonly input: JsonObject;
  /** The command line, when one is to run. */
  readonly command?: string;
  /** Why it is asked. */
  readonly reason: string;
  /** What will happen. */
  readonly view?: ResultView;
  /** A rule that would allow this and its like for the session, e.g. `shell(npm test:*)`. */
  readonly suggestedRule?: string;
};

export type ApprovalChoice =
  | { readonly kind: 'once' }
  | { readonly kind: 'session'; readonly rule: string }
  | { readonly kind: 'deny'; readonly word?: string }
  /** Nobody is there to answer. */
  | { readonly kind: 'unable' };

export type AskUser = (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalChoice>;
