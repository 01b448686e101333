/** What was measured of each contestant, in one unit. */
export type Row = { readonly what: string; readonly unit: string; readonly values: ReadonlyMap<string, number> };

/** Rows as Markdown tables, a table for each set of contestants; `counted` says of what the values are medians. */
export function table(rows: readonly Row[], counted: string): string {
  const lines: string[] = [];
  let names = '';
  for (const row of rows) {
    const entries = [...row.values];
    const heading = entries.map(([name]) => name).join(' | ');
    if (heading !== names)
      lines.push(
        '',
        `| ${counted} | ${heading} | ratio to ${entries[0]![0]} |`,
        `|---|${'---:|'.repeat(entries.length + 1)}`,
      );
    names = heading;
    const base = entries[0]![1];
    const ratios = entries.slice(1).map(([, value]) => (base === 0 ? '–' : format(value / base, 2)));
    const cells = entries.map(([, value]) => format(value));
    lines.push(`| ${row.what}${row.unit ? `, ${row.unit}` : ''} | ${cells.join(' | ')} | ${ratios.join(' / ')} |`);
  }
  return lines.join('\n').trim();
}

function format(value: number, digits = value >= 100 ? 0 : value < 3 ? 2 : 1): string {
  if (Number.isNaN(value)) return '–';
  return value >= 1000 ? Math.round(value).toLocaleString('en') : value.toFixed(digits);
}
