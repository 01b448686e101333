import type { Painter } from '../state/painter.ts';
import type { Panel, PanelQuestion } from './panel.ts';

/** The panels that are open, the last one with the keys, and the questions that are asked. */
export type Panels = ReturnType<typeof createPanelStack>;

/**
 * `onQuestion` gets the first question, in the order they came, whenever it is another; undefined when none is asked any more. `onUnsaid`
 * gets the words that were written for one that is taken away without them.
 */
export function createPanelStack(
  painter: () => Pick<Painter, 'now' | 'soon'>,
  onQuestion: (question: PanelQuestion | undefined) => void,
  onUnsaid: (words: string) => void,
) {
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
    top: (): Panel | undefined => stack.at(-1),
    isEmpty: () => stack.length === 0,
    /** One of them takes the whole screen: a question over a page stays on the page's screen. */
    isFull: () => stack.some((panel) => panel.isFull),
    /** Gives a panel the keys at once; returns the way to take it away. */
    open: (panel: Panel) => {
      stack.push(panel);
      repaint();
      return () => {
        const place = stack.indexOf(panel);
        if (place !== -1) stack.splice(place, 1);
        keepWords(panel);
        repaint();
      };
    },
    /** Shows a question after those that are open already, next to the composer; returns the way to take it away. */
    ask: (question: PanelQuestion) => {
      asked.push(question);
      showFirst();
      return () => {
        asked.splice(asked.indexOf(question), 1);
        keepWords(question);
        showFirst();
      };
    },
    isAsking: () => asked.length > 0,
    /** How many questions wait behind the one that is asked. */
    waiting: () => asked.length - 1,
    repaint,
    /** Like repaint, for what comes by itself and often. */
    soon: () => painter().soon(),
  };
}
