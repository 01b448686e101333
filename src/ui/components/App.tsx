import { Box } from 'ink';
import { useSyncExternalStore } from 'react';
import { CaretProvider } from '../hooks/use-caret.ts';
import { DrawProvider } from '../hooks/use-draw-context.ts';
import { useKeys } from '../hooks/use-keys.ts';
import type { TerminalKey } from '../input/key-parser.ts';
import type { PasteMarks } from '../input/unmarked-pastes.ts';
import type { ViewSnapshot, ViewStore } from '../state/view-store.ts';
import { Transcript } from './conversation/Transcript.tsx';
import { LowBox } from './layout/LowBox.tsx';
import { Live } from './live/Live.tsx';

export type AppProps = {
  readonly store: ViewStore;
  /** Takes the keys of the terminal. */
  readonly press: (keys: readonly TerminalKey[]) => void;
  readonly pastes: PasteMarks;
};

/** The screen: what is finished above, what goes on below, or one page over all of it. */
export function App({ store, press, pastes }: AppProps) {
  const shot = useSyncExternalStore(store.subscribe, store.snapshot);
  useKeys(press, pastes);
  return (
    <DrawProvider value={shot.look}>
      <Transcript key={shot.edition} printed={shot.printed} />
      {!shot.isBlank && (
        <CaretProvider value={{ ref: store.caret }}>
          <LiveRegion shot={shot} />
        </CaretProvider>
      )}
    </DrawProvider>
  );
}

/** Everything that is drawn again and again; always lower than the screen. */
export function LiveRegion({ shot: { look, page, live } }: { readonly shot: ViewSnapshot }) {
  const { columns, rows } = look;
  return (
    <LowBox maxRows={Math.max(3, rows - 1)} columns={columns}>
      {page ? <Box flexDirection="column">{page()}</Box> : live && <Live shot={live} />}
    </LowBox>
  );
}
