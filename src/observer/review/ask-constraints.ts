import * as z from 'zod';
import type { Ask } from '../../core/model.ts';
import { loadPrompt } from '../../core/prompt.ts';
import { neutralize } from '../../core/text/neutralize.ts';
import type { JsonObject, Usage } from '../../core/types.ts';

const maxOutputTokens = 4000;
const maxWordsLength = 8000;

const answerSchema = z.object({
  constraints: z.array(z.object({ quote: z.string().min(4).max(400), restated: z.string().min(4).max(300) })).max(20),
});

const answerJsonSchema: JsonObject = {
  type: 'object',
  properties: {
    constraints: {
      type: 'array',
      items: {
        type: 'object',
        properties: { quote: { type: 'string' }, restated: { type: 'string' } },
        required: ['quote', 'restated'],
        additionalProperties: false,
      },
    },
  },
  required: ['constraints'],
  additionalProperties: false,
};

/** A constraint that the judge read in the user's words, put into a sentence that the ledger's rules understand. */
export type RestatedConstraint = { readonly quote: string; readonly restated: string };

/**
 * Asks for the explicit constraints in the user's words, in any language. Only those whose quote is in the words count; what
 * they mean is decided by the same rules that read the user's words at once. Throws what `ask` throws.
 */
export async function askConstraints(
  words: string,
  fence: string,
  ask: Ask,
  signal: AbortSignal,
): Promise<{ readonly found: readonly RestatedConstraint[]; readonly usage: Usage }> {
  const { text, usage } = await ask(
    {
      system: loadPrompt('judge/constraints', {}),
      user: loadPrompt('judge/constraints-question', { fence, words: neutralize(words.slice(0, maxWordsLength)) }),
      schema: { name: 'constraints', schema: answerJsonSchema },
      maxOutputTokens,
    },
    signal,
  );
  const plain = squeeze(words);
  return { found: parseAnswer(text).filter(({ quote }) => plain.includes(squeeze(quote))), usage };
}

function parseAnswer(text: string): readonly RestatedConstraint[] {
  const start = text.indexOf('{');
  const end = text.lastIndexOf('}');
  if (start === -1 || end < start) return [];
  try {
    const parsed = answerSchema.safeParse(JSON.parse(text.slice(start, end + 1)));
    return parsed.success ? parsed.data.constraints : [];
  } catch {
    return [];
  }
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '').toLowerCase();
}
