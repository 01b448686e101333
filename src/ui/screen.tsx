import { render, Static, Text, useCursor } from 'ink';
import { useSyncExternalStore } from 'react';
import type { Canvas } from './app.ts';

/** Draws what the canvas holds: finished rows once, into the terminal's own scrollback, and the live region below them. */
function Screen({ canvas }: { readonly canvas: Canvas }) {
  const { printed, live, cursor } = useSyncExternalStore(canvas.subscribe, canvas.snapshot);
  const { setCursorPosition } = useCursor();
  setCursorPosition(cursor);
  return (
    <>
      <Static items={[...printed]}>{(block) => <Text key={block.key}>{block.text}</Text>}</Static>
      <Text>{live}</Text>
    </>
  );
}

/** Puts the screen on the terminal; returns the way to take it off. The canvas paces the paints, so ink need not. */
export function mountScreen(canvas: Canvas, stdout: NodeJS.WriteStream, stdin: NodeJS.ReadStream): () => void {
  const instance = render(<Screen canvas={canvas} />, { stdout, stdin, exitOnCtrlC: false, patchConsole: false, maxFps: 240, incrementalRendering: true });
  return () => {
    instance.unmount();
  };
}
