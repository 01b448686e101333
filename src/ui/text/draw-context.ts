import { homedir } from 'node:os';
import type { ComponentType } from 'react';
import type { ScreenInfo } from '../screen-deps.ts';
import { guessTheme } from './choose-theme.ts';
import { asciiGlyphs, type Glyphs, supportsUnicode, unicodeGlyphs } from './glyphs.ts';
import type { Line } from './span.ts';
import { colourDepth, createTheme, type Theme } from './theme.ts';

/** Everything that drawing depends on, apart from the thing drawn. */
export type DrawContext = {
  readonly theme: Theme;
  readonly glyphs: Glyphs;
  readonly columns: number;
  readonly rows: number;
  /** Reasoning is printed whole instead of as one line. */
  readonly showsReasoning: boolean;
  readonly hasReducedMotion: boolean;
  /** What is asked is answered by whole lines: there are no single keys. */
  readonly takesLines?: true;
  /** The user's home folder, to shorten paths. */
  readonly home: string;
  /** Loaded after the first paint; until then text is drawn plain. */
  readonly Markdown?: ComponentType<{ readonly source: string }>;
  /** Colours code, row by row; loaded with it. */
  readonly highlight?: (code: string, language: string) => Line[];
  /** Where a growing paragraph may be cut, with so many rows behind it; loaded with it. */
  readonly cutParagraph?: (source: string, keepRows: number, look: DrawContext) => number | undefined;
};

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
