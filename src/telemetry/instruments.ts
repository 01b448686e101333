import type { Attributes, Meter } from '@opentelemetry/api';
import type { Usage } from '../core/types.ts';

/** The figures of a run. */
export type Instruments = {
  /** One request that was answered; `facts` name the model. */
  readonly chat: (facts: Attributes, seconds: number, usage: Usage) => void;
  /** One request that failed. */
  readonly failedChat: (facts: Attributes, seconds: number, errorType: string) => void;
  /** What the judge has used so far in this process; it only grows. */
  readonly judge: (total: Usage) => void;
  readonly found: (eventName: string, className: unknown) => void;
  /** The end of a turn; `costUsd` is what the session has cost so far without the judge, where the prices are known. */
  readonly end: (outcome: string, costUsd: number | null) => void;
};

/** Bounds that the conventions give for these histograms. */
const tokenBounds = Array.from({ length: 14 }, (_, power) => 4 ** power);
const secondBounds = Array.from({ length: 14 }, (_, power) => 0.01 * 2 ** power);

/** Creates the metrics: those of the conventions for generative AI, and our own named `wink.*`. */
export function createInstruments(meter: Meter): Instruments {
  const tokens = meter.createHistogram('gen_ai.client.token.usage', {
    unit: '{token}',
    description: 'Number of input and output tokens used.',
    advice: { explicitBucketBoundaries: tokenBounds },
  });
  const duration = meter.createHistogram('gen_ai.client.operation.duration', {
    unit: 's',
    description: 'GenAI operation duration.',
    advice: { explicitBucketBoundaries: secondBounds },
  });
  const cost = meter.createCounter('wink.cost', { unit: 'USD', description: 'What requests cost, where known' });
  const judgeTokens = meter.createCounter('wink.judge.tokens', { unit: '{token}', description: 'Tokens of the judge' });
  const events = meter.createCounter('wink.observer.events', {
    description: 'Signals, verdicts, reminders and episodes',
  });
  const turns = meter.createCounter('wink.turns', { description: 'Turns by how they ended' });
  const counted = { input: 0, output: 0, judgeUsd: 0, agentUsd: 0 };

  return {
    chat: (facts, seconds, { inputTokens, outputTokens, costUsd }) => {
      tokens.record(inputTokens, { ...facts, 'gen_ai.token.type': 'input' });
      tokens.record(outputTokens, { ...facts, 'gen_ai.token.type': 'output' });
      duration.record(seconds, facts);
      if (costUsd === null) return;
      counted.agentUsd += costUsd;
      cost.add(costUsd, { ...facts, 'wink.part': 'agent' });
    },
    failedChat: (facts, seconds, errorType) => duration.record(seconds, { ...facts, 'error.type': errorType }),
    judge: ({ inputTokens, outputTokens, costUsd }) => {
      judgeTokens.add(inputTokens - counted.input, { 'gen_ai.token.type': 'input' });
      judgeTokens.add(outputTokens - counted.output, { 'gen_ai.token.type': 'output' });
      if (costUsd !== null) cost.add(costUsd - counted.judgeUsd, { 'wink.part': 'judge' });
      counted.input = inputTokens;
      counted.output = outputTokens;
      counted.judgeUsd = costUsd ?? counted.judgeUsd;
    },
    found: (eventName, className) => {
      const ofClass = typeof className === 'string' ? { 'wink.class': className } : {};
      events.add(1, { 'wink.event': eventName, ...ofClass });
    },
    end: (outcome, costUsd) => {
      turns.add(1, { 'wink.outcome': outcome });
      const rest = (costUsd ?? 0) - counted.agentUsd;
      if (rest <= 0) return;
      counted.agentUsd += rest;
      // Summaries and questions outside the conversation have no request of their own here.
      cost.add(rest, { 'wink.part': 'other' });
    },
  };
}
