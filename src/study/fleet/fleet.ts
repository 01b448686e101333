import type { SessionFacts } from '../metrics/session-facts.ts';
import { type RunState, runStates, stateOf } from './run-state.ts';

/** Runs counted together. */
export type Group = {
  readonly name: string;
  readonly runs: number;
  readonly states: Readonly<Record<RunState, number>>;
  /** Sums over the runs that say them, and how many do. */
  readonly costUsd: number;
  readonly pricedRuns: number;
  readonly tokens: number;
  readonly minutes: number;
  readonly timedRuns: number;
  readonly reminders: number;
  /** Runs that nobody watched, and that no detector was run over afterwards. */
  readonly unwatched: number;
};

export type ClassCount = {
  readonly class: string;
  readonly category: string;
  readonly runs: number;
  readonly episodes: number;
  /** Of the episodes whose end is known. */
  readonly recovered: number;
  readonly persisted: number;
  /** Runs by day. */
  readonly days: ReadonlyMap<string, number>;
};

/** One run, as small as can be. */
export type RunMark = {
  readonly session: string;
  readonly repository: string;
  readonly model: string;
  readonly startedAt: string;
  readonly state: RunState;
  readonly outcome: string;
  readonly reminders: number;
  readonly costUsd: number | null;
  readonly classes: readonly string[];
  readonly score: number | null;
};

export type Fleet = {
  readonly all: Group;
  /** By day (YYYY-MM-DD), in order; runs without a time are in none. */
  readonly days: readonly Group[];
  /** The most runs first. */
  readonly models: readonly Group[];
  readonly repositories: readonly Group[];
  readonly classes: readonly ClassCount[];
  /** The runs of each day of the ten largest repositories: `repository`, then day. */
  readonly grid: ReadonlyMap<string, ReadonlyMap<string, Group>>;
  /** The latest runs in the order of their beginning, at most `maxMarks`. */
  readonly latest: readonly RunMark[];
  /** The latest of those that failed or are doubtful, the newest first, at most `maxTroubled`. */
  readonly troubled: readonly RunMark[];
};

export const maxMarks = 1_200;
export const maxTroubled = 30;
const gridRows = 10;

type Mutable<Value> = { -readonly [Key in keyof Value]: Value[Key] };
type Counting = Mutable<Omit<Group, 'states'>> & { readonly states: Record<RunState, number> };
type CountingClass = Mutable<Omit<ClassCount, 'days'>> & { readonly days: Map<string, number> };

/**
 * Counts runs one by one and keeps none of them but the latest, so that a million lines take no more memory than their days, models and repositories.
 */
export function countFleet() {
  const all = newGroup('all');
  const days = new Map<string, Counting>();
  const models = new Map<string, Counting>();
  const repositories = new Map<string, Counting>();
  const byDay = new Map<string, Map<string, Counting>>();
  const classes = new Map<string, CountingClass>();
  const latest = keepLatest(maxMarks);
  const troubled = keepLatest(maxTroubled);

  const add = (one: SessionFacts): void => {
    const day = one.startedAt?.slice(0, 10);
    const state = stateOf(one);
    const repository = one.repository || 'unknown';
    const groups = [all, entry(models, one.model || 'unknown', newGroup), entry(repositories, repository, newGroup)];
    if (day !== undefined) {
      groups.push(entry(days, day, newGroup));
      groups.push(entry(entry(byDay, repository, newDays), day, newGroup));
    }
    for (const group of groups) count(group, one, state);
    countClasses(classes, one, day);
    const mark = markOf(one, state);
    latest.add(mark);
    if (state === 'failed' || state === 'doubtful') troubled.add(mark);
  };

  const finish = (): Fleet => {
    const large = bySize(repositories);
    const rows = large.slice(0, gridRows).map(({ name }) => [name, byDay.get(name) ?? newDays()] as const);
    return {
      all,
      days: [...days.values()].sort((one, other) => (one.name < other.name ? -1 : 1)),
      models: bySize(models),
      repositories: large,
      classes: [...classes.values()].sort((one, other) => other.runs - one.runs),
      grid: new Map(rows),
      latest: latest.list(),
      troubled: troubled.list().reverse(),
    };
  };
  return { add, finish };
}

function newGroup(name: string): Counting {
  const states = { done: 0, doubtful: 0, limit: 0, failed: 0, unknown: 0 } satisfies Record<RunState, number>;
  const sums = { costUsd: 0, pricedRuns: 0, tokens: 0, minutes: 0, timedRuns: 0, reminders: 0, unwatched: 0 };
  return { name, runs: 0, states, ...sums };
}

function newDays(): Map<string, Counting> {
  return new Map();
}

function entry<Value>(map: Map<string, Value>, name: string, make: (name: string) => Value): Value {
  const there = map.get(name);
  if (there !== undefined) return there;
  const made = make(name);
  map.set(name, made);
  return made;
}

function count(group: Counting, one: SessionFacts, state: RunState): void {
  group.runs += 1;
  group.states[state] += 1;
  group.tokens += (one.inputTokens ?? 0) + (one.outputTokens ?? 0);
  group.reminders += one.reminders;
  if (one.mode === 'off' || one.mode === 'unobserved') group.unwatched += 1;
  if (one.costUsd !== null) {
    group.costUsd += one.costUsd;
    group.pricedRuns += 1;
  }
  const ms = one.activeMs ?? one.durationMs;
  if (ms !== null) {
    group.minutes += ms / 60_000;
    group.timedRuns += 1;
  }
}

function countClasses(classes: Map<string, CountingClass>, one: SessionFacts, day: string | undefined): void {
  const seen = new Set<string>();
  for (const episode of one.episodes) {
    const counting = entry(classes, episode.class, (name) => newClass(name, episode.category));
    counting.episodes += 1;
    if (episode.outcome === 'recovered') counting.recovered += 1;
    if (episode.outcome === 'persisted') counting.persisted += 1;
    if (seen.has(episode.class)) continue;
    seen.add(episode.class);
    counting.runs += 1;
    if (day !== undefined) counting.days.set(day, (counting.days.get(day) ?? 0) + 1);
  }
}

function newClass(name: string, category: string): CountingClass {
  return { class: name, category, runs: 0, episodes: 0, recovered: 0, persisted: 0, days: new Map() };
}

function bySize(groups: ReadonlyMap<string, Counting>): Group[] {
  return [...groups.values()].sort((one, other) => other.runs - one.runs || (one.name < other.name ? -1 : 1));
}

function markOf(one: SessionFacts, state: RunState): RunMark {
  const { session, repository, model, startedAt, outcome, reminders, costUsd, classes, score } = one;
  return {
    session,
    repository,
    model,
    startedAt: startedAt ?? '',
    state,
    outcome: outcome ?? 'no end',
    reminders,
    costUsd,
    classes,
    score,
  };
}

/** Keeps the marks that began last; sorts only when twice as many are there. */
function keepLatest(most: number) {
  let marks: RunMark[] = [];
  const cut = () => {
    marks.sort((one, other) => compare(one, other));
    marks = marks.slice(-most);
  };
  return {
    add: (mark: RunMark) => {
      marks.push(mark);
      if (marks.length >= 2 * most) cut();
    },
    list: (): RunMark[] => {
      cut();
      return [...marks];
    },
  };
}

function compare(one: RunMark, other: RunMark): number {
  const [left, right] = [`${one.startedAt} ${one.session}`, `${other.startedAt} ${other.session}`];
  return left < right ? -1 : left > right ? 1 : 0;
}

/** The states of a group that are there, in their order. */
export function statesOf({ states }: Group): { state: RunState; count: number }[] {
  return runStates.map((state) => ({ state, count: states[state] })).filter(({ count }) => count > 0);
}
