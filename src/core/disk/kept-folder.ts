/** A folder of which a checkpoint kept what git's index there holds: neither what is ignored nor what is in `left`. All absolute. */
export type KeptFolder = {
  readonly root: string;
  /** The variables with which git answers from that index. */
  readonly environment: Readonly<Record<string, string>>;
  /** Files and folders that were too large, or too many. */
  readonly left: readonly string[];
};
