import jstat from 'jstat';

export type Power = { readonly alpha: number; readonly power: number };

/** The usual choice: 5 % false alarms, 80 % chance to find the effect. */
export const usualPower: Power = { alpha: 0.05, power: 0.8 };

function zSum({ alpha, power }: Power): number {
  return jstat.normal.inv(1 - alpha / 2, 0, 1) + jstat.normal.inv(power, 0, 1);
}

/** Units needed in each arm to find a change from `base` to `changed` in a proportion (unpooled normal approximation). */
export function neededForProportions(base: number, changed: number, power: Power = usualPower): number | null {
  const effect = changed - base;
  const variance = base * (1 - base) + changed * (1 - changed);
  return effect === 0 || variance === 0 ? null : Math.ceil((zSum(power) ** 2 * variance) / effect ** 2);
}

/** Units needed in each arm to find a difference of `effect` between means, given the variance of one unit in each arm. */
export function neededForMeans(
  variances: readonly [number, number],
  effect: number,
  power: Power = usualPower,
): number | null {
  const variance = variances[0] + variances[1];
  return effect === 0 || variance === 0 ? null : Math.ceil((zSum(power) ** 2 * variance) / effect ** 2);
}
