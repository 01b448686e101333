const textLimit = 100_000;
const lineLimit = 20_000;
const sentenceLimit = 400;

/** A sentence or list item of what somebody wrote, with what it needs to be understood. */
export type Sentence = {
  /** At most 400 characters. */
  readonly text: string;
  /** Longer than that: not all of it is here. */
  readonly isCut: boolean;
  /** The heading above it and the line that introduces its list; empty where there isn't one. */
  readonly context: string;
  /** The list items right above it, or the sentence before it: what "those" and "it" may mean. */
  readonly before: readonly string[];
  readonly isAfterList: boolean;
  /** The beginning of a list item. */
  readonly isItem: boolean;
};

type Block = { text: string; readonly isItem: boolean; readonly context: string };

/**
 * The sentences and list items of what somebody wrote, without what they only quote or describe: code fences, lines that
 * begin with `>`, tables, headings, HTML comments and tagged documents such as an issue's text. Lines that were wrapped
 * in the middle of a sentence are one again.
 */
export function readSentences(text: string): Sentence[] {
  const sentences: Sentence[] = [];
  let items: string[] = [];
  let isAfterList = false;
  for (const block of blocksOf(withoutQuotedDocuments(text.slice(0, textLimit)))) {
    const parts = splitSentences(block.text);
    for (const [at, part] of parts.entries()) {
      const before = at > 0 ? [parts[at - 1]!] : items;
      if (part.length >= (block.isItem ? 2 : 4))
        sentences.push({
          text: part.slice(0, sentenceLimit),
          isCut: part.length > sentenceLimit,
          context: block.context,
          before,
          isAfterList: at === 0 && isAfterList,
          isItem: at === 0 && block.isItem,
        });
    }
    const above = block.isItem && isAfterList ? items : [];
    items = [...above, block.text.slice(0, sentenceLimit)].slice(-30);
    isAfterList = block.isItem;
  }
  return sentences;
}

const fence = /^\s*(?:```|~~~)/;
const item = /^\s*(?:[*•+-]|\d{1,3}[.)])\s+/;

/** Paragraphs and list items, each with the heading and the introducing line above it. */
function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let isInFence = false;
  let heading = '';
  let intro = '';
  let open: Block | undefined;
  const close = () => {
    if (open === undefined) return;
    if (!open.isItem) intro = open.text.trimEnd().endsWith(':') ? open.text.slice(-sentenceLimit) : '';
    blocks.push(open);
    open = undefined;
  };
  for (const raw of text.split('\n')) {
    const line = raw.slice(0, lineLimit);
    if (fence.test(line)) {
      isInFence = !isInFence;
      close();
    } else if (isInFence || line.startsWith('>')) continue;
    else if (/^\s*$/.test(line) || isTableRow(line)) close();
    else if (/^\s*#{1,6}\s/.test(line)) {
      close();
      heading = line.trim();
      intro = '';
    } else if (item.test(line)) {
      close();
      open = { text: cleanLine(line.replace(item, '')), isItem: true, context: `${heading}\n${intro}` };
    } else if (open !== undefined && isContinuation(open.text, line)) open.text += ` ${cleanLine(line)}`;
    else {
      close();
      open = { text: cleanLine(line), isItem: false, context: heading };
    }
  }
  close();
  return blocks;
}

function isTableRow(line: string): boolean {
  return /^\s*\|/.test(line) || / \| .* \| /.test(line);
}

/** A line goes on where the one above it broke off, unless that was a short line of its own. */
function isContinuation(above: string, line: string): boolean {
  return (
    above.length < lineLimit &&
    (/^\s*[a-z(`]/.test(line) || above.length > 60) &&
    !/[.!?:;]/.test(above.trimEnd().slice(-1))
  );
}

function cleanLine(line: string): string {
  const plain = line.replace(/^\s*\[[ xX]\]\s+/, '');
  const isMarked = plain.includes('**') || plain.includes('__');
  return (isMarked ? plain.replace(/\*\*|__(?=\S)|(?<=\S)__/g, '') : plain).trim();
}

const abbreviation = /\b(?:e\.g|i\.e|etc|vs|cf|approx|incl|resp|no)\.$/i;

/** Splits after a sentence's end whatever letter follows, but not after an abbreviation and not inside backticks. */
function splitSentences(text: string): string[] {
  const parts: string[] = [];
  let from = 0;
  let isInCode = false;
  for (const { 0: character, index: at } of text.matchAll(/[`.!?;]/g)) {
    if (character === '`') isInCode = !isInCode;
    if (isInCode || character === '`' || !/[\s]/.test(text[at + 1] ?? ' ')) continue;
    if (character === '.' && abbreviation.test(text.slice(Math.max(from, at - 8), at + 1))) continue;
    parts.push(text.slice(from, at + 1).trim());
    from = at + 1;
  }
  parts.push(text.slice(from).trim());
  return parts.filter((part) => part !== '');
}

/** Documents that a harness or a user pastes between tags: an issue, a pull request, a log. */
function withoutQuotedDocuments(text: string): string {
  let rest = dropBetween(text, '<!--', '-->');
  for (const tag of [
    'pr_description',
    'issue_description',
    'issue',
    'problem_statement',
    'document',
    'log',
    'file',
    'diff',
    'example',
    'system-reminder',
  ]) {
    rest = dropBetween(rest, `<${tag}>`, `</${tag}>`);
  }
  return rest;
}

function dropBetween(text: string, open: string, close: string): string {
  let kept = '';
  let from = 0;
  for (let at = text.indexOf(open); at !== -1; at = text.indexOf(open, from)) {
    const end = text.indexOf(close, at + open.length);
    if (end === -1) break;
    kept += text.slice(from, at);
    from = end + close.length;
  }
  return kept + text.slice(from);
}
