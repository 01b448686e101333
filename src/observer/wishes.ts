import type { Signal, Verdict } from '../core/types.ts';
import type { ObserverConfig } from './config.ts';

/** What the user (or the measured table of `observer.policy: auto`) does not want to hear of. */
export type Wishes = {
  readonly mute: (detectorOrClass: string) => void;
  /** Silent until this step; ends a mute, so that a step in the past means: speak again. */
  readonly allowUntil: (detectorOrClass: string, step: number) => void;
  /** Why nothing is said of this finding; undefined when it may be. `step`: the last finished step. */
  readonly whyUnwanted: (finding: Signal | Verdict, step: number) => string | undefined;
};

/** `whySilent` says why it does not pay to speak of a class or detector. */
export function createWishes(
  classes: ObserverConfig['classes'],
  whySilent: ((className: string, detector: string | undefined) => string | undefined) | undefined,
): Wishes {
  const muted = new Set<string>();
  const allowedUntil = new Map<string, number>();
  return {
    mute: (name) => {
      muted.add(name);
    },
    allowUntil: (name, step) => {
      muted.delete(name);
      allowedUntil.set(name, step);
    },
    whyUnwanted: (finding, step) => {
      if (classes[finding.class]?.enabled === false) return 'the class is switched off in the configuration';
      const names = finding.detector === undefined ? [finding.class] : [finding.detector, finding.class];
      if (names.some((name) => muted.has(name))) return 'the user muted it for this session';
      if (names.some((name) => step < (allowedUntil.get(name) ?? -1))) return 'the user allowed some more of it';
      return whySilent?.(finding.class, finding.detector);
    },
  };
}
