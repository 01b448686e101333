import { createHash } from 'node:crypto';
import { isObject } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';

export type Measured = { readonly input: number; readonly cached: number; readonly written?: number };

type Piece = { readonly text: string; readonly isBreakpoint: boolean; readonly place: string };

/** The rules of Anthropic's prompt cache (platform.claude.com, "Prompt caching"). */
const maxBreakpoints = 4;
const lookBack = 20;
const minTokens = 1024;

/**
 * A prompt cache that works as Anthropic's does: what comes before a breakpoint is kept, a request reads the longest kept prefix that ends
 * at one of its own breakpoints or up to 20 blocks before it, and misplaced breakpoints are refused. Every block of tools, system and
 * messages counts, in this order. `measure` gives the tokens (about four characters each), or the words of a refusal.
 */
export function createPromptCache(): {
  measure: (model: string, body: JsonObject) => Measured | { readonly refused: string };
} {
  const kept = new Set<string>();
  return {
    measure: (model, body) => {
      const pieces = listPieces(body);
      const marked = pieces.flatMap(({ isBreakpoint }, index) => (isBreakpoint ? [index] : []));
      if (marked.length > maxBreakpoints)
        return { refused: `A maximum of 4 blocks with cache_control may be provided. Found ${marked.length}.` };
      const misplaced = pieces.find(({ isBreakpoint, text }) => isBreakpoint && isUncacheable(text));
      if (misplaced) return { refused: `${misplaced.place}: cache_control cannot be set for this block` };
      const prefixes = hashPrefixes(model, pieces);
      const hit = Math.max(-1, ...marked.map((index) => findKept(prefixes, index, kept)));
      const size = (end: number) =>
        Math.ceil(pieces.slice(0, end + 1).reduce((sum, { text }) => sum + text.length, 0) / 4);
      const last = marked.filter((index) => size(index) >= minTokens).at(-1) ?? -1;
      for (const index of marked) if (size(index) >= minTokens) kept.add(prefixes[index] ?? '');
      const cached = hit === -1 ? 0 : size(hit);
      return { input: size(pieces.length - 1), cached, written: Math.max(0, (last === -1 ? 0 : size(last)) - cached) };
    },
  };
}

function findKept(prefixes: readonly string[], from: number, kept: ReadonlySet<string>): number {
  for (let index = from; index >= 0 && index > from - lookBack; index -= 1)
    if (kept.has(prefixes[index] ?? '')) return index;
  return -1;
}

function hashPrefixes(model: string, pieces: readonly Piece[]): string[] {
  const hash = createHash('sha256').update(model);
  return pieces.map(({ text }) => hash.update(text).copy().digest('hex'));
}

/** Thoughts and empty texts can't carry a breakpoint. */
function isUncacheable(text: string): boolean {
  return /^\w*\{"type":"(redacted_)?thinking"/.test(text) || /^\w*\{"type":"text","text":"\s*"\}/.test(text);
}

function listPieces(body: JsonObject): Piece[] {
  const tools = listOf(body.tools).map((tool, index) => pieceOf(tool, '', `tools.${index}`));
  const system = listOf(body.system).map((block, index) => pieceOf(block, '', `system.${index}`));
  const messages = listOf(body.messages).flatMap((message, at) => {
    const { content, role, ...rest } = message;
    // A text alone is the same to the model as one block of it.
    const blocks = typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content);
    const extra = Object.keys(rest).length > 0 ? [pieceOf(rest, String(role), `messages.${at}`)] : [];
    return [...blocks.map((block, index) => pieceOf(block, String(role), `messages.${at}.content.${index}`)), ...extra];
  });
  return [...tools, ...system, ...messages];
}

function pieceOf(block: JsonObject, role: string, place: string): Piece {
  const { cache_control: mark, ...rest } = block;
  return { text: role + JSON.stringify(rest), isBreakpoint: mark !== undefined, place };
}

function listOf(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** A fingerprint of all that comes before a place in the messages, to which Claude's thoughts are bound. */
export function prefixBefore(body: JsonObject, messages: number, block: number): string {
  const before = listOf(body.messages).slice(0, messages + 1);
  const pieces = listPieces({ ...body, messages: before });
  const own = listOf(before.at(-1)?.content).length;
  const end = pieces.length - own + block;
  return createHash('sha256')
    .update(
      pieces
        .slice(0, end)
        .map(({ text }) => text)
        .join(''),
    )
    .digest('hex')
    .slice(0, 16);
}

/** The same for an answer to the request. */
export function prefixOf(body: JsonObject): string {
  const pieces = listPieces(body);
  return createHash('sha256')
    .update(pieces.map(({ text }) => text).join(''))
    .digest('hex')
    .slice(0, 16);
}
