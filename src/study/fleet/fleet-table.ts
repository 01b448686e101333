import { formatCount } from '../progress-bar.ts';
import { plural } from '../report/format-values.ts';
import { findTrouble } from './findings.ts';
import { type Fleet, type Group, statesOf } from './fleet.ts';
import { stateWords } from './run-state.ts';

const most = 10;

/** The health of a fleet for a terminal. */
export function writeFleetTable(fleet: Fleet): string {
  const { all, days } = fleet;
  const span = days.length === 0 ? '' : `, ${days[0]?.name} to ${days.at(-1)?.name}`;
  const states = statesOf(all).map(({ state, count }) => `${stateWords[state]} ${formatCount(count)}`);
  const found = findTrouble(fleet);
  return [
    `${plural(all.runs, 'run')}${span}: ${states.join(', ')}`,
    ...(found.length === 0 ? ['', 'Nothing stands out.'] : ['', 'To look at']),
    ...found.map(({ title, words }) => `  ${title}: ${words}`),
    ...groups('Models', fleet.models),
    ...groups('Repositories', fleet.repositories),
    '',
  ].join('\n');
}

/** The same for programs: one object. */
export function writeFleetJson(fleet: Fleet): string {
  const byDay = (days: ReadonlyMap<string, unknown>) => Object.fromEntries(days);
  const whole = {
    type: 'fleet',
    ...fleet,
    classes: fleet.classes.map((one) => ({ ...one, days: byDay(one.days) })),
    grid: Object.fromEntries([...fleet.grid].map(([repository, days]) => [repository, byDay(days)])),
    findings: findTrouble(fleet),
  };
  return `${JSON.stringify(whole, null, 2)}\n`;
}

function groups(title: string, all: readonly Group[]): string[] {
  const shown = all.slice(0, most);
  const width = Math.max(...shown.map(({ name }) => name.length));
  const rows = shown.map(({ name, runs, states, costUsd, pricedRuns }) => {
    const known = runs - states.unknown;
    const well = known === 0 ? '–' : `${Math.round((states.done / known) * 100)} %`;
    const cost = pricedRuns === 0 ? '–' : `$${(costUsd / pricedRuns).toFixed(2)}`;
    return `  ${name.padEnd(width)}  ${formatCount(runs).padStart(8)}  ${well.padStart(6)}  ${cost.padStart(8)}`;
  });
  const head = `  ${''.padEnd(width)}  ${'runs'.padStart(8)}  ${'well'.padStart(6)}  ${'a run'.padStart(8)}`;
  return ['', title, head, ...rows, ...(all.length > most ? [`  … and ${all.length - most} more`] : [])];
}
