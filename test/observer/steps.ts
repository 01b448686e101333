import type { JsonObject, Signal, Verdict } from '../../src/core/types.ts';
import type { Decisions } from '../../src/observer/policy/decisions.ts';
import type { Policy } from '../../src/observer/policy/policy.ts';
import type { NormalizedCall, NormalizedStep } from '../../src/observer/step/normalized-step.ts';

/** A call of a made-up agent; `act` follows the tool's name. */
export function call(
  name: 'read' | 'edit' | 'write' | 'shell' | 'grep',
  input: JsonObject,
  parts: Partial<NormalizedCall> = {},
): NormalizedCall {
  return { name, act: name === 'grep' ? 'search' : name, input, output: 'ok', isError: false, ...parts };
}

export function step(
  index: number,
  calls: readonly NormalizedCall[],
  parts: Partial<NormalizedStep> = {},
): NormalizedStep {
  return { index, userTexts: [], text: '', reasoning: '', calls, isLossy: false, ...parts };
}

/** The same failing test run again. */
export function sameTest(index: number): NormalizedStep {
  return step(index, [
    call('shell', { command: 'npm test' }, { output: '1 failing', isError: true, errorKind: 'command-failed' }),
  ]);
}

/** Useful work: an edit of a file that no other step of these tests touches. */
export function work(index: number): NormalizedStep {
  return step(index, [call('edit', { path: `src/part${index}.ts`, old: 'a', new: 'b' })]);
}

export function signal(parts: Partial<Signal> & Pick<Signal, 'step' | 'evidenceSteps'>): Signal {
  return {
    detector: 'same-call',
    category: 'Reasoning Problems',
    class: 'infinite-loop',
    confidence: 0.95,
    evidence: '`npm test` was run 3 times with the same output',
    key: 'npm test',
    ...parts,
  };
}

export function verdict(parts: Partial<Verdict> & Pick<Verdict, 'class' | 'atStep' | 'evidenceSteps'>): Verdict {
  return {
    id: 'from the judge',
    category: 'Reasoning Problems',
    source: 'judge',
    confidence: 0.9,
    firstStep: Math.min(...parts.evidenceSteps),
    evidence: 'The output of step 2 contradicts it',
    key: parts.class,
    ...parts,
  };
}

/** Feeds steps as a run would and delivers before each next one; gives what was decided at each step. */
export function run(policy: Policy, steps: readonly NormalizedStep[], signals: readonly Signal[] = []): Decisions[] {
  return steps.map((finished) => {
    const followed = policy.step(finished);
    const heard = signals.filter((each) => each.step === finished.index).map((each) => policy.signal(each));
    const delivered = policy.deliver(finished.index + 1, false);
    return join([followed, ...heard, delivered]);
  });
}

export function join(all: readonly Decisions[]): Decisions {
  const stop = all.find((each) => each.stop)?.stop;
  return {
    verdicts: all.flatMap((each) => each.verdicts),
    suppressed: all.flatMap((each) => each.suppressed),
    reminders: all.flatMap((each) => each.reminders),
    closed: all.flatMap((each) => each.closed),
    adviceWanted: all.flatMap((each) => each.adviceWanted),
    ...(stop !== undefined && { stop }),
  };
}
