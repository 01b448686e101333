import { Box, Text } from 'ink';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import type { Style } from '../../text/span.ts';
import { safeText, textLook } from '../../text/theme.ts';

type Part = string | number | undefined | false;

/** `role`: what the text means; the theme decides how that looks. */
export type ToneProps = Style & {
  readonly children?: Part | readonly Part[];
  /** What happens to a text that is wider than its room; default: cut at its end. */
  readonly wrap?: 'truncate' | 'wrap';
  /** It keeps its width where there is too little room for all. */
  readonly isKept?: boolean;
};

/** A text on one row in the theme's colours. Whatever it holds, no control sequence reaches the terminal. */
export function Tone({ children, wrap = 'truncate', isKept = false, ...style }: ToneProps) {
  const { theme } = useDrawContext();
  const parts = [children].flat();
  const text = parts.filter((part) => part !== undefined && part !== false).join('');
  const drawn = (
    <Text {...textLook(theme, style)} wrap={wrap}>
      {safeText(text)}
    </Text>
  );
  return isKept ? <Box flexShrink={0}>{drawn}</Box> : drawn;
}
