import type { Event } from '../event.ts';
import type { RunResult } from './run-result.ts';

/** One session that is under way, as modes use it. */
export type Run = {
  readonly session: string;
  /** Listeners get every event from then on, in order and at once; one that throws is dropped. */
  readonly subscribe: (listener: (event: Event) => void) => () => void;
  /** The user's words: works until the model ends its turn, a limit is reached or `stop` is called. One at a time. */
  readonly submit: (text: string, images?: readonly string[]) => Promise<RunResult>;
  /** More words while it works: they come before the next step. */
  readonly say: (text: string, images?: readonly string[]) => void;
  /** Ends what is going on; the reason becomes the outcome. */
  readonly stop: (reason: Error) => void;
  /** Ends children, threads and files. Never hangs. */
  readonly close: () => Promise<void>;
};
