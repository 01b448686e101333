import type { ScoreFacts } from '../../core/run/score-facts.ts';

/** Of the measured runs with these facts, how many passed their tests. What is left out fits any. */
export type ScoreRow = Partial<ScoreFacts> & { readonly runs: number; readonly passed: number };

/**
 * The first row that fits counts. From 708 benchmark runs of eight agents that changed or checked something and whose own tests say whether they passed, with the rules' findings
 * (`wink-agent eval` prints the same counts as its calibration); the first row from the runs of these that were read and labelled.
 */
export const scoreTable: readonly ScoreRow[] = [
  { trouble: 'disproved', runs: 14, passed: 0 },
  { ending: 'stopped', runs: 97, passed: 15 },
  { words: 'doubtful', lastCheck: 'green', runs: 27, passed: 13 },
  { words: 'doubtful', lastCheck: 'unclear', runs: 15, passed: 6 },
  { words: 'doubtful', runs: 37, passed: 5 },
  { lastCheck: 'green', runs: 346, passed: 258 },
  { lastCheck: 'unclear', runs: 73, passed: 41 },
  { lastCheck: 'red', runs: 23, passed: 13 },
  { lastCheck: 'before the last change', runs: 44, passed: 21 },
  { lastCheck: 'none', runs: 46, passed: 19 },
];
