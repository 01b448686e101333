/** A streamed answer in the parts that faults cut it at. Each string is one server-sent event, written with one write. */
export type Frames = {
  readonly opening: readonly string[];
  readonly content: () => Iterable<string>;
  /** How many frames `content` gives. */
  readonly contentCount: number;
  /** The finish reason and what follows it. */
  readonly closing: () => readonly string[];
  readonly done: readonly string[];
  /** An error reported inside the stream. */
  readonly error: (message: string, code: string | number | undefined) => string;
};
