import { render, Static, Text, useCursor } from 'ink';
import type { Canvas, Snapshot } from './app.ts';

/** Draws what the canvas holds: finished rows once, into the terminal's own scrollback, and the live region below them. */
function Screen({ printed, live, cursor }: Snapshot) {
  const { setCursorPosition } = useCursor();
  setCursorPosition(cursor);
  return (
    <>
      <Static items={[...printed]}>{(block) => <Text key={block.key}>{block.text}</Text>}</Static>
      <Text>{live}</Text>
    </>
  );
}

/**
 * Puts the screen on the terminal; returns the way to take it off. Each change is on the terminal when the canvas' call returns
 * (the canvas paces its paints itself, so ink's own throttle is off): what switches the terminal's screen relies on the order.
 */
export function mountScreen(canvas: Canvas, stdout: NodeJS.WriteStream, stdin: NodeJS.ReadStream): () => void {
  const draw = () => <Screen {...canvas.snapshot()} />;
  const instance = render(draw(), { stdout, stdin, exitOnCtrlC: false, patchConsole: false, maxFps: 0 });
  const unsubscribe = canvas.subscribe(() => instance.rerender(draw()));
  return () => {
    unsubscribe();
    instance.unmount();
  };
}
