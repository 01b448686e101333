/** What the score goes by: four facts that code reads at the end of a run. */
export type ScoreFacts = {
  /** Whether the model called its work done, or was stopped, cut off or ran out of something. */
  readonly ending: 'done' | 'stopped';
  /** The last check that could run: after the last change green, red or unclear; only before it; or none at all. */
  readonly lastCheck: 'green' | 'unclear' | 'red' | 'before the last change' | 'none';
  /**
   * Misbehaviour that was found and had not recovered at the end. `disproved`: a false claim, a wrong premise, weakened tests or a
   * premature stop, by a rule or the judge; `some`: anything else.
   */
  readonly trouble: 'none' | 'some' | 'disproved';
  /** `doubtful`: the end of the last words says that something failed, was left or is only assumed. */
  readonly words: 'plain' | 'doubtful';
};

/** The observer's estimate that a run succeeded. */
export type Score = ScoreFacts & {
  /** 0 to 1: the share of the measured runs with the same facts that passed their tests. */
  readonly value: number;
  /** How many runs that share is of. */
  readonly runs: number;
};
