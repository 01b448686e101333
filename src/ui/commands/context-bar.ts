import type { ContextPart } from '../screen-deps.ts';
import { tokens } from '../text/draw-context.ts';
import type { Glyphs } from '../text/glyphs.ts';

/** `/context`: what fills the window, as a bar and a table. */
export function drawContext(
  parts: readonly ContextPart[],
  window: number | undefined,
  glyphs: Pick<Glyphs, 'full' | 'empty'>,
): string {
  const used = parts.reduce((sum, part) => sum + part.tokens, 0);
  const whole = window ?? used;
  const cells = 50;
  const filled = whole === 0 ? 0 : Math.min(cells, Math.round((used / whole) * cells));
  const percent = whole === 0 ? 0 : Math.round((100 * used) / whole);
  const bar = `\`${glyphs.full.repeat(filled)}${glyphs.empty.repeat(cells - filled)}\` ${window === undefined ? `${tokens(used)} tokens; the model's window is not known` : `${tokens(used)} of ${tokens(window)} tokens (${percent}%)`}`;
  const rows = parts.map(
    (part) =>
      `| ${part.label} | ${tokens(part.tokens)} | ${whole === 0 ? 0 : Math.round((100 * part.tokens) / whole)}% |`,
  );
  return `${bar}\n\n| part | tokens | share |\n|---|---:|---:|\n${rows.join('\n')}`;
}
