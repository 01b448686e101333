import { addUsage, noUsage, type Usage } from '../../../core/types.ts';
import { costOf, findModel } from '../../../model/prices.ts';

/** The usage of one answer, as far as a file says it. */
export type AnswerUsage = Usage & {
  readonly model?: string | undefined;
  /** The part of the input that was written to the provider's cache, at 1.25 (five minutes) and 2 times (an hour) the price of input. */
  readonly cacheWrites?: { readonly fiveMinutes: number; readonly hour: number } | undefined;
};

/** Sums the answers' usage; what a file has no cost for is priced by the table of known models. */
export function sumUsage(answers: readonly AnswerUsage[], model: string | undefined): Usage | undefined {
  if (answers.length === 0) return undefined;
  return answers.map((answer) => withCost(answer, answer.model ?? model)).reduce(addUsage, noUsage);
}

function withCost(answer: AnswerUsage, model: string | undefined): Usage {
  const { inputTokens, cachedInputTokens, outputTokens } = answer;
  const costUsd = answer.costUsd ?? (model === undefined ? null : priceOf(answer, model));
  return { inputTokens, cachedInputTokens, outputTokens, costUsd };
}

function priceOf(answer: AnswerUsage, model: string): number | null {
  const tokens = { input: answer.inputTokens, cached: answer.cachedInputTokens, output: answer.outputTokens };
  const cost = costOf(model, tokens);
  const inputRate = findModel(model)?.price?.input ?? 0;
  const { fiveMinutes, hour } = answer.cacheWrites ?? { fiveMinutes: 0, hour: 0 };
  return cost === null ? null : cost + ((0.25 * fiveMinutes + hour) * inputRate) / 1_000_000;
}
