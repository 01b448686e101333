import type { ComponentType } from 'react';
import type { Glyphs } from './glyphs.ts';
import type { Line } from './span.ts';
import type { Theme } from './theme.ts';

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
};

/** `1.2 s`, `45 s`, `3 min 05 s`, `1 h 02 min`. */
export function duration(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** `812`, `12.3k`, `123k`, `1.2M`. */
export function tokens(count: number): string {
  if (count < 1000) return String(count);
  if (count < 100_000) return `${(count / 1000).toFixed(1)}k`;
  return count < 1_000_000 ? `${Math.round(count / 1000)}k` : `${(count / 1_000_000).toFixed(1)}M`;
}

/** `$0.0042`, `$1.23`; undefined when the price is not known. */
export function money(usd: number | null): string | undefined {
  if (usd === null) return undefined;
  return `$${usd > 0 && usd < 0.1 ? usd.toFixed(4) : usd.toFixed(2)}`;
}

/** A path with the home folder as `~`. */
export function shortPath(path: string, home: string): string {
  return home !== '' && (path === home || path.startsWith(`${home}/`)) ? `~${path.slice(home.length)}` : path;
}
