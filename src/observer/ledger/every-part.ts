import type { ConstraintRule } from './constraint.ts';
import { isCondition, stripPermission, trimClause } from './grammar/clauses.ts';
import { pathsIn, readFileSet } from './grammar/file-words.ts';
import type { Surroundings } from './grammar/objects.ts';
import { readClause } from './grammar/orders.ts';
import { inFullWords, isOrder } from './grammar/plain-words.ts';
import type { Sentence } from './grammar/sentences.ts';
import { simplify } from './grammar/simplify.ts';
import { readByClasses } from './grammar/word-classes.ts';
import { pointsBack, readMeant } from './named-before.ts';

const none: readonly ConstraintRule[] = [];
const maxParts = 8;
const border =
  /\s*[,;:]\s+(?:(?:and|but|so|then|or)\s+)*|\s+(?:and|but|then|so(?! (?:many|much|that|far|long|few|often|big|small|hard|bad|good|on)\b))\s+(?:please\s+)?|\s+(?=without\b)|\s+[–—-]{1,2}\s+|\s*[()]\s*|\.{3,}\s*/gi;
/** A part that takes something back of the one before it. */
const narrows =
  /^(?!(?:only|just) (?:tell|explain|answer|show|describe|say|report|look|analy[sz]e|give|want|think)\b)(?:except|only|just|first|if|unless|until|when|whenever|apart|other than|without|save|excluding|not|or|besides|including|like|e\.g)\b|\b(?:except|unless)\b/i;

/** A prohibition or a limit with its verb. */
const isSaidOut =
  /^(?:do not|never|nothing .{2,80} (?:must|may|should|can)|you can (?:change|edit|touch|modify)|avoid|refrain|stop|leave|keep|stay|only (?:change|edit|touch|modify|work)|limit|restrict|confine|stick)\b|\b(?:must|should|may|can|are|is) (?:not|never) be\b|\bmust (?:not|stay|remain)\b|\boff limits\b/i;

type Part = { readonly from: number; readonly to: number };

/**
 * What a sentence forbids whose parts don't begin in any of the known ways: each run of parts between commas and conjunctions is read as a clause
 * of its own, longest first, with the wording that adds nothing taken out. Nothing when any part is a condition.
 */
export function readEveryPart(
  sentence: Sentence,
  around: (earlier: readonly string[]) => Surroundings,
): readonly ConstraintRule[] {
  const words = stripPermission(inFullWords(sentence.text));
  const parts = partsOf(words);
  if (parts.length > maxParts) return none;
  const texts = parts.map(({ from, to }) => words.slice(from, to));
  if (texts.some((text) => isCondition(simplify(text)))) return none;
  const rules: ConstraintRule[] = [];
  for (let first = 0; first < parts.length; first += 1) {
    for (let last = parts.length - 1; last >= first; last -= 1) {
      const next = texts[last + 1];
      if (next !== undefined && narrows.test(next)) continue;
      const run = words.slice(parts[first]!.from, parts[last]!.to);
      const found = readPart(
        run.includes('(') && !run.includes(')') ? `${run})` : run,
        texts.slice(0, first),
        next ?? '',
        sentence,
        around,
      );
      if (found.length === 0 || (isContinued(next) && found.some(({ type }) => type === 'only-change'))) continue;
      rules.push(...found);
      first = last;
      break;
    }
  }
  return rules;
}

/** Whether a list may go on in the next part: what is allowed must be known in full, what is forbidden need not. */
function isContinued(next: string | undefined): boolean {
  return (
    next !== undefined &&
    !isOrder(next) &&
    !/\b(?:not|never|no|nothing|is|are|has|have|need|want|will|leave|keep)\b/i.test(next)
  );
}

function partsOf(words: string): Part[] {
  const parts: Part[] = [];
  let from = 0;
  for (const match of words.matchAll(border)) {
    if (isInCode(words, match.index)) continue;
    parts.push({ from, to: match.index });
    from = match.index + match[0].length;
  }
  parts.push({ from, to: words.length });
  return parts.filter(({ from: start, to }) => words.slice(start, to).trim() !== '');
}

function isInCode(words: string, at: number): boolean {
  return words.includes('`') && (words.slice(0, at).split('`').length - 1) % 2 === 1;
}

function readPart(
  words: string,
  earlier: readonly string[],
  next: string,
  sentence: Sentence,
  around: (earlier: readonly string[]) => Surroundings,
): readonly ConstraintRule[] {
  // "Can't commit: the hook fails" says what is.
  if (/^\s*(?:can not|cannot)\b(?! be\b)/i.test(words)) return none;
  const bracketed = /^(.+?)\s*\(([^()]+)\)\s*$/.exec(words);
  const [front, path] = bracketed !== null && readFileSet(bracketed[2]!) !== undefined ? bracketed.slice(1) : [words];
  const elliptical = withVerb(words, earlier);
  if (elliptical !== undefined) return readClause(elliptical, around(earlier));
  const simple = trimClause(simplify(trimClause(path === undefined ? words : front!)));
  const plain = path === undefined ? simple : withFiles(simple, path);
  const whole = withSubject(plain, earlier);
  if (whole === '') return none;
  // "Fix it without ..." is an order; "the app starts without ..." only describes.
  const order = earlier.at(-1) ?? next;
  if (/^\s*without\b/i.test(words) && (!isOrder(order) || /\b(?:not|never|no)\b/i.test(order))) return none;
  if (pointsBack(whole)) return readMeant(whole, earlier, sentence);
  const kept = /^leave (?:they|it|these|those|this|them) unchanged$/i.exec(whole);
  if (kept !== null) return readMeant('leave them unchanged', earlier, sentence);
  // A few nouns may be part of any description: "(no file changes yet)".
  if (
    !isSaidOut.test(whole) &&
    !earlier.every(
      (before) =>
        isOrder(before) ||
        /^\s*(?:i|we|please|let me|just so|this is (?:an? |just |only )*(?:\w+ )?(?:analysis|review|read|question|planning|investigation|research|discussion|brainstorm\w*)|(?:commits?|pushes) (?:is|are|yes))\b/i.test(
          before,
        ),
    )
  )
    return none;
  const rules = readClause(inThatPlace(whole, earlier), around(earlier));
  if (rules.length > 0 || !isOfUser(earlier)) return rules;
  const rule = readByClasses(whole);
  return rule === undefined ? none : [rule];
}

/** "You can delete temp files but never anything under data/": the verb was said before. */
function withVerb(words: string, earlier: readonly string[]): string | undefined {
  const place =
    /^\s*(?:(?:do not|never|not) (?:anything|files?)|nothing) ((?:in|under|inside|below|within) [^\s]+)\s*[.!]*$/i.exec(
      words,
    )?.[1];
  const verb = /\b(change|edit|modify|touch|update|delete|remove|rename|refactor)\b/i.exec(earlier.at(-1) ?? '')?.[1];
  return place === undefined || verb === undefined ? undefined : `do not ${verb.toLowerCase()} anything ${place}`;
}

/** Nothing before it describes what somebody else, or a program, does. */
function isOfUser(earlier: readonly string[]): boolean {
  return !earlier.some((before) =>
    /\b(?:it|he|she|they|users?|function|script|test|app|server|build|code) (?:\w+s|does|did|was|is|were|has|had|will|would|should|must|can)\b/i.test(
      before,
    ),
  );
}

/** "You may look at infra/, but changing things there needs my ok": the place was named before. */
function inThatPlace(clause: string, earlier: readonly string[]): string {
  const match = /^(.+?)(?: (?:any ?things?|things|stuff|files|code))? (?:in )?there$/i.exec(clause);
  const paths = [...new Set(earlier.flatMap(pathsIn))];
  return match !== null && paths.length === 1 ? `${match[1]} anything in ${paths[0]}` : clause;
}

/** "The schema stays as it is (db/schema.sql)": the brackets say which files are meant. */
function withFiles(clause: string, files: string): string {
  const stays = /^(leave|keep) .+ (unchanged|alone)$/i.exec(clause);
  if (stays !== null) return `${stays[1]} ${files} ${stays[2]}`;
  const passive = /^.+ (must not be \w+|is off limits)$/i.exec(clause);
  if (passive !== null) return `${files} ${passive[1]}`;
  return /\b(?:it|them|that|this|those|these)$/i.test(clause) ? clause.replace(/\w+$/, files) : `${clause} (${files})`;
}

/** "The files in proto/ are shared, and must not be changed": what it is about stands in the part before. */
function withSubject(clause: string, earlier: readonly string[]): string {
  if (!/^(?:must|should|may|can|are|is) (?:not|never) be\b/i.test(clause)) return clause;
  const subject =
    /^(?:.{0,60}, )?(.{2,60}?) (?:is|are|was|were|has|have|belongs?|comes?|came|gets?|lives?|stems?)\b/i.exec(
      earlier.at(-1) ?? '',
    )?.[1];
  return subject === undefined ? clause : `${subject} ${clause}`;
}
