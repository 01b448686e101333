import { estimateDifference, type Sample, zOfMany } from '../metrics/statistics.ts';
import { formatCount } from '../progress-bar.ts';
import type { Fleet, Group } from './fleet.ts';

/** What somebody should look at, the gravest first. */
export type FleetFinding = { readonly title: string; readonly words: string };

/** Fewer runs than this say nothing of a model or a repository. */
const minRuns = 10;
const most = 6;
/** A day that cost so many times the median of the days before. */
const costlyDay = 2;

const percent = (share: number) => `${Math.round(share * 100)} %`;

/**
 * What stands out: a last day that is worse than the days before, a model or repository that is worse than the rest (Newcombe's interval of the
 * difference leaves 0 out at 95 % for all comparisons together, and at least ten points lie between), runs that nobody watched, runs without an end, a day that cost twice the usual.
 */
export function findTrouble(fleet: Fleet): FleetFinding[] {
  const groups = [
    ...fleet.repositories.map((group) => ({ kind: 'Repository', group })),
    ...fleet.models.map((group) => ({ kind: 'Model', group })),
  ];
  const z = zOfMany(groups.filter(({ group }) => group.runs >= minRuns).length + 1);
  const worse = groups
    .flatMap(({ kind, group }) => compare(group, without(fleet.all, group), `${kind} ${group.name}`, 'elsewhere', z))
    .sort((one, other) => other.gap - one.gap)
    .map(({ title, words }) => ({ title, words }));
  return [...lastDay(fleet, z), ...worse, ...costs(fleet), ...unwatched(fleet), ...endless(fleet)].slice(0, most);
}

type Gap = FleetFinding & { readonly gap: number };

/** Runs that are known to have ended, and of them those that need a person. */
function sample({ runs, states }: Pick<Group, 'runs' | 'states'>): Sample {
  return { successes: states.failed + states.doubtful + states.limit, n: runs - states.unknown };
}

function compare(group: Group, others: Pick<Group, 'runs' | 'states'>, title: string, where: string, z: number): Gap[] {
  const [own, rest] = [sample(group), sample(others)];
  if (own.n < minRuns || rest.n < minRuns) return [];
  const { value, interval } = estimateDifference(own, rest, z);
  if (value === null || interval === null || interval[0] <= 0 || value < 0.1) return [];
  const words = `${formatCount(own.successes)} of ${formatCount(own.n)} runs did not end well, ${percent(own.successes / own.n)} against ${percent(rest.successes / rest.n)} ${where}.`;
  return [{ title, words, gap: value }];
}

function without(all: Group, group: Group): Pick<Group, 'runs' | 'states'> {
  const { done, doubtful, limit, failed, unknown } = all.states;
  return {
    runs: all.runs - group.runs,
    states: {
      done: done - group.states.done,
      doubtful: doubtful - group.states.doubtful,
      limit: limit - group.states.limit,
      failed: failed - group.states.failed,
      unknown: unknown - group.states.unknown,
    },
  };
}

function lastDay(fleet: Fleet, z: number): FleetFinding[] {
  const last = fleet.days.at(-1);
  if (last === undefined || fleet.days.length < 2) return [];
  const before = without(fleet.all, last);
  return compare(last, before, `The last day, ${last.name}`, 'before', z).map(({ title, words }) => ({ title, words }));
}

function costs({ days }: Fleet): FleetFinding[] {
  const last = days.at(-1);
  const before = days
    .slice(0, -1)
    .map(({ costUsd }) => costUsd)
    .filter((cost) => cost > 0)
    .sort((one, other) => one - other);
  const usual = before[Math.floor(before.length / 2)];
  if (last === undefined || usual === undefined || before.length < 3 || last.costUsd < costlyDay * usual) return [];
  const words = `$${last.costUsd.toFixed(2)}, where a day costs $${usual.toFixed(2)} (the median of ${before.length}).`;
  return [{ title: `The cost of ${last.name}`, words }];
}

function unwatched({ all }: Fleet): FleetFinding[] {
  if (all.unwatched === 0) return [];
  const words = `${formatCount(all.unwatched)} of ${formatCount(all.runs)} runs had the observer off, so nothing is known of their misbehaviour.`;
  return [{ title: 'Runs that nobody watched', words }];
}

function endless({ all }: Fleet): FleetFinding[] {
  if (all.states.unknown * 20 < all.runs) return [];
  const words = `${formatCount(all.states.unknown)} of ${formatCount(all.runs)} runs were interrupted or killed, or their files say no end.`;
  return [{ title: 'Runs without an end', words }];
}
