import { isGuard } from '../../observer/policy/draw-hold-out.ts';
import type { EpisodeFacts, SessionFacts } from './session-facts.ts';
import { welchT } from './significance-tests.ts';
import { type Estimate, estimateDifference, estimateMean, estimateProportion, nothing } from './statistics.ts';

/** One figure of a hold-out: with the reminder said, withheld, and the difference (said minus withheld) with its interval. */
export type HoldOutRow = {
  readonly key: string;
  readonly title: string;
  readonly unit: 'share' | 'steps' | 'tokens';
  readonly said: Estimate;
  readonly withheld: Estimate;
  readonly difference: Estimate;
};

/**
 * What reminders do, by lot: in sessions with `experiment.holdback` the episodes that were reminded of against those whose words were
 * withheld. Empty where nothing was withheld. Guards are never withheld and so are not part of it.
 */
export function compareHoldOut(facts: readonly SessionFacts[]): HoldOutRow[] {
  const drawn = facts.filter(({ holdback }) => holdback > 0).flatMap(({ episodes }) => episodes);
  const open = drawn.filter((episode) => !isGuard(episode.detector ?? undefined) && !episode.wrong);
  const withheld = open.filter((episode) => episode.withheld);
  const said = open.filter((episode) => episode.mode === 'on' && episode.interventions > 0);
  if (withheld.length === 0) return [];
  return [
    compareShares('recurrence', 'Came back or never stopped', said, withheld),
    compareMeans('stepsAfter', 'Steps after it', 'steps', values(said, 'stepsAfter'), values(withheld, 'stepsAfter')),
    compareMeans(
      'tokensAfter',
      'Tokens after it',
      'tokens',
      values(said, 'tokensAfter'),
      values(withheld, 'tokensAfter'),
    ),
  ];
}

function values(episodes: readonly EpisodeFacts[], key: 'stepsAfter' | 'tokensAfter'): number[] {
  return episodes.flatMap((episode) => episode[key] ?? []);
}

/** Of the episodes whose outcome is known. */
function compareShares(
  key: string,
  title: string,
  said: readonly EpisodeFacts[],
  withheld: readonly EpisodeFacts[],
): HoldOutRow {
  const [left, right] = [said, withheld].map((episodes) => {
    const settled = episodes.filter(({ outcome }) => outcome === 'recovered' || outcome === 'persisted');
    return { successes: settled.filter(({ outcome }) => outcome === 'persisted').length, n: settled.length };
  });
  return {
    key,
    title,
    unit: 'share',
    said: estimateProportion(left!.successes, left!.n),
    withheld: estimateProportion(right!.successes, right!.n),
    difference: estimateDifference(left!, right!),
  };
}

function compareMeans(
  key: string,
  title: string,
  unit: 'steps' | 'tokens',
  said: readonly number[],
  withheld: readonly number[],
): HoldOutRow {
  const [left, right] = [estimateMean(said), estimateMean(withheld)];
  const isKnown = left.value !== null && right.value !== null;
  const difference: Estimate = isKnown
    ? {
        value: left.value! - right.value!,
        n: left.n + right.n,
        interval: welchT(withheld, said)?.interval ?? null,
      }
    : nothing;
  return { key, title, unit, said: left, withheld: right, difference };
}
