import { splitText } from '../../input/input.ts';
import { keyName, type TerminalKey } from '../../input/key-parser.ts';
import { createPainter } from '../../state/painter.ts';
import { createStore, type ViewSnapshot } from '../../state/view-store.ts';
import { followSize } from '../../terminal/resize.tsx';
import type { Terminal } from '../../terminal/terminal.ts';
import { createDrawContext, sizeOf } from '../../text/draw-context.ts';
import { createPanelStack } from '../panel-stack.ts';
import { FirstRunIntro } from './FirstRunIntro.tsx';
import type { FirstRunDeps } from './first-run.tsx';

/** The screen before there is a session: who we are, and below it the open question. */
export function startFirstRun(info: FirstRunDeps['info'], env: NodeJS.ProcessEnv, terminal: Terminal) {
  const { stdout } = terminal;
  const look = createDrawContext(info, env, stdout);
  const painter = createPainter(() => store.commit(take(false)));
  const panels = createPanelStack(
    () => painter,
    () => undefined,
    () => undefined,
  );
  const take = (isBlank: boolean): ViewSnapshot => {
    const sized = { ...look, ...sizeOf(stdout) };
    const top = panels.top();
    top?.prepare?.(sized);
    return {
      ...{ printed: [], edition: 0, isBlank, look: sized },
      page: () => (
        <>
          {!top?.isFull && <FirstRunIntro version={info.version} notices={info.notices ?? []} />}
          {top?.render()}
        </>
      ),
    };
  };
  const store = createStore(take(false));
  let leave: () => void = () => undefined;
  const left = new Promise<{ readonly kind: 'leave' }>((resolve) => {
    leave = () => resolve({ kind: 'leave' });
  });
  const blank = () => store.commit(take(true));
  const unfollow = followSize({ store, terminal, blank, reprint: blank, redraw: painter.now });
  return {
    store,
    press: (keys: readonly TerminalKey[]) =>
      painter.batch(() => {
        for (const key of keys.flatMap(splitText))
          if (key.type === 'key' && keyName(key) === 'ctrl+d') leave();
          else panels.top()?.press(key);
      }),
    // There is no composer yet, so a question has the keys at once.
    panels: { ...panels, ask: panels.open },
    /** Resolves when the user leaves with Ctrl+D, whatever is asked. */
    left,
    /** Takes the screen off. */
    stop: () => {
      unfollow();
      painter.stop();
      blank();
    },
  };
}
