import { expect, it } from 'vitest';
import { createPrinter } from '../../src/ui/state/printer.ts';
import { createView, type Item } from '../../src/ui/state/view.ts';
import type { DrawContext } from '../../src/ui/text/draw-context.ts';
import { asciiGlyphs } from '../../src/ui/text/glyphs.ts';
import { createTheme } from '../../src/ui/text/theme.ts';

const view = createView({ version: '1', model: 'm', cwd: '/p', approval: 'ask', mode: 'on' });
const requests = (count: number) =>
  Array.from({ length: count }, (_, step): Item => ({ kind: 'user', text: `request ${step}`, images: 0, step }));

const look: DrawContext = {
  ...{ theme: createTheme('dark', 'true'), glyphs: asciiGlyphs, columns: 40, rows: 24, home: '/home/me' },
  ...{ showsReasoning: false, hasReducedMotion: false },
};

function open(items: readonly Item[]) {
  return createPrinter({ view: { ...view, items }, look });
}

/** What is printed of some items, as their texts or kinds. */
function printAll(items: readonly Item[], printer = open(items)): { texts: string[]; keys: number[] } {
  const printed = [];
  do printed.push(...printer.take());
  while (printer.hasMore());
  const texts = printed.map(({ item }) => (item.kind === 'user' || item.kind === 'notice' ? item.text : item.kind));
  return { texts, keys: printed.map(({ key }) => key) };
}

it('prints all of a session, and of a long one the latest three hundred entries and that there are others', () => {
  expect(printAll([...view.items, ...requests(300)]).texts).toEqual([
    'welcome',
    ...Array.from({ length: 300 }, (_, step) => `request ${step}`),
  ]);
  const { texts, keys } = printAll([...view.items, ...requests(1_300)]);
  expect(texts.slice(0, 3)).toEqual([
    'welcome',
    '1000 earlier entries of this session are not printed; Ctrl+O shows them.',
    'request 1000',
  ]);
  expect(texts).toHaveLength(302);
  expect(texts.at(-1)).toBe('request 1299');
  expect(new Set(keys).size).toBe(302);
});

it('prints the latest thousand entries anew, whatever was printed when the session was continued', () => {
  const items = [...view.items, ...requests(1_001)];
  const printer = open(items);
  expect(printAll(items, printer).texts[2]).toBe('request 701');
  printer.restart();
  const { texts } = printAll(items, printer);
  expect(texts.slice(0, 3)).toEqual([
    'welcome',
    '1 earlier entry of this session is not printed; Ctrl+O shows it.',
    'request 1',
  ]);
  expect(texts).toHaveLength(1_002);
});
