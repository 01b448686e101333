import { Words } from '../../components/layout/Words.tsx';
import type { Panels } from '../panel-stack.ts';
import { askChoice } from './choice.tsx';

export type LineQuestion = {
  readonly title: string;
  readonly words?: string;
  readonly prompt: string;
  readonly initial?: string;
  readonly isSecret?: boolean;
  /** Says in a sentence what is wrong with the words so far. */
  readonly check?: (words: string) => string | undefined;
  /** It belongs to the page that has the keys. */
  readonly isOverPage?: boolean;
};

/** One line; undefined on Esc. */
export function askLine(panels: Panels, question: LineQuestion): Promise<string | undefined> {
  const { title, words, isOverPage = false, initial = '', ...input } = question;
  return askChoice<string | undefined>(panels, {
    title,
    body: words && <Words role="quiet">{words}</Words>,
    options: [{ label: 'Write or paste it', keys: [], input: { ...input, initial }, answer: (text) => text }],
    onEscape: undefined,
    isOverPage,
  });
}
