import { emptyComposer } from '../../input/composer.ts';
import { splitText } from '../../input/input.ts';
import { keyName } from '../../input/key-parser.ts';
import { createView } from '../../state/view.ts';
import { createStore, type ViewSnapshot, type ViewStore } from '../../state/view-store.ts';
import { followSize } from '../../terminal/resize.tsx';
import type { Terminal } from '../../terminal/terminal.ts';
import { createDrawContext } from '../../text/choose-theme.ts';
import type { Panel, Panels } from '../panel.ts';
import { FirstRunIntro } from './FirstRunIntro.tsx';
import type { FirstRunDeps } from './first-run.tsx';

export type FirstRunScreen = {
  readonly store: ViewStore;
  readonly panels: Panels;
  /** Resolves when the user leaves with Ctrl+D, whatever is asked. */
  readonly left: Promise<{ readonly kind: 'leave' }>;
  /** Takes the screen off. */
  readonly stop: () => void;
};

/** The screen before there is a session: who we are, and below it the open question. */
export function startFirstRun(info: FirstRunDeps['info'], env: NodeJS.ProcessEnv, terminal: Terminal): FirstRunScreen {
  const { stdout } = terminal;
  const stack: Panel[] = [];
  const look = createDrawContext(info, env, { columns: 80, rows: 24 });
  const take = (isBlank: boolean): ViewSnapshot => ({
    printed: [],
    edition: 0,
    isBlank,
    at: 0,
    view: createView({ model: '', cwd: '', approval: 'ask', mode: 'off' }),
    composer: emptyComposer,
    completion: undefined,
    hint: undefined,
    shell: undefined,
    isRunning: false,
    look: { ...look, columns: Math.max(20, (stdout.columns || 80) - 1), rows: stdout.rows || 24 },
    status: { branch: undefined, contextWindow: undefined, jobs: 0, own: undefined, vimMode: undefined },
    question: undefined,
    isAnswering: false,
    panel: undefined,
    page: () => (
      <>
        <FirstRunIntro version={info.version} />
        {stack.at(-1)?.render()}
      </>
    ),
  });
  const store = createStore(take(false));
  const repaint = () => store.commit(take(false));
  const left = new Promise<{ readonly kind: 'leave' }>((resolve) => {
    store.onPress((keys) => {
      for (const key of keys.flatMap(splitText))
        if (key.type === 'key' && keyName(key) === 'ctrl+d') resolve({ kind: 'leave' });
        else stack.at(-1)?.press(key);
    });
  });
  const blank = () => store.commit(take(true));
  const unfollow = followSize({ store, terminal, blank, reprint: blank, redraw: repaint });
  const open = (panel: Panel) => {
    stack.push(panel);
    repaint();
    return () => {
      stack.splice(stack.indexOf(panel), 1);
      repaint();
    };
  };
  return {
    store,
    left,
    // There is no composer yet, so a question has the keys at once.
    panels: {
      open,
      ask: open,
      waiting: () => 0,
      repaint,
      soon: repaint,
    },
    stop: () => {
      unfollow();
      blank();
    },
  };
}
