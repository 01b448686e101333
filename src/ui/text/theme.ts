import type { TextProps } from 'ink';
import { type OwnThemes, type Role, roles, type ThemeName, themeNames } from '../../core/screen/theme-roles.ts';
import { isClean, sanitize } from '../../core/text/sanitize.ts';
import type { Style } from './span.ts';

/** Colours a terminal can show. */
export type ColourDepth = 'none' | '16' | '256' | 'true';

/** How ink's Text is to look. */
export type TextLook = Omit<TextProps, 'children' | 'wrap'>;

/** The colours of a role, and marks that carry the meaning without colour; `ansi` is the nearest of the 16 colours. */
type Paint = TextLook & { readonly ansi?: string };

export type Theme = {
  readonly name: string;
  readonly depth: ColourDepth;
  readonly looks: Readonly<Record<Role, TextLook>>;
};

const dark: Record<Role, Paint> = {
  accent: { color: '#7daeff', ansi: 'blueBright' },
  user: { color: '#d6deeb', ansi: 'whiteBright', bold: true },
  quiet: { color: '#868e9c', ansi: 'gray' },
  good: { color: '#7ec674', ansi: 'green' },
  warn: { color: '#e5b567', ansi: 'yellow' },
  bad: { color: '#f07178', ansi: 'redBright' },
  observer: { color: '#c993ff', ansi: 'magentaBright' },
  shadow: { color: '#8fa0b8', ansi: 'cyan' },
  add: { color: '#bee8be', ansi: 'green', backgroundColor: '#16301e' },
  remove: { color: '#f8c8c8', ansi: 'red', backgroundColor: '#3e181c' },
  addStrong: { color: '#e1ffe1', ansi: 'greenBright', backgroundColor: '#266034', bold: true },
  removeStrong: { color: '#ffe6e6', ansi: 'redBright', backgroundColor: '#7c2830', bold: true },
  link: { color: '#7daeff', ansi: 'blueBright', underline: true },
  code: { color: '#e5c07b', ansi: 'yellow' },
  heading: { color: '#d6deeb', ansi: 'whiteBright', bold: true },
  keyword: { color: '#c993ff', ansi: 'magenta' },
  string: { color: '#98d38e', ansi: 'green' },
  number: { color: '#f7a072', ansi: 'yellow' },
  comment: { color: '#7c8594', ansi: 'gray' },
  name: { color: '#7dbeff', ansi: 'blue' },
  selected: { color: '#7daeff', ansi: 'blueBright', bold: true },
};

const light: Record<Role, Paint> = {
  accent: { color: '#185cbe', ansi: 'blue' },
  user: { color: '#1e222a', ansi: 'black', bold: true },
  quiet: { color: '#626a78', ansi: 'gray' },
  good: { color: '#1a7028', ansi: 'green' },
  warn: { color: '#965c00', ansi: 'yellow' },
  bad: { color: '#b81e2c', ansi: 'red' },
  observer: { color: '#7630b2', ansi: 'magenta' },
  shadow: { color: '#485c7a', ansi: 'cyan' },
  add: { color: '#104218', ansi: 'green', backgroundColor: '#def6e0' },
  remove: { color: '#64141a', ansi: 'red', backgroundColor: '#fde4e6' },
  addStrong: { color: '#06300c', ansi: 'green', backgroundColor: '#a4e4ac', bold: true },
  removeStrong: { color: '#54060c', ansi: 'red', backgroundColor: '#fab6ba', bold: true },
  link: { color: '#185cbe', ansi: 'blue', underline: true },
  code: { color: '#884214', ansi: 'yellow' },
  heading: { color: '#141820', ansi: 'black', bold: true },
  keyword: { color: '#7630b2', ansi: 'magenta' },
  string: { color: '#1a7028', ansi: 'green' },
  number: { color: '#a64a0a', ansi: 'yellow' },
  comment: { color: '#6c7482', ansi: 'gray' },
  name: { color: '#145aa0', ansi: 'blue' },
  selected: { color: '#185cbe', ansi: 'blue', bold: true },
};

/** Only the strongest of the 16 colours, no dim text, and additions and removals apart by marks too. */
const contrast: Record<Role, Paint> = {
  ...mapPaints(dark, marksOf),
  accent: { ansi: 'cyanBright', bold: true },
  good: { ansi: 'greenBright', bold: true },
  warn: { ansi: 'yellowBright', bold: true },
  bad: { ansi: 'redBright', bold: true },
  observer: { ansi: 'magentaBright', bold: true },
  add: { ansi: 'greenBright' },
  remove: { ansi: 'redBright' },
  addStrong: { ansi: 'greenBright', bold: true, inverse: true },
  removeStrong: { ansi: 'redBright', bold: true, inverse: true },
  selected: { bold: true, inverse: true },
};

/** Blue for good and added, orange for bad and removed (Okabe and Ito's palette): apart for all common colour blindnesses. */
const colourBlind: Record<Role, Paint> = {
  ...dark,
  good: { color: '#56b4e9', ansi: 'cyanBright' },
  warn: { color: '#f0e442', ansi: 'yellowBright' },
  bad: { color: '#e69f00', ansi: 'yellow', bold: true },
  observer: { color: '#cc79a7', ansi: 'magentaBright' },
  add: { color: '#bee2fa', ansi: 'cyanBright', backgroundColor: '#0a2c4a' },
  remove: { color: '#ffdeaa', ansi: 'yellow', backgroundColor: '#4a2e00' },
  addStrong: { color: '#e6f5ff', ansi: 'cyanBright', backgroundColor: '#005c96', bold: true, underline: true },
  removeStrong: { color: '#fff0d7', ansi: 'yellow', backgroundColor: '#965800', bold: true, underline: true },
  string: { color: '#56b4e9', ansi: 'cyan' },
};

/** No colour at all; bold, underline and inverse only. */
const plainPaints: Record<Role, Paint> = {
  ...mapPaints(dark, marksOf),
  quiet: { dimColor: true },
  comment: { dimColor: true },
  addStrong: { bold: true, underline: true },
  removeStrong: { bold: true, underline: true },
  selected: { bold: true, inverse: true },
};

function mapPaints<Look>(paints: Record<Role, Paint>, change: (paint: Paint, role: Role) => Look): Record<Role, Look> {
  return Object.fromEntries(roles.map((role) => [role, change(paints[role], role)])) as Record<Role, Look>;
}

const palettes: Record<ThemeName, Record<Role, Paint>> = {
  dark,
  light,
  contrast,
  'colour-blind': colourBlind,
  plain: plainPaints,
};

function marksOf({ color: _, backgroundColor: __, ansi: ___, ...marks }: Paint): TextLook {
  return marks;
}

/** Terminals of 16 colours get the nearest by name; the others get the colour itself, which ink's chalk fits to what they show. */
function lookOf({ ansi, ...paint }: Paint, depth: ColourDepth): TextLook {
  if (depth !== '16' && paint.color) return paint;
  return ansi ? { ...marksOf(paint), color: ansi } : marksOf(paint);
}

/** A theme by its name; one of the user's is another with colours of its own, which 16 colours can't show. */
export function createTheme(name: string, depth: ColourDepth, own: OwnThemes = {}): Theme {
  const { base = name, colours = {} } = own[name] ?? {};
  if (depth === 'none') return { name, depth, looks: plainPaints };
  const paints = palettes[themeNames.find((each) => each === base) ?? 'dark'];
  const looks = mapPaints(paints, (paint, role) => {
    const color = colours[role];
    return lookOf(color === undefined ? paint : { ...paint, color }, depth);
  });
  return { name, depth, looks };
}

/** How many colours the terminal shows: NO_COLOR (no-color.org), FORCE_COLOR, COLORTERM and TERM, in this order. */
export function colourDepth(env: NodeJS.ProcessEnv): ColourDepth {
  if (env.NO_COLOR !== undefined && env.NO_COLOR !== '') return 'none';
  const forced = (['none', '16', '256', 'true'] as const)[Number(env.FORCE_COLOR || Number.NaN)];
  if (forced !== undefined) return forced;
  const term = env.TERM ?? '';
  if (term === 'dumb') return 'none';
  if (/truecolor|24bit/.test(env.COLORTERM ?? '') || /kitty|ghostty|wezterm|alacritty|foot|-direct/.test(term))
    return 'true';
  if (/256/.test(term) || env.TERM_PROGRAM === 'Apple_Terminal') return '256';
  return '16';
}

/** The props of ink's Text that show a style in a theme. */
export function textLook({ looks }: Theme, { role, ...marks }: Style): TextLook {
  return role ? { ...looks[role], ...marks } : marks;
}

/** How much colour chalk may write for a depth: bold and the like are written without colour too. */
export const chalkLevels = { none: 1, '16': 1, '256': 2, true: 3 } as const satisfies Record<ColourDepth, number>;

/** A text that may be drawn: without control sequences, on one row, tabs as blanks. */
export function safeText(text: string): string {
  return isClean(text) && !/[\n\t]/.test(text) ? text : sanitize(text).replace(/\n/g, '␊').replace(/\t/g, '    ');
}
