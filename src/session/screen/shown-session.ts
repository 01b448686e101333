import type { Event } from '../../core/event.ts';
import type { Usage } from '../../core/types.ts';
import type { ResolvedModels } from '../../providers/resolve-models.ts';
import type { ScreenQuestions } from '../../ui/screen-deps.ts';
import type { OpenRun } from '../run/open-run.ts';
import type { SessionChoice } from '../session-choice.ts';
import type { Setup } from '../setup.ts';

/** The session that the screen shows now: it changes with /resume, /clear and a rewind. */
export type ShownSession = {
  readonly setup: Setup;
  readonly models: ResolvedModels;
  readonly current: () => OpenRun;
  /** Ends the current session and goes on with another; gives the events of its past. `paid`: what counts as spent already. */
  readonly change: (choice: SessionChoice, paid?: Usage) => Promise<readonly Event[]>;
  readonly questions: () => ScreenQuestions | undefined;
  /** Gets the events of whichever session is shown; gives the end of it. */
  readonly subscribe: (listener: (event: Event) => void) => () => void;
};
