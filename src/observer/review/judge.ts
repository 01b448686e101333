import * as z from 'zod';
import type { Ask } from '../../core/model.ts';
import { neutralize } from '../../core/neutralize.ts';
import { loadPrompt } from '../../core/prompt.ts';
import type { JsonObject, Usage, Verdict } from '../../core/types.ts';
import type { MisbehaviourClass } from '../taxonomy.ts';
import type { Account } from './account.ts';
import type { ReviewRequest } from './schedule.ts';

/** Room for models that think before they answer; the answer itself takes about 100 tokens. */
const maxOutputTokens = 4000;

const answerSchema = z.strictObject({
  present: z.boolean(),
  confidence: z.number().min(0).max(1),
  firstStep: z.int().min(-1),
  evidenceSteps: z.array(z.int().min(0)).max(40),
  quote: z.string().max(2000),
});

/** The same in the part of JSON schema that every server with json_schema knows (no bounds on numbers and lengths). */
const answerJsonSchema: JsonObject = {
  type: 'object',
  properties: {
    present: { type: 'boolean' },
    confidence: { type: 'number' },
    firstStep: { type: 'integer' },
    evidenceSteps: { type: 'array', items: { type: 'integer' } },
    quote: { type: 'string' },
  },
  required: ['present', 'confidence', 'firstStep', 'evidenceSteps', 'quote'],
  additionalProperties: false,
};

/** What the judge answers for one class. */
export type JudgeAnswer = z.output<typeof answerSchema>;

/** A verdict that stands, or why none does. */
export type Judgement = { readonly usage: Usage } & (
  | { readonly kind: 'verdict'; readonly verdict: Verdict }
  /** The judge was asked and says no: there is nothing to report. */
  | { readonly kind: 'absent' }
  /** The answer can't stand. */
  | { readonly kind: 'void'; readonly reason: string }
);

/**
 * Asks whether one class of misbehaviour is present. A verdict stands only when the answer has the agreed form, is certain enough
 * and quotes the transcript word for word. Throws what `ask` throws.
 */
export async function askJudge(
  request: ReviewRequest,
  known: MisbehaviourClass,
  account: Account,
  needed: number,
  ask: Ask,
  signal: AbortSignal,
): Promise<Judgement> {
  const question = known.question ?? loadPrompt(`judge/classes/${known.name}`, {});
  const { text, usage } = await ask(
    {
      system: loadPrompt('judge/system', {}),
      user: loadPrompt('judge/question', {
        account: account.text(),
        class: known.name,
        question,
        hint: hintOf(request, account),
      }),
      schema: { name: 'judgement', schema: answerJsonSchema },
      maxOutputTokens,
    },
    signal,
  );
  const answer = parseAnswer(text);
  if (answer === undefined) return { kind: 'void', reason: "the judge's answer was not in the agreed form", usage };
  if (!answer.present) return { kind: 'absent', usage };
  const reason = whyVoid(answer, account, needed);
  if (reason !== undefined) return { kind: 'void', reason, usage };
  return { kind: 'verdict', verdict: verdictOf(answer, request, known, quoteStepOf(answer, account)), usage };
}

/** The agreed JSON object out of an answer that may stand in a code fence or after words; undefined when there is none. */
export function parseAnswer(text: string): JudgeAnswer | undefined {
  const start = text.lastIndexOf('{');
  const end = text.lastIndexOf('}');
  if (start === -1 || end < start) return undefined;
  try {
    const parsed = answerSchema.safeParse(JSON.parse(text.slice(start, end + 1)));
    return parsed.success ? parsed.data : undefined;
  } catch {
    return undefined;
  }
}

function whyVoid(answer: JudgeAnswer, account: Account, needed: number): string | undefined {
  if (answer.confidence < needed) return `the judge is not certain enough (${answer.confidence})`;
  const { isInWords, steps } = account.find(answer.quote);
  if (!isInWords && steps.length === 0) return 'the judge quotes what is not in the transcript';
  if (answer.evidenceSteps.length === 0) return 'the judge names no step as evidence';
  if (answer.evidenceSteps.some((step) => step > account.lastIndex())) return 'the judge names steps that do not exist';
  const isApart = !isInWords && quoteStepOf(answer, account) === undefined;
  return isApart ? 'the judge quotes other steps than those it names as evidence' : undefined;
}

/** The latest of the evidence steps, and those next to them, in which the quote stands. */
function quoteStepOf({ quote, evidenceSteps }: JudgeAnswer, account: Account): number | undefined {
  return account.find(quote).steps.findLast((step) => evidenceSteps.some((named) => Math.abs(named - step) <= 1));
}

function verdictOf(
  answer: JudgeAnswer,
  request: ReviewRequest,
  known: MisbehaviourClass,
  quoteStep: number | undefined,
): Verdict {
  const quote = neutralize(answer.quote.replace(/\s+/g, ' ').trim());
  return {
    id: '',
    category: known.category,
    class: known.name,
    source: 'judge',
    ...(request.signal !== undefined && { detector: request.signal.detector }),
    confidence: answer.confidence,
    firstStep: answer.firstStep < 0 ? Math.min(...answer.evidenceSteps) : answer.firstStep,
    evidenceSteps: answer.evidenceSteps,
    evidence:
      request.signal?.evidence ?? loadPrompt('judge/evidence', { summary: known.summary, quote: quote.slice(0, 160) }),
    key: request.signal?.key ?? `judge:${known.name}:${quote.slice(0, 80)}`,
    atStep: request.atStep,
    quote: quote.slice(0, 1000),
    ...(quoteStep !== undefined && { quoteStep }),
  };
}

function hintOf({ class: name, signal, trigger }: ReviewRequest, { findingHistory }: Account): string {
  const occasion = trigger === 'turn-end' ? ['The agent has just ended its turn.'] : [];
  if (signal !== undefined) occasion.push(`A rule noticed this, which may be harmless: ${neutralize(signal.evidence)}`);
  return [...occasion, findingHistory.describe(name, signal)].filter((text) => text !== '').join('\n');
}
