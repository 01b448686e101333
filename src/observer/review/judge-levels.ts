/** How much the judge is asked: `observer.judge.level`. */
export const judgeLevels = ['off', 'end-of-turn', 'standard', 'thorough'] as const;
export type JudgeLevel = (typeof judgeLevels)[number];

/** What a level allows. Calls of a run: `firstCalls`, and one more for each `stepsPerCall` steps. */
export type LevelRules = {
  readonly asksAtTurnEnd: boolean;
  /** Turns that only looked and talked as well. */
  readonly asksAboutTalk: boolean;
  /** In the middle of a turn: by evidence, and about drift. */
  readonly asksMidTurn: boolean;
  readonly firstCalls: number;
  readonly stepsPerCall: number;
  /** Steps between two questions about drift in one turn. */
  readonly stepsBetweenDrift: number;
};

const none: LevelRules = {
  asksAtTurnEnd: false,
  asksAboutTalk: false,
  asksMidTurn: false,
  firstCalls: 0,
  stepsPerCall: Number.POSITIVE_INFINITY,
  stepsBetweenDrift: Number.POSITIVE_INFINITY,
};

const rules: Readonly<Record<JudgeLevel, LevelRules>> = {
  off: none,
  'end-of-turn': { ...none, asksAtTurnEnd: true, firstCalls: 2, stepsPerCall: 14 },
  standard: { ...none, asksAtTurnEnd: true, asksMidTurn: true, firstCalls: 2, stepsPerCall: 8, stepsBetweenDrift: 12 },
  thorough: {
    asksAtTurnEnd: true,
    asksAboutTalk: true,
    asksMidTurn: true,
    firstCalls: 6,
    stepsPerCall: 3,
    stepsBetweenDrift: 6,
  },
};

export function rulesOfLevel(level: JudgeLevel): LevelRules {
  return rules[level];
}
