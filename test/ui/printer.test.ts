import { expect, it } from 'vitest';
import { createPrinter } from '../../src/ui/state/printer.ts';
import { createView, type Item } from '../../src/ui/state/view.ts';
import type { DrawContext } from '../../src/ui/text/draw-context.ts';
import { asciiGlyphs } from '../../src/ui/text/glyphs.ts';
import { createTheme } from '../../src/ui/text/theme.ts';

const view = createView({ model: 'm', cwd: '/p', approval: 'ask', mode: 'on' });
const welcome = { version: '1', cwd: '/p', model: 'm', branch: undefined };
const requests = (count: number) =>
  Array.from({ length: count }, (_, step): Item => ({ kind: 'user', text: `request ${step}`, images: 0, step }));

const look: DrawContext = {
  ...{ theme: createTheme('dark', 'true'), glyphs: asciiGlyphs, columns: 40, rows: 24, home: '/home/me' },
  ...{ showsReasoning: false, hasReducedMotion: false },
};

/** What is printed of some items, as their texts or kinds. */
function printAll(items: readonly Item[]): { texts: string[]; keys: number[] } {
  const printer = createPrinter({ view: { ...view, items }, look }, () => welcome);
  const printed = [];
  do printed.push(...printer.take());
  while (printer.hasMore());
  const texts = printed.map(({ item }) => (item.kind === 'user' || item.kind === 'notice' ? item.text : item.kind));
  return { texts, keys: printed.map(({ key }) => key) };
}

it('prints all of a session, and of a long one the latest thousand entries and that there are others', () => {
  expect(printAll([...view.items, ...requests(1_000)]).texts).toEqual([
    'welcome',
    ...Array.from({ length: 1_000 }, (_, step) => `request ${step}`),
  ]);
  const { texts, keys } = printAll([...view.items, ...requests(1_300)]);
  expect(texts.slice(0, 3)).toEqual([
    'welcome',
    'The first 300 entries of this session are not printed again; Ctrl+O shows all of it.',
    'request 300',
  ]);
  expect(texts).toHaveLength(1_002);
  expect(texts.at(-1)).toBe('request 1299');
  expect(new Set(keys).size).toBe(1_002);
});
