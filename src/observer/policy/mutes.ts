import type { Signal, Verdict } from '../../core/types.ts';
import type { ObserverConfig } from '../observer-schema.ts';

/** What the user (or the measured table of `observer.policy: auto`) does not want to hear of. */
export type Mutes = {
  readonly mute: (detectorOrClass: string) => void;
  /** Silent until this step. */
  readonly allowUntil: (detectorOrClass: string, step: number) => void;
  /** Ends a mute and what was allowed. */
  readonly watchAgain: (detectorOrClass: string) => void;
  /** Why nothing is said of this finding; undefined when it may be. `step`: the last finished step. */
  readonly whyUnwanted: (finding: Subject, step: number) => string | undefined;
  /** Whether the user wants to hear nothing of it for now, which may end in the same session. */
  readonly isPaused: (finding: Subject, step: number) => boolean;
};

type Subject = Pick<Signal | Verdict, 'class' | 'detector'>;

/** `whySilent` says why it does not pay to speak of a class or detector. */
export function createMutes(
  classes: ObserverConfig['classes'],
  whySilent: ((className: string, detector: string | undefined) => string | undefined) | undefined,
): Mutes {
  const muted = new Set<string>();
  const allowedUntil = new Map<string, number>();

  function whyPaused({ class: className, detector }: Subject, step: number): string | undefined {
    const names = detector === undefined ? [className] : [detector, className];
    if (names.some((name) => muted.has(name))) return 'the user muted it for this session';
    return names.some((name) => step < (allowedUntil.get(name) ?? -1)) ? 'the user allowed some more of it' : undefined;
  }

  return {
    mute: (name) => {
      muted.add(name);
    },
    allowUntil: (name, step) => {
      muted.delete(name);
      allowedUntil.set(name, step);
    },
    watchAgain: (name) => {
      muted.delete(name);
      allowedUntil.delete(name);
    },
    whyUnwanted: (finding, step) => {
      if (classes[finding.class]?.enabled === false) return 'the class is switched off in the configuration';
      return whyPaused(finding, step) ?? whySilent?.(finding.class, finding.detector);
    },
    isPaused: (finding, step) => whyPaused(finding, step) !== undefined,
  };
}
