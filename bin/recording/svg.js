// Pictures of a terminal as one animated SVG: no script, and still where less motion is asked for.
import { columns, rows } from './film.js';

/**
 * Frames come below each other on one strip that jumps; each different row is drawn once and referred to. A window of its own
 * colour, so that it looks the same on light and dark pages.
 */
export function toSvg(frames, label) {
  const cell = { width: 8.4, height: 18 };
  const padding = 16;
  const inner = { width: columns * cell.width, height: rows * cell.height };
  const width = Math.ceil(inner.width + 2 * padding);
  const height = Math.ceil(inner.height + 2 * padding);
  const classes = new Map();
  const symbols = new Map();
  const classOf = (style) => {
    if (!classes.has(style)) classes.set(style, `s${classes.size}`);
    return classes.get(style);
  };
  const symbolOf = (row) => {
    const body = row.map((run) => drawRun(run, cell, classOf)).join('');
    if (!symbols.has(body)) symbols.set(body, `r${symbols.size}`);
    return symbols.get(body);
  };
  const strip = frames.map(({ picture }, index) => {
    const uses = picture.map((row, y) =>
      row.length === 0 ? '' : `<use href="#${symbolOf(row)}" y="${y * cell.height}"/>`,
    );
    return `<g transform="translate(0 ${index * inner.height})">${uses.join('')}</g>`;
  });
  const totalMs = frames.reduce((sum, { ms }) => sum + ms, 0);
  let at = 0;
  const steps = frames.map(({ ms }, index) => {
    const step = `${((100 * at) / totalMs).toFixed(2)}%{transform:translateY(${-index * inner.height}px)}`;
    at += ms;
    return step;
  });
  const still = `translateY(${-(frames.length - 1) * inner.height}px)`;
  const rules = [...classes].map(([style, name]) => `.${name}{${style}}`).join('');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${label}">
<style>text{font:14px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#e6edf3;white-space:pre}${rules}.film{animation:film ${(totalMs / 1000).toFixed(1)}s step-end infinite}@keyframes film{${steps.join('')}100%{transform:${still}}}@media (prefers-reduced-motion:reduce){.film{animation:none;transform:${still}}}</style>
<rect x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="8" fill="#0d1117" stroke="#30363d"/>
<defs>${[...symbols].map(([body, name]) => `<g id="${name}">${body}</g>`).join('\n')}</defs>
<svg x="${padding}" y="${padding}" width="${inner.width}" height="${inner.height}" overflow="hidden"><g class="film">
${strip.join('\n')}
</g></svg>
</svg>
`;
}

/** A run keeps to its columns whatever font the reader has. */
function drawRun({ x, text, width, style }, cell, classOf) {
  const left = (x * cell.width).toFixed(1);
  const length = (width * cell.width).toFixed(1);
  const shown = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
  const background = /background:(#[0-9a-f]{6})/.exec(style)?.[1];
  const box = background ? `<rect x="${left}" width="${length}" height="${cell.height}" fill="${background}"/>` : '';
  const words = style.replace(/;?background:#[0-9a-f]{6}/, '').replace(/^;/, '');
  const name = words === '' ? '' : ` class="${classOf(words)}"`;
  return `${box}<text x="${left}" y="14" textLength="${length}" lengthAdjust="spacingAndGlyphs"${name}>${shown}</text>`;
}
