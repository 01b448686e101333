import type { Event } from '../core/event.ts';
import type { Endpoint } from '../core/model.ts';

/** What telemetry needs to know of a session. */
export type TelemetryOptions = {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly session: string;
  readonly version: string;
  /** Whether words and arguments are sent as well. */
  readonly hasContents: boolean;
  /** Where the model in use is asked; undefined for a caller's own model. */
  readonly endpoint: () => Endpoint | undefined;
  /** Gets a sentence, once, when records could not be delivered or a setting can't be followed. */
  readonly warn: (message: string) => void;
};

/** An event, and when it happened in milliseconds since 1970, by a clock that does not jump within a turn. */
export type TimedListener = (event: Event, at: number) => void;
