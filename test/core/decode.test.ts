import { describe, expect, it } from 'vitest';
import { createStreamDecoder, decodeBytes, localeEncoding } from '../../src/core/text/decode.ts';

const text = 'Grüße, ça va?\nnaïve €\n';
const latin = Buffer.from('Grüße, ça va?\n', 'latin1');

describe('decodeBytes', () => {
  it.each([
    ['UTF-8', Buffer.from(text), text],
    ['UTF-8 with a mark', Buffer.from(`\ufeff${text}`), text],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${text}`, 'utf16le'), text],
    ['UTF-16 big-endian with a mark', Buffer.from(`\ufeff${text}`, 'utf16le').swap16(), text],
    ['UTF-16 without one', Buffer.from(text, 'utf16le'), text],
    ['Latin-1', latin, 'Grüße, ça va?\n'],
    ['both in turn', Buffer.concat([Buffer.from(text), latin]), `${text}Grüße, ça va?\n`],
    ['nothing', Buffer.alloc(0), ''],
  ])('reads %s', (_name, bytes, expected) => {
    expect(decodeBytes(bytes)).toBe(expected);
  });

  it("takes the encoding of the user's locale for what is no UTF-8", () => {
    expect(localeEncoding({ LANG: 'de_DE.UTF-8' })).toBe('windows-1252');
    expect(localeEncoding({ LC_ALL: 'ja_JP.eucJP', LANG: 'C' })).toBe('euc-jp');
    expect(localeEncoding({ LC_CTYPE: 'ru_RU.KOI8-R' })).toBe('koi8-r');
    expect(localeEncoding({ LANG: 'pl_PL.iso88592' })).toBe('iso-8859-2');
    expect(localeEncoding({ LANG: 'C' })).toBe('windows-1252');
  });
});

describe('a stream', () => {
  it.each([
    ['UTF-8', Buffer.from('naïve 😀 €uro'), 'naïve 😀 €uro'],
    ['UTF-16', Buffer.from('\ufeffnaïve 😀 €uro', 'utf16le'), 'naïve 😀 €uro'],
  ])('of %s is the same wherever it is cut', (_name, bytes, expected) => {
    for (let at = 2; at < bytes.length; at++) {
      const decode = createStreamDecoder();
      expect(decode(bytes.subarray(0, at)) + decode(bytes.subarray(at))).toBe(expected);
    }
  });

  it('of Latin-1 keeps no byte back for ever', () => {
    const decode = createStreamDecoder();
    expect(decode(latin) + decode(Buffer.from('end'))).toBe('Grüße, ça va?\nend');
  });
});
