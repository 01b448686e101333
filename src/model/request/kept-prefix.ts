import { readCompactions } from '../../core/context-size.ts';
import type { Step, Trajectory } from '../../core/types.ts';
import type { Form } from './step-messages.ts';

type Window = ReturnType<typeof readCompactions>;

/** How a conversation is written: its beginning, and what each step adds to it. */
export type PrefixWriter<Written> = {
  readonly open: (trajectory: Trajectory, window: Window) => Written;
  readonly add: (written: Written, step: Step, window: Window, trajectory: Trajectory) => void;
};

type Kept<Written> = {
  readonly compactions: number;
  readonly system: string;
  /** Of the habits by which it is written. */
  readonly version: number;
  readonly written: Written;
  steps: number;
  last: Step | undefined;
};

/**
 * Keeps what was written of each trajectory, so that a turn costs its own step and not the whole history, and the earlier part of a
 * request never changes by a byte (prompt caches hold). One that was compacted, rewound or resumed is written anew.
 */
export function keepPrefixes<Written>(form: Form, writer: PrefixWriter<Written>): (trajectory: Trajectory) => Written {
  const all = new WeakMap<Trajectory, Kept<Written>>();
  return (trajectory) => {
    const window = readCompactions(trajectory.compactions);
    const known = all.get(trajectory);
    const kept = known && isHowItBegins(known, trajectory, form) ? known : start(trajectory, form, writer, window);
    all.set(trajectory, kept);
    for (const step of trajectory.steps.slice(kept.steps))
      if (step.index >= window.fromStep) writer.add(kept.written, step, window, trajectory);
    kept.steps = trajectory.steps.length;
    kept.last = trajectory.steps.at(-1);
    return kept.written;
  };
}

function start<Written>(
  trajectory: Trajectory,
  form: Form,
  writer: PrefixWriter<Written>,
  window: Window,
): Kept<Written> {
  const { compactions, system } = trajectory;
  const version = form.habits?.version ?? 0;
  const written = writer.open(trajectory, window);
  return { compactions: compactions.length, system, version, written, steps: 0, last: undefined };
}

function isHowItBegins(
  { compactions, system, version, steps, last }: Kept<unknown>,
  now: Trajectory,
  form: Form,
): boolean {
  return (
    compactions === now.compactions.length &&
    system === now.system &&
    version === (form.habits?.version ?? 0) &&
    (steps === 0 || now.steps[steps - 1] === last)
  );
}
