import { Text } from 'ink';
import type { Token } from 'marked';
import { useDrawContext } from '../../hooks/use-draw-context.ts';
import { inlineSpans } from '../../text/markdown-inline.ts';
import type { Style } from '../../text/span.ts';
import { textLook } from '../../text/theme.ts';

/** `tokens`: the inside of a paragraph; `style` is what it starts from. */
export type InlineProps = { readonly tokens: readonly Token[]; readonly style?: Style };

/** The inside of a paragraph: emphasis, code, links. */
export function Inline({ tokens, style = {} }: InlineProps) {
  const { theme } = useDrawContext();
  return (
    <Text>
      {inlineSpans(tokens, style).map(({ text, style: own = {} }, index) => (
        <Text key={index} {...textLook(theme, own)}>
          {text}
        </Text>
      ))}
    </Text>
  );
}
