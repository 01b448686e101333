import { widthOf } from './span.ts';

/** Tabs as blanks up to the next multiple of four columns. */
export function expandTabs(text: string): string {
  if (!text.includes('\t')) return text;
  return text
    .split('\n')
    .map((row) => {
      let out = '';
      for (const [index, part] of row.split('\t').entries()) {
        if (index > 0) out += ' '.repeat(4 - (widthOf(out) % 4));
        out += part;
      }
      return out;
    })
    .join('\n');
}
