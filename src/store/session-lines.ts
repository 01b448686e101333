import type { Event } from '../core/event.ts';
import type { RunResult } from '../core/run/run-result.ts';
import type {
  ApprovalMode,
  Compaction,
  Episode,
  Note,
  ObserverMode,
  Reminder,
  Signal,
  Step,
  Suppressed,
  ToolCall,
  ToolResult,
  Verdict,
} from '../core/types.ts';

export type ExperimentArm = {
  readonly name: string;
  readonly arm: ObserverMode;
  readonly unit: 'session' | 'repository';
};

/** The first line of a session file. */
export type Header = {
  readonly type: 'header';
  readonly format: 1;
  readonly session: string;
  /** ISO time. */
  readonly at: string;
  readonly version: string;
  readonly model: string;
  readonly baseUrl: string;
  readonly cwd: string;
  readonly repository: string;
  readonly mode: ObserverMode;
  readonly approval: ApprovalMode;
  readonly task: string;
  readonly system: string;
  readonly experiment?: ExperimentArm;
  /** The tools that the model was given, by name, each with a hash of its description. */
  readonly tools?: Readonly<Record<string, string>>;
  /** The share of reminders that are withheld at random, above 0. */
  readonly holdback?: number;
  /** Whose run it is, when it is another agent's that was watched. */
  readonly agent?: string;
};

type At = { readonly at: string };

/** A call that was done while others of its step were still to come: the step, when it is whole, holds it again. */
export type DoneCall = { readonly type: 'call'; readonly call: ToolCall; readonly result: ToolResult } & At;

/** One line of a session file. */
export type SessionLine =
  | Header
  | ({ readonly type: 'note' } & Note)
  | Step
  | DoneCall
  | ({ readonly type: 'signal' } & At & Signal)
  | ({ readonly type: 'verdict' } & At & Verdict)
  | ({ readonly type: 'suppressed' } & At & Suppressed)
  | ({ readonly type: 'reminder' } & At & Reminder)
  | ({ readonly type: 'recovery' } & At & Episode)
  | ({ readonly type: 'compaction' } & At & Compaction)
  | ({ readonly type: 'subagent' } & At & { readonly id: string; readonly agent: string; readonly line: SessionLine })
  /** Notes that were taken back before any answer, by their times: they were never said. */
  | ({ readonly type: 'taken-back' } & At & { readonly notes: readonly string[] })
  | ({ readonly type: 'rewind' } & At & { readonly toStep: number })
  | ({ readonly type: 'end' } & At & Omit<RunResult, 'type'>);

/** The line that an event leaves in the session file; undefined for what is only shown. */
export function sessionLineOf(event: Event, at: string): SessionLine | undefined {
  switch (event.type) {
    case 'note':
      return { type: 'note', ...event.note };
    case 'step':
      return event.step;
    case 'signal':
      return { type: 'signal', at, ...event.signal };
    case 'verdict':
      return { type: 'verdict', at, ...event.verdict };
    case 'suppressed':
      return { type: 'suppressed', at, ...event.suppressed };
    case 'reminder':
      return { type: 'reminder', at, ...event.reminder };
    case 'recovery':
      return { type: 'recovery', at, ...event.episode };
    case 'compaction':
      return { type: 'compaction', at, ...event.compaction };
    case 'result': {
      const { type: _, ...result } = event.result;
      return { type: 'end', at, ...result };
    }
    case 'subagent': {
      const line = sessionLineOf(event.event, at);
      return line && { type: 'subagent', at, id: event.id, agent: event.agent, line };
    }
    case 'session.start':
    case 'request':
    case 'answer.start':
    case 'text':
    case 'reasoning':
    case 'recast':
    case 'tool.start':
    case 'tool.output':
    case 'tool.end':
    case 'observer.lost':
    case 'observer.usage':
    case 'review':
    case 'retry':
    case 'approval':
    case 'question':
    case 'permission':
    case 'warning':
      return undefined;
    default:
      return event satisfies never;
  }
}
