import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { listenToKeys, pasteMs } from '../../src/ui/input/input.ts';
import { createKeyParser, keyName, type TerminalKey } from '../../src/ui/input/key-parser.ts';
import { gatherPastes, type PasteMarks } from '../../src/ui/input/unmarked-pastes.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Pieces that are read, and the milliseconds between them. */
type Input = readonly (string | number)[];

/** Text, the names of other keys, and pastes as `{...}`; `return!` is an Enter that was held back. */
function shown(key: TerminalKey): string[] | string {
  if (key.type === 'held-back') return [];
  if (key.type === 'key') return key.text || `${keyName(key)}${key.isAtOnce ? '!' : ''}`;
  return key.type === 'paste' ? `{${key.text}}` : key.type;
}

/** What the keys are that come of it. */
function read(input: Input, marks?: PasteMarks): string[] {
  const seen: string[] = [];
  const parser = createKeyParser();
  const pastes = gatherPastes((keys) => {
    seen.push(...keys.flatMap(shown));
  }, marks);
  for (const one of input)
    if (typeof one === 'string') pastes.take(parser.push(one));
    else vi.advanceTimersByTime(one);
  vi.advanceTimersByTime(1_000);
  return seen;
}

function typed(text: string, gap: number): Input {
  return [...text].flatMap((letter) => [letter, gap]);
}

describe('what the terminal does not mark', () => {
  it.each([0, 2, 5, 10, 20, 40])('is one paste when its lines come %i ms apart', (gap) => {
    for (const end of ['\r', '\n', '\r\n'])
      for (const lines of [
        ['alpha', '!touch ran'],
        ['f {', '', '}', '/clear', 'last of it'],
      ])
        expect(read(lines.flatMap((line) => [line + end, gap]))).toEqual([`{${lines.join('\n')}\n}`]);
  });

  it('is one in a single piece, whatever its lines end with', () => {
    for (const end of ['\r', '\n', '\r\n'])
      expect(read([`alpha${end}!touch ran${end}`])).toEqual(['{alpha\n!touch ran\n}']);
  });

  it('is one when its signs come one by one', () => {
    expect(read(typed('ab\rcd\r', 3))).toEqual(['a', 'b', '{\ncd\n}']);
  });

  it('is one in tmux and GNU screen, which mark only some', () => {
    const marks = { mayBeUnmarked: true };
    expect(read(['\u001b[?2004;1$y\u001b[200~one\u001b[201~', 500, 'alpha\r', 20, 'beta\r'], marks)).toEqual([
      '{one}',
      '{alpha\nbeta\n}',
    ]);
  });

  it('is one in a single line that a shell would run, unless that was typed', () => {
    expect(read(['!touch ran\r'])).toEqual(['{!touch ran\n}']);
    expect(read([...typed('!l', 60), 's\r'])).toEqual(['!', 'l', 's', 'return!']);
    expect(read(['!\r'])).toEqual(['!', 'return!']);
  });

  it('has one more line where one comes at once soon after it, and none later', () => {
    const paste = ['alpha\r', 10, 'beta\r'];
    expect(read([...paste, 300, 'gamma\r'])).toEqual(['{alpha\nbeta\n}', '{gamma\n}']);
    expect(read([...paste, 300, '\r', 40, 'gamma\r'])).toEqual(['{alpha\nbeta\n}', '{\ngamma\n}']);
    expect(read([...paste, 300, '\r'])).toEqual(['{alpha\nbeta\n}', 'return!']);
    expect(read([...paste, 900, 'gamma\r'])).toEqual(['{alpha\nbeta\n}', 'gamma', 'return!']);
    expect(read([...paste, 300, ...typed('no', 60), 'w\r'])).toEqual(['{alpha\nbeta\n}', 'n', 'o', 'w', 'return!']);
  });
});

describe('Enter', () => {
  it('is one at once behind keys that were typed', () => {
    const seen: string[] = [];
    const parser = createKeyParser();
    const pastes = gatherPastes((keys) => seen.push(...keys.map((key) => (key.type === 'key' ? key.name : key.type))));
    for (const letter of 'go\r') {
      pastes.take(parser.push(letter));
      vi.advanceTimersByTime(15);
    }
    expect(seen).toEqual(['g', 'o', 'return']);
  });

  it('is one behind text that came at once when nothing follows', () => {
    expect(read(['go\r'])).toEqual(['go', 'return!']);
    expect(read(['go\r\n'])).toEqual(['go', 'return!']);
  });

  it.each([15, 30, 60])('is one when someone types on every %i ms', (gap) => {
    expect(read(['o\r', gap, ...typed('next\r', gap)])).toEqual(['o', 'return!', ...'next', 'return']);
    expect(read(['o\r', 60, 'ne', 60, ...typed('xt\r', gap)])).toEqual(['o', 'return!', 'ne', 'x', 't', 'return']);
  });

  it('keeps its place before the keys behind it', () => {
    expect(read(['go\r', 20, '\u001b[A', 20, 'x'])).toEqual(['go', 'return!', 'up', 'x']);
    expect(read(['go\r', 20, '\u0003'])).toEqual(['go', 'return!', 'ctrl+c']);
    expect(read(['go\r', 20, '\u001b[200~one\ntwo\u001b[201~'])).toEqual(['go', 'return!', '{one\ntwo}']);
  });

  it('is one where the terminal marks pastes', () => {
    expect(read(['\u001b[?2004;1$y', 'one\rtwo\r'])).toEqual(['one', 'return', 'two', 'return']);
  });

  it('is not lost when the keys end', () => {
    const seen: string[] = [];
    const pastes = gatherPastes((keys) => seen.push(...keys.flatMap(shown)));
    pastes.take(createKeyParser().push('go\r'));
    pastes.end();
    expect(seen).toEqual(['go', 'return!']);
  });
});

describe('a marked paste whose end does not come', () => {
  /** What is seen of pieces that a terminal sends which marks pastes. */
  const listen = (input: Input): string[] => {
    const seen: string[] = [];
    const stdin = new PassThrough() as unknown as NodeJS.ReadStream;
    const stop = listenToKeys(stdin, (keys) => seen.push(...keys.flatMap(shown)));
    for (const one of input)
      if (typeof one === 'string') stdin.emit('data', one);
      else vi.advanceTimersByTime(one);
    vi.advanceTimersByTime(pasteMs + 1_000);
    stop();
    return seen;
  };

  it('ends when nothing comes for some seconds, and the keys behind it are keys', () => {
    expect(listen(['\u001b[200~hello', pasteMs - 100, ' you\rthere', pasteMs + 100, 'a', 'b', '\r'])).toEqual([
      '{hello you\nthere}',
      ...['a', 'b', 'return'],
    ]);
  });

  it('ends with Ctrl+C alone, and not with one in the middle of a piece', () => {
    for (const interrupt of ['\u0003', '\u001b[99;5u'])
      expect(listen(['\u001b[200~he\u0003llo', 'abc', 100, interrupt, 100, interrupt])).toEqual([
        '{he\u0003lloabc}',
        ...['ctrl+c', 'ctrl+c'],
      ]);
    expect(listen(['\u001b[200~', 100, '\u0003\u0003'])).toEqual(['ctrl+c', 'ctrl+c']);
  });

  it('has lines that come later as a paste of their own, of which none is sent', () => {
    for (const end of [[pasteMs + 100], ['\u0003', 100]]) {
      const seen = listen(['\u001b[200~one\n', ...end, 'two', '!three\rfour', '\rfive\u001b[201~', 'x', '\r']);
      expect(seen.filter((key) => key !== 'ctrl+c')).toEqual(['{one\n}', 'two', '{!three\nfour\nfive}', 'x', 'return']);
    }
  });
});
