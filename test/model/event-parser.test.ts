import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createEventParser, type ServerEvent, StreamTooLong } from '../../src/model/answer/event-parser.ts';

function parse(chunks: readonly Uint8Array[]): ServerEvent[] {
  const events: ServerEvent[] = [];
  const parser = createEventParser((event) => events.push(event));
  for (const chunk of chunks) parser.push(chunk);
  parser.end();
  return events;
}

const bytes = (text: string) => new TextEncoder().encode(text);

/** Cuts bytes at the given places, which may repeat and lie anywhere. */
function cut(whole: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = [...places.map((place) => place % (whole.length + 1)), whole.length].sort((left, right) => left - right);
  return ends.map((end, index) => whole.slice(index === 0 ? 0 : ends[index - 1], end));
}

describe('the event parser', () => {
  it('takes LF, CRLF and CR line ends, comments and unknown fields', () => {
    const stream = ': hello\ndata: one\nid: 7\n\ndata: two\r\nretry: 3\r\n\r\ndata: three\r\r';
    expect(parse([bytes(stream)]).map(({ data }) => data)).toEqual(['one', 'two', 'three']);
  });

  it('joins several data lines of one event and keeps its name', () => {
    expect(parse([bytes('event: delta\ndata: {"a":\ndata: 1}\n\n')])).toEqual([{ event: 'delta', data: '{"a":\n1}' }]);
  });

  it('strips one blank after the colon and no more', () => {
    expect(parse([bytes('data:  x\n\ndata:y\n\n')]).map(({ data }) => data)).toEqual([' x', 'y']);
  });

  it('hands over a last event that lacks its blank line', () => {
    expect(parse([bytes('data: [DONE]')])).toEqual([{ event: undefined, data: '[DONE]' }]);
  });

  it('makes U+FFFD of invalid UTF-8 and goes on', () => {
    const broken = Uint8Array.from([...bytes('data: a'), 0xff, ...bytes('b\n\ndata: c\n\n')]);
    expect(parse([broken]).map(({ data }) => data)).toEqual(['a\ufffdb', 'c']);
  });

  it('refuses a line without end instead of holding it', () => {
    const parser = createEventParser(() => undefined);
    const megabyte = bytes('x'.repeat(1024 * 1024));
    expect(() => {
      for (let index = 0; index < 20; index += 1) parser.push(megabyte);
    }).toThrow(StreamTooLong);
  });

  it('gives the same events however the bytes are cut', () => {
    const payload = fc.string({ unit: 'binary', maxLength: 40 }).map((text) => text.replace(/[\r\n]/g, '·'));
    const lineEnd = fc.constantFrom('\n', '\r\n', '\r');
    const events = fc.array(fc.record({ payload, lineEnd, comment: fc.boolean() }), { maxLength: 12 });
    fc.assert(
      fc.property(events, fc.array(fc.nat(), { maxLength: 30 }), (list, places) => {
        const stream = list.map(
          ({ payload, lineEnd, comment }) => `${comment ? `: c${lineEnd}` : ''}data: ${payload}${lineEnd}${lineEnd}`,
        );
        const whole = bytes(stream.join(''));
        const wanted = list.map(({ payload }) => new TextDecoder().decode(bytes(payload)));
        expect(parse(cut(whole, places)).map(({ data }) => data)).toEqual(wanted);
      }),
      { numRuns: 500 },
    );
  });
});
