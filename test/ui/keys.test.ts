import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyParser, keyName, type TerminalKey } from '../../src/ui/input/key-parser.ts';

function parse(...chunks: string[]): TerminalKey[] {
  const parser = createKeyParser();
  return [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.flush()];
}

function names(...chunks: string[]): string[] {
  return parse(...chunks).map((key) => (key.type === 'key' ? keyName(key) : key.type));
}

describe('keys', () => {
  it.each([
    ['\r', 'return'],
    ['\n', 'ctrl+j'],
    ['\t', 'tab'],
    ['\u001b[Z', 'shift+tab'],
    ['\u007f', 'backspace'],
    ['\u0001', 'ctrl+a'],
    ['\u001f', 'ctrl+_'],
    ['\u001b', 'escape'],
    ['\u001bb', 'alt+b'],
    ['\u001b\r', 'alt+return'],
    ['\u001b[A', 'up'],
    ['\u001bOA', 'up'],
    ['\u001b[1;5C', 'ctrl+right'],
    ['\u001b[3~', 'delete'],
    ['\u001b[13;2u', 'shift+return'],
    ['\u001b[27;2;13~', 'shift+return'],
    ['\u001b[27u', 'escape'],
    ['\u001b[97;5u', 'ctrl+a'],
    ['\u001b[99;5u', 'ctrl+c'],
  ])('reads %j as %s', (input, expected) => {
    expect(names(input)).toEqual([expected]);
  });

  it('reads the same keys however the bytes are cut', () => {
    const pieces = fc.constantFrom(
      'a',
      'ß',
      '日本',
      '\r',
      '\u001b[A',
      '\u001b[1;5C',
      '\u001b[13;2u',
      '\u001b[200~pasted\ntext\u001b[201~',
      '\u001b[I',
      '\u007f',
      '\u0003',
      '\u001b]11;rgb:1e1e/1e1e/1e1e\u001b\\',
    );
    fc.assert(
      fc.property(
        fc.array(pieces, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 5 }),
        (list, cuts) => {
          const input = list.join('');
          const chunks: string[] = [];
          for (let at = 0, turn = 0; at < input.length; turn++) {
            const size = cuts[turn % cuts.length] ?? 1;
            chunks.push(input.slice(at, at + size));
            at += size;
          }
          const flat = (keys: TerminalKey[]) =>
            keys
              .map((key) => (key.type === 'key' ? (key.text !== '' ? key.text : keyName(key)) : JSON.stringify(key)))
              .join('');
          expect(flat(parse(...chunks))).toBe(flat(parse(input)));
        },
      ),
    );
  });

  it('takes no click for a key, in whatever form and however the bytes are cut', () => {
    for (const click of [
      '\u001b[M !!',
      '\u001b[<0;10;10M\u001b[<0;10;10m',
      '\u001b[32;10;10M',
      '\u001b[M\ufffd\ufffd!',
    ])
      for (let at = 1; at < click.length; at++) expect(names(click.slice(0, at), `${click.slice(at)}a`)).toEqual(['a']);
  });

  it('takes a paste whole, with its line breaks, and never as keys', () => {
    expect(parse('\u001b[200~one\r\ntwo\u001b[A\u001b[20', '1~')).toEqual([
      { type: 'paste', text: 'one\ntwo\u001b[A' },
    ]);
  });

  it('tells a lone Esc from the beginning of a sequence only when nothing follows', () => {
    const parser = createKeyParser();
    expect(parser.push('\u001b')).toEqual([]);
    expect(parser.isPending()).toBe(true);
    expect(parser.push('[A').map((key) => key.type === 'key' && key.name)).toEqual(['up']);
    expect(parser.isPending()).toBe(false);
  });

  it('reads two quick presses of Esc as two', () => {
    expect(names('\u001b\u001b')).toEqual(['escape', 'escape']);
  });

  it('reads focus reports and the background colour', () => {
    expect(parse('\u001b[I\u001b[O\u001b]11;rgb:ffff/ffff/0000\u0007')).toEqual([
      { type: 'focus', isFocused: true },
      { type: 'focus', isFocused: false },
      { type: 'background', red: 255, green: 255, blue: 0 },
    ]);
  });
});

describe('keyboards', () => {
  it('knows a key of another layout by its place when Ctrl is down, and the letters it writes without', () => {
    expect(names('\u001b[1089::99;5u')).toEqual(['ctrl+c']);
    expect(parse('\u001b[1089::99u')).toMatchObject([{ text: 'с' }]);
  });

  it('knows the keypad, in both of its modes', () => {
    expect(parse('\u001bOp\u001bOq\u001bOj').map((key) => key.type === 'key' && key.text)).toEqual(['0', '1', '*']);
    expect(parse('\u001b[57400u\u001b[57413u').map((key) => key.type === 'key' && key.text)).toEqual(['1', '+']);
    expect(names('\u001b[57414u\u001b[57419u\u001bOM')).toEqual(['return', 'up', 'return']);
  });
});
