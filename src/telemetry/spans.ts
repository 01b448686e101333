import { type Attributes, context, type Span, SpanKind, SpanStatusCode, trace } from '@opentelemetry/api';
import { SeverityNumber } from '@opentelemetry/api-logs';
import type { Event } from '../core/event.ts';
import type { Episode, Reminder, Signal, Step, Verdict } from '../core/types.ts';
import type { TelemetryOptions } from './open-telemetry.ts';
import type { Pipeline } from './pipeline.ts';

/**
 * The spans, figures and log records of a run by the semantic conventions for generative AI: `invoke_agent` for a task, `chat` for a request,
 * `execute_tool` for a call; and in our own name space `wink.*` what the observer found and said. Gives the listener.
 */
export function createSpans(
  { tracer, meter, logger }: Pipeline,
  { session, hasContents }: Pick<TelemetryOptions, 'session' | 'hasContents'>,
): (event: Event) => void {
  const tokens = meter.createHistogram('gen_ai.client.token.usage', {
    unit: '{token}',
    description: 'Tokens of a request',
  });
  const cost = meter.createCounter('wink.cost', {
    unit: 'USD',
    description: 'What requests cost, where the price is known',
  });
  const found = meter.createCounter('wink.observer.events', {
    description: 'Signals, verdicts, reminders and episodes',
  });
  let agent: Span | undefined;
  let chat: Span | undefined;
  let model = '';
  const calls = new Map<string, Span>();

  const begin = (name: string, kind: SpanKind, attributes: Attributes, parent = agent): Span =>
    tracer.startSpan(
      name,
      { kind, attributes: { 'gen_ai.conversation.id': session, ...attributes } },
      parent ? trace.setSpan(context.active(), parent) : context.active(),
    );

  const log = (eventName: string, attributes: Attributes) => {
    found.add(1, { 'wink.event': eventName, ...pick(attributes, 'wink.class') });
    agent?.addEvent(eventName, attributes);
    logger.emit({
      eventName,
      severityNumber: SeverityNumber.INFO,
      body: eventName,
      attributes: { 'gen_ai.conversation.id': session, ...attributes },
      ...(agent ? { context: trace.setSpan(context.active(), agent) } : {}),
    });
  };

  const endChat = (step: Step) => {
    const { inputTokens, cachedInputTokens, outputTokens, costUsd } = step.usage;
    const base = { 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': model };
    tokens.record(inputTokens, { ...base, 'gen_ai.token.type': 'input' });
    tokens.record(outputTokens, { ...base, 'gen_ai.token.type': 'output' });
    if (costUsd !== null) cost.add(costUsd, base);
    chat?.setAttributes({
      'gen_ai.usage.input_tokens': inputTokens,
      'gen_ai.usage.cache_read.input_tokens': cachedInputTokens,
      'gen_ai.usage.output_tokens': outputTokens,
      'gen_ai.response.finish_reasons': [step.finish],
      ...(hasContents ? { 'gen_ai.output.messages': step.text } : {}),
    });
    chat?.end();
    chat = undefined;
  };

  return (event) => {
    switch (event.type) {
      case 'session.start':
        model = event.model;
        agent = begin('invoke_agent wink-agent', SpanKind.INTERNAL, {
          'gen_ai.operation.name': 'invoke_agent',
          'gen_ai.agent.name': 'wink-agent',
          'gen_ai.request.model': model,
          'wink.mode': event.mode,
        });
        break;
      case 'request':
        chat?.end();
        chat = begin(`chat ${model}`, SpanKind.CLIENT, {
          'gen_ai.operation.name': 'chat',
          'gen_ai.request.model': model,
        });
        break;
      case 'tool.start':
        // The answer has come; the calls follow it.
        chat?.end();
        calls.set(
          event.callId,
          begin(`execute_tool ${event.name}`, SpanKind.INTERNAL, {
            'gen_ai.operation.name': 'execute_tool',
            'gen_ai.tool.name': event.name,
            'gen_ai.tool.call.id': event.callId,
            ...(hasContents ? { 'gen_ai.tool.call.arguments': JSON.stringify(event.input) } : {}),
          }),
        );
        break;
      case 'tool.end': {
        const span = calls.get(event.callId);
        calls.delete(event.callId);
        if (event.result.isError) {
          span?.setStatus({ code: SpanStatusCode.ERROR });
          span?.setAttribute('error.type', event.result.errorKind ?? 'failed');
        }
        if (hasContents) span?.setAttribute('gen_ai.tool.call.result', event.result.output);
        span?.end();
        break;
      }
      case 'step':
        endChat(event.step);
        break;
      case 'signal':
        log('wink.signal', signalFacts(event.signal));
        break;
      case 'verdict':
        log('wink.verdict', verdictFacts(event.verdict));
        break;
      case 'reminder':
        log('wink.reminder', { ...reminderFacts(event.reminder), 'wink.mode': event.mode });
        break;
      case 'recovery':
        log('wink.episode', episodeFacts(event.episode));
        break;
      case 'result':
        chat?.end();
        agent?.setAttributes({ 'wink.outcome': event.result.outcome, 'wink.steps': event.result.steps });
        if (event.result.outcome === 'error')
          agent?.setStatus({ code: SpanStatusCode.ERROR, message: event.result.error ?? '' });
        agent?.end();
        agent = undefined;
        break;
      default:
        break;
    }
  };
}

function signalFacts({ class: name, detector, category, step, confidence, evidenceSteps }: Signal): Attributes {
  return {
    ...{ 'wink.class': name, 'wink.detector': detector, 'wink.category': category },
    ...{ 'wink.step': step, 'wink.confidence': confidence, 'wink.evidence_steps': [...evidenceSteps] },
  };
}

function verdictFacts({ class: name, source, category, atStep, confidence }: Verdict): Attributes {
  return {
    ...{ 'wink.class': name, 'wink.source': source, 'wink.category': category },
    ...{ 'wink.step': atStep, 'wink.confidence': confidence },
  };
}

function reminderFacts({ class: name, rung, step, episode }: Reminder): Attributes {
  return { 'wink.class': name, 'wink.rung': rung, 'wink.step': step, 'wink.episode': episode };
}

function episodeFacts({ class: name, id, outcome, interventions }: Episode): Attributes {
  return {
    'wink.class': name,
    'wink.episode': id,
    'wink.outcome': outcome ?? 'open',
    'wink.interventions': interventions,
  };
}

function pick(attributes: Attributes, key: string): Attributes {
  const value = attributes[key];
  return value === undefined ? {} : { [key]: value };
}
