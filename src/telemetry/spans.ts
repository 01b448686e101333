import { type Attributes, type Context, isSpanContextValid, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import type { Event } from '../core/event.ts';
import type { Asked } from '../core/model.ts';
import type { RunResult } from '../core/run/run-result.ts';
import { type AgentSpans, createAgentSpans } from './agent-spans.ts';
import { createInstruments } from './instruments.ts';
import { episodeFacts, reminderFacts, signalFacts, verdictFacts } from './observer-facts.ts';
import type { Pipeline } from './pipeline.ts';
import type { TelemetryOptions, TimedListener } from './telemetry-options.ts';

/**
 * The spans, figures and log records of a session by the semantic conventions for generative AI (1.41): `invoke_agent` for a turn and for each
 * subagent, `chat` for a request, `execute_tool` for a call; and in our own name space `wink.*` what the observer found and said. Gives the listener.
 */
export function createSpans(
  { tracer, meter, logger }: Pipeline,
  options: Pick<TelemetryOptions, 'env' | 'session' | 'hasContents' | 'endpoint'>,
): TimedListener {
  const { session, hasContents, endpoint } = options;
  const instruments = createInstruments(meter);
  const outside = readTraceParent(options.env.TRACEPARENT);
  const common = { 'gen_ai.conversation.id': session };
  let asked: Asked = { model: '' };
  let agent: AgentSpans | undefined;
  const subagents = new Map<string, AgentSpans>();

  const start = (name: string, parent: Context, startedAt: number, facts: Attributes): AgentSpans =>
    createAgentSpans({
      ...{ tracer, instruments, name, parent, startedAt, hasContents },
      common: { ...common, ...facts },
      asked,
    });

  const log = (at: number, eventName: string, facts: Attributes, by: AgentSpans | undefined) => {
    instruments.found(eventName, facts['wink.class']);
    by?.span.addEvent(eventName, facts, at);
    logger.emit({
      eventName,
      timestamp: at,
      severityNumber: SeverityNumber.INFO,
      severityText: 'INFO',
      body: eventName,
      attributes: { ...common, ...facts },
      ...(by ? { context: by.context } : {}),
    });
  };

  const observe = (event: Event, at: number, by = agent): void => {
    switch (event.type) {
      case 'signal':
        log(at, 'wink.signal', signalFacts(event.signal), by);
        break;
      case 'verdict':
        log(at, 'wink.verdict', verdictFacts(event.verdict), by);
        break;
      case 'reminder':
        log(at, 'wink.reminder', { ...reminderFacts(event.reminder), 'wink.mode': event.mode }, by);
        break;
      case 'recovery':
        log(at, 'wink.episode', episodeFacts(event.episode), by);
        break;
      default:
        by?.listen(event, at);
    }
  };

  const listenToSubagent = ({ id, agent: name, event }: Extract<Event, { type: 'subagent' }>, at: number) => {
    const known = subagents.get(id);
    const by = known ?? start(name, agent?.context ?? outside, at, { 'wink.subagent.id': id });
    if (known === undefined) subagents.set(id, by);
    observe(event, at, by);
  };

  const endTurn = (result: RunResult, at: number) => {
    for (const [id, subagent] of subagents) {
      const end = result.subagents?.find((each) => each.id === id);
      subagent.end(at, end ? { 'wink.outcome': end.outcome, 'wink.steps': end.steps } : {});
    }
    subagents.clear();
    const { outcome, steps, usage, error } = result;
    instruments.end(outcome, usage.costUsd);
    const facts = {
      'wink.outcome': outcome,
      'wink.steps': steps,
      'wink.files_changed': result.filesChanged.length,
      ...(result.wink.score?.value === undefined ? {} : { 'wink.score': result.wink.score.value }),
    };
    agent?.end(at, facts, outcome === 'error' ? { type: outcome, message: error ?? '' } : undefined);
    agent = undefined;
  };

  return (event, at) => {
    switch (event.type) {
      case 'session.start':
        asked = { model: event.model, endpoint: endpoint() };
        agent = start('wink-agent', outside, at, { 'wink.mode': event.mode });
        break;
      case 'subagent':
        listenToSubagent(event, at);
        break;
      case 'observer.usage':
        if (!event.isEstimate) instruments.judge(event.usage);
        break;
      case 'result':
        endTurn(event.result, at);
        break;
      default:
        observe(event, at);
    }
  };
}

/** The trace that a run belongs to: whoever starts it may say so in TRACEPARENT (W3C Trace Context). */
function readTraceParent(value: string | undefined): Context {
  const [, traceId = '', spanId = '', flags = '00'] =
    /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})/.exec(value?.trim() ?? '') ?? [];
  const parent = { traceId, spanId, traceFlags: Number.parseInt(flags, 16), isRemote: true };
  return isSpanContextValid(parent) ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
}
