import { type OwnThemes, type Role, roles, type ThemeName, themeNames } from '../../core/screen/theme-roles.ts';
import { isClean, sanitize } from '../../core/text/sanitize.ts';
import type { Style } from './span.ts';

/** Colours a terminal can show. */
export type ColourDepth = 'none' | '16' | '256' | 'true';

/** `[r, g, b]` of the foreground, the nearest of the 16 colours (SGR code), and marks that carry the meaning without colour. */
type Paint = {
  readonly rgb?: readonly [number, number, number];
  readonly ansi?: number;
  readonly background?: readonly [number, number, number];
  readonly marks?: readonly number[];
};

export type Theme = {
  readonly name: string;
  readonly depth: ColourDepth;
  readonly paints: Readonly<Record<Role, Paint>>;
};

const bold = 1;
const dim = 2;
const underline = 4;
const inverse = 7;

const dark: Record<Role, Paint> = {
  accent: { rgb: [125, 174, 255], ansi: 94 },
  user: { rgb: [214, 222, 235], ansi: 97, marks: [bold] },
  quiet: { rgb: [134, 142, 156], ansi: 90 },
  good: { rgb: [126, 198, 116], ansi: 32 },
  warn: { rgb: [229, 181, 103], ansi: 33 },
  bad: { rgb: [240, 113, 120], ansi: 91 },
  observer: { rgb: [201, 147, 255], ansi: 95 },
  shadow: { rgb: [143, 160, 184], ansi: 36 },
  add: { rgb: [190, 232, 190], ansi: 32, background: [22, 48, 30] },
  remove: { rgb: [248, 200, 200], ansi: 31, background: [62, 24, 28] },
  addStrong: { rgb: [225, 255, 225], ansi: 92, background: [38, 96, 52], marks: [bold] },
  removeStrong: { rgb: [255, 230, 230], ansi: 91, background: [124, 40, 48], marks: [bold] },
  link: { rgb: [125, 174, 255], ansi: 94, marks: [underline] },
  code: { rgb: [229, 192, 123], ansi: 33 },
  heading: { rgb: [214, 222, 235], ansi: 97, marks: [bold] },
  keyword: { rgb: [201, 147, 255], ansi: 35 },
  string: { rgb: [152, 211, 142], ansi: 32 },
  number: { rgb: [247, 160, 114], ansi: 33 },
  comment: { rgb: [124, 133, 148], ansi: 90 },
  name: { rgb: [125, 190, 255], ansi: 34 },
  selected: { rgb: [125, 174, 255], ansi: 94, marks: [bold] },
};

const light: Record<Role, Paint> = {
  accent: { rgb: [24, 92, 190], ansi: 34 },
  user: { rgb: [30, 34, 42], ansi: 30, marks: [bold] },
  quiet: { rgb: [98, 106, 120], ansi: 90 },
  good: { rgb: [26, 112, 40], ansi: 32 },
  warn: { rgb: [150, 92, 0], ansi: 33 },
  bad: { rgb: [184, 30, 44], ansi: 31 },
  observer: { rgb: [118, 48, 178], ansi: 35 },
  shadow: { rgb: [72, 92, 122], ansi: 36 },
  add: { rgb: [16, 66, 24], ansi: 32, background: [222, 246, 224] },
  remove: { rgb: [100, 20, 26], ansi: 31, background: [253, 228, 230] },
  addStrong: { rgb: [6, 48, 12], ansi: 32, background: [164, 228, 172], marks: [bold] },
  removeStrong: { rgb: [84, 6, 12], ansi: 31, background: [250, 182, 186], marks: [bold] },
  link: { rgb: [24, 92, 190], ansi: 34, marks: [underline] },
  code: { rgb: [136, 66, 20], ansi: 33 },
  heading: { rgb: [20, 24, 32], ansi: 30, marks: [bold] },
  keyword: { rgb: [118, 48, 178], ansi: 35 },
  string: { rgb: [26, 112, 40], ansi: 32 },
  number: { rgb: [166, 74, 10], ansi: 33 },
  comment: { rgb: [108, 116, 130], ansi: 90 },
  name: { rgb: [20, 90, 160], ansi: 34 },
  selected: { rgb: [24, 92, 190], ansi: 34, marks: [bold] },
};

/** Only the strongest of the 16 colours, no dim text, and additions and removals apart by marks too. */
const contrast: Record<Role, Paint> = {
  ...mapPaints(dark, (paint) => ({ ...(paint.marks ? { marks: paint.marks } : {}) })),
  accent: { ansi: 96, marks: [bold] },
  good: { ansi: 92, marks: [bold] },
  warn: { ansi: 93, marks: [bold] },
  bad: { ansi: 91, marks: [bold] },
  observer: { ansi: 95, marks: [bold] },
  add: { ansi: 92 },
  remove: { ansi: 91 },
  addStrong: { ansi: 92, marks: [bold, inverse] },
  removeStrong: { ansi: 91, marks: [bold, inverse] },
  selected: { marks: [bold, inverse] },
};

/** Blue for good and added, orange for bad and removed (Okabe and Ito's palette): apart for all common colour blindnesses. */
const colourBlind: Record<Role, Paint> = {
  ...dark,
  good: { rgb: [86, 180, 233], ansi: 96 },
  warn: { rgb: [240, 228, 66], ansi: 93 },
  bad: { rgb: [230, 159, 0], ansi: 33, marks: [bold] },
  observer: { rgb: [204, 121, 167], ansi: 95 },
  add: { rgb: [190, 226, 250], ansi: 96, background: [10, 44, 74] },
  remove: { rgb: [255, 222, 170], ansi: 33, background: [74, 46, 0] },
  addStrong: { rgb: [230, 245, 255], ansi: 96, background: [0, 92, 150], marks: [bold, underline] },
  removeStrong: { rgb: [255, 240, 215], ansi: 33, background: [150, 88, 0], marks: [bold, underline] },
  string: { rgb: [86, 180, 233], ansi: 36 },
};

/** No colour at all; bold, underline and inverse only. */
const plainPaints: Record<Role, Paint> = {
  ...mapPaints(dark, (paint) => (paint.marks ? { marks: paint.marks } : {})),
  quiet: { marks: [dim] },
  comment: { marks: [dim] },
  addStrong: { marks: [bold, underline] },
  removeStrong: { marks: [bold, underline] },
  selected: { marks: [bold, inverse] },
};

function mapPaints(paints: Record<Role, Paint>, change: (paint: Paint, role: Role) => Paint): Record<Role, Paint> {
  const mapped = { ...paints };
  for (const role of roles) mapped[role] = change(paints[role], role);
  return mapped;
}

const palettes: Record<ThemeName, Record<Role, Paint>> = {
  dark,
  light,
  contrast: contrast,
  'colour-blind': colourBlind,
  plain: plainPaints,
};

/** A theme by its name; one of the user's is another with colours of its own, which 16 colours can't show. */
export function createTheme(name: string, depth: ColourDepth, own: OwnThemes = {}): Theme {
  const theme = own[name];
  const base = palettes[theme?.base ?? themeNames.find((each) => each === name) ?? 'dark'];
  if (depth === 'none') return { name, depth, paints: plainPaints };
  return {
    name,
    depth,
    paints: theme ? mapPaints(base, (paint, role) => withColour(paint, theme.colours[role])) : base,
  };
}

function withColour(paint: Paint, colour: string | undefined): Paint {
  if (colour === undefined) return paint;
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => Number.parseInt(colour.slice(at, at + 2), 16));
  return { ...paint, rgb: [red, green, blue] };
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

/** How ink's Text is to look for a style. */
export type TextLook = {
  readonly color?: string;
  readonly backgroundColor?: string;
  readonly bold?: boolean;
  readonly dimColor?: boolean;
  readonly italic?: boolean;
  readonly underline?: boolean;
  readonly strikethrough?: boolean;
  readonly inverse?: boolean;
};

const cache = new WeakMap<Theme, Map<string, TextLook>>();

/** The props of ink's Text that show a style in a theme; the same object for the same style. */
export function textLook(theme: Theme, style: Style): TextLook {
  const { role = '', isBold, isItalic, isUnderlined, isStruck, isInverse } = style;
  const key = `${role}${isBold ? 'b' : ''}${isItalic ? 'i' : ''}${isUnderlined ? 'u' : ''}${isStruck ? 's' : ''}${isInverse ? 'r' : ''}`;
  const known = cache.get(theme) ?? new Map<string, TextLook>();
  cache.set(theme, known);
  const look = known.get(key) ?? makeLook(theme, style);
  known.set(key, look);
  return look;
}

function makeLook(theme: Theme, style: Style): TextLook {
  const paint = style.role ? theme.paints[style.role] : {};
  const marks = new Set(paint.marks);
  return {
    ...colours(paint, theme.depth),
    ...(style.isBold || marks.has(bold) ? { bold: true } : {}),
    ...(marks.has(dim) ? { dimColor: true } : {}),
    ...(style.isItalic ? { italic: true } : {}),
    ...(style.isUnderlined || marks.has(underline) ? { underline: true } : {}),
    ...(style.isStruck ? { strikethrough: true } : {}),
    ...(style.isInverse || marks.has(inverse) ? { inverse: true } : {}),
  };
}

/** Terminals of 16 colours get the nearest by name; the others get the colour itself, which ink's chalk fits to what they show. */
function colours({ rgb, ansi, background }: Paint, depth: ColourDepth): TextLook {
  if (depth === 'none') return {};
  if (depth === '16' || !rgb) return ansi === undefined ? {} : { color: ansiNames[ansi] ?? 'white' };
  return { color: hex(rgb), ...(background ? { backgroundColor: hex(background) } : {}) };
}

function hex(rgb: readonly number[]): string {
  return `#${rgb.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

const ansiNames: Readonly<Record<number, string>> = {
  30: 'black',
  31: 'red',
  32: 'green',
  33: 'yellow',
  34: 'blue',
  35: 'magenta',
  36: 'cyan',
  37: 'white',
  90: 'gray',
  91: 'redBright',
  92: 'greenBright',
  93: 'yellowBright',
  94: 'blueBright',
  95: 'magentaBright',
  96: 'cyanBright',
  97: 'whiteBright',
};

/** The signs of a box of which only one side is drawn. */
export const noBorder = {
  topLeft: '',
  top: '',
  topRight: '',
  left: '',
  right: '',
  bottomLeft: '',
  bottom: '',
  bottomRight: '',
};

/** How much colour chalk may write for a depth: bold and the like are written without colour too. */
export const chalkLevels = { none: 1, '16': 1, '256': 2, true: 3 } as const satisfies Record<ColourDepth, number>;

/** A text that may be drawn: without control sequences, on one row, tabs as blanks. */
export function safeText(text: string): string {
  return isClean(text) && !/[\n\t]/.test(text) ? text : sanitize(text).replace(/\n/g, '␊').replace(/\t/g, '    ');
}
