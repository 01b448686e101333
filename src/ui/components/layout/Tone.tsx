import { Text } from 'ink';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { Style } from '../../text/span.ts';
import { safeText, textLook } from '../../text/theme.ts';

type Part = string | number | undefined | false;

/** `role`: what the text means; the theme decides how that looks. */
export type ToneProps = Style & {
  readonly children?: Part | readonly Part[];
  /** What happens to a text that is wider than its room; default: cut at its end. */
  readonly wrap?: 'truncate' | 'truncate-middle' | 'wrap';
};

/** A text on one row in the theme's colours. Whatever it holds, no control sequence reaches the terminal. */
export function Tone({ children, wrap = 'truncate', ...style }: ToneProps) {
  const { theme } = useDrawContext();
  const parts = [children].flat();
  const text = parts.filter((part) => part !== undefined && part !== false).join('');
  return (
    <Text {...textLook(theme, style)} wrap={wrap}>
      {safeText(text)}
    </Text>
  );
}
