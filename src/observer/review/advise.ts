import type { Ask } from '../../core/model.ts';
import { loadPrompt } from '../../core/prompt.ts';
import { neutralize } from '../../core/text/neutralize.ts';
import type { Usage, Verdict } from '../../core/types.ts';
import type { Account } from './account/account.ts';

const maxOutputTokens = 4000;
/** An advice that is longer is clipped after its last whole sentence or line below this. */
const maxWords = 80;

/**
 * The adviser: what the agent should do in its next step, at most 80 words of DO / DON'T. Asked only after a verdict stands.
 * undefined when the answer is not advice. Throws what `ask` throws.
 */
export async function askAdviser(
  verdict: Verdict,
  summary: string,
  account: Account,
  ask: Ask,
  signal: AbortSignal,
): Promise<{ readonly advice: string | undefined; readonly usage: Usage }> {
  const { text, usage } = await ask(
    {
      system: loadPrompt('advise', {}),
      user: loadPrompt('judge/advice-question', {
        account: account.show({ since: verdict.atStep - 15, focus: verdict.evidenceSteps }).text,
        class: verdict.class,
        summary,
        quote: verdict.quote ?? verdict.evidence,
        steps: verdict.evidenceSteps.join(', '),
      }),
      maxOutputTokens,
    },
    signal,
  );
  return { advice: trimAdvice(text), usage };
}

/** Neutral, at most 80 words, and really advice: it has a line that starts with DO or DON'T. */
export function trimAdvice(text: string): string | undefined {
  const lines = neutralize(text)
    .split('\n')
    .map((line) =>
      line
        .replace(/^[\s*•-]+/, '')
        .replace(/\*\*/g, '')
        .trim(),
    )
    .filter((line) => /^(?:DO|DON['’]T|DO NOT)\b/i.test(line));
  const kept: string[] = [];
  let words = 0;
  for (const line of lines) {
    words += line.split(/\s+/).length;
    if (words > maxWords) break;
    kept.push(line);
  }
  return kept.length === 0 ? undefined : kept.join('\n');
}
