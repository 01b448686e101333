import type { Episode, Outcome, Signal, ToolCall, Verdict } from '../../core/types.ts';
import type { ObserverConfig } from '../config.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import { createAnsweredFindings } from './answered-findings.ts';
import { type Decisions, type Draft, isHard, newDraft, requiredConfidence, suppress, verdictOf } from './decisions.ts';
import type { HoldOut } from './draw-hold-out.ts';
import { createDroppedFindings } from './dropped-findings.ts';
import { createEpisodes, evidenceNow, type OpenEpisode } from './episodes.ts';
import { createEscalation, takeUnadvised } from './escalation.ts';
import { ruleOf } from './ladder.ts';
import { createMutedFindings } from './muted-findings.ts';
import { createMutes } from './mutes.ts';
import { isFromBefore, reasonOfStaleness } from './staleness.ts';
import { callKey } from './symptoms.ts';
import { wordRefusal } from './wording.ts';

/** Steps kept to look evidence up in; what is older can't be re-checked and counts as it was. */
const windowSteps = 64;
/** Findings that re-open a turn together. */
const maxAtTurnEnd = 3;
/** Findings that wait at most; more than these at once come from a fault, not from the agent. */
const maxWaiting = 32;

export type PolicyOptions = {
  readonly config: Pick<ObserverConfig, 'graceSteps' | 'cooldownSteps' | 'maxReminders' | 'classes'>;
  readonly mode: () => 'on' | 'shadow';
  /** Whether a judge will look at signals that do not stand by themselves. */
  readonly hasJudge: boolean;
  /** Whether somebody is there who can answer the agent (default true). */
  readonly canAsk?: boolean;
  /** Steps of a session that was resumed: its ids are told apart from those before. */
  readonly resumedAt?: number;
  /** The share of episodes whose words are withheld, and how it is drawn; absent: none. */
  readonly holdOut?: HoldOut;
  /** Says why it does not pay to speak of this class or detector (`observer.policy: auto`); undefined: it does. */
  readonly whySilent?: (className: string, detector: string | undefined) => string | undefined;
};

export type Policy = {
  /** A detector's finding: stands at once when it is strong, waits for the judge when it is not. */
  readonly signal: (signal: Signal) => Decisions;
  /** A finding that was reported already is still there: nothing new is said of it, but its episode knows. */
  readonly seenAgain: (signal: Signal) => void;
  /** A finding of the judge. */
  readonly verdict: (verdict: Verdict) => Decisions;
  /** The adviser's words for an open episode; they come with its next reminder. */
  readonly advice: (key: string, advice: string) => void;
  /** Each finished step, in order, before the findings about it. */
  readonly step: (step: NormalizedStep) => Decisions;
  /** At the drain before step `nextStep`; `isTurnEnd`: the model called the turn done, and only some classes may re-open it. */
  readonly deliver: (nextStep: number, isTurnEnd: boolean) => Decisions;
  /** Words for a call that the ladder refuses, else undefined; always so in shadow. */
  readonly refuse: (call: Pick<ToolCall, 'name' | 'input'>) => string | undefined;
  /** The user pressed Esc: what waits is dropped, and nothing is said until a step with new words of theirs. */
  readonly interrupted: () => Decisions;
  /** Nothing more of this detector or class in this session; its open episodes end. */
  readonly mute: (detectorOrClass: string) => Decisions;
  /** Lets a detector's or class's finding pass for this many more steps; its open episodes end. */
  readonly allowMore: (detectorOrClass: string, steps: number) => Decisions;
  /** Ends a mute and what was allowed: what still goes on is reminded of at the next drain. */
  readonly watchAgain: (detectorOrClass: string) => void;
  /** Whether the user wants to hear nothing of this class or detector for now. */
  readonly isPaused: (className: string, detector: string) => boolean;
  /** The user calls an episode wrong: it ends as a false alarm, and the same finding is not said again. */
  readonly markWrong: (episodeId: string) => Decisions;
  /** End of the run or of the user's turn. */
  readonly finish: (outcome: Outcome) => Decisions;
  readonly episodes: () => readonly Episode[];
};

/** A finding that stands and is not said yet; `heldFor`: what it waits for. */
type Waiting = { readonly verdict: Verdict; heldFor?: string };

/** The observer's judgement of when to speak, how firmly, and when to be silent. Used live, in shadow and in replay alike. */
export function createPolicy(options: PolicyOptions): Policy {
  const { config, mode } = options;
  const ids = options.resumedAt ? `${options.resumedAt}-` : '';
  const episodes = createEpisodes(mode, `e${ids}`);
  const canAsk = options.canAsk ?? true;
  const escalation = createEscalation({
    config,
    mode,
    episodes,
    idPrefix: `r${ids}`,
    canAsk,
    holdOut: options.holdOut,
  });
  /** Findings that the user called wrong. */
  const wrongKeys = new Set<string>();
  const mutes = createMutes(config.classes, options.whySilent);
  const mutedFindings = createMutedFindings();
  const dropped = createDroppedFindings();
  const answered = createAnsweredFindings();
  const recent: NormalizedStep[] = [];
  /** By class: the step before which a reminder about it last stood. */
  const remindedAt = new Map<string, number>();
  let waiting: Waiting[] = [];
  let verdictCount = 0;
  let hasReopened = false;
  let isSilenced = false;

  const lastStep = (): number => recent.at(-1)?.index ?? -1;
  const drop = (draft: Draft, finding: Signal | Verdict, reason: string): void =>
    suppress(draft, finding, lastStep(), reason);

  function take(verdict: Verdict): Decisions {
    const draft = newDraft();
    draft.verdicts.push(verdict);
    if (mutes.isPaused(verdict, lastStep())) park(verdict);
    const reason =
      (wrongKeys.has(verdict.key) ? 'the user called it wrong' : undefined) ??
      (answered.isAnswered(verdict) ? 'the agent has given a reason for it' : undefined) ??
      mutes.whyUnwanted(verdict, lastStep()) ??
      whyOld(verdict) ??
      joinOpenEpisode(verdict) ??
      whyNoRoom(waiting, verdict);
    if (reason === undefined) waiting.push({ verdict });
    else drop(draft, verdict, reason);
    return draft;
  }

  function whyOld(verdict: Verdict): string | undefined {
    const isOld = isFromBefore(verdict, remindedAt.get(verdict.class));
    return isOld ? 'it shows nothing since the last reminder about it' : undefined;
  }

  function park(verdict: Verdict): void {
    const evidence = recent.filter((step) => verdict.evidenceSteps.includes(step.index));
    mutedFindings.add(verdict, evidence);
  }

  /** A finding about an episode that is open says that the misbehaviour is still there; it is not said anew. */
  function joinOpenEpisode(verdict: Verdict): string | undefined {
    const open = episodes.find(verdict);
    if (open === undefined) return undefined;
    episodes.recordRecurrence(open, verdict);
    return `belongs to episode ${open.id} (${open.verdict.class}), which is open`;
  }

  /** Drops a finding that nobody wants any more, that another one covers or that the agent has fixed meanwhile. */
  function dropIfOver(draft: Draft, { verdict, heldFor }: Waiting): boolean {
    const reason = mutes.whyUnwanted(verdict, lastStep()) ?? joinOpenEpisode(verdict);
    if (reason !== undefined) {
      drop(draft, verdict, reason);
      return true;
    }
    const stale = reasonOfStaleness(verdict, recent);
    if (stale === undefined) return false;
    drop(draft, verdict, heldFor === undefined ? stale : `held for ${heldFor}, and then ${stale}`);
    dropped.add(verdict, recent);
    draft.closed.push(episodes.close(episodes.open(verdict, recent), 'stale', Math.max(lastStep(), 0)));
    return true;
  }

  function isHeld(draft: Draft, entry: Waiting, nextStep: number): boolean {
    if (dropIfOver(draft, entry)) return false;
    const heldFor = escalation.whyHeld(entry.verdict, nextStep);
    if (heldFor === undefined) escalation.open(draft, entry.verdict, recent, nextStep);
    else entry.heldFor = heldFor;
    return heldFor !== undefined;
  }

  function deliverAtTurnEnd(draft: Draft, nextStep: number): void {
    for (const entry of waiting.sort(byStrength)) {
      const reason = whyNotReopened(entry.verdict, hasReopened, draft.reminders.length);
      if (reason !== undefined) drop(draft, entry.verdict, reason);
      else if (!dropIfOver(draft, entry)) escalation.open(draft, entry.verdict, recent, nextStep, true);
    }
    hasReopened ||= draft.reminders.length > 0;
    waiting = [];
  }

  function endEpisodesOf(name: string): Decisions {
    const isOfName = ({ verdict }: OpenEpisode): boolean => verdict.detector === name || verdict.class === name;
    const ended = episodes.openEpisodes().filter(isOfName);
    for (const { verdict, evidenceSteps, presentAtStep } of ended)
      park({ ...verdict, evidenceSteps: [...evidenceSteps], atStep: presentAtStep });
    return { ...newDraft(), closed: ended.map((episode) => episodes.close(episode, 'ended', Math.max(lastStep(), 0))) };
  }

  function dropAll(reason: string): Draft {
    const draft = newDraft();
    for (const { verdict, heldFor } of waiting)
      drop(draft, verdict, heldFor === undefined ? reason : `held for ${heldFor}, and then ${reason}`);
    waiting = [];
    return draft;
  }

  return {
    signal: (signal) => {
      if (signal.confidence >= requiredConfidence(config, signal.class))
        return take(verdictOf(signal, `v${++verdictCount}`));
      const draft = newDraft();
      const next = options.hasJudge ? 'the judge is asked' : 'there is no judge';
      drop(draft, signal, mutes.whyUnwanted(signal, lastStep()) ?? `not certain enough by itself: ${next}`);
      return draft;
    },
    seenAgain: (signal) => {
      joinOpenEpisode(verdictOf(signal, ''));
    },
    verdict: (verdict) => take({ ...verdict, id: `v${++verdictCount}` }),
    advice: (key, advice) => {
      for (const episode of episodes.openEpisodes()) if (episode.keys.has(key)) episode.advice = advice;
    },
    step: (step) => {
      recent.push(step);
      if (recent.length > windowSteps) recent.shift();
      mutedFindings.follow(step);
      if (step.userTexts.length > 0) {
        hasReopened = false;
        isSilenced = false;
      }
      const closed = [...episodes.follow(step)];
      for (const episode of answered.follow(step, episodes.openEpisodes()))
        closed.push(episodes.close(episode, episode.claim?.read() === 'corrected' ? 'recovered' : 'ended', step.index));
      for (const verdict of dropped.follow(step))
        if (episodes.find(verdict) === undefined && whyNoRoom(waiting, verdict) === undefined)
          waiting.push({ verdict });
      return { ...newDraft(), closed, adviceWanted: takeUnadvised(episodes.openEpisodes()) };
    },
    deliver: (nextStep, isTurnEnd) => {
      const draft = newDraft();
      if (isSilenced) return draft;
      for (const verdict of mutedFindings.take((entry) => !mutes.isPaused(entry, lastStep()), lastStep()))
        if (whyNoRoom(waiting, verdict) === undefined) waiting.push({ verdict });
      if (isTurnEnd) deliverAtTurnEnd(draft, nextStep);
      else {
        escalation.climb(draft, lastStep(), nextStep);
        waiting = waiting.sort(byStrength).filter((entry) => isHeld(draft, entry, nextStep));
      }
      for (const reminder of draft.reminders) remindedAt.set(reminder.class, nextStep);
      return draft;
    },
    refuse: (call) => {
      if (mode() !== 'on') return undefined;
      const key = callKey(call);
      const episode = episodes.openEpisodes().find((open) => isRefusing(open) && open.repeatedCalls.has(key));
      return episode === undefined ? undefined : wordRefusal(evidenceNow(episode));
    },
    interrupted: () => {
      isSilenced = true;
      return dropAll('the user interrupted');
    },
    mute: (name) => {
      mutes.mute(name);
      return endEpisodesOf(name);
    },
    allowMore: (name, steps) => {
      mutes.allowUntil(name, lastStep() + steps);
      return endEpisodesOf(name);
    },
    watchAgain: mutes.watchAgain,
    markWrong: (id) => {
      const marked = episodes.markWrong(id);
      for (const key of marked?.keys ?? []) wrongKeys.add(key);
      return { ...newDraft(), closed: marked === undefined ? [] : [marked.episode] };
    },
    isPaused: (className, detector) => mutes.isPaused({ class: className, detector }, lastStep()),
    finish: (outcome) => ({ ...dropAll('the run ended'), closed: episodes.finish(outcome) }),
    episodes: episodes.all,
  };
}

function whyNoRoom(waiting: readonly Waiting[], verdict: Verdict): string | undefined {
  const isKnown = waiting.some((other) => other.verdict.key === verdict.key && other.verdict.class === verdict.class);
  if (isKnown) return 'the same finding waits already';
  return waiting.length >= maxWaiting ? `more than ${maxWaiting} findings wait already` : undefined;
}

/** A turn is re-opened once, by all that is found at its end together. */
function whyNotReopened(verdict: Verdict, hasReopened: boolean, saidNow: number): string | undefined {
  const { mayReopen } = ruleOf(verdict.class);
  if (mayReopen === 'never' || (mayReopen === 'judged' && verdict.source !== 'judge'))
    return 'the model has ended its turn, and this class may not re-open it';
  if (hasReopened) return 'this turn was re-opened once already';
  return saidNow >= maxAtTurnEnd ? `${maxAtTurnEnd} findings re-open this turn already` : undefined;
}

function isRefusing(episode: OpenEpisode): boolean {
  return ruleOf(episode.verdict.class).rungs.slice(0, episode.climbed).includes('refuse');
}

function byStrength(left: Waiting, right: Waiting): number {
  const hardFirst = Number(isHard(right.verdict)) - Number(isHard(left.verdict));
  return hardFirst || right.verdict.confidence - left.verdict.confidence;
}
