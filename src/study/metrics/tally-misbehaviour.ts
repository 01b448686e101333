import { isTreated, recoveries } from './figures.ts';
import type { EpisodeFacts, SessionFacts } from './session-facts.ts';
import { type Estimate, estimateProportion } from './statistics.ts';
import { createMean } from './tally.ts';

/** What is known of one class of misbehaviour. */
export type ClassRow = {
  readonly class: string;
  readonly category: string;
  /** Sessions with an episode of the class. */
  readonly prevalence: Estimate;
  readonly episodes: number;
  readonly treated: Estimate;
  readonly shadow: Estimate;
};

/** Findings of one reason that were not said: in all, and as a mean a session that was watched or replayed. */
export type SuppressedRow = Count & { readonly aSession: Estimate };

export type Count = { readonly name: string; readonly count: number };

/** What was found, by class. */
export type Misbehaviour = {
  readonly classes: readonly ClassRow[];
  readonly categories: readonly { readonly category: string; readonly prevalence: Estimate }[];
  /** Pairs of classes in one session. */
  readonly overlap: readonly { readonly classes: readonly [string, string]; readonly prevalence: Estimate }[];
  readonly suppressed: readonly SuppressedRow[];
  /** Signals by delay in steps; the last bin holds all that is longer. */
  readonly detectionDelays: readonly Count[];
};

/** What was found, by class; of sessions in which something could be found. */
export function tallyMisbehaviour() {
  const [classes, categories, pairs] = [createCounter(), createCounter(), createCounter()];
  const byClass = new Map<string, ClassTally>();
  const heldBack: HeldBack = new Map();
  const delays = new Array<number>(lastBin + 1).fill(0);
  let seen = 0;
  return {
    add: (one: SessionFacts) => {
      seen += 1;
      for (const name of one.classes) classes.add(name);
      for (const name of one.categories) categories.add(name);
      for (const pair of pairsOf(one.classes)) pairs.add(pair);
      for (const episode of one.episodes) addEpisode(byClass, episode);
      for (const { steps } of one.detection) delays[Math.min(lastBin, steps)]! += 1;
      for (const [reason, count] of Object.entries(one.suppressed)) addHeldBack(heldBack, reason, count);
    },
    finish: (): Misbehaviour => ({
      classes: classes.counts().map(({ name, count }) => classRow(name, count, seen, byClass.get(name))),
      categories: categories
        .counts()
        .map(({ name, count }) => ({ category: name, prevalence: estimateProportion(count, seen) })),
      overlap: pairs.counts().map(({ name, count }) => {
        const [left = '', right = ''] = name.split(separator);
        return { classes: [left, right] as const, prevalence: estimateProportion(count, seen) };
      }),
      suppressed: suppressedRows(heldBack, seen),
      detectionDelays: delays.every((count) => count === 0)
        ? []
        : delays.map((count, steps) => ({ name: steps === lastBin ? `${lastBin}+` : String(steps), count })),
    }),
  };
}

const separator = '\u0000';

function pairsOf(classes: readonly string[]): string[] {
  return classes.flatMap((left, at) => classes.slice(at + 1).map((right) => left + separator + right));
}

type Settled = { successes: number; n: number };
type ClassTally = { readonly category: string; episodes: number; readonly treated: Settled; readonly shadow: Settled };

function addEpisode(byClass: Map<string, ClassTally>, episode: EpisodeFacts): void {
  const known = byClass.get(episode.class);
  const none = () => ({ successes: 0, n: 0 });
  const own = known ?? { category: episode.category, episodes: 0, treated: none(), shadow: none() };
  if (known === undefined) byClass.set(episode.class, own);
  own.episodes += 1;
  const settled = isTreated(episode) ? own.treated : episode.mode === 'shadow' ? own.shadow : none();
  for (const isRecovered of recoveries([episode])) {
    settled.n += 1;
    if (isRecovered) settled.successes += 1;
  }
}

function classRow(name: string, count: number, seen: number, own: ClassTally | undefined): ClassRow {
  const recovery = (settled: Settled | undefined) => estimateProportion(settled?.successes ?? 0, settled?.n ?? 0);
  return {
    class: name,
    category: own?.category ?? '',
    prevalence: estimateProportion(count, seen),
    episodes: own?.episodes ?? 0,
    treated: recovery(own?.treated),
    shadow: recovery(own?.shadow),
  };
}

/** How many sessions held back so many findings for a reason; there are few different numbers. */
type HeldBack = Map<string, Map<number, number>>;

function addHeldBack(heldBack: HeldBack, reason: string, count: number): void {
  const sessions = heldBack.get(reason) ?? new Map<number, number>();
  heldBack.set(reason, sessions);
  sessions.set(count, (sessions.get(count) ?? 0) + 1);
}

function suppressedRows(heldBack: HeldBack, seen: number): SuppressedRow[] {
  return [...heldBack]
    .map(([name, sessions]) => {
      const mean = createMean(false);
      let [left, sum] = [seen, 0];
      for (const [count, times] of sessions) {
        for (let time = 0; time < times; time += 1) mean.add(count);
        left -= times;
        sum += count * times;
      }
      for (; left > 0; left -= 1) mean.add(0);
      return { name, count: sum, aSession: mean.estimate() };
    })
    .sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1));
}

const lastBin = 10;

/** Names with their counts, the most frequent first, then by name. */
export function createCounter() {
  const counts = new Map<string, number>();
  return {
    add: (name: string, times = 1) => void counts.set(name, (counts.get(name) ?? 0) + times),
    counts: (): Count[] =>
      [...counts]
        .map(([name, count]) => ({ name, count }))
        .sort((left, right) => right.count - left.count || (left.name < right.name ? -1 : 1)),
  };
}
