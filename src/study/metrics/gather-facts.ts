import type { ErrorKind } from '../../core/error-kind.ts';
import type { Episode, Reminder, Signal, Suppressed, Usage } from '../../core/types.ts';
import { checkOutcomeOf } from '../../observer/step/checks/check-outcome.ts';
import type { NormalizedCall } from '../../observer/step/normalized-step.ts';
import { hasFailed } from '../../observer/step/results/did-not-run.ts';
import type { Timed, WinkRecord } from '../input/run-record.ts';
import type { StudyTrajectory } from '../input/trajectory.ts';
import { deliveryDelays, detectionDelay } from './delays.ts';
import { measureDisruption } from './disruption.ts';
import { countInterventions } from './interventions.ts';
import type { EpisodeFacts, SessionFacts } from './session-facts.ts';

/** What watched a run: the observer while it went on, or the detectors afterwards. */
export type Findings = {
  readonly signals: readonly Timed<Signal>[];
  readonly verdicts: number;
  readonly reminders: readonly Timed<Reminder>[];
  readonly suppressed: readonly Suppressed[];
  readonly episodes: readonly Episode[];
};

/**
 * The facts of one run. `replay` gives the findings of the detectors for a run that nobody watched; without it such a run counts as
 * unobserved and is left out of every figure about misbehaviour.
 */
export function gatherFacts(run: StudyTrajectory, replay?: (run: StudyTrajectory) => Findings): SessionFacts {
  const wink = run.record?.wink;
  const isWatched = wink !== undefined && wink.mode !== 'off';
  const findings = isWatched ? findingsOf(wink) : replay?.(run);
  return {
    type: 'facts',
    session: run.id,
    source: run.source,
    agent: run.agent ?? 'unknown',
    model: run.model ?? 'unknown',
    repository: run.record?.repository ?? '',
    startedAt: run.record?.startedAt ?? null,
    experiment: wink?.experiment
      ? { name: wink.experiment.name, arm: wink.experiment.arm, unit: wink.experiment.unit }
      : null,
    holdback: wink?.holdback ?? 0,
    score: isWatched ? (wink.score ?? null) : null,
    mode: isWatched ? wink.mode : findings ? 'replayed' : wink ? 'off' : 'unobserved',
    ...outcomeFacts(run),
    ...workFacts(run),
    ...findingFacts(run, findings),
    observer: isWatched && wink.usage ? observerFacts(wink.usage, wink.judgeCalls ?? 0) : null,
  };
}

function findingsOf(wink: WinkRecord): Findings {
  const { signals, verdicts, reminders, suppressed, episodes } = wink;
  return { signals, verdicts: verdicts.length, reminders, suppressed, episodes };
}

function outcomeFacts(run: StudyTrajectory): Pick<SessionFacts, 'outcome' | 'success' | 'isLastCheckRed'> {
  const outcome = run.record?.outcome ?? null;
  const labelled = run.labels?.success ?? null;
  const isLastCheckRed = lastCheck(run);
  const hasEndedWell = outcome === null ? null : outcome === 'done' && isLastCheckRed !== true;
  return { outcome, success: labelled ?? hasEndedWell, isLastCheckRed };
}

/** Whether the last check whose colour is known was red. */
function lastCheck(run: StudyTrajectory): boolean | null {
  const verdicts = run.steps.flatMap((step) => step.calls.flatMap((call) => checkOutcomeOf(call)?.verdict ?? []));
  const last = verdicts.findLast((verdict) => verdict !== 'unknown');
  return last === undefined ? null : last === 'red';
}

function workFacts(run: StudyTrajectory) {
  const calls = run.steps.flatMap((step) => step.calls);
  const usage = knownUsage(run.record?.usage);
  return {
    steps: run.steps.length,
    calls: calls.length,
    failedCalls: calls.filter(hasFailed).length,
    declinedCalls: calls.filter((call) => isOneOf(call, ['denied', 'blocked'])).length,
    cancelledCalls: calls.filter((call) => isOneOf(call, ['cancelled', 'aborted'])).length,
    inputTokens: usage?.inputTokens ?? null,
    cachedInputTokens: usage?.cachedInputTokens ?? null,
    outputTokens: usage?.outputTokens ?? null,
    costUsd: usage?.costUsd ?? null,
    durationMs: run.record?.durationMs ?? null,
    activeMs: run.record?.activeMs ?? null,
    interventions: countInterventions(run.steps, run.record?.interrupts ?? 0),
  };
}

/** Of a run without a token nothing is known: its requests were all refused, or another agent's events did not tell. */
function knownUsage(usage: Usage | undefined): Usage | undefined {
  return usage && usage.inputTokens + usage.outputTokens > 0 ? usage : undefined;
}

function isOneOf(call: NormalizedCall, kinds: readonly ErrorKind[]): boolean {
  return call.errorKind !== undefined && kinds.includes(call.errorKind);
}

function findingFacts(run: StudyTrajectory, findings: Findings | undefined) {
  const episodes = findings?.episodes ?? [];
  const signals = findings?.signals ?? [];
  const reminders = findings?.reminders ?? [];
  const times = run.record?.stepTimes ?? [];
  return {
    classes: unique(episodes.filter((episode) => !episode.wrong).map((episode) => episode.class)),
    categories: unique(episodes.filter((episode) => !episode.wrong).map((episode) => episode.category)),
    signals: signals.length,
    verdicts: findings?.verdicts ?? 0,
    reminders: reminders.filter((reminder) => reminder.mode === 'on').length,
    shadowReminders: reminders.filter((reminder) => reminder.mode === 'shadow').length,
    suppressed: countReasons(findings?.suppressed ?? []),
    episodes: episodes.map((episode) => episodeFacts(episode, run)),
    detection: signals.map((signal) => detectionDelay(signal, times)),
    delivery: deliveryDelays(signals, reminders, findings?.suppressed ?? []),
    disruption: measureDisruption(run.steps, reminders),
  };
}

function unique(values: readonly string[]): string[] {
  return [...new Set(values)].sort();
}

function countReasons(suppressed: readonly Suppressed[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const suppression of suppressed) {
    const reason = generalReason(suppression.reason);
    counts[reason] = (counts[reason] ?? 0) + 1;
  }
  return counts;
}

/** The reason without the ids, hosts and error texts of one session, so that sessions can be counted together. */
function generalReason(reason: string): string {
  return reason
    .replace(/\bepisode e[\d-]+(?: \([^)]*\))?/g, 'an episode')
    .replace(/:\s+\S+:\d+ .*$/s, '')
    .slice(0, 100);
}

function episodeFacts(episode: Episode, run: StudyTrajectory): EpisodeFacts {
  const later = run.record?.stepTokens?.slice(episode.openedAtStep + 1);
  return {
    class: episode.class,
    category: episode.category,
    detector: episode.detector ?? null,
    mode: episode.mode,
    interventions: episode.interventions,
    complied: episode.complied ?? null,
    wrong: episode.wrong ?? false,
    outcome: episode.outcome ?? null,
    withheld: episode.withheld ?? false,
    stepsAfter: Math.max(0, run.steps.length - 1 - episode.openedAtStep),
    tokensAfter: later === undefined ? null : later.reduce((sum, tokens) => sum + tokens, 0),
  };
}

function observerFacts(usage: Usage, judgeCalls: number) {
  return { tokens: usage.inputTokens + usage.outputTokens, costUsd: usage.costUsd, judgeCalls };
}
