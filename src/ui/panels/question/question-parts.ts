import type { Panels } from '../panel.ts';
import type { Choice } from './choice.tsx';

/** What the questions need of the screen. */
export type QuestionParts = {
  readonly panels: Panels;
  /** Puts a question up, or takes the one that stands away. */
  readonly show: (question: Choice | undefined) => void;
  /** Called when a question begins to wait. */
  readonly onWait: (what: string) => void;
  /** Esc: the run stops, and the user says how to go on. */
  readonly interrupt: () => void;
  /** What is wrong with a rule, in a sentence. */
  readonly checkRule: (rule: string) => string | undefined;
};
