import { hashText } from '../step/hash.ts';
import { clausesOf } from './clauses.ts';
import type { Advice, Constraint, ConstraintRule } from './constraint.ts';
import { pathsIn, readFileSet } from './file-words.ts';
import { readLists } from './lists.ts';
import { mayForbid, pointsBack, putInObject, readClause } from './phrases.ts';
import { isOrder, ordersBeyondCode, ordersChange } from './plain-words.ts';
import { readSentences, type Sentence } from './sentences.ts';

const maxConstraints = 40;
const maxAdvice = 20;
const maxQuoteLength = 200;

/** No sentence without one of these words can be a constraint. */
const trigger =
  /\b(?:not|n['’]?t|dont|never|no|only|just|avoid|without|refrain|leave|keep|limit\w*|restrict\w*|confine\w*|nothing|stay|work|off.limits|read.only|hold|wait|stop|remain|exclude|except|hands|myself|to me|before|i will)\b|n['’]t\b|\bi['’]ll\b/i;

/** A heading or a lead-in under which orders hold for somebody else, or only sometimes. */
const elsewhere =
  /\b(?:if|when|whenever|while|during|unless|until|for|mode|agents?|subagents?|review(?:er|ers|s|ing)?|examples?|templates?|troubleshooting|output|format|prompts?|phase|step|scenario|case|users?|customers?|behaviou?r|design|spec|architecture|context|problem|background)\b/i;

/** What somebody's words forbid: what code can check as a whole, and the rest in its words. */
export type Wishes = { readonly constraints: readonly Constraint[]; readonly advice: readonly Advice[] };

/** The checkable part of `readWishes`. */
export function extractConstraints(text: string, source: string): Constraint[] {
  return [...readWishes(text, source).constraints];
}

/**
 * What somebody's words forbid, by rules. A sentence becomes a constraint only when code understands all of a clause: an
 * unconditional prohibition or limit, addressed to the agent, whose object is named as a whole ("don't touch the tests", "never push to
 * main"). What only looks like a prohibition, holds only sometimes or says more than was understood becomes advice. What
 * quoted material, code, a table or an issue says is neither. Reads at most 100,000 characters, in time linear in them.
 */
export function readWishes(text: string, source: string): Wishes {
  const constraints = new Map<string, Constraint>();
  const advice = new Map<string, Advice>();
  const sentences = readSentences(text);
  const orders = ordersIn(sentences);
  const add = (rule: ConstraintRule, quote: string) => {
    const id = `c${hashText(JSON.stringify(rule)).toString(36)}`;
    if (constraints.size < maxConstraints && !constraints.has(id)) constraints.set(id, { id, quote, source, rule });
  };
  for (const sentence of sentences) {
    if (!trigger.test(sentence.text)) continue;
    const quote = sentence.text.slice(0, maxQuoteLength);
    const { rules: understood, isForbidding } = readSentence(sentence, source === 'user');
    const rules = understood.flatMap((rule) => readForWhole(rule, sentence, orders, source));
    for (const rule of rules) add(rule, quote);
    if (rules.length === 0 && (isForbidding || understood.length > 0) && advice.size < maxAdvice)
      advice.set(quote, { quote, source });
  }
  for (const { rule, quote } of readLists(sentences.filter(({ context }) => !elsewhere.test(context))))
    add(rule, quote);
  return { constraints: [...constraints.values()], advice: [...advice.values()] };
}

const forNow =
  /\b(?:yet|for now|until|first|(?:just|only) (?:tell|explain|answer|show|describe|analy[sz]e|investigate|review|look|check|validate|report|list|propose|summari[sz]e|give|want|a plan))\b/i;

/**
 * "No code changes" holds for all the work only when the user says it, and no order to change something stands with it. With an order
 * for tests or documentation it protects the production code; with any other it only says how the work is to be done.
 */
function readForWhole(
  rule: ConstraintRule,
  { text }: Sentence,
  orders: () => readonly string[],
  source: string,
): readonly ConstraintRule[] {
  if (rule.type !== 'read-only') return [rule];
  if (source !== 'user') return [];
  if (forNow.test(text) || orders().length === 0) return [rule];
  if (!orders().every(ordersBeyondCode)) return [];
  return [{ type: 'no-change', files: { kinds: ['production code'], globs: [] } }];
}

/** The clauses that order a change, read when they are first asked for. */
function ordersIn(sentences: readonly Sentence[]): () => readonly string[] {
  let orders: readonly string[] | undefined;
  return () =>
    (orders ??= sentences.flatMap(({ text }) => clausesOf(text).map((clause) => clause.text)).filter(ordersChange));
}

function readSentence(
  sentence: Sentence,
  isUser: boolean,
): { readonly rules: readonly ConstraintRule[]; readonly isForbidding: boolean } {
  const rules: ConstraintRule[] = [];
  let isForbidding = false;
  if (sentence.text.trimEnd().endsWith('?')) return { rules, isForbidding };
  const holdsAlways = !sentence.isCut && !elsewhere.test(sentence.context);
  let before = sentence.before.at(-1);
  for (const { text, isConditional } of clausesOf(sentence.text)) {
    const isWork = isUser && (before === undefined || isOrder(before));
    before = text;
    isForbidding ||= mayForbid(text);
    if (!holdsAlways || isConditional) continue;
    // What "it" is stands before; only behind an order of the user's may it be the work itself ("write the message, but don't commit it").
    const meant = readMeant(text, sentence);
    const rule = meant ?? (isWork || !pointsBack(text) ? readClause(text) : undefined);
    if (rule !== undefined)
      rules.push(
        rule.type === 'no-new-files' && rule.files === undefined ? { ...rule, except: wanted(sentence) } : rule,
      );
  }
  return { rules, isForbidding };
}

/** "Put it in `index.html`, no other files": what is named with it may be made. */
function wanted({ text, before }: Sentence): readonly string[] {
  return [...new Set([text, ...before].flatMap(pathsIn))].slice(0, 30);
}

/** "Do not touch those", after a list of nothing but files, or after a sentence that names them. */
function readMeant(clause: string, { text, before, isAfterList }: Sentence): ConstraintRule | undefined {
  const here = pathsIn(text.slice(0, Math.max(0, text.indexOf(clause))));
  const paths = here.length > 0 ? here : isAfterList ? listedFiles(before) : before.flatMap(pathsIn);
  const whole = putInObject(clause, [...new Set(paths)].slice(0, 30));
  return whole === undefined ? undefined : readClause(whole);
}

/** The files of the list right above: its last items that are nothing but a file (with a mark of `git status` or not), when a line with a colon introduces them. */
function listedFiles(items: readonly string[]): string[] {
  const files: string[] = [];
  for (const item of items.toReversed()) {
    const set = readFileSet(item.replace(/^(?:[MADRCU?]{1,2}|modified:|new file:|deleted:)\s+/, ''));
    if (set === undefined || set.kinds.length > 0) return item.trimEnd().endsWith(':') ? files : [];
    files.unshift(...set.globs);
  }
  return files;
}
