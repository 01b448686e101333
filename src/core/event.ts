import type { Asked } from './model.ts';
import type { AgentQuestion } from './questions/agent-question.ts';
import type { RunResult } from './run/run-result.ts';
import type { ResultView } from './screen/result-view.ts';
import type {
  ApprovalMode,
  Compaction,
  Episode,
  JsonObject,
  Note,
  ObserverMode,
  Reminder,
  Signal,
  Step,
  Suppressed,
  ToolResult,
  Usage,
  Verdict,
} from './types.ts';

/** What the loop reports to whoever listens. Emitting is synchronous; listeners never throw into the loop and never make it wait. */
export type Event =
  | {
      readonly type: 'session.start';
      readonly model: string;
      readonly cwd: string;
      readonly mode: ObserverMode;
      readonly approval: ApprovalMode;
      readonly resumed: boolean;
    }
  | { readonly type: 'note'; readonly note: Note }
  | { readonly type: 'request'; readonly step: number; readonly asked?: Asked }
  /** The first piece of the answer has come, of whatever kind. */
  | { readonly type: 'answer.start' }
  | { readonly type: 'text'; readonly delta: string }
  | { readonly type: 'reasoning'; readonly delta: string }
  /** The text of this answer so far was reasoning, as only now is known. */
  | { readonly type: 'recast' }
  | {
      readonly type: 'tool.start';
      readonly callId: string;
      readonly name: string;
      readonly input: JsonObject;
      readonly title: string;
    }
  | { readonly type: 'tool.output'; readonly callId: string; readonly chunk: string }
  | { readonly type: 'tool.end'; readonly callId: string; readonly result: ToolResult }
  | { readonly type: 'step'; readonly step: Step }
  | { readonly type: 'signal'; readonly signal: Signal }
  | { readonly type: 'verdict'; readonly verdict: Verdict }
  | { readonly type: 'suppressed'; readonly suppressed: Suppressed }
  | { readonly type: 'reminder'; readonly mode: 'on' | 'shadow'; readonly reminder: Reminder }
  | { readonly type: 'recovery'; readonly episode: Episode }
  | { readonly type: 'observer.lost'; readonly reason: string; readonly restarted: boolean }
  /** On the screen: the turn is over, and its review goes on behind it, or has ended. */
  | { readonly type: 'review'; readonly isUnderWay: boolean }
  /** What the judge has cost so far. `isEstimate`: a call is under way, and counts with what it will cost, about. */
  | {
      readonly type: 'observer.usage';
      readonly usage: Usage;
      readonly judgeCalls: number;
      readonly isEstimate: boolean;
    }
  /**
   * `discard`: text and reasoning shown since the last step are void, the answer is asked again from its start, perhaps by another
   * model, which `asked` names.
   */
  | {
      readonly type: 'retry';
      readonly attempt: number;
      readonly reason: string;
      readonly waitMs: number;
      readonly discard: boolean;
      readonly asked?: Asked;
    }
  | { readonly type: 'compaction'; readonly compaction: Compaction }
  | {
      readonly type: 'approval';
      readonly callId: string;
      readonly name: string;
      readonly decision: 'allow' | 'deny' | 'ask';
      readonly reason: string;
    }
  /** The model asks the user; the result of the call holds what was answered. */
  | { readonly type: 'question'; readonly callId: string; readonly questions: readonly AgentQuestion[] }
  /** Somebody is asked whether a call may act; the `approval` after it holds what they said. `rule` would allow its like for the session. */
  | {
      readonly type: 'permission';
      readonly callId: string;
      readonly name: string;
      readonly title: string;
      /** The subagent that wants it; absent for the agent itself. */
      readonly subagent?: string;
      /** The folder in which it acts: the session's, or a subagent's worktree. */
      readonly directory: string;
      readonly reason: string;
      /** The command line, when one is to run, as the shell gets it. */
      readonly command?: string;
      /** What it would do, an edit as the lines that change. */
      readonly view?: ResultView;
      readonly rule?: string;
    }
  /** What happens in a subagent, without its streams. */
  | { readonly type: 'subagent'; readonly id: string; readonly agent: string; readonly event: Event }
  | { readonly type: 'warning'; readonly message: string }
  | { readonly type: 'result'; readonly result: RunResult };

export type Emit = (event: Event) => void;
