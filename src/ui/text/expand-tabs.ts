import { widthOf } from './span.ts';

/** Tabs as blanks up to the next multiple of `size` columns. */
export function expandTabs(text: string, size = 4): string {
  if (!text.includes('\t')) return text;
  return text
    .split('\n')
    .map((row) => {
      let out = '';
      for (const [index, part] of row.split('\t').entries()) {
        if (index > 0) out += ' '.repeat(size - (widthOf(out) % size));
        out += part;
      }
      return out;
    })
    .join('\n');
}
