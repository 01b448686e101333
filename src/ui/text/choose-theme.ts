import { homedir } from 'node:os';
import type { ThemeName } from '../../core/screen/theme-roles.ts';
import type { ScreenInfo } from '../screen-deps.ts';
import type { DrawContext } from './draw-context.ts';
import { asciiGlyphs, supportsUnicode, unicodeGlyphs } from './glyphs.ts';
import { colourDepth, createTheme } from './theme.ts';

/** The look at the start: from the settings, the terminal's size and what its variables say. */
export function createDrawContext(
  info: Partial<ScreenInfo>,
  env: NodeJS.ProcessEnv,
  stdout: Pick<NodeJS.WriteStream, 'columns' | 'rows'>,
): DrawContext {
  return {
    theme: createTheme(
      info.theme === undefined || info.theme === 'auto' ? guessTheme(env) : info.theme,
      colourDepth(env),
      info.themes,
    ),
    glyphs: supportsUnicode(env) ? unicodeGlyphs : asciiGlyphs,
    ...sizeOf(stdout),
    showsReasoning: false,
    hasReducedMotion: info.hasReducedMotion ?? false,
    home: homedir(),
  };
}

/** The room for the screen. The last column stays free: a row that fills the terminal is wrapped by some and can't be erased behind its end. */
export function sizeOf({ columns, rows }: Pick<NodeJS.WriteStream, 'columns' | 'rows'>) {
  return { columns: Math.max(20, (columns || 80) - 1), rows: rows || 24 };
}

/** COLORFGBG (rxvt, Konsole, others): the number behind the last semicolon is the background. The terminal's own answer comes later. */
function guessTheme(env: NodeJS.ProcessEnv): ThemeName {
  const background = Number(env.COLORFGBG?.split(';').at(-1) ?? Number.NaN);
  return background === 7 || background > 8 ? 'light' : 'dark';
}

/** Light or dark by the background colour that the terminal reports, 0..255 each (relative luminance of ITU-R BT.709). */
export function themeForBackground(red: number, green: number, blue: number): ThemeName {
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 140 ? 'light' : 'dark';
}
