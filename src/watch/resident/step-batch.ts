import { type Note, noUsage, type Step, type ToolCall, type ToolResult } from '../../core/types.ts';
import type { WatchEvent } from '../agents/read-event.ts';

type BeforeCall = Extract<WatchEvent, { kind: 'before-call' }>;
type AfterCall = Extract<WatchEvent, { kind: 'after-call' }>;

/**
 * Calls that run side by side are of one message of the model, and one step: it is whole when none of them is under way. An agent reports
 * each call by itself.
 */
export type StepBatch = {
  /** `question`: what the user is asked first. */
  readonly begin: (call: BeforeCall, question?: string) => void;
  /** Gives what the user was asked before: they said yes. */
  readonly end: (call: AfterCall) => string | undefined;
  /** It was kept from acting, and the model read `reason` as its result. */
  readonly refuse: (call: BeforeCall, reason: string) => void;
  /** Calls have ended, and none is under way. */
  readonly isWhole: () => boolean;
  readonly hasCalls: () => boolean;
  /** The step of what has come so far; the next one begins. */
  readonly take: (index: number, notes: readonly Note[], text: string) => Step;
};

/** Characters of a call's output that are looked at: the head and the tail. */
const maxOutputLength = 20_000;
/** A call without an end for so long, when others begin, was refused by somebody: no event reports its end. */
const staleMs = 2_000;

export function createStepBatch(now: () => number = () => performance.now()): StepBatch {
  const underWay = new Map<string, number>();
  const asked = new Map<string, string>();
  let calls: ToolCall[] = [];
  let results: ToolResult[] = [];
  const refused = new Set<string>();
  const keyOf = ({ callId, name, input }: BeforeCall | AfterCall) => callId ?? `${name} ${JSON.stringify(input)}`;

  return {
    begin: (call, question) => {
      for (const [key, since] of underWay) if (now() - since > staleMs) underWay.delete(key);
      underWay.set(keyOf(call), now());
      if (question !== undefined) asked.set(keyOf(call), question);
    },
    refuse: (call, reason) => {
      const { callId: id = `call-${calls.length}`, name, input } = call;
      refused.add(keyOf(call));
      calls.push({ id, name, input });
      results.push({ callId: id, name, output: reason, isError: true, errorKind: 'blocked', ms: 0 });
    },
    end: (call) => {
      underWay.delete(keyOf(call));
      // Some agents tell of the end of a refused call too.
      if (refused.delete(keyOf(call))) return undefined;
      const { name, input, output, isError } = call;
      const id = call.callId ?? `call-${calls.length}`;
      calls.push({ id, name, input });
      results.push({ callId: id, name, output: clipOutput(output), isError, ms: 0 });
      const question = asked.get(keyOf(call));
      asked.delete(keyOf(call));
      return question;
    },
    isWhole: () => calls.length > 0 && underWay.size === 0,
    hasCalls: () => calls.length > 0,
    take: (index, notes, text) => {
      const step: Step = {
        type: 'step',
        index,
        at: new Date().toISOString(),
        notes,
        text,
        calls,
        results,
        usage: noUsage,
        ms: 0,
        finish: calls.length > 0 ? 'tool-calls' : 'stop',
      };
      [calls, results] = [[], []];
      return step;
    },
  };
}

function clipOutput(output: string): string {
  if (output.length <= maxOutputLength) return output;
  const half = maxOutputLength / 2;
  return `${output.slice(0, half)}\n[… ${output.length - maxOutputLength} characters left out …]\n${output.slice(-half)}`;
}
