import { createHash } from 'node:crypto';
import { UserError } from '../../core/errors.ts';
import type { ObserverMode } from '../../core/types.ts';

/** `experiment` of the configuration: arms with their shares, and what is assigned as a whole. */
export type Experiment = {
  readonly name: string;
  /** Shares of the arms; they need not sum to 1. */
  readonly arms: Readonly<Partial<Record<ObserverMode, number>>>;
  readonly unit: 'session' | 'repository';
};

/**
 * The arm of a unit, by a hash of the experiment's name and the unit's id: the same unit gets the same arm on every machine and each
 * time, other experiments split the same units independently, and nothing has to be stored to keep it so. `unitId` is the session's
 * id or the repository's name, as the unit says. Throws UserError when no arm has a share.
 */
export function assignArm(experiment: Experiment, unitId: string): ObserverMode {
  const arms = modes.flatMap((mode) => {
    const share = experiment.arms[mode] ?? 0;
    return share > 0 ? [{ mode, share }] : [];
  });
  const total = arms.reduce((sum, arm) => sum + arm.share, 0);
  const last = arms.at(-1);
  if (last === undefined) {
    throw new UserError(
      `The experiment ${experiment.name} needs arms with shares above 0, for example { "on": 0.5, "shadow": 0.5 }.`,
    );
  }
  let left = hashShare(`${experiment.name}\n${unitId}`) * total;
  for (const arm of arms) {
    if (left < arm.share) return arm.mode;
    left -= arm.share;
  }
  return last.mode;
}

/** A fixed order, so that the order of keys in a configuration file changes nothing. */
const modes: readonly ObserverMode[] = ['on', 'shadow', 'off'];

/** 0 <= share < 1, even over all texts. */
function hashShare(text: string): number {
  return createHash('sha256').update(text).digest().readUIntBE(0, 6) / 2 ** 48;
}
