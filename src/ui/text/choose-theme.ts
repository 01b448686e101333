import type { ThemeName } from '../../core/screen/theme-roles.ts';

/** The theme until the terminal has told its background. COLORFGBG (rxvt, Konsole, others): the number behind the last semicolon is the background. */
export function guessTheme(env: NodeJS.ProcessEnv): ThemeName {
  const background = Number(env.COLORFGBG?.split(';').at(-1) ?? Number.NaN);
  return background === 7 || background > 8 ? 'light' : 'dark';
}

/** Light or dark by the background colour that the terminal reports, 0..255 each (relative luminance of ITU-R BT.709). */
export function themeForBackground(red: number, green: number, blue: number): ThemeName {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 140 ? 'light' : 'dark';
}
