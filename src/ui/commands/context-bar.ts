import type { ContextPart } from '../screen-deps.ts';
import type { Glyphs } from '../text/glyphs.ts';
import { tokens } from '../text/shown-figures.ts';

/** `/context`: what fills the window, as a table, and a bar where the window is known. */
export function drawContext(
  parts: readonly ContextPart[],
  window: number | undefined,
  glyphs: Pick<Glyphs, 'full' | 'empty'>,
): string {
  const used = parts.reduce((sum, part) => sum + part.tokens, 0);
  const share = (part: number) => (used === 0 ? 0 : part / (window ?? used));
  const cells = 50;
  const filled = Math.min(cells, Math.round(share(used) * cells));
  const percent = (part: number) => `${Math.round(100 * share(part))}%`;
  const head =
    window === undefined
      ? `${tokens(used)} tokens; the model's window is not known`
      : `\`${glyphs.full.repeat(filled)}${glyphs.empty.repeat(cells - filled)}\` ${tokens(used)} of ${tokens(window)} tokens (${percent(used)})`;
  const rows = parts.map((part) => `| ${part.label} | ${tokens(part.tokens)} | ${percent(part.tokens)} |`);
  return `${head}\n\n| part | tokens | share |\n|---|---:|---:|\n${rows.join('\n')}`;
}
