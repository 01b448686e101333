import { Text } from 'ink';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { Line } from '../../text/span.ts';
import { safeText, textLook } from '../../text/theme.ts';

/** `line`: pieces of text, each in its style. */
export type SpansProps = { readonly line: Line };

/** Styled pieces inside a text. */
export function Spans({ line }: SpansProps) {
  const { theme } = useDrawContext();
  return line.map(({ text, style = {} }, index) => (
    <Text key={index} {...textLook(theme, style)}>
      {safeText(text)}
    </Text>
  ));
}
