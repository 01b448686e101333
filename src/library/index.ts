/**
 * wink-agent as a library: an agent that runs here, and the observer alone over the steps of any agent. The screen is not loaded.
 * docs/library.md has the examples.
 */
export { UserError } from '../core/errors.ts';
export type { Event } from '../core/event.ts';
export type { Model, ModelRequest, ReplyListener, ToolSchema } from '../core/model.ts';
export type { AgentQuestion } from '../core/questions/agent-question.ts';
export type { RunResult, SubagentSummary } from '../core/run/run-result.ts';
export type {
  Episode,
  JsonObject,
  Note,
  Reminder,
  Reply,
  Signal,
  Step,
  Suppressed,
  ToolCall,
  ToolResult,
  Trajectory,
  Usage,
} from '../core/types.ts';
export {
  type Agent,
  type AgentEvent,
  type AgentOptions,
  type ApprovalAnswer,
  type ApprovalQuestion,
  createAgent,
} from './create-agent.ts';
export {
  createObserver,
  type Observer,
  type ObserverOptions,
  type PlainStep,
  type StepFindings,
} from './create-observer.ts';
export { createTool, type OwnTool, type OwnToolOptions } from './own-tool.ts';
