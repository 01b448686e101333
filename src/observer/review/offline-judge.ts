import type { Ask } from '../../core/model.ts';
import type { Signal, Suppressed, Verdict } from '../../core/types.ts';
import type { MisbehaviourClass } from '../classes/taxonomy.ts';
import type { Instructions } from '../guards/constraint-guard.ts';
import { createLedger } from '../ledger/ledger.ts';
import type { ObserverConfig } from '../observer-schema.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import type { FromWorker, Spent } from '../worker/protocol.ts';
import { createAccount } from './account/account.ts';
import { createReviewer } from './reviewer.ts';
import { createSchedule } from './schedule.ts';

export type OfflineJudgeOptions = {
  readonly config: Pick<ObserverConfig, 'judge' | 'detectors' | 'classes'>;
  readonly task: string;
  /** A plan of the agent's own that the task says to carry out. */
  readonly plan?: string | undefined;
  readonly cwd: string;
  /** Standing instructions, whose constraints hold as the user's own do. */
  readonly instructions?: readonly Instructions[] | undefined;
  readonly classes: readonly MisbehaviourClass[];
  readonly ask: Ask;
  /** A word that the run can't know, the same each time: the same study asks the same questions. */
  readonly fence: string;
};

/** Whether a step ends the agent's turn, or the run was stopped after it. */
export type TurnEnding = 'turn-end' | 'stopped' | 'none';

/** The judge over a saved run: asked at the same steps, for the same classes and inside the same budget as live. */
export type OfflineJudge = {
  /** Resolves to the verdicts that stand as of this step, when all its questions are answered. */
  readonly step: (step: NormalizedStep, signals: readonly Signal[], ending: TurnEnding) => Promise<readonly Verdict[]>;
  /** What each call so far has cost. */
  readonly spent: () => readonly Spent[];
  /** Why questions got no answer. */
  readonly unanswered: () => readonly string[];
  /** What the judge found that can't stand, or did not confirm, each with its reason. */
  readonly dropped: () => readonly Suppressed[];
};

/** For a run that waits for its judge, as a replay can: there is no thread, and nothing is late. */
export function createOfflineJudge(options: OfflineJudgeOptions): OfflineJudge {
  const { fence } = options;
  const { cwd, instructions = [], plan, task } = options;
  const account = createAccount({ task, plan, cwd, instructions, fence });
  const ledger = createLedger('');
  for (const { text, source } of instructions) readWords(text, source);
  readWords(options.task);
  const schedule = createSchedule(options);
  const spent: Spent[] = [];
  const unanswered: string[] = [];
  const dropped: Suppressed[] = [];
  let verdicts: Verdict[] = [];
  let settle: () => void = () => undefined;
  const none: Spent = { calls: 0, inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: 0 };
  const reviewer = createReviewer({ ...options, spent: none, account, fence, post: take });

  function take(message: FromWorker): void {
    if (message.kind === 'verdict') verdicts.push(message.verdict);
    else if (message.kind === 'no-verdict' && message.isUnanswered) unanswered.push(message.reason);
    else if (message.kind === 'no-verdict') dropped.push(droppedOf(message));
    else if (message.kind === 'spent') spent.push(message.spent);
    else if (message.kind === 'settled') settle();
  }

  /** Live, the main thread tells the constraints. */
  function readWords(words: string, source = 'user'): void {
    ledger.readConstraints(words, source);
    account.setLedger(ledger.constraints().map(({ quote, source }) => `“${quote}” (${source})`));
  }

  return {
    step: async (step, signals, ending) => {
      for (const words of step.userTexts) if (words !== options.task) readWords(words);
      account.add(step);
      for (const signal of signals) account.findingHistory.add(signal);
      const requests = schedule.step(step, signals, ending === 'turn-end');
      const atEnd = ending === 'none' ? [] : schedule.turnEnd(step.index);
      if (requests.length + atEnd.length === 0) return [];
      const settled = new Promise<void>((resolve) => {
        settle = resolve;
      });
      reviewer.turnEnd(step.index, [...requests, ...atEnd]);
      await settled;
      const found = verdicts;
      verdicts = [];
      return found;
    },
    spent: () => spent,
    unanswered: () => unanswered,
    dropped: () => dropped,
  };
}

function droppedOf(message: Extract<FromWorker, { kind: 'no-verdict' }>): Suppressed {
  const { class: name, detector, step, reason } = message;
  return { class: name, ...(detector !== undefined && { detector }), step, reason };
}
