/** One server-sent event: its name, when it has one, and its data lines joined by line breaks. */
export type ServerEvent = { readonly event: string | undefined; readonly data: string };

/** A single line longer than this is not a model's answer: 16 MiB of characters. */
const maxLineLength = 16 * 1024 * 1024;

export type EventParser = {
  /** Takes the next bytes and hands every event they complete to `onEvent`. Throws StreamTooLong. */
  readonly push: (bytes: Uint8Array) => void;
  /** Ends the stream: an event that lacks only its last line break is handed over too. */
  readonly end: () => void;
};

/** A line or an event of the stream grew beyond all measure. */
export class StreamTooLong extends Error {}

/**
 * Assembles server-sent events (WHATWG HTML, "Interpreting an event stream") from bytes cut anywhere: LF, CRLF and CR line ends,
 * comments, several data lines, UTF-8 split across chunks. Invalid UTF-8 becomes U+FFFD.
 */
export function createEventParser(onEvent: (event: ServerEvent) => void): EventParser {
  const decoder = new TextDecoder('utf-8');
  let rest = '';
  let event: string | undefined;
  let data: string | undefined;
  let endedWithReturn = false;

  const dispatch = () => {
    if (data !== undefined) onEvent({ event, data });
    event = undefined;
    data = undefined;
  };
  const takeLine = (line: string) => {
    if (line === '') return dispatch();
    if (line.startsWith('data:') || line === 'data') {
      const value = line.slice(line.charCodeAt(5) === 32 ? 6 : 5);
      data = data === undefined ? value : `${data}\n${value}`;
      if (data.length > maxLineLength) throw new StreamTooLong();
    } else if (line.startsWith('event:')) {
      event = line.slice(line.charCodeAt(6) === 32 ? 7 : 6);
    }
  };
  const takeText = (chunk: string) => {
    let text = chunk;
    if (endedWithReturn && text !== '') {
      endedWithReturn = false;
      if (text.charCodeAt(0) === 10) text = text.slice(1);
    }
    const buffer = rest === '' ? text : rest + text;
    const hasReturn = text.includes('\r');
    let from = 0;
    let search = rest.length;
    for (;;) {
      const end = findLineEnd(buffer, search, hasReturn);
      if (end === -1) break;
      takeLine(buffer.slice(from, end));
      from = end + 1;
      if (buffer.charCodeAt(end) === 13) {
        if (from === buffer.length) endedWithReturn = true;
        else if (buffer.charCodeAt(from) === 10) from += 1;
      }
      search = from;
    }
    rest = buffer.slice(from);
    if (rest.length > maxLineLength) throw new StreamTooLong();
  };
  return {
    push: (bytes) => takeText(decoder.decode(bytes, { stream: true })),
    end: () => {
      takeText(decoder.decode());
      if (rest !== '') takeLine(rest);
      rest = '';
      dispatch();
    },
  };
}

/** The next LF or CR. Nearly every stream has LF alone, so the caller looks once a chunk whether there is any CR. */
function findLineEnd(text: string, from: number, hasReturn: boolean): number {
  const feed = text.indexOf('\n', from);
  if (!hasReturn) return feed;
  const carriage = text.indexOf('\r', from);
  if (carriage === -1 || (feed !== -1 && feed < carriage)) return feed;
  return carriage;
}
