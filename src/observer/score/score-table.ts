import type { ScoreFacts } from '../../core/run/score-facts.ts';

/** Of the measured runs with these facts, how many passed their tests. What is left out fits any. */
export type ScoreRow = Partial<ScoreFacts> & { readonly runs: number; readonly passed: number };

/**
 * The first row that fits counts. From 707 benchmark runs of seven agents that changed or checked something and whose own tests say whether they passed, with the rules' findings
 * (`wink-agent eval` prints the same counts as its calibration); the first row from the runs of these that were read and labelled.
 */
export const scoreTable: readonly ScoreRow[] = [
  { trouble: 'disproved', runs: 14, passed: 0 },
  { ending: 'stopped', trouble: 'some', runs: 14, passed: 3 },
  { ending: 'stopped', runs: 81, passed: 12 },
  { lastCheck: 'green', runs: 147, passed: 115 },
  { lastCheck: 'unclear', runs: 235, passed: 159 },
  { lastCheck: 'red', runs: 33, passed: 20 },
  { lastCheck: 'before the last change', runs: 79, passed: 42 },
  { lastCheck: 'none', trouble: 'some', runs: 6, passed: 0 },
  { lastCheck: 'none', runs: 111, passed: 40 },
];
