import type { JsonObject } from '../../core/types.ts';
import type { AnswerChoice } from './choose-answer.ts';

export type ScriptedUsage = {
  readonly input: number;
  readonly cached: number;
  readonly written?: number;
  readonly output: number;
};

/** A scripted reply made concrete: ids given, variables filled, text cut in tokens. */
export type ScriptedAnswer = {
  readonly id: string;
  readonly model: string;
  readonly reasoning: readonly string[];
  readonly reasoningField: 'reasoning_content' | 'reasoning';
  /** The text in tokens, made as they are asked for: a huge answer is never held. */
  readonly text: () => Iterable<string>;
  readonly textCount: number;
  readonly calls: readonly {
    readonly id: string;
    readonly name: string;
    readonly arguments: string;
    readonly fragments: readonly string[];
    readonly extra?: JsonObject;
  }[];
  readonly finish: string;
  readonly usage: ScriptedUsage;
};

let lastId = 0;

/** Makes an answer from a chosen reply; `measured` is the usage given when the script names none. */
export function expandReply(
  choice: AnswerChoice,
  model: string,
  measured: { input: number; cached: number; written?: number },
): ScriptedAnswer {
  const { reply, turn } = choice;
  lastId += 1;
  const fill = (text: string) => text.replaceAll('{{n}}', String(turn));
  const reasoning = cutTokens(fill(reply.reasoning ?? ''));
  const text = cutTokens(fill(reply.text ?? ''));
  const filler = fillerOf(reply);
  const duplicate = reply.fault?.kind === 'duplicate-ids' ? 'call_twice' : undefined;
  const calls = (reply.calls ?? []).map((call, index) => {
    const raw = fill(typeof call.arguments === 'string' ? call.arguments : JSON.stringify(call.arguments));
    return {
      id: duplicate ?? call.id ?? `call_${lastId}_${index}`,
      name: call.name,
      arguments: raw,
      fragments: cutFragments(raw, reply.fragmentLength ?? 20),
      ...(call.extra ? { extra: call.extra } : {}),
    };
  });
  const fragmentCount = calls.reduce((sum, call) => sum + call.fragments.length, 0);
  const output = reasoning.length + text.length + filler.count + fragmentCount;
  return {
    id: `scripted-${lastId}`,
    model,
    reasoning,
    reasoningField: reply.reasoningField ?? 'reasoning_content',
    text: function* () {
      yield* text;
      for (let made = 0; made < filler.count; made += 1) yield filler.token(made);
    },
    textCount: text.length + filler.count,
    calls,
    finish: reply.finish ?? (calls.length > 0 ? 'tool_calls' : 'stop'),
    usage: reply.usage ? { cached: 0, ...reply.usage } : { ...measured, output },
  };
}

function fillerOf(reply: AnswerChoice['reply']): { count: number; token: (index: number) => string } {
  if (reply.fault?.kind === 'huge') {
    const kilobyte = 'filler '.repeat(146).padEnd(1023, '.').concat('\n');
    return { count: reply.fault.megabytes * 1024, token: () => kilobyte };
  }
  return { count: reply.fillerTokens ?? 0, token: (index) => `tok${index % 1000} ` };
}

function cutTokens(text: string): readonly string[] {
  return text.match(/\s*\S{1,8}|\s+/gu) ?? [];
}

function cutFragments(text: string, length: number): readonly string[] {
  return text.match(new RegExp(`[\\s\\S]{1,${length}}`, 'gu')) ?? [];
}
