/** The signs of the screen; `border` is the name of their frame in ink. */
export const unicodeGlyphs = {
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
  border: 'single' as 'single' | 'classic',
};

export type Glyphs = typeof unicodeGlyphs;

/** The same for terminals without Unicode. */
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
  border: 'classic',
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
