import { hashText } from '../step/hash.ts';
import { rememberLatest } from '../step/remember-latest.ts';
import { type Advice, type Constraint, type ConstraintRule, isVague } from './constraint.ts';
import { readEveryPart } from './every-part.ts';
import { clausesOf } from './grammar/clauses.ts';
import { pathsIn } from './grammar/file-words.ts';
import type { Surroundings } from './grammar/objects.ts';
import { mayForbid, readClause } from './grammar/orders.ts';
import { isOrder, ordersBeyondCode, ordersChange } from './grammar/plain-words.ts';
import { readSentences, type Sentence } from './grammar/sentences.ts';
import { readLists } from './listed-orders.ts';
import { pointsBack, readMeant, withLabel } from './named-before.ts';

const maxConstraints = 40;
const maxAdvice = 20;
const maxQuoteLength = 200;

/** No sentence without one of these words can be a constraint. */
const trigger =
  /n['’]t\b|\b(?:not|(?:do|does|did|should|must|can|could|wo|are|is|would)nt|never|no|only|just|must|shall|exclusively|solely|avoid|without|w\/o|refrain|abstain|leave|keep|limit\w*|restrict\w*|confine\w*|scope|nothing|neither|none|stays?|stick|steer|work|off.limits|read.only|frozen|untouchable|taboo|hold|wait|stop|remains?|exclude|except|apart|other|hands|myself|mine|to me|on me|my (?:job|task|thing)|let me|before|instead|rather|manually|by hand|scope|own|local|skip|spare|ignore|omit|sacred|nobody|dare|out|i will|i['’]?ll|cannot|forbidden|left|kept|zero|treat|consider|needs? (?:my|our)|later|spared|unt\w+ed|unchanged|unmodified|intact|taboo|nicht|keine?|nichts|nur|ohne|lass|finger)\b/i;

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
  const known = text.length > longSentence ? knownTexts : knownShortTexts;
  return known(`${source}\n${text}`, () => readAnew(text, source));
}

/** The ledger and several detectors read the same instruction file, and sessions of one repository read it again, or one that differs in a few lines. */
const knownTexts = rememberLatest<Wishes>(60);
/** Single sentences are asked about, too: they must not push the long texts out. */
const knownShortTexts = rememberLatest<Wishes>(500);
const longSentence = 400;
const knownSentences = rememberLatest<Understood>(1000);

function readAnew(text: string, source: string): Wishes {
  const constraints = new Map<string, Constraint>();
  const advice = new Map<string, Advice>();
  const sentences = readSentences(text);
  const orders = ordersIn(sentences);
  const speaksOfMore = () => sentences.some(({ text: words }) => /\b(?:tests?|specs?|docs|readme)\b/i.test(words));
  const noted = () => sentences.flatMap(({ text: words }) => (writesDown.test(words) ? pathsIn(words) : []));
  // "Put it in `index.html`, no other files": what is named with it may be made.
  const named = () => [...new Set(sentences.flatMap(({ text: words }) => pathsIn(words)))].slice(0, 30);
  const withNamed = (rule: ConstraintRule): ConstraintRule =>
    rule.type === 'no-new-files' && isVague(rule) ? { ...rule, except: named() } : rule;
  const add = (rule: ConstraintRule, quote: string) => {
    const id = `c${hashText(JSON.stringify(rule)).toString(36)}`;
    if (constraints.size < maxConstraints && !constraints.has(id)) constraints.set(id, { id, quote, source, rule });
  };
  for (const sentence of sentences) {
    if (!trigger.test(sentence.text)) continue;
    const quote = sentence.text.slice(0, maxQuoteLength);
    const read = readSentence(sentence, source === 'user');
    // In a document it may be the document's own scope.
    const isOfDocument = source !== 'user' && /\bout of scope\b/i.test(sentence.text);
    const { rules: understood, isForbidding } = isOfDocument ? { rules: [], isForbidding: true } : read;
    const rules = understood.flatMap((rule) => readForWhole(rule, sentence, orders, source, speaksOfMore, noted));
    for (const rule of rules) add(withNamed(rule), quote);
    if (rules.length === 0 && (isForbidding || understood.length > 0) && advice.size < maxAdvice)
      advice.set(quote, { quote, source });
  }
  for (const { rule, quote } of readLists(sentences.filter(({ context }) => !elsewhere.test(context))))
    add(rule, quote);
  return { constraints: [...constraints.values()], advice: [...advice.values()] };
}

const codeStays: ConstraintRule = { type: 'no-change', files: { kinds: ['production code'], globs: [] } };

/** "The code" next to talk of tests or documentation is the production code. */
const ofCode = /\b(?:the|any|production|source|no) code\b(?! (?:yet|for now|until|first))/i;

/** "Write the plan to PLAN.md": a file that is wanted although nothing else may be changed. */
const writesDown =
  /\b(?:write|save|put|dump|record|store|document|note|collect|add|append|create|update)\b.{0,60}\b(?:plan|report|findings?|notes?|summar(?:y|ies)|analysis|proposal|results?|conclusions?|answers?|list|it|them|everything|design|spec)\b.{0,30}\b(?:to|in|into|as|at)\b|\bcreate (?:only )?(?:a |the )?(?:file )?[`"']?[\w./-]+\.md\b/i;

const forNow =
  /\b(?:yet|for now|until|first|(?:just|only) (?:tell|explain|answer|show|describe|analy[sz]e|investigate|review|look|check|validate|report|list|propose|summari[sz]e|give|want|a plan))\b/i;

/**
 * "No code changes" holds for all the work only when the user says it, and gives no order to change something with it. With an order
 * for tests or documentation it protects the production code; with any other it only says how the work is to be done.
 */
function readForWhole(
  rule: ConstraintRule,
  { text }: Sentence,
  orders: () => readonly string[],
  source: string,
  speaksOfMore: () => boolean,
  noted: () => readonly string[],
): readonly ConstraintRule[] {
  if (rule.type !== 'read-only') return [rule];
  if (source !== 'user') return [];
  const asked = noted();
  const stays: ConstraintRule = asked.length === 0 ? rule : { ...rule, except: asked };
  if (ofCode.test(text) && speaksOfMore() && orders().every(ordersBeyondCode)) return [codeStays];
  if (forNow.test(text) || orders().length === 0) return [stays];
  if (!orders().every(ordersBeyondCode)) return [];
  return [codeStays];
}

/** The clauses that order a change, read when they are first asked for. */
function ordersIn(sentences: readonly Sentence[]): () => readonly string[] {
  let orders: readonly string[] | undefined;
  return () =>
    (orders ??= sentences.flatMap(({ text }) => clausesOf(text).map((clause) => clause.text)).filter(ordersChange));
}

type Understood = { readonly rules: readonly ConstraintRule[]; readonly isForbidding: boolean };

function readSentence(sentence: Sentence, isUser: boolean): Understood {
  const { text, before, isAfterList } = sentence;
  const holdsAlways = !sentence.isCut && !elsewhere.test(sentence.context);
  const key = JSON.stringify([isUser, holdsAlways, isAfterList, text, before]);
  return knownSentences(key, () => readSentenceAnew(sentence, isUser, holdsAlways));
}

function readSentenceAnew(sentence: Sentence, isUser: boolean, holdsAlways: boolean): Understood {
  const rules: ConstraintRule[] = [];
  let isForbidding = false;
  if (isQuestion(sentence.text)) return { rules, isForbidding };
  const earlier: string[] = [];
  for (const { text, isConditional } of clausesOf(sentence.text)) {
    const before = earlier.at(-1) ?? sentence.before.at(-1);
    const isWork = isUser && (before === undefined || isOrder(before) || forNow.test(sentence.text));
    const named = earlier.length > 0 ? [...earlier] : sentence.before;
    isForbidding ||= mayForbid(text);
    // What "it" is comes before; only behind an order of the user's may it be the work itself ("write the message, but don't commit it").
    const meant = holdsAlways && !isConditional ? readMeant(withLabel(text, earlier), earlier, sentence) : [];
    earlier.push(text);
    if (!holdsAlways || isConditional) continue;
    const found =
      meant.length > 0
        ? meant
        : isWork || !pointsBack(text)
          ? readClause(withLabel(text, earlier.slice(0, -1)), surroundings(named, isUser))
          : [];
    rules.push(...found);
  }
  if (rules.length === 0 && holdsAlways && isUser)
    rules.push(
      ...readEveryPart(sentence, (before) => surroundings(before.length > 0 ? before : sentence.before, isUser)),
    );
  return { rules, isForbidding };
}

/** What is known around a clause from the words before it. */
function surroundings(before: readonly string[], isUser: boolean): Surroundings {
  return {
    named: isUser ? namedByOrder(before) : [],
    hasOrder: isUser && before.some((words) => isOrder(words) || /\?\s*$/.test(words)),
  };
}

/** "Can you fix it without touching the tests?" is an order. */
const asksToDo =
  /^(?:[\w']+[,!]* ){0,3}?(?:(?:can|could|would|will) (?:you|u|we)\b|[^?]{5,80}, (?:can|could|would|will) (?:you|u|we)\b|before (?:you )?(?:\w+ing|change|touch|edit|write|start) (?:any|the|to))/i;

function isQuestion(text: string): boolean {
  return text.trimEnd().endsWith('?') && !asksToDo.test(text);
}

const asExample =
  /\b(?:like|from|see|as in|based on|using|similar|according|per|described|follow\w*|same as|with|copy|than)\b/i;

/** "The README may be updated", "you can change a.ts". */
const allows =
  /\b(?:may|can|should|must) be (?:changed|edited|updated|modified|touched)\s*$|^(?:please )?(?:work (?:only )?(?:in|on|inside)|(?:do|make|put|perform) (?:the|all|your) (?:changes?|fix|work|edits?) (?:in|inside))\b|^(?:you )?(?:may|can) (?:change|edit|touch|modify|update)\b/i;

/** "Fix the typo in docs/intro.md": the files that an order names for a change; none when a file may be there for another reason. */
function namedByOrder(clauses: readonly string[]): readonly string[] {
  const orders = clauses.filter((clause) => ordersChange(clause) || allows.test(clause));
  if (orders.length === 0 || orders.some((order) => asExample.test(order))) return [];
  return [...new Set(orders.flatMap(pathsIn))].slice(0, 30);
}
