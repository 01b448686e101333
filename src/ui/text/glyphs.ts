/** The signs of the screen; each has a form for terminals without Unicode. */
export type Glyphs = {
  readonly prompt: string;
  readonly bullet: string;
  readonly call: string;
  readonly branch: string;
  readonly ok: string;
  readonly failed: string;
  readonly observer: string;
  readonly rule: string;
  readonly bar: string;
  readonly ellipsis: string;
  readonly full: string;
  readonly empty: string;
  readonly pointer: string;
  readonly dot: string;
  readonly fork: string;
  readonly cross: string;
  readonly spinner: readonly string[];
};

export const unicodeGlyphs: Glyphs = {
  prompt: '❯',
  bullet: '•',
  call: '●',
  branch: '└',
  ok: '✓',
  failed: '✗',
  observer: '◆',
  rule: '─',
  bar: '│',
  ellipsis: '…',
  full: '█',
  empty: '░',
  pointer: '▸',
  dot: '·',
  fork: '⎇',
  cross: '┼',
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
};

export const asciiGlyphs: Glyphs = {
  prompt: '>',
  bullet: '-',
  call: '*',
  branch: '`',
  ok: '+',
  failed: 'x',
  observer: '#',
  rule: '-',
  bar: '|',
  ellipsis: '...',
  full: '#',
  empty: '.',
  pointer: '>',
  dot: '-',
  fork: 'on',
  cross: '+',
  spinner: ['|', '/', '-', '\\'],
};

/** Unicode unless the locale or the terminal says otherwise. */
export function supportsUnicode(env: NodeJS.ProcessEnv): boolean {
  if (env.TERM === 'linux' || env.TERM === 'dumb') return false;
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return locale === ''
    ? process.platform === 'darwin' || env.WSL_DISTRO_NAME !== undefined || env.TERM !== undefined
    : /utf-?8/i.test(locale);
}

/** The picture of a spinner at a time in milliseconds. */
export function spinner(frames: readonly string[], at: number): string {
  return frames[Math.floor(at / 120) % frames.length] ?? '';
}
