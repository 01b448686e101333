import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { repairJson } from '../../src/model/answer/repair-json.ts';

const objects = fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1, maxKeys: 5 });

/** True when a JSON string is open at the end of the text. */
function endsInString(text: string): boolean {
  let inString = false;
  for (let at = 0; at < text.length; at += 1) {
    if (inString && text[at] === '\\') at += 1;
    else if (text[at] === '"') inString = !inString;
  }
  return inString;
}

describe('repairing JSON', () => {
  it.each([
    ['a trailing comma', '{"path":"a.ts","limit":3,}', { path: 'a.ts', limit: 3 }, /trailing comma/],
    ['a trailing comma in a list', '{"edits":[{"old":"a"},]}', { edits: [{ old: 'a' }] }, /trailing comma/],
    ['a code fence', '```json\n{"path":"a.ts"}\n```', { path: 'a.ts' }, /code fence/],
    ['a missing last brace', '{"path":"a.ts"', { path: 'a.ts' }, /missing closing bracket/],
    [
      'missing last brackets',
      '{"edits":[{"old":"a","new":"b"}',
      { edits: [{ old: 'a', new: 'b' }] },
      /2 missing closing brackets/,
    ],
    ['surplus closing brackets', '{"path":"a.ts"}}', { path: 'a.ts' }, /surplus/],
    ['raw line breaks in a string', '{"content":"a\n\tb\r"}', { content: 'a\n\tb\r' }, /line breaks/],
    ['an object encoded twice', JSON.stringify('{"path":"a.ts"}'), { path: 'a.ts' }, /encoded twice/],
    ['a comma in a string and one behind it', '{"a":",}",}', { a: ',}' }, /trailing comma/],
  ])('repairs %s', (_, raw, value, how) => {
    const repaired = repairJson(raw, false);
    expect(repaired?.value).toEqual(value);
    expect(repaired?.how.join(', ')).toMatch(how);
  });

  it.each([
    ['a string that is cut off', '{"path":"src/inde'],
    ['a string that is cut off after an escape', '{"content":"line\\'],
    ['a number at the end, which may have gone on', '{"limit":1'],
    ['a word that is cut off', '{"all":tru'],
    ['an end after a comma', '{"path":"a.ts",'],
    ['an end after a colon', '{"path":'],
    ['an end after a key', '{"path":"a.ts","limit"'],
    ['a quotation mark that was not escaped', '{"content":"say "hello" now"}'],
    ['brackets that do not match', '{"edits":[{"old":"a"]}}'],
    ['single quotes', "{'path':'a.ts'}"],
    ['two objects', '{"path":"a.ts"}{"path":"b.ts"}'],
    ['a list', '[1,2'],
    ['words', 'read a.ts please'],
  ])('leaves alone %s', (_, raw) => {
    expect(repairJson(raw, false)).toBeUndefined();
  });

  it('closes no bracket of an answer that hit its length limit', () => {
    expect(repairJson('{"edits":[{"old":"a","new":"b"}', true)).toBeUndefined();
  });

  it('never changes valid JSON', () => {
    fc.assert(
      fc.property(objects, fc.constantFrom(undefined, 2), (value, indent) => {
        const raw = JSON.stringify(value, null, indent);
        const repaired = repairJson(raw, false);
        expect(repaired).toEqual({ value: JSON.parse(raw), how: [] });
      }),
    );
  });

  it('never completes a string that is cut off', () => {
    fc.assert(
      fc.property(objects, fc.nat(), (value, place) => {
        const whole = JSON.stringify(value);
        const cut = whole.slice(0, place % whole.length);
        if (endsInString(cut)) expect(repairJson(cut, false)).toBeUndefined();
      }),
      { numRuns: 1000 },
    );
  });

  it('adds no value: what it makes of a cut text is a part of the whole', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string(), { minKeys: 1 }), fc.nat(), (value, place) => {
        const whole = JSON.stringify(value);
        const repaired = repairJson(whole.slice(0, place % whole.length), false);
        for (const [key, part] of Object.entries(repaired?.value ?? {})) expect(value[key]).toBe(part);
      }),
      { numRuns: 1000 },
    );
  });

  it('finds the object again behind a comma, a fence and raw line breaks', () => {
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ unit: fc.constantFrom('k', '{', ',') }),
          fc.string({ unit: fc.constantFrom('a', '\n', '\t', '{', '}', ',', '"') }),
          {
            minKeys: 1,
          },
        ),
        (value) => {
          const raw = JSON.stringify(value).replace(/\\n/g, '\n').replace(/\\t/g, '\t').replace(/\}$/, ',}');
          expect(repairJson(`\`\`\`json\n${raw}\n\`\`\``, false)?.value).toEqual(value);
        },
      ),
    );
  });
});
