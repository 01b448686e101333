import { mean, median, ratio, share } from './measures.ts';
import { type EpisodeFacts, ranCalls, type SessionFacts } from './session-facts.ts';
import type { Estimate } from './statistics.ts';
import { createTally, type Measure } from './tally.ts';

/** How a figure is written: 0.053 is 5.3 % as a share, 0.05 as a number. */
export type Unit = 'share' | 'number' | 'tokens' | 'usd' | 'ms' | 'steps' | 'seconds';

/** One figure of a report. `of` says what n counts. */
export type Figure = {
  readonly key: string;
  readonly group: string;
  readonly title: string;
  readonly unit: Unit;
  readonly of: string;
  readonly estimate: Estimate;
};

type Row = readonly [key: string, title: string, unit: Unit, of: string, measure: Measure];

/** All figures of a report but those by class, each with n and a 95 % interval; docs/report.md defines them. */
export function tallyFigures(isKept: boolean) {
  const rows = groups.flatMap(([group, ofGroup]) =>
    ofGroup.map(([key, title, unit, of, measure]) => ({
      figure: { key, group, title, unit, of },
      tally: createTally(measure, isKept),
    })),
  );
  return {
    add: (one: SessionFacts) => {
      for (const { tally } of rows) tally.add(one);
    },
    finish: (): Figure[] =>
      rows.map(({ figure, tally }) => ({ ...figure, estimate: withinUnit(tally.estimate(), figure.unit) })),
  };
}

/** A share lies between 0 and 1, and its interval with it: that of a mean knows nothing of it. */
function withinUnit(estimate: Estimate, unit: Unit): Estimate {
  if (unit !== 'share' || estimate.interval === null) return estimate;
  const [low, high] = estimate.interval;
  return { ...estimate, interval: [Math.max(0, low), Math.min(1, high)] };
}

function seconds(ms: number | null): number | null {
  return ms === null ? null : ms / 1000;
}

function tokensOf(one: SessionFacts): number | null {
  return one.inputTokens === null ? null : one.inputTokens + (one.outputTokens ?? 0);
}

const ofWork: readonly Row[] = [
  ['steps', 'Steps a session', 'steps', 'sessions', mean((one) => one.steps)],
  ['tokens', 'Tokens a session', 'tokens', 'sessions', mean(tokensOf)],
  [
    'cachedShare',
    'Input read from the cache',
    'share',
    'sessions',
    ratio((one) => ({ top: one.cachedInputTokens ?? 0, bottom: one.inputTokens ?? 0 })),
  ],
  ['cost', 'Cost a session', 'usd', 'sessions', mean((one) => one.costUsd)],
  ['duration', 'Duration of a session', 'seconds', 'sessions', mean((one) => seconds(one.durationMs))],
  ['activeTime', 'Active time of a session', 'seconds', 'sessions', mean((one) => seconds(one.activeMs))],
  ['success', 'Ended well', 'share', 'sessions', share((one) => (one.success === null ? [] : [one.success]))],
  ['score', "Observer's estimate that it succeeded", 'share', 'sessions', mean((one) => one.score)],
  [
    'toolFailureRate',
    'Tool calls that failed',
    'share',
    'sessions',
    ratio((one) => ({ top: one.failedCalls, bottom: ranCalls(one) })),
  ],
  [
    'declinedCalls',
    'Tool calls declined or refused',
    'share',
    'sessions',
    ratio((one) => ({ top: one.declinedCalls, bottom: one.calls })),
  ],
  [
    'cancelledCalls',
    'Tool calls cancelled before they ran',
    'share',
    'sessions',
    ratio((one) => ({ top: one.cancelledCalls, bottom: one.calls })),
  ],
  ['interventions', 'User interventions a session', 'number', 'sessions', mean((one) => one.interventions.total)],
  [
    'sessionsWithIntervention',
    'Sessions with an intervention',
    'share',
    'sessions',
    share((one) => [one.interventions.total > 0]),
  ],
];

/** Whether misbehaviour could be seen in a session: it was watched, or replayed. */
export function isWatched({ mode }: SessionFacts): boolean {
  return mode === 'on' || mode === 'shadow' || mode === 'replayed';
}

const ofObserver: readonly Row[] = [
  [
    'misbehaving',
    'Sessions with any misbehaviour',
    'share',
    'sessions',
    share((one) => (isWatched(one) ? [one.classes.length > 0] : [])),
  ],
  ['signals', 'Signals a session', 'number', 'sessions', mean((one) => (isWatched(one) ? one.signals : null))],
  [
    'verdicts',
    'Verdicts a session (on, shadow)',
    'number',
    'sessions',
    mean((one) => (isWatched(one) && one.mode !== 'replayed' ? one.verdicts : null)),
  ],
  [
    'reminders',
    'Reminders a session (on)',
    'number',
    'sessions',
    mean((one) => (one.mode === 'on' ? one.reminders : null)),
  ],
  [
    'reminded',
    'Sessions with a reminder (on)',
    'share',
    'sessions',
    share((one) => (one.mode === 'on' ? [one.reminders > 0] : [])),
  ],
  [
    'suppressed',
    'Findings held back a session',
    'number',
    'sessions',
    mean((one) => (isWatched(one) ? sum(Object.values(one.suppressed)) : null)),
  ],
  ['observerTokens', "Observer's tokens a session", 'tokens', 'sessions', mean((one) => one.observer?.tokens ?? null)],
  [
    'observerTokenShare',
    "Observer's tokens, as a share of the agent's",
    'share',
    'sessions',
    ratio((one) => {
      const tokens = tokensOf(one);
      return one.observer && tokens !== null ? { top: one.observer.tokens, bottom: tokens } : undefined;
    }),
  ],
  ['observerCost', "Observer's cost a session", 'usd', 'sessions', mean((one) => one.observer?.costUsd ?? null)],
  [
    'observerCostShare',
    "Observer's cost, as a share of the agent's",
    'share',
    'sessions',
    ratio(({ observer, costUsd }) =>
      observer && observer.costUsd !== null && costUsd !== null
        ? { top: observer.costUsd, bottom: costUsd }
        : undefined,
    ),
  ],
  ['judgeCalls', 'Judge calls a session', 'number', 'sessions', mean((one) => one.observer?.judgeCalls ?? null)],
];

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Of episodes whose outcome became known, whether each recovered. */
export function recoveries(episodes: readonly EpisodeFacts[]): boolean[] {
  return episodes
    .filter(({ wrong, outcome }) => !wrong && (outcome === 'recovered' || outcome === 'persisted'))
    .map(({ outcome }) => outcome === 'recovered');
}

/** The user or the model read words about it. */
export function isTreated({ mode, interventions }: EpisodeFacts): boolean {
  return mode === 'on' && interventions > 0;
}

function episodesOf(one: SessionFacts): readonly EpisodeFacts[] {
  return isWatched(one) ? one.episodes : [];
}

function recovered(isMeant: (episode: EpisodeFacts) => boolean): Measure {
  return share((one) => recoveries(episodesOf(one).filter(isMeant)));
}

function disrupted(mode: 'on' | 'shadow'): Measure {
  return share(({ disruption }) => (disruption?.mode === mode && disruption.isClean ? [disruption.gotWorse] : []));
}

const ofRecovery: readonly Row[] = [
  ['recovery', 'Recovered after reminders', 'share', 'episodes', recovered(isTreated)],
  [
    'recoverySingle',
    'Recovered, one intervention',
    'share',
    'episodes',
    recovered((episode) => isTreated(episode) && episode.interventions === 1),
  ],
  [
    'recoverySeveral',
    'Recovered, several interventions',
    'share',
    'episodes',
    recovered((episode) => isTreated(episode) && episode.interventions > 1),
  ],
  [
    'selfRecovery',
    'Recovered by itself (shadow, replay)',
    'share',
    'episodes',
    recovered(({ mode }) => mode === 'shadow'),
  ],
  [
    'falseAlarms',
    'Called wrong by the user',
    'share',
    'episodes',
    share((one) =>
      episodesOf(one)
        .filter(({ interventions, wrong }) => interventions > 0 || wrong)
        .map(({ wrong }) => wrong),
    ),
  ],
  [
    'compliance',
    'Did what was asked',
    'share',
    'episodes',
    share((one) =>
      episodesOf(one)
        .filter(isTreated)
        .flatMap(({ complied }) => (complied === null ? [] : [complied])),
    ),
  ],
  ['disruption', 'Clean runs that went worse after a reminder', 'share', 'sessions', disrupted('on')],
  ['disruptionBase', 'The same in shadow, without a word', 'share', 'sessions', disrupted('shadow')],
];

const detectionOf = (one: SessionFacts) => (isWatched(one) ? one.detection : []);
const deliveryOf = (one: SessionFacts) => (isWatched(one) ? one.delivery : []);

const ofDelay: readonly Row[] = [
  [
    'detectionSteps',
    'From first evidence to signal',
    'steps',
    'signals',
    median((one) => detectionOf(one).map(({ steps }) => steps)),
  ],
  [
    'detectionMs',
    'From the end of the step to the signal',
    'ms',
    'signals',
    median((one) => detectionOf(one).map(({ ms }) => ms)),
  ],
  [
    'droppedLate',
    'Findings dropped because they came too late',
    'share',
    'findings',
    share((one) => deliveryOf(one).map(({ isDropped }) => isDropped)),
  ],
  [
    'deliverySteps',
    'From signal to reminder, or to the drop',
    'steps',
    'findings',
    median((one) => deliveryOf(one).map(({ steps }) => steps)),
  ],
  ['deliveryMs', 'The same, time', 'ms', 'findings', median((one) => deliveryOf(one).map(({ ms }) => ms))],
];

const groups: readonly (readonly [name: string, rows: readonly Row[]])[] = [
  ['Sessions', ofWork],
  ['Observer', ofObserver],
  ['Recovery', ofRecovery],
  ['Delay (medians)', ofDelay],
];
