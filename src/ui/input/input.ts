import { splitGraphemes } from '../text/span.ts';
import { createKeyParser, type TerminalKey } from './key-parser.ts';
import { callLater } from './pauses/call-later.ts';
import { gatherPastes, type PasteMarks } from './unmarked-pastes.ts';

/** How long a lone Esc may be the beginning of a longer sequence that is still on its way (ssh cuts them apart). */
const escapeMs = 30;

/** A paste of which nothing comes for so long has no end: the connection was lost in the middle of it. Until then no key does anything. */
export const pasteMs = 3_000;

/** Hands on what the terminal sends, the keys of one piece together; returns the way to stop. */
export function listenToKeys(
  stdin: NodeJS.ReadStream,
  press: (keys: readonly TerminalKey[]) => void,
  marks?: PasteMarks,
): () => void {
  const parser = createKeyParser();
  const pastes = gatherPastes(press, marks);
  let isFirst = true;
  const endFirst = callLater(0, () => {
    isFirst = false;
  });
  let timer: NodeJS.Timeout | undefined;
  let stopWaiting = () => {};
  const onData = (chunk: string) => {
    clearTimeout(timer);
    stopWaiting();
    // What was typed before the terminal gave us single keys came as a line: its end was Enter. Several lines may be a paste.
    pastes.take(parser.push(isFirst && /^[^\n]+\n$/.test(chunk) ? `${chunk.slice(0, -1)}\r` : chunk));
    isFirst = false;
    if (parser.isPending()) {
      timer = setTimeout(() => pastes.take(parser.flush()), escapeMs);
    }
    if (parser.isPasting()) stopWaiting = callLater(pasteMs, () => pastes.take(parser.endPaste()));
  };
  stdin.setEncoding('utf8');
  stdin.on('data', onData);
  stdin.resume();
  return () => {
    clearTimeout(timer);
    stopWaiting();
    endFirst();
    stdin.off('data', onData);
    pastes.end();
  };
}

/** Panels know keys by their single letters, so a run of text is taken apart for them. */
export function splitText(key: TerminalKey): readonly TerminalKey[] {
  if (key.type !== 'key' || key.name !== 'text') return [key];
  return splitGraphemes(key.text).map((text) => ({ ...key, name: text, text }));
}
