import { type EpisodeFacts, ranCalls, type SessionFacts } from './session-facts.ts';
import { type Estimate, estimateMean, estimateMedian, estimateProportion, estimateRatio } from './statistics.ts';

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

type Row = readonly [key: string, title: string, unit: Unit, of: string, estimate: Estimate];

function group(name: string, rows: readonly Row[]): Figure[] {
  return rows.map(([key, title, unit, of, estimate]) => ({ key, group: name, title, unit, of, estimate }));
}

/** All figures of a report but those by class, each with n and a 95 % interval; docs/report.md defines them. */
export function computeFigures(facts: readonly SessionFacts[]): Figure[] {
  return [...workFigures(facts), ...observerFigures(facts), ...recoveryFigures(facts), ...delayFigures(facts)];
}

function known(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

function workFigures(facts: readonly SessionFacts[]): Figure[] {
  const ended = facts.filter((one) => one.success !== null);
  const tokens = known(
    facts.map((one) => (one.inputTokens === null ? null : one.inputTokens + (one.outputTokens ?? 0))),
  );
  const cached = facts.map((one) => ({ top: one.cachedInputTokens ?? 0, bottom: one.inputTokens ?? 0 }));
  return group('Sessions', [
    ['steps', 'Steps a session', 'steps', 'sessions', estimateMean(facts.map((one) => one.steps))],
    ['tokens', 'Tokens a session', 'tokens', 'sessions', estimateMean(tokens)],
    ['cachedShare', 'Input read from the cache', 'share', 'sessions', estimateRatio(cached)],
    ['cost', 'Cost a session', 'usd', 'sessions', estimateMean(known(facts.map((one) => one.costUsd)))],
    [
      'duration',
      'Duration of a session',
      'seconds',
      'sessions',
      estimateMean(known(facts.map((one) => one.durationMs)).map((ms) => ms / 1000)),
    ],
    [
      'activeTime',
      'Of it at work',
      'seconds',
      'sessions',
      estimateMean(known(facts.map((one) => one.activeMs)).map((ms) => ms / 1000)),
    ],
    [
      'success',
      'Ended well',
      'share',
      'sessions',
      estimateProportion(ended.filter((one) => one.success).length, ended.length),
    ],
    [
      'score',
      "Observer's estimate that it succeeded",
      'share',
      'sessions',
      estimateMean(known(facts.map((one) => one.score))),
    ],
    [
      'toolFailureRate',
      'Tool calls that failed',
      'share',
      'sessions',
      estimateRatio(facts.map((one) => ({ top: one.failedCalls, bottom: ranCalls(one) }))),
    ],
    [
      'declinedCalls',
      'Tool calls declined or refused',
      'share',
      'sessions',
      estimateRatio(facts.map((one) => ({ top: one.declinedCalls, bottom: one.calls }))),
    ],
    [
      'cancelledCalls',
      'Tool calls cancelled before they ran',
      'share',
      'sessions',
      estimateRatio(facts.map((one) => ({ top: one.cancelledCalls, bottom: one.calls }))),
    ],
    [
      'interventions',
      'User interventions a session',
      'number',
      'sessions',
      estimateMean(facts.map((one) => one.interventions.total)),
    ],
    [
      'sessionsWithIntervention',
      'Sessions with an intervention',
      'share',
      'sessions',
      estimateProportion(facts.filter((one) => one.interventions.total > 0).length, facts.length),
    ],
  ]);
}

/** Sessions in which misbehaviour could be seen: watched, or replayed. */
export function watched(facts: readonly SessionFacts[]): SessionFacts[] {
  return facts.filter((one) => one.mode === 'on' || one.mode === 'shadow' || one.mode === 'replayed');
}

function observerFigures(facts: readonly SessionFacts[]): Figure[] {
  const seen = watched(facts);
  const on = facts.filter((one) => one.mode === 'on');
  const priced = facts.flatMap((one) => (one.observer ? [one.observer] : []));
  const share = facts.flatMap((one) =>
    one.observer && one.inputTokens !== null
      ? [{ top: one.observer.tokens, bottom: one.inputTokens + (one.outputTokens ?? 0) }]
      : [],
  );
  const costShare = facts.flatMap((one) =>
    one.observer && one.observer.costUsd !== null && one.costUsd !== null
      ? [{ top: one.observer.costUsd, bottom: one.costUsd }]
      : [],
  );
  return group('Observer', [
    [
      'misbehaving',
      'Sessions with any misbehaviour',
      'share',
      'sessions',
      estimateProportion(seen.filter((one) => one.classes.length > 0).length, seen.length),
    ],
    ['signals', 'Signals a session', 'number', 'sessions', estimateMean(seen.map((one) => one.signals))],
    [
      'verdicts',
      'Verdicts a session (on, shadow)',
      'number',
      'sessions',
      estimateMean(seen.filter((one) => one.mode !== 'replayed').map((one) => one.verdicts)),
    ],
    ['reminders', 'Reminders a session (on)', 'number', 'sessions', estimateMean(on.map((one) => one.reminders))],
    [
      'reminded',
      'Sessions with a reminder (on)',
      'share',
      'sessions',
      estimateProportion(on.filter((one) => one.reminders > 0).length, on.length),
    ],
    [
      'suppressed',
      'Findings held back a session',
      'number',
      'sessions',
      estimateMean(seen.map((one) => sum(Object.values(one.suppressed)))),
    ],
    [
      'observerTokens',
      "Observer's tokens a session",
      'tokens',
      'sessions',
      estimateMean(priced.map((one) => one.tokens)),
    ],
    ['observerTokenShare', "Observer's tokens to the agent's", 'share', 'sessions', estimateRatio(share)],
    [
      'observerCost',
      "Observer's cost a session",
      'usd',
      'sessions',
      estimateMean(known(priced.map((one) => one.costUsd))),
    ],
    ['observerCostShare', "Observer's cost to the agent's", 'share', 'sessions', estimateRatio(costShare)],
    ['judgeCalls', 'Judge calls a session', 'number', 'sessions', estimateMean(priced.map((one) => one.judgeCalls))],
  ]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** Recovered of those whose outcome became known. */
export function estimateRecovery(episodes: readonly EpisodeFacts[]): Estimate {
  const settled = episodes.filter(
    (episode) => !episode.wrong && (episode.outcome === 'recovered' || episode.outcome === 'persisted'),
  );
  return estimateProportion(settled.filter((episode) => episode.outcome === 'recovered').length, settled.length);
}

function recoveryFigures(facts: readonly SessionFacts[]): Figure[] {
  const episodes = watched(facts).flatMap((one) => one.episodes);
  const treated = episodes.filter((episode) => episode.mode === 'on' && episode.interventions > 0);
  const reported = episodes.filter((episode) => episode.interventions > 0 || episode.wrong);
  const complied = treated.filter((episode) => episode.complied !== null);
  const disrupted = (mode: 'on' | 'shadow') => {
    const clean = facts.flatMap((one) =>
      one.disruption?.mode === mode && one.disruption.isClean ? [one.disruption] : [],
    );
    return estimateProportion(clean.filter((one) => one.gotWorse).length, clean.length);
  };
  return group('Recovery', [
    ['recovery', 'Recovered after reminders', 'share', 'episodes', estimateRecovery(treated)],
    [
      'recoverySingle',
      'Recovered, one intervention',
      'share',
      'episodes',
      estimateRecovery(treated.filter((episode) => episode.interventions === 1)),
    ],
    [
      'recoverySeveral',
      'Recovered, several interventions',
      'share',
      'episodes',
      estimateRecovery(treated.filter((episode) => episode.interventions > 1)),
    ],
    [
      'selfRecovery',
      'Recovered by itself (shadow, replay)',
      'share',
      'episodes',
      estimateRecovery(episodes.filter((episode) => episode.mode === 'shadow')),
    ],
    [
      'falseAlarms',
      'Called wrong by the user',
      'share',
      'episodes',
      estimateProportion(reported.filter((episode) => episode.wrong).length, reported.length),
    ],
    [
      'compliance',
      'Did what was asked',
      'share',
      'episodes',
      estimateProportion(complied.filter((episode) => episode.complied).length, complied.length),
    ],
    ['disruption', 'Clean runs that went worse after a reminder', 'share', 'sessions', disrupted('on')],
    ['disruptionBase', 'The same in shadow, without a word', 'share', 'sessions', disrupted('shadow')],
  ]);
}

function delayFigures(facts: readonly SessionFacts[]): Figure[] {
  const detection = watched(facts).flatMap((one) => one.detection);
  const delivery = watched(facts).flatMap((one) => one.delivery);
  const median = (values: readonly (number | null)[]) => estimateMedian(known(values));
  return group('Delay (medians)', [
    ['detectionSteps', 'From first evidence to signal', 'steps', 'signals', median(detection.map((one) => one.steps))],
    ['detectionMs', 'From the end of the step to the signal', 'ms', 'signals', median(detection.map((one) => one.ms))],
    [
      'droppedLate',
      'Findings dropped because they came too late',
      'share',
      'findings',
      estimateProportion(delivery.filter((one) => one.isDropped).length, delivery.length),
    ],
    [
      'deliverySteps',
      'From signal to reminder, or to the drop',
      'steps',
      'findings',
      median(delivery.map((one) => one.steps)),
    ],
    ['deliveryMs', 'The same, time', 'ms', 'findings', median(delivery.map((one) => one.ms))],
  ]);
}
