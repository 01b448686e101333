import type { Painter } from '../state/painter.ts';
import type { Panel, PanelQuestion, Panels } from './panel.ts';

/** The panels that are open, and the questions that are asked. */
export type PanelStack = Panels & {
  readonly top: () => Panel | undefined;
  readonly isEmpty: () => boolean;
  /** One of them takes the whole screen: a question over a page stays on the page's screen. */
  readonly isFull: () => boolean;
};

/**
 * `onQuestion` gets the first question, in the order they came, whenever it is another; undefined when none is asked any more. `onUnsaid`
 * gets the words that were written for one that is taken away without them.
 */
export function createPanelStack(
  painter: () => Pick<Painter, 'now' | 'soon'>,
  onQuestion: (question: PanelQuestion | undefined) => void,
  onUnsaid: (words: string) => void,
): PanelStack {
  const stack: Panel[] = [];
  const asked: PanelQuestion[] = [];
  const repaint = () => painter().now();
  const showFirst = () => {
    onQuestion(asked[0]);
    repaint();
  };
  const keepWords = (panel: Panel) => {
    const words = panel.unsaid?.() ?? '';
    if (words !== '') onUnsaid(words);
  };
  return {
    top: () => stack.at(-1),
    isEmpty: () => stack.length === 0,
    isFull: () => stack.some((panel) => panel.isFull),
    open: (panel) => {
      stack.push(panel);
      repaint();
      return () => {
        const place = stack.indexOf(panel);
        if (place !== -1) stack.splice(place, 1);
        keepWords(panel);
        repaint();
      };
    },
    ask: (question) => {
      asked.push(question);
      showFirst();
      return () => {
        asked.splice(asked.indexOf(question), 1);
        keepWords(question);
        showFirst();
      };
    },
    waiting: () => asked.length - 1,
    repaint,
    soon: () => painter().soon(),
  };
}
