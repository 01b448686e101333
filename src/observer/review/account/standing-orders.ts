import type { Instructions } from '../../guard.ts';
import { readSentences } from '../../ledger/sentences.ts';

/** What makes a sentence an order: such a word, or a verb that begins it, perhaps after a title ("Tests: run ..."). */
const order =
  /\b(?:must|always|never|do not|don['’]t|should|shall|required|make sure|ensure|avoid|prefer|forbidden|not allowed)\b/i;
const imperative =
  /^(?:[A-Z][\w /-]{0,30}: ?)?(?:please )?(?:use|run|add|keep|write|check|handle|follow|put|name|include|update|create|test|commit|call|return|wrap|log|document|format|fix|ask|read|leave|stay|work|start|stop|only|no|before|after|when|if)\b/i;
const firm =
  /\b(?:must|always|never|do not|don['’]t|only|required?|important|critical|before (?:commit|push|you)|instead of)\b/i;
const minLength = 15;

/**
 * The sentences of AGENTS.md and the like that ask something of the agent, firm ones first where there is no room for all, in their
 * own order. What code can check of them the ledger has; the rest only a reader can judge.
 */
export function pickOrders(instructions: readonly Instructions[], limit: number): string {
  const sentences = instructions.flatMap(({ text, source }) =>
    readSentences(text)
      .map((sentence) => sentence.text)
      .filter((sentence) => sentence.length >= minLength && (order.test(sentence) || imperative.test(sentence)))
      .map((sentence) => `- ${sentence} (${source})`),
  );
  const kept = new Set<string>();
  let left = limit;
  for (const sentence of [...sentences.filter((text) => firm.test(text)), ...sentences]) {
    if (kept.has(sentence) || sentence.length + 1 > left) continue;
    kept.add(sentence);
    left -= sentence.length + 1;
  }
  return sentences
    .filter((sentence) => kept.has(sentence))
    .filter((one, at, all) => all.indexOf(one) === at)
    .join('\n');
}
