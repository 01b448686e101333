import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { neutralize } from '../../src/core/text/neutralize.ts';

const folder = join(import.meta.dirname, '..', 'fixtures', 'injections');
const files = readdirSync(folder).filter((name) => name.endsWith('.txt'));
const read = (name: string): string => readFileSync(join(folder, name), 'utf8');

/** What a model sees of a text: without what can not be seen, and with brackets and dashes in their plain form. */
function asRead(text: string): string {
  return text
    .replace(/[\u00ad\u200b-\u200f\u2060-\u2064\ufeff]/g, '')
    .replace(/[\uff1c\ufe64]/g, '<')
    .replace(/[\u2010-\u2015]/g, '-');
}

const markers =
  /<\/?\s*system[-_ ]?reminder|<[|｜][^>]{1,40}[|｜]>|<(?:start|end)_of_turn>|<<\/?SYS>>|\[\/?INST\]|\n\n(?:Human|Assistant):/i;

describe('the corpus of injection attempts', () => {
  it.each(files)('%s holds no marker that stands when it is neutralised', (name) => {
    const text = read(name);
    expect(asRead(neutralize(text))).not.toMatch(markers);
    expect(neutralize(text)).toHaveLength(text.length);
    expect(neutralize(neutralize(text))).toBe(neutralize(text));
  });

  it('has attempts that do hold markers, and ones that only talk', () => {
    const withMarkers = files.filter((name) => markers.test(asRead(read(name))));
    expect(withMarkers.length).toBeGreaterThanOrEqual(10);
    expect(files.length - withMarkers.length).toBeGreaterThanOrEqual(3);
  });

  it('covers names of files', () => {
    const names: unknown = JSON.parse(read('file-names.json'));
    for (const name of Array.isArray(names) ? names : []) expect(asRead(neutralize(String(name)))).not.toMatch(markers);
  });

  it('leaves ordinary code and prose alone', () => {
    const harmless = [
      'if (a < system) reminder();',
      'Dear Human: hello\nAssistant: typed by hand',
      'List<System> messages; x <| y |> z; a[INSTALL];',
      'type Props<SystemPromptType> = {}',
      'const html = "<div><system-remind></div>"',
    ];
    for (const text of harmless) expect(neutralize(text)).toBe(text);
  });

  it('costs a time linear in the text, whatever it holds', () => {
    const hostile = [
      '<'.repeat(200_000),
      `<${' '.repeat(200_000)}`,
      `<sys${'\u200b'.repeat(200_000)}`,
      '\n\n'.repeat(100_000),
      '<|'.repeat(100_000),
    ];
    for (const text of hostile) expect(neutralize(text)).toBe(text);
  });
});
