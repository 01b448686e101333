import type { Panels } from '../panel.ts';

/** What the questions need of the screen. */
export type QuestionParts = {
  readonly panels: Panels;
  /** Called when something is asked. */
  readonly onWait: (what: string) => void;
  /** Esc: the run stops, and the user says how to go on. */
  readonly interrupt: () => void;
  /** What is wrong with a rule, in a sentence. */
  readonly checkRule: (rule: string) => string | undefined;
};
