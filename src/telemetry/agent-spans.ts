import {
  type Attributes,
  type Context,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import type { Event } from '../core/event.ts';
import type { Asked } from '../core/model.ts';
import type { Step, ToolResult } from '../core/types.ts';
import { argumentContents, finishReasonOf, resultContents, stepContents } from './contents.ts';
import type { Instruments } from './instruments.ts';
import { modelFacts } from './model-facts.ts';
import type { TimedListener } from './telemetry-options.ts';

/** The spans of one agent's turn: `invoke_agent`, and below it `chat` for each request and `execute_tool` for each call. */
export type AgentSpans = {
  readonly span: Span;
  /** The context in which this agent's records belong to its span. */
  readonly context: Context;
  readonly listen: TimedListener;
  /** Ends whatever is open; `errorType` says why, where the turn did not end well. */
  readonly end: (at: number, facts: Attributes, error?: { readonly type: string; readonly message: string }) => void;
};

export type AgentSpanOptions = {
  readonly tracer: Tracer;
  readonly instruments: Instruments;
  readonly name: string;
  readonly parent: Context;
  readonly startedAt: number;
  /** Attributes of every span: whose conversation it is. */
  readonly common: Attributes;
  /** Which model is asked until a request says which. */
  readonly asked: Asked;
  readonly hasContents: boolean;
};

export function createAgentSpans(options: AgentSpanOptions): AgentSpans {
  const { tracer, instruments, name, parent, startedAt, common, hasContents } = options;
  let model = modelFacts(options.asked);
  const own = { 'gen_ai.operation.name': 'invoke_agent', 'gen_ai.agent.name': name };
  const attributes = { ...common, ...own, ...model };
  const span = tracer.startSpan(
    `invoke_agent ${name}`,
    { kind: SpanKind.INTERNAL, startTime: startedAt, attributes },
    parent,
  );
  const context = trace.setSpan(parent, span);
  const calls = new Map<string, Span>();
  let hasAsked = false;
  /** When the request under way began, its first piece came, and its answer was complete. */
  let request: { readonly at: number; firstPieceAt?: number; answeredAt?: number } | undefined;

  const chatFacts = (): Attributes => ({ 'gen_ai.operation.name': 'chat', ...model });
  const ask = (asked: Asked | undefined) => {
    if (asked === undefined) return;
    model = modelFacts(asked);
    if (!hasAsked) span.setAttributes(model);
    hasAsked = true;
  };
  const startChat = (at: number, facts: Attributes): Span =>
    tracer.startSpan(
      `chat ${facts['gen_ai.request.model']}`,
      { kind: SpanKind.CLIENT, startTime: at, attributes: { ...common, ...facts } },
      context,
    );

  const endStep = (step: Step, now: number) => {
    const { at, firstPieceAt, answeredAt = now } = request ?? { at: now - step.ms };
    request = undefined;
    const facts = chatFacts();
    const chat = startChat(at, facts);
    chat.setAttributes({
      'gen_ai.usage.input_tokens': step.usage.inputTokens,
      'gen_ai.usage.cache_read.input_tokens': step.usage.cachedInputTokens,
      'gen_ai.usage.output_tokens': step.usage.outputTokens,
      'gen_ai.response.finish_reasons': [finishReasonOf(step)],
      'wink.step': step.index,
      ...(step.usage.cacheWriteTokens
        ? { 'gen_ai.usage.cache_creation.input_tokens': step.usage.cacheWriteTokens }
        : {}),
      ...(step.usage.costUsd === null ? {} : { 'wink.cost_usd': step.usage.costUsd }),
      ...(firstPieceAt === undefined ? {} : { 'gen_ai.response.time_to_first_chunk': (firstPieceAt - at) / 1000 }),
      ...(hasContents ? stepContents(step) : {}),
    });
    chat.end(answeredAt);
    instruments.chat(facts, (answeredAt - at) / 1000, step.usage);
  };

  const failRequest = (now: number, error: { type: string; message: string }) => {
    if (request === undefined) return;
    const facts = chatFacts();
    const chat = startChat(request.at, facts);
    fail(chat, error.type, error.message);
    chat.end(now);
    instruments.failedChat(facts, (now - request.at) / 1000, error.type);
    request = undefined;
  };

  const startCall = ({ callId, name: tool, input }: Extract<Event, { type: 'tool.start' }>, now: number) => {
    const facts = {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': tool,
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': callId,
      ...(hasContents ? argumentContents(input) : {}),
    };
    const how = { kind: SpanKind.INTERNAL, startTime: now, attributes: { ...common, ...facts } };
    calls.set(callId, tracer.startSpan(`execute_tool ${tool}`, how, context));
  };

  const endCall = (callId: string, result: ToolResult, now: number) => {
    const call = calls.get(callId);
    calls.delete(callId);
    if (call === undefined) return;
    if (result.isError) fail(call, result.errorKind ?? 'failed');
    if (hasContents) call.setAttributes(resultContents(result.output));
    call.end(now);
  };

  return {
    span,
    context,
    listen: (event, now) => {
      switch (event.type) {
        case 'request':
          request = { at: now };
          ask(event.asked);
          break;
        case 'answer.start':
        case 'text':
        case 'reasoning':
          if (request) request.firstPieceAt ??= now;
          break;
        case 'retry':
          ask(event.asked);
          if (request && event.discard) delete request.firstPieceAt;
          span.addEvent('wink.retry', { 'wink.attempt': event.attempt, 'wink.wait_ms': event.waitMs }, now);
          break;
        case 'compaction':
          span.addEvent('wink.compaction', { 'wink.kind': event.compaction.kind }, now);
          break;
        case 'approval':
          calls.get(event.callId)?.setAttribute('wink.approval', event.decision);
          break;
        case 'tool.start':
          // The answer has come; the calls follow it.
          if (request) request.answeredAt ??= now;
          startCall(event, now);
          break;
        case 'tool.end':
          endCall(event.callId, event.result, now);
          break;
        case 'step':
          endStep(event.step, now);
          break;
        default:
          break;
      }
    },
    end: (now, facts, error) => {
      failRequest(now, error ?? { type: 'aborted', message: '' });
      for (const call of calls.values()) {
        fail(call, 'aborted');
        call.end(now);
      }
      calls.clear();
      if (error) fail(span, error.type, error.message);
      span.setAttributes(facts).end(now);
    },
  };
}

function fail(span: Span, type: string, message?: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, ...(message ? { message } : {}) }).setAttribute('error.type', type);
}
