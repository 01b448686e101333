import type { DeltaListener } from '../answer/collector.ts';
import { createQuotation, type Quotation } from './quotation.ts';

/** Pairs of tags between which models think; those of `atStart` are words of other texts too and count only as the first thing of an answer. */
const pairs: readonly { readonly open: string; readonly close: string; readonly atStart?: true }[] = [
  { open: '<think>', close: '</think>' },
  { open: '<thinking>', close: '</thinking>' },
  { open: '<seed:think>', close: '</seed:think>' },
  { open: '[THINK]', close: '[/THINK]' },
  { open: '◁think▷', close: '◁/think▷' },
  { open: '<thought>', close: '</thought>', atStart: true },
  { open: '<thoughts>', close: '</thoughts>', atStart: true },
  { open: '<reasoning>', close: '</reasoning>', atStart: true },
];

type Tag = { readonly kind: 'open' | 'close'; readonly length: number; readonly close: string };

/** A remark before the thoughts ("Let me see.") of at most so many characters is their beginning; more is a part of the answer. */
const maxRemarkLength = 200;

export type ThoughtReader = { readonly push: (delta: string) => void; readonly end: () => void };

/**
 * Many servers leave a model's thoughts in its text, between tags. Passes text on as reasoning or text accordingly, as it comes. Thoughts
 * may be anywhere outside a quotation, and where only their end is marked (the chat template began them), all text before it was
 * thought: `onRecast` says so, and what comes afterwards is the answer.
 */
export function createThoughtReader(listener: DeltaListener): ThoughtReader {
  let state: 'text' | 'thinking' | 'after' = 'text';
  let held = '';
  let quotation: Quotation = createQuotation();
  let text = '';
  let hasBegun = false;
  let lineHasText = false;
  /** Thoughts that began within a line are held: without an end they were only a word. */
  let inline: string | undefined;
  let closing = '';
  let isRemark = false;

  const addText = (piece: string) => {
    if (piece === '') return;
    if (isRemark && piece.trim() !== '') recast();
    text += piece;
    listener.onText(piece);
  };
  const recast = () => {
    isRemark = false;
    if (text !== '') listener.onRecast?.();
    text = '';
  };
  const startThinking = (tag: Tag, opening: string) => {
    state = 'thinking';
    closing = tag.close;
    inline = lineHasText ? opening : undefined;
  };
  const endThinking = () => {
    state = 'after';
    quotation = createQuotation();
    lineHasText = false;
  };

  const follow = (piece: string) => {
    if (piece === '') return;
    quotation.take(piece);
    const line = piece.slice(piece.lastIndexOf('\n') + 1);
    lineHasText = line.trim() !== '' || (lineHasText && line.length === piece.length);
    hasBegun ||= piece.trim() !== '';
  };

  /** Reads text up to the next tag outside a quotation; false when more must come to know. */
  const readText = (isEnd: boolean): boolean => {
    let followed = 0;
    for (let at = nextBracket(held, 0); at < held.length; at = nextBracket(held, at + 1)) {
      follow(held.slice(followed, at));
      followed = at;
      const tag = readTag(held.slice(at, at + 16), !hasBegun);
      if (tag === 'partial' && !isEnd) {
        addText(held.slice(0, at));
        held = held.slice(at);
        return false;
      }
      if (typeof tag === 'object' && !quotation.isQuoted()) {
        addText(held.slice(0, at));
        const opening = held.slice(at, at + tag.length);
        held = held.slice(at + tag.length);
        if (tag.kind === 'open') startThinking(tag, opening);
        else {
          recast();
          endThinking();
        }
        return true;
      }
    }
    follow(held.slice(followed));
    addText(held);
    held = '';
    return false;
  };

  const readThoughts = (): boolean => {
    const end = findClosing(held, closing);
    if (end === -1) {
      if (inline !== undefined) return false;
      const keep = partialTail(held, closing);
      const ready = held.slice(0, held.length - keep);
      if (ready !== '') listener.onReasoning(ready);
      held = held.slice(ready.length);
      return false;
    }
    if (end > 0) listener.onReasoning(held.slice(0, end));
    held = held.slice(end + closing.length);
    isRemark = text.trim() !== '' && text.length <= maxRemarkLength && !/\n\s*\n|```/.test(text.trim());
    endThinking();
    return true;
  };

  const skipBlank = (): boolean => {
    held = held.trimStart();
    if (held === '') return false;
    if (text !== '' && !isRemark && !/\s$/.test(text)) addText('\n');
    state = 'text';
    return true;
  };

  const read = (isEnd: boolean) => {
    for (;;) {
      const hasMore = state === 'text' ? readText(isEnd) : state === 'thinking' ? readThoughts() : skipBlank();
      if (!hasMore) return;
    }
  };
  return {
    push: (delta) => {
      held += delta;
      read(false);
    },
    end: () => {
      read(true);
      if (state === 'thinking' && inline !== undefined) addText(inline + held);
      else if (state === 'thinking' && held !== '') listener.onReasoning(held);
      held = '';
    },
  };
}

const bracket = /[<[◁]/g;

/** Where a tag may begin, from a place on; the text's length when nowhere. */
function nextBracket(text: string, from: number): number {
  bracket.lastIndex = from;
  return bracket.exec(text)?.index ?? text.length;
}

/** The tag with which a text begins; `partial` when it may become one. A closing tag alone counts only where its kind may be anywhere. */
function readTag(start: string, isStart: boolean): Tag | 'partial' | 'none' {
  let isPartial = false;
  for (const { open, close, atStart } of pairs) {
    if (atStart && !isStart) continue;
    for (const kind of atStart ? (['open'] as const) : (['open', 'close'] as const)) {
      const word = kind === 'open' ? open : close;
      // "[think](…)" is a link.
      const given = word.startsWith('[') ? start : start.toLowerCase();
      if (given.startsWith(word)) return { kind, length: word.length, close };
      if (word.startsWith(given)) isPartial = true;
    }
  }
  return isPartial ? 'partial' : 'none';
}

/** Where the thoughts end: at their closing tag, unless the thoughts only speak of it (in backticks). */
function findClosing(held: string, closing: string): number {
  const lower = held.toLowerCase();
  const word = closing.toLowerCase();
  for (let at = lower.indexOf(word); at !== -1; at = lower.indexOf(word, at + 1))
    if (held.charAt(at - 1) !== '`' || !['`', ''].includes(held.charAt(at + word.length))) return at;
  return -1;
}

/** How many characters at the end of a text may be the beginning of the closing tag, or of one in backticks. */
function partialTail(text: string, closing: string): number {
  const lower = text.toLowerCase();
  const word = `\`${closing.toLowerCase()}`;
  for (let length = Math.min(word.length, text.length); length > 0; length -= 1) {
    const tail = lower.slice(text.length - length);
    if (word.startsWith(tail) || closing.toLowerCase().startsWith(tail)) return length;
  }
  return 0;
}
