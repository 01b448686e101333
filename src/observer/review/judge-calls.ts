import type { Ask, Question } from '../../core/model.ts';
import { noUsage, type Usage } from '../../core/types.ts';
import type { FromWorker } from '../worker/protocol.ts';
import type { Budget } from './budget.ts';
import { openTimedCall, type TimedCall } from './timed-call.ts';

/** Why a call brought no answer: it was cut off for something else, there is no budget for it, or it failed. */
export type NoAnswer = { readonly kind: 'cut' } | { readonly kind: 'none'; readonly reason: string };
export type Answered<Answer> = { readonly kind: 'answer'; readonly answer: Answer };

/** Calls of the judge and the adviser, one at a time, inside budget and time. */
export type JudgeCalls = {
  readonly make: <Answer extends { readonly usage: Usage }>(
    send: (ask: Ask, signal: AbortSignal) => Promise<Answer>,
  ) => Promise<Answered<Answer> | NoAnswer>;
  /** Cuts off the call under way, if there is one. */
  readonly cut: () => void;
};

export type JudgeCallsOptions = {
  readonly budget: Budget;
  readonly timeoutSeconds: number;
  readonly ask: Ask;
  /** What a question costs, about, when its answer never came whole; default: about four characters a token, at no known price. */
  readonly estimate?: (question: Question) => Usage;
  readonly post: (message: FromWorker) => void;
};

export function createJudgeCalls({
  budget,
  timeoutSeconds,
  estimate,
  post,
  ...options
}: JudgeCallsOptions): JudgeCalls {
  let underWay: TimedCall | undefined;

  function settle(usage: Usage): void {
    post({ kind: 'spent', spent: { calls: 1, ...usage } });
  }

  return {
    cut: () => underWay?.cut(),
    make: async (send) => {
      const exhausted = budget.whyExhausted();
      if (exhausted !== undefined) return { kind: 'none', reason: exhausted };
      let estimated = noUsage;
      const ask: Ask = (question, signal) => {
        estimated = estimate?.(question) ?? estimateUnpriced(question);
        post({ kind: 'asking', estimate: { calls: 1, ...estimated } });
        return options.ask(question, signal);
      };
      const call = openTimedCall(timeoutSeconds);
      underWay = call;
      try {
        const answer = await call.race((signal) => send(ask, signal));
        budget.spend(answer.usage);
        settle(answer.usage);
        return { kind: 'answer', answer };
      } catch (error) {
        const usage = call.cutBy === undefined ? noUsage : estimated;
        if (call.cutBy === 'caller') budget.spend(usage);
        else budget.fail(usage);
        settle(usage);
        if (call.cutBy === 'caller') return { kind: 'cut' };
        const text = error instanceof Error ? error.message.slice(0, 300) : String(error);
        return { kind: 'none', reason: `the judge could not be asked: ${text}` };
      } finally {
        underWay = undefined;
      }
    },
  };
}

function estimateUnpriced({ system, user }: Question): Usage {
  return { ...noUsage, inputTokens: Math.ceil((system.length + user.length) / 4), costUsd: null };
}
