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
  { words: 'doubtful', lastCheck: 'green', runs: 22, passed: 9 },
  { words: 'doubtful', lastCheck: 'unclear', runs: 13, passed: 5 },
  { words: 'doubtful', runs: 37, passed: 5 },
  { lastCheck: 'green', runs: 350, passed: 261 },
  { lastCheck: 'unclear', runs: 76, passed: 43 },
  { lastCheck: 'red', runs: 26, passed: 14 },
  { lastCheck: 'before the last change', runs: 43, passed: 21 },
  { lastCheck: 'none', runs: 45, passed: 18 },
];
