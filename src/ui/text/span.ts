import type { TextProps } from 'ink';
import type { Role } from '../../core/screen/theme-roles.ts';
import stringWidth, { narrowText } from './string-width.ts';

/** What a text means, and ink's own words for how it stands out beyond that. */
export type Style = { readonly role?: Role | undefined } & Pick<
  TextProps,
  'bold' | 'italic' | 'underline' | 'strikethrough' | 'inverse'
>;

/** A piece of a line in one style. */
export type Span = { readonly text: string; readonly style?: Style };

/** One row of the screen. */
export type Line = readonly Span[];

export function span(text: string, role?: Role): Span {
  return role === undefined ? { text } : { text, style: { role } };
}

/** Columns that a text takes in a terminal. */
export function widthOf(text: string): number {
  return stringWidth(text);
}

let segmenter: Intl.Segmenter | undefined;

/** The characters of a text as a reader counts them. Made when first needed: that takes 15 ms. */
function segment(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** Splits a text into what a reader takes for single characters. */
export function splitGraphemes(text: string): string[] {
  if (narrowText.test(text)) return [...text];
  const parts: string[] = [];
  for (const part of segment(text)) parts.push(part.segment);
  return parts;
}
