/** What to start, and whether the system ends all that came of it when its starter goes. */
export type WrappedCommand = {
  readonly file: string;
  readonly args: readonly string[];
  readonly endsWithStarter?: boolean;
  /**
   * The arguments with which it also writes `{"child-pid": N}` to descriptor 4, a file: the process from which all of the command's own
   * descend.
   */
  readonly reporting?: readonly string[];
  /** The same in two parts, so that it can be started before it is known what it holds. */
  readonly early?: EarlyStart;
  /** What it holds that its words do not say: one started earlier with the same words holds the same only while this is equal. */
  readonly state?: string;
  /** Whether a process that waits in it sees what its words say, in case something was exchanged while it was made. */
  readonly isMadeAsSaid?: (pid: number) => boolean;
  /** What is covered in it. Where one is gone, another start with the same words would make an empty file of that name on the disk. */
  readonly covers?: readonly string[];
  /** To be called when the command has started. */
  readonly watch?: WallWatch;
  /** To be called when the command has ended: sets aside what appeared where nothing may be; undefined where there was nothing. */
  readonly tidy?: () => Promise<Tidied | undefined>;
};

/**
 * Begins to look whether the command that runs is still held as it was; `onBroken` when it is not. `check` looks once more: words for the model
 * when what the command printed must not be given to it.
 */
export type WallWatch = (onBroken: () => void) => {
  readonly check: () => Promise<string | undefined>;
  readonly close: () => void;
  /** Once it has ended after such words: what it kept for others to read is removed. */
  readonly clean: () => void;
};

/** What is said once a command was tidied up after. */
export type Tidied = {
  /** To the model. */
  readonly note: string;
  /** What the command was kept from, in words that follow "it": asked about before it may run without bounds. */
  readonly wants?: string;
};

/** Arguments that name no file, with `reporting` in them, and those that are then to be written to descriptor 5, each ended by a zero. */
export type EarlyStart = { readonly args: readonly string[]; readonly later: readonly string[] };
