import { Text, Transform } from 'ink';
import type { ReactNode } from 'react';
import { sanitize } from '../../../core/text/sanitize.ts';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { expandTabs } from '../../text/expand-tabs.ts';
import type { Style } from '../../text/span.ts';
import { textLook } from '../../text/theme.ts';

export type WordsProps = Style & {
  /** Prose, its line breaks kept. */
  readonly children: string;
};

/** Text that is wrapped at blanks, in one style. */
export function Words({ children, ...style }: WordsProps) {
  const { theme } = useDrawContext();
  return (
    <Wrapped>
      <Text {...textLook(theme, style)}>{expandTabs(sanitize(children))}</Text>
    </Wrapped>
  );
}

/** The blank at which a row was wrapped, among the colours that begin or end there. */
const blankAtStart = /^((?:\u001b\[[\d;]*m)*) (?=\S|\u001b)/;
const blankAtEnd = / ((?:\u001b\[[\d;]*m)*)$/;

/** Texts that wrap as one. ink leaves the blank of a break in its rows (github.com/chalk/wrap-ansi/issues/36); it goes here. */
export function Wrapped({ children }: { readonly children: ReactNode }) {
  return <Transform transform={dropBlank}>{children}</Transform>;
}

function dropBlank(row: string, index: number): string {
  return (index === 0 ? row : row.replace(blankAtStart, '$1')).replace(blankAtEnd, '$1');
}
