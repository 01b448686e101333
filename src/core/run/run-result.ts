import type { Outcome, Usage, WinkSummary } from '../types.ts';
import type { CompletionReport } from './task-report.ts';

/** What became of one subagent. */
export type SubagentSummary = {
  readonly id: string;
  readonly agent: string;
  /** Its task in a few words. */
  readonly description: string;
  readonly outcome: Outcome;
  readonly steps: number;
  readonly usage: Usage;
  readonly wink: WinkSummary;
};

/** What the provider's prompt cache did for a session. */
export type CacheUse = {
  /** 0..1 of the input; 0 where the provider reports none. */
  readonly readShare: number;
  readonly readTokens: number;
  /** 0 where the provider does not charge for writing. */
  readonly writtenTokens: number;
};

export type RunResult = {
  readonly type: 'result';
  readonly outcome: Outcome;
  /** The last text of the model. */
  readonly result: string;
  readonly session: string;
  readonly model: string;
  readonly steps: number;
  readonly usage: Usage;
  readonly cache?: CacheUse;
  readonly durationMs: number;
  readonly cwd: string;
  readonly filesChanged: readonly string[];
  readonly wink: WinkSummary;
  /** What was asked for and what shows of each; absent when fewer than two things were asked for. */
  readonly completion?: CompletionReport;
  /** The subagents of the session so far, in the order of their beginning; absent when there were none. */
  readonly subagents?: readonly SubagentSummary[];
  readonly error?: string;
};
