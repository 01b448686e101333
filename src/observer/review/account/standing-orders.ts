import type { Instructions } from '../../guards/constraint-guard.ts';
import { readSentences } from '../../ledger/grammar/sentences.ts';

/** What makes a sentence an order: such a word, or a verb that begins it, perhaps after a title ("Tests: run ..."). */
const order =
  /\b(?:must|always|never|do not|don['’]t|should|shall|required|make sure|ensure|avoid|prefer|forbidden|not allowed)\b/i;
const verbs =
  'use|run|add|keep|write|check|handle|follow|put|name|include|update|create|test|commit|call|return|wrap|log|document|format|fix|ask|read|leave|stay|work|start|stop|consider';
const imperative = new RegExp(
  String.raw`^(?:[A-Z][\w /-]{0,30}: ?)?(?:please )?(?:${verbs}|only|no|before|after|when to)\b`,
  'i',
);
/** A condition orders something only where its second part does. */
const condition = /^(?:when|if)\b/i;
const thenOrder = new RegExp(
  String.raw`(?:[,:;→–—]|\bthen\b)\s*(?:please |then )?(?:(?:${verbs})\b|(?!(?:the|an?|it|they|this|that)\b)[a-z]+ (?:the|an?|it|them|that|this|its|your|any|all|every)\b)`,
  'i',
);
const firm =
  /\b(?:must|always|never|do not|don['’]t|only|required?|important|critical|before (?:commit|push|you)|instead of)\b/i;
/** What the software does, in words that orders have too: "it never prints", "always added", "is never changed". */
const describes =
  /\b(?:is|are|was|were|it|they|that|which) (?:always|never)\b|\b(?:always|never) (?:(?!(?:access|process|pass|discuss|address|bypass|press|focus)\b)[a-z]+[^s\W]s|[a-z]+ed)\b/gi;
/** A sentence about a thing whose name may also be a verb ("Test files live in test/", "Log lines are JSON"). */
const aboutThing =
  /^(?!(?:When|If|Before|After|Only|No|Check|Ask|Please|Make)\b)[A-Z][\w-]*(?: [\w-]+){0,3} (?:is|are|lives?|lies?|stands?|contains?|uses|has|have|returns?|holds?)\b/;
const minLength = 15;
/** Of a block of commands below a sentence. */
const maxCommands = 6;
const maxCommandsLength = 300;

/** The standing instructions of a run: those that are always shown, and the others, of which those are shown that bear on what is done. */
export type StandingOrders = {
  /** In their own order, a line each. */
  readonly always: string;
  /** Of the others those that share most words with `acts`, a line each; what was shown once is shown again, so that no question is judged by other rules. */
  readonly bearingOn: (acts: string, limit: number) => string;
};

/**
 * The sentences of AGENTS.md and the like that ask something of the agent, whole and with what introduces them, firm ones first where there
 * is no room for all. What code can check of them the ledger has; the rest only a reader can judge.
 */
export function readOrders(instructions: readonly Instructions[], limit: number): StandingOrders {
  const all = [
    ...new Set(instructions.flatMap(({ text, source }) => ordersOf(text).map((line) => `- ${line} (${source})`))),
  ];
  const kept = takeWhile([...all.filter((line) => firm.test(line)), ...all], limit);
  const others = all.filter((line) => !kept.has(line));
  const shown = new Set<string>();
  return {
    always: all.filter((line) => kept.has(line)).join('\n'),
    bearingOn: (acts, room) => {
      const known = wordsOf(acts);
      const rated = others
        .map((line) => ({ line, shared: [...wordsOf(line)].filter((word) => known.has(word)).length }))
        .filter(({ shared }) => shared >= 2)
        .sort((left, right) => right.shared - left.shared);
      const chosen = takeWhile([...shown, ...rated.map(({ line }) => line)], room);
      for (const line of chosen) shown.add(line);
      return others.filter((line) => chosen.has(line)).join('\n');
    },
  };
}

function takeWhile(lines: readonly string[], limit: number): ReadonlySet<string> {
  const kept = new Set<string>();
  let left = limit;
  for (const line of lines) {
    if (kept.has(line) || line.length + 1 > left) continue;
    kept.add(line);
    left -= line.length + 1;
  }
  return kept;
}

function ordersOf(text: string): string[] {
  return readSentences(text).flatMap(({ text: sentence, context }) => {
    const intro = context.split('\n')[1]?.trim() ?? '';
    const isOrder = asksSomething(sentence);
    const isBelowOrder = intro !== '' && (condition.test(intro) ? isOrder : asksSomething(intro));
    if (!isOrder && !isBelowOrder) return [];
    const whole = isBelowOrder ? `${intro} ${sentence}` : sentence;
    // What only introduces a list is repeated with each item.
    const commands = sentence.endsWith(':') ? commandsBelow(text, sentence) : '';
    if (sentence.endsWith(':') && commands === '') return [];
    const line = commands === '' ? whole : `${whole} ${commands}`;
    return line.length < minLength ? [] : [line];
  });
}

function asksSomething(sentence: string): boolean {
  if (order.test(sentence.replace(describes, ''))) return true;
  return (
    (imperative.test(sentence) && !aboutThing.test(sentence)) || (condition.test(sentence) && thenOrder.test(sentence))
  );
}

/** The lines of the code block that follows a sentence, in one; empty where there is none. */
function commandsBelow(text: string, sentence: string): string {
  const at = text.indexOf(sentence.slice(-40));
  if (at === -1) return '';
  const below = /^[^\n]*\n\s*(?:```|~~~)[^\n]*\n([\s\S]*?)\n\s*(?:```|~~~)/.exec(text.slice(at, at + 2000));
  const lines = (below?.[1] ?? '').split('\n').map((line) => line.trim());
  return lines
    .filter((line) => line !== '')
    .slice(0, maxCommands)
    .join('; ')
    .slice(0, maxCommandsLength);
}

function wordsOf(text: string): Set<string> {
  return new Set(text.toLowerCase().match(/[a-z]{4,}/g) ?? []);
}
