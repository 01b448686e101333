import { isQuoted, readAskedOrders, readOrder } from './asking-words.ts';
import { readBlocks, type TextBlock } from './read-blocks.ts';
import { readRequirement } from './read-names.ts';
import type { Requirement } from './requirement.ts';

const maxRequirements = 24;

/** Sections of a plan that tell why and how, and ask for nothing. */
const background =
  /\b(?:context|contexte|background|goals?|overview|summary|architecture|design|decisions?|rationale|notes?|risks?|out of scope|non-goals|references?|edge cases|trade-?offs|key (?:files|findings)|current (?:state|behaviou?r)|problem|root cause|principe|objecti\w+|why|critical files|(?:implementation |task )?order|sequence|dependencies between|files? (?:summary|overview)|existing)\b/i;
const verification = /\b(?:verif\w*|vérif\w*|testing|test plan|validation|how to (?:test|verify))\b/i;
const tasks =
  /\b(?:please|tasks?|to-?dos?|changes?|requirements?|steps?|(?:issues?|things?|points?|bugs?|problems?) to (?:fix|do|address|change|solve)|what to do|files? to (?:modify|change|create|edit|update)|(?:fix|do|address|implement|make|apply|add|change|update|resolve) (?:all )?(?:the following|these|this|those))\b/i;
/** Lists of how something went or is, not of what to do. */
const report =
  /\b(?:repro\w*|options?|scenarios?|currently|status|state|handoff|happen\w*|results?|findings?|output|log|was|were|did|have|has|already|done|completed|examples?)\b/i;
/** Limits, which are in the ledger, what holds only sometimes, and what leaves no trace in files or commands. */
const unseen =
  /^(?:do not|don['’]t|never|no|avoid|only|if|when|whenever|unless|once|after|before|until|confirm|monitor|as a first step|it might|find|explore|search|study|locate|identify|determine|figure out|discover|familiari\w+|verify|check|review|inspect|investigate|analy[sz]e|look|read|keep|ensure|make sure|consider|think|decide|understand|watch|wait|ask|tell|explain|report|note)\b/i;
/** `Status: in progress`, `https://...`: a fact. */
const factItem =
  /^(?!(?:add|fix|update|remove|refactor|test|docs?|note|file)\b)[A-Z][\w ]{1,30}:\s|^https?:|^(?:i|we|they|he|she)\s+(?!(?:also |really )?(?:want|need|would|['’]d)\b)\w|^(?:it|this|that|the|worker)\s+(?:\w+\s)?(?:is|was|has|have|had|added|fixed|does|did|will|are|were)\b/i;
const numbered =
  /^(?:(?:step|phase|part|partie|task|étape|change|fix|commit|stage|milestone)\s*)?(?:\d{1,2}[a-z]?|[A-D])(?:[.):]|\s*[–—-]|(?=\s+[A-Z`]))\s*/i;

/**
 * What a text asks for, thing by thing: the numbered sections of a plan, items of a list, and the orders in plain sentences. What only
 * explains, reports or asks a question gives nothing. Reads at most 60,000 characters and gives at most 24.
 */
export function readRequirements(text: string): Requirement[] {
  const blocks = readBlocks(text);
  const sections = readSections(blocks);
  const start = sections.length > 0 ? blocks.findIndex(({ kind }) => kind === 'heading') : blocks.length;
  const found = [...readList(blocks.slice(0, start)), ...sections, ...readVerification(blocks)];
  return withoutRepeats(found).slice(0, maxRequirements);
}

/** Who pastes a request twice, or says it again in more words, asks for one thing. */
function withoutRepeats(found: readonly Requirement[]): Requirement[] {
  const kept: Requirement[] = [];
  for (const each of found) {
    const at = kept.findIndex((other) => isRepeat(each, other));
    if (at === -1) kept.push(each);
    else if (each.text.length > kept[at]!.text.length) kept[at] = each;
  }
  return kept;
}

const firstWord = ({ text }: Requirement): string => text.slice(0, text.indexOf(' ')).toLowerCase();

function isRepeat(left: Requirement, right: Requirement): boolean {
  const [few, many] = left.words.length < right.words.length ? [left, right] : [right, left];
  if (left.text.toLowerCase() === right.text.toLowerCase()) return true;
  if (left.git !== undefined || left.check !== undefined)
    return (
      left.git === right.git &&
      left.check === right.check &&
      few.words.length < 2 &&
      left.commands.join() === right.commands.join()
    );
  return (
    few.words.length >= (firstWord(few) === firstWord(many) ? 2 : 3) &&
    few.words.every((word) => many.words.includes(word)) &&
    left.files.join() === right.files.join()
  );
}

/** The sections of a plan at the highest level that has several of them with a number or an order for a title. */
function readSections(blocks: readonly TextBlock[]): Requirement[] {
  for (const level of [1, 2, 3, 4, 5]) {
    const heads = blocks.flatMap((block, at) =>
      block.kind === 'heading' && block.level === level && isTask(block.text) && !isInBackground(blocks, at)
        ? [at]
        : [],
    );
    if (heads.length < 2) continue;
    return heads.map((at) => {
      const { text } = blocks[at]!;
      return readRequirement(text.replace(numbered, '') || text, bodyOf(blocks, at, level));
    });
  }
  return [];
}

/** A numbered heading below "Root cause" or "Context" counts reasons, not tasks. */
function isInBackground(blocks: readonly TextBlock[], at: number): boolean {
  const own = blocks[at]!;
  const above = blocks
    .slice(0, at)
    .findLast((block) => block.kind === 'heading' && own.kind === 'heading' && block.level < own.level);
  return above !== undefined && background.test(above.text) && !tasks.test(above.text);
}

function isTask(heading: string): boolean {
  const bare = heading.replace(numbered, '');
  if (verification.test(bare) && !readOrder(bare)) return false;
  if (bare !== heading)
    return bare !== '' && !/^\s*(?:context|background|overview|goals?|implementation order|summary)\b/i.test(bare);
  if (/^(?:implementation|test) (?:order|plan|notes?)\b/i.test(heading)) return false;
  return !background.test(heading) && readOrder(heading) !== undefined;
}

/** What comes between a heading and the next one of its level or above, one line for each block. */
function bodyOf(blocks: readonly TextBlock[], at: number, level: number): string {
  const rest = blocks.slice(at + 1);
  const end = rest.findIndex((block) => block.kind === 'heading' && block.level <= level);
  return (end === -1 ? rest : rest.slice(0, end))
    .filter(({ kind }) => kind !== 'code')
    .map(({ kind, text }) => (kind === 'heading' ? `# ${text}` : text))
    .join('\n');
}

/** The items below a heading on verification that give a command or name a check. */
function readVerification(blocks: readonly TextBlock[]): Requirement[] {
  let level = 0;
  const found: Requirement[] = [];
  for (const block of blocks) {
    if (block.kind === 'heading') {
      if (verification.test(block.text)) level = block.level;
      else if (block.level <= level) level = 0;
    } else if (level > 0 && block.kind === 'item' && block.indent < 2) {
      const requirement = readRequirement(block.text);
      if (requirement.commands.length > 0 || requirement.check !== undefined) found.push(requirement);
    }
  }
  return found;
}

/** The orders of paragraphs and list items, up to a plan's first heading. */
function readList(blocks: readonly TextBlock[]): Requirement[] {
  const found: Requirement[] = [];
  let heading = '';
  let intro = '';
  for (const [at, block] of blocks.entries()) {
    switch (block.kind) {
      case 'heading':
        heading = block.text;
        intro = '';
        break;
      case 'text':
        intro = block.text.endsWith(':') ? block.text : '';
        if (intro === '' && !background.test(heading))
          found.push(...readAskedOrders(block.text).map((order) => readRequirement(order)));
        break;
      case 'item': {
        if (block.indent > 1 && isBelowItem(blocks, at)) break;
        if (background.test(heading) && intro === '') break;
        const introducing = intro === '' ? heading : intro;
        if (report.test(introducing)) break;
        const isListed =
          tasks.test(introducing) &&
          !/[?:]$/.test(block.text) &&
          !factItem.test(block.text) &&
          !isQuoted(block.text) &&
          !unseen.test(block.text);
        const orders = readAskedOrders(block.text);
        if (isListed) found.push(readRequirement(block.text, itemsBelow(blocks, at)));
        else found.push(...orders.map((order) => readRequirement(order, itemsBelow(blocks, at))));
        break;
      }
      case 'code':
        break;
      default:
        block satisfies never;
    }
  }
  return found;
}

function isBelowItem(blocks: readonly TextBlock[], at: number): boolean {
  const block = blocks[at]!;
  const above = blocks
    .slice(0, at)
    .findLast((other) => other.kind !== 'item' || (block.kind === 'item' && other.indent < block.indent));
  return above?.kind === 'item';
}

/** The items that are indented further, right below an item. */
function itemsBelow(blocks: readonly TextBlock[], at: number): string {
  const block = blocks[at]!;
  if (block.kind !== 'item') return '';
  const rest = blocks.slice(at + 1);
  const end = rest.findIndex(
    (other) => other.kind !== 'code' && !(other.kind === 'item' && other.indent > block.indent),
  );
  return (end === -1 ? rest : rest.slice(0, end))
    .filter(({ kind }) => kind === 'item')
    .map(({ text }) => text)
    .join('\n');
}
