import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { isObject, parseJson } from '../../core/text/json.ts';
import type { JsonObject } from '../../core/types.ts';

/** What the agent said since the last look, from the file that its own program writes. */
export type Transcript = {
  /**
   * The model's words that came since, and whether the conversation was compacted meanwhile (Gemini CLI, which has no event for it); the first
   * look only finds where the file ends now. Never throws.
   */
  readonly read: (path: string) => { readonly words: string; readonly isCompacted: boolean };
};

/** More than this between two looks is not talk of a model: only its end is read. In bytes. */
const maxBytes = 1_000_000;
const maxKnown = 100;
const nothing = { words: '', isCompacted: false };

/** Reads a growing file from where the last look ended, so that its length does not matter. */
export function createTranscript(): Transcript {
  const ends = new Map<string, number>();
  /** The last words that came with an id: a line that comes again with its id is more of the same message. */
  const known = new Map<string, string>();
  const isNew = ([id, said]: [string, string]): boolean => {
    const isKnown = known.get(id) === said;
    known.set(id, said);
    if (known.size > maxKnown) known.delete([...known.keys()][0]!);
    return !isKnown;
  };
  return {
    read: (path) => {
      try {
        const from = ends.get(path);
        const { text, end } = readFrom(path, from);
        ends.set(path, end);
        if (from === undefined) return nothing;
        const lines = text.split('\n');
        const words = [...wordsOf(lines)].filter(([id, said]) => isLineNumber(id) || isNew([id, said]));
        return { words: words.map(([, said]) => said).join('\n'), isCompacted: lines.some(isSummary) };
      } catch {
        return nothing;
      }
    },
  };
}

/** The whole lines from a byte on, and where they end. Without `from` nothing is read. A file that became shorter is read from its start. */
function readFrom(path: string, from: number | undefined): { text: string; end: number } {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    if (from === undefined) return { text: '', end: size };
    const start = Math.max(from <= size ? from : 0, size - maxBytes);
    const bytes = Buffer.alloc(size - start);
    const length = readSync(file, bytes, 0, bytes.length, start);
    const whole = bytes.subarray(0, length).lastIndexOf(10) + 1;
    return { text: bytes.subarray(0, whole).toString('utf8'), end: start + whole };
  } finally {
    closeSync(file);
  }
}

/** Gemini CLI writes the whole conversation anew when a summary has taken its place. */
function isSummary(line: string): boolean {
  return line.startsWith('{"$set":{"messages"') && line.includes('<state_snapshot>');
}

/** The model's words of some lines by the id of each, or the line's number; those of a line that another with its id replaces only once. */
function wordsOf(lines: readonly string[]): Map<string, string> {
  const words = new Map<string, string>();
  for (const [at, text] of lines.entries()) {
    const line = parseJson(text);
    const said = isObject(line) ? saidIn(line).trim() : '';
    if (said !== '' && isObject(line)) words.set(typeof line.id === 'string' ? line.id : `line ${at}`, said);
  }
  return words;
}

function isLineNumber(id: string): boolean {
  return /^line \d+$/.test(id);
}

/** Claude Code: `assistant` lines; Codex: messages among its response items; Gemini CLI: `gemini` records. */
function saidIn(line: JsonObject): string {
  if (line.isSidechain === true) return '';
  if (line.type === 'assistant' && isObject(line.message)) return textIn(line.message.content);
  if (line.type === 'gemini') return textIn(line.content);
  const { payload } = line;
  return isObject(payload) && payload.type === 'message' && payload.role === 'assistant' ? textIn(payload.content) : '';
}

function textIn(content: unknown): string {
  if (typeof content === 'string') return content;
  if (!Array.isArray(content)) return '';
  return content
    .filter(isObject)
    .filter(({ type }) => type === undefined || type === 'text' || type === 'output_text')
    .flatMap(({ text }) => (typeof text === 'string' ? [text] : []))
    .join('\n');
}
