/**
 * `step 4`, `steps 2-13`, `steps 2, 5, 9-11`, `steps 1, 4, … 20`: indexes of steps in words, numbered from 1, as people count; neighbours
 * are joined. Above `most` runs of neighbours the middle is left out.
 */
export function stepRange(indexes: readonly number[], most = Number.POSITIVE_INFINITY): string {
  const steps = [...new Set(indexes)].sort((left, right) => left - right).map((index) => index + 1);
  const runs: [number, number][] = [];
  for (const step of steps) {
    const last = runs.at(-1);
    if (last && step === last[1] + 1) last[1] = step;
    else runs.push([step, step]);
  }
  const words = runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
  const shown = words.length > most ? `${words.slice(0, most - 1).join(', ')}, … ${words.at(-1)}` : words.join(', ');
  return steps.length === 0 ? 'no steps' : `${steps.length === 1 ? 'step' : 'steps'} ${shown}`;
}
