import { type Canonical, canonicalize, type Level, looseLine } from './canonical.ts';
import { findLineBreaks, type LineBreaks } from './change.ts';

/** A line of a text with its place; `end` comes before its line break. `loose`: as `looseLine` gives it. */
export type Line = { readonly text: string; readonly loose: string; readonly start: number; readonly end: number };

/** A text that edits look for their places in; what they need of it is found once, when the first one asks. */
export type SearchedText = {
  readonly text: string;
  readonly breaks: () => LineBreaks;
  readonly form: (level: Exclude<Level, 'exact'>) => Canonical;
  readonly lines: () => readonly Line[];
};

export function searchText(text: string): SearchedText {
  const forms = new Map<Level, Canonical>();
  let breaks: LineBreaks | undefined;
  let lines: readonly Line[] | undefined;
  return {
    text,
    breaks: () => {
      breaks ??= findLineBreaks(text);
      return breaks;
    },
    form: (level) => {
      const form = forms.get(level) ?? canonicalize(text, level);
      forms.set(level, form);
      return form;
    },
    lines: () => {
      lines ??= linesOf(text);
      return lines;
    },
  };
}

export function linesOf(text: string): Line[] {
  const lines: Line[] = [];
  let start = 0;
  for (const part of text.split('\n')) {
    const body = part.endsWith('\r') ? part.slice(0, -1) : part;
    lines.push({ text: body, loose: looseLine(body), start, end: start + body.length });
    start += part.length + 1;
  }
  return lines;
}
