import { Box, Static } from 'ink';
import { DrawProvider } from '../../hooks/use-draw-context.ts';
import type { Item } from '../../state/view.ts';
import type { DrawContext } from '../../text/draw-context.ts';
import { TranscriptItem } from './TranscriptItem.tsx';

/** Something that is to be printed, with how the screen looked when it was finished. */
export type Printed = {
  readonly key: number;
  readonly item: Item;
  readonly previous: Item['kind'] | undefined;
  readonly look: DrawContext;
};

/** `printed` only grows. */
export type TranscriptProps = { readonly printed: readonly Printed[] };

/** What is finished: printed once, into the terminal's own scrollback. */
export function Transcript({ printed }: TranscriptProps) {
  return (
    <Static items={[...printed]}>
      {({ key, look, ...rest }) => (
        <DrawProvider key={key} value={look}>
          <Box width={look.columns} flexDirection="column">
            <TranscriptItem {...rest} />
          </Box>
        </DrawProvider>
      )}
    </Static>
  );
}
