import type { Episode, ObserverMode, Outcome, Reminder, Signal, Suppressed, ToolCall, Verdict } from '../core/types.ts';
import { createDetectors } from './detectors/all-detectors.ts';
import { detectorsSchema } from './detectors/detector-settings.ts';
import type { ObserverConfig } from './observer-schema.ts';
import type { Decisions } from './policy/decisions.ts';
import { createPolicy } from './policy/policy.ts';
import type { NormalizedStep, RunFacts } from './step/normalized-step.ts';

export type StepObserverOptions = {
  readonly config: ObserverConfig;
  /** `shadow`: nothing is said, the reminders are what would have been. */
  readonly mode: Exclude<ObserverMode, 'off'>;
  readonly facts: RunFacts;
  readonly hasJudge: boolean;
};

/** What one call led to. `stop` is there when the ladder has ended. */
export type Observed = {
  readonly signals: readonly Signal[];
  readonly reminders: readonly Reminder[];
  readonly suppressed: readonly Suppressed[];
  readonly stop?: { readonly reason: string };
};

export type StepObserver = {
  /** Looks at a finished step: the findings that are new. */
  readonly observe: (step: NormalizedStep, isTurnEnd: boolean) => readonly Signal[];
  /** A finding of the judge. */
  readonly judge: (verdict: Verdict) => void;
  /** What is due after a step: everything that came up since the last time, and the reminders that come before the next request. */
  readonly deliver: (step: NormalizedStep, isTurnEnd: boolean) => Observed;
  /** Words for a call that the ladder refuses since it was made again and again; undefined when it may act. */
  readonly refuse: (call: Pick<ToolCall, 'name' | 'input'>) => string | undefined;
  readonly finish: (outcome: Outcome) => Observed;
  readonly episodes: () => readonly Episode[];
};

/**
 * The observer without a thread and without a loop of ours: detectors and policy over the steps of any agent, one after the other. Replay, the
 * observer of other agents, and the library are made of it.
 */
export function createStepObserver({ config, mode, facts, hasJudge }: StepObserverOptions): StepObserver {
  const detectors = createDetectors(detectorsSchema.parse(config.detectors), facts);
  const policy = createPolicy({ config, mode: () => mode, hasJudge });
  /** Constraints that were broken before, each with the file or command; another try is not a new finding. */
  const broken = new Set<string>();
  const isFirst = ({ detector, key }: Signal) => detector !== 'constraint' || !broken.has(key);
  let signals: Signal[] = [];
  let reminders: Reminder[] = [];
  let suppressed: Suppressed[] = [];
  let stop: Observed['stop'];
  const add = (decisions: Decisions) => {
    reminders.push(...decisions.reminders);
    suppressed.push(...decisions.suppressed);
    stop ??= decisions.stop;
  };
  const take = (): Observed => {
    const observed = { signals, reminders, suppressed, ...(stop ? { stop } : {}) };
    [signals, reminders, suppressed, stop] = [[], [], [], undefined];
    return observed;
  };
  return {
    observe: (step, isTurnEnd) => {
      add(policy.step(step));
      const found = detectors.observe(step, isTurnEnd);
      for (const signal of found.filter((each) => !isFirst(each))) policy.seenAgain(signal);
      const fresh = found.filter(isFirst);
      for (const signal of fresh) {
        if (signal.detector === 'constraint') broken.add(signal.key);
        signals.push(signal);
        add(policy.signal(signal));
      }
      return fresh;
    },
    judge: (verdict) => add(policy.verdict(verdict)),
    deliver: (step, isTurnEnd) => {
      add(policy.deliver(step.index + 1, isTurnEnd));
      return take();
    },
    refuse: policy.refuse,
    finish: (outcome) => {
      add(policy.finish(outcome));
      return take();
    },
    episodes: () => policy.episodes(),
  };
}
