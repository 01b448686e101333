import type { Reminder, Rung, Verdict } from '../../core/types.ts';
import type { ObserverConfig } from '../observer-schema.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import { type DecisionDraft, suppress } from './decisions.ts';
import { drawHoldOut, type HoldOut, isWithheldRung } from './draw-hold-out.ts';
import { type Episodes, evidenceNow, type OpenEpisode } from './episodes.ts';
import { escalationSteps, ruleOf } from './ladder.ts';
import { isHard } from './required-confidence.ts';
import { type Occasion, wordReminder } from './wording.ts';

/** Turns findings into words, rung by rung, inside the caps. */
export type Escalation = {
  /** Why a finding must wait before step `nextStep`: grace or cool-down; hard ones wait for neither. */
  readonly whyHeld: (verdict: Verdict, nextStep: number) => string | undefined;
  /** Opens the finding's episode and speaks of it. */
  readonly open: (
    draft: DecisionDraft,
    verdict: Verdict,
    recent: readonly NormalizedStep[],
    nextStep: number,
    reopensTurn?: boolean,
  ) => void;
  /** The next rung of each open episode whose misbehaviour went on after the last words about it. */
  readonly climb: (draft: DecisionDraft, lastStep: number, nextStep: number) => void;
};

export type EscalationOptions = {
  readonly config: Pick<ObserverConfig, 'graceSteps' | 'cooldownSteps' | 'maxReminders'>;
  /** Asked at each word: in shadow reminders are only what would have been said, and the ladder's end stops nothing. */
  readonly mode: () => 'on' | 'shadow';
  readonly episodes: Episodes;
  /** What the ids of reminders begin with. */
  readonly idPrefix: string;
  readonly canAsk: boolean;
  /** The share of episodes whose words are drawn to be withheld. */
  readonly holdOut?: HoldOut | undefined;
};

/** One run's reminders, counted and spaced. */
export function createEscalation(options: EscalationOptions): Escalation {
  const { config, mode, episodes, idPrefix, canAsk, holdOut = { share: 0, seed: '' } } = options;
  const remindedKeys = new Set<string>();
  let lastRemindedAt = Number.NEGATIVE_INFINITY;
  let reminderCount = 0;

  function speak(draft: DecisionDraft, episode: OpenEpisode, rung: Rung, nextStep: number, reopensTurn = false): void {
    if (rung === 'stop' && mode() === 'on') {
      episode.climbed += 1;
      draft.stop = {
        reason: wordReminder({ ...episode.verdict, evidence: evidenceNow(episode) }, 'stop'),
        episode: episode.id,
      };
      return;
    }
    const isWithheld = episode.isWithheld && isWithheldRung(rung);
    const isCapped = reminderCount >= config.maxReminders;
    if (isCapped)
      suppress(draft, episode.verdict, nextStep - 1, `the cap of ${config.maxReminders} reminders is reached`);
    else {
      const place = {
        id: `${idPrefix}${++reminderCount}`,
        rung,
        step: nextStep,
        mode: isWithheld ? 'shadow' : mode(),
      } as const;
      const reminder = remind(episode, place, { canAsk, reopensTurn });
      draft.reminders.push(isWithheld ? { ...reminder, withheld: true } : reminder);
    }
    episodes.climb(episode, nextStep, !isCapped && !isWithheld && mode() === 'on');
    remindedKeys.add(episode.verdict.key);
    lastRemindedAt = nextStep;
  }

  function climbOne(draft: DecisionDraft, episode: OpenEpisode, lastStep: number, nextStep: number): void {
    const rung = ruleOf(episode.verdict.class).rungs[episode.climbed];
    if (rung !== undefined && persistsAfterReminder(episode, lastStep, nextStep, config.cooldownSteps))
      speak(draft, episode, rung, nextStep);
  }

  return {
    whyHeld: (verdict, nextStep) => {
      if (isHard(verdict)) return undefined;
      if (nextStep <= config.graceSteps) return 'the grace of the first steps';
      return nextStep - lastRemindedAt < config.cooldownSteps ? 'the cool-down after the last reminder' : undefined;
    },
    open: (draft, verdict, recent, nextStep, reopensTurn) => {
      const episode = episodes.open(verdict, recent);
      episode.isWithheld = mode() === 'on' && drawHoldOut(holdOut, episode.id, verdict);
      // What had recovered and is back has had its first words already.
      const isBack = remindedKeys.has(verdict.key) && ruleOf(verdict.class).rungs.includes('check');
      if (isBack) episodes.climb(episode, nextStep, false);
      speak(draft, episode, isBack ? 'check' : 'redirect', nextStep, reopensTurn);
    },
    climb: (draft, lastStep, nextStep) => {
      for (const episode of [...episodes.openEpisodes()]) climbOne(draft, episode, lastStep, nextStep);
    },
  };
}

/** Whether the misbehaviour went on after the last words about it, long enough for firmer ones. */
function persistsAfterReminder(
  episode: OpenEpisode,
  lastStep: number,
  nextStep: number,
  cooldownSteps: number,
): boolean {
  const needed = escalationSteps(cooldownSteps);
  if (episode.remindedAtStep === undefined || episode.progressed) return false;
  if (episode.symptom.seenBy !== 'signal') return episode.presentSince >= needed && episode.presentAtStep === lastStep;
  // Seen by findings only, of which one after the last words is enough, when they had time to work.
  const isFresh = lastStep - episode.presentAtStep <= needed;
  return episode.presentSince >= 1 && isFresh && nextStep - episode.remindedAtStep >= needed;
}

function remind(
  episode: OpenEpisode,
  place: Pick<Reminder, 'id' | 'rung' | 'step' | 'mode'>,
  occasion: Occasion,
): Reminder {
  const { verdict, advice } = episode;
  const evidence = evidenceNow(episode);
  const latest = { ...verdict, evidence, ...(advice && { advice }) };
  return {
    ...place,
    episode: episode.id,
    category: verdict.category,
    class: verdict.class,
    ...(verdict.detector !== undefined && { detector: verdict.detector }),
    text: wordReminder(latest, place.rung, occasion),
    evidenceSteps: [...episode.evidenceSteps].sort((left, right) => left - right),
    evidence,
  };
}

/** Verdicts of open episodes that go on after their first words; each is given once. */
export function takeUnadvised(open: readonly OpenEpisode[]): Verdict[] {
  const unadvised = open.filter((episode) => {
    const isWanted = episode.climbed === 1 && episode.presentSince > 0 && episode.advice === undefined;
    return isWanted && ruleOf(episode.verdict.class).rungs.includes('check');
  });
  for (const episode of unadvised) episode.advice = '';
  return unadvised.map(({ verdict }) => verdict);
}
