import type { Episode, Outcome, Signal, ToolCall, Verdict } from '../../core/types.ts';
import type { ObserverConfig } from '../observer-schema.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import { type Decisions, newDraft, suppress } from './decisions.ts';
import { createFindingDelivery, type FindingDelivery } from './deliver-findings.ts';
import type { HoldOut } from './draw-hold-out.ts';
import { createEpisodes, evidenceNow, type OpenEpisode } from './episodes.ts';
import { createEscalation, takeUnadvised } from './escalation.ts';
import { ruleOf } from './ladder.ts';
import { createMutes } from './mutes.ts';
import { createPolicyMemory, joinOpenEpisode, keepMuted, type PolicyMemory } from './policy-memory.ts';
import { requiredConfidence, verdictOf } from './required-confidence.ts';
import { callKey } from './symptoms.ts';
import { takeFinding } from './take-finding.ts';
import { wordRefusal } from './wording.ts';

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
  /** A detector's finding: a strong one becomes a verdict at once, a weak one waits for the judge. */
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

/** The observer's judgement of when to speak, how firmly, and when to be silent. Used live, in shadow and in replay alike. */
export function createPolicy(options: PolicyOptions): Policy {
  const { config, mode } = options;
  const ids = options.resumedAt ? `${options.resumedAt}-` : '';
  const episodes = createEpisodes(mode, `e${ids}`);
  const memory = createPolicyMemory(episodes, createMutes(config.classes, options.whySilent));
  const canAsk = options.canAsk ?? true;
  const escalation = createEscalation({
    config,
    mode,
    episodes,
    idPrefix: `r${ids}`,
    canAsk,
    holdOut: options.holdOut,
  });
  const delivery = createFindingDelivery(memory, escalation);
  let isSilenced = false;

  return {
    ...intake(options, memory),
    ...userWishes(memory),
    step: (step) => {
      if (step.userTexts.length > 0) isSilenced = false;
      return takeStep(memory, delivery, step);
    },
    deliver: (nextStep, isTurnEnd) => {
      if (isSilenced) return newDraft();
      return isTurnEnd ? delivery.deliverAtTurnEnd(nextStep) : delivery.deliver(nextStep);
    },
    refuse: (call) => (mode() === 'on' ? refuseCall(episodes.openEpisodes(), call) : undefined),
    interrupted: () => {
      isSilenced = true;
      return delivery.dropAll('the user interrupted');
    },
    finish: (outcome) => ({ ...delivery.dropAll('the run ended'), closed: episodes.finish(outcome) }),
    episodes: episodes.all,
  };
}

/** Findings of the rules and of the judge, each with an id of its own. */
function intake(
  { config, hasJudge }: PolicyOptions,
  memory: PolicyMemory,
): Pick<Policy, 'signal' | 'seenAgain' | 'verdict' | 'advice'> {
  let count = 0;
  return {
    signal: (signal) => {
      if (signal.confidence >= requiredConfidence(config, signal.class))
        return takeFinding(memory, verdictOf(signal, `v${++count}`));
      const draft = newDraft();
      const next = hasJudge ? 'the judge is asked' : 'there is no judge';
      const unwanted = memory.mutes.whyUnwanted(signal, memory.lastStep());
      suppress(draft, signal, memory.lastStep(), unwanted ?? `not certain enough by itself: ${next}`);
      return draft;
    },
    seenAgain: (signal) => {
      joinOpenEpisode(memory, verdictOf(signal, ''));
    },
    verdict: (verdict) => takeFinding(memory, { ...verdict, id: `v${++count}` }),
    advice: (key, advice) => {
      for (const episode of memory.episodes.openEpisodes()) if (episode.keys.has(key)) episode.advice = advice;
    },
  };
}

/** What the user says of findings: silence, more of it, or that one is wrong. */
function userWishes(
  memory: PolicyMemory,
): Pick<Policy, 'mute' | 'allowMore' | 'watchAgain' | 'markWrong' | 'isPaused'> {
  const { mutes, episodes, wrongKeys, lastStep } = memory;
  return {
    mute: (name) => {
      mutes.mute(name);
      return endEpisodesOf(memory, name);
    },
    allowMore: (name, steps) => {
      mutes.allowUntil(name, lastStep() + steps);
      return endEpisodesOf(memory, name);
    },
    watchAgain: mutes.watchAgain,
    markWrong: (id) => {
      const marked = episodes.markWrong(id);
      for (const key of marked?.keys ?? []) wrongKeys.add(key);
      return { ...newDraft(), closed: marked === undefined ? [] : [marked.episode] };
    },
    isPaused: (className, detector) => mutes.isPaused({ class: className, detector }, lastStep()),
  };
}

function endEpisodesOf(memory: PolicyMemory, name: string): Decisions {
  const { episodes, lastStep } = memory;
  const isOfName = ({ verdict }: OpenEpisode): boolean => verdict.detector === name || verdict.class === name;
  const ended = episodes.openEpisodes().filter(isOfName);
  for (const { verdict, evidenceSteps, presentAtStep } of ended)
    keepMuted(memory, { ...verdict, evidenceSteps: [...evidenceSteps], atStep: presentAtStep });
  return { ...newDraft(), closed: ended.map((episode) => episodes.close(episode, 'ended', Math.max(lastStep(), 0))) };
}

/** What a step closes; a finding that was dropped as fixed and is back waits again. */
function takeStep(memory: PolicyMemory, delivery: FindingDelivery, step: NormalizedStep): Decisions {
  const { episodes, answered, dropped, mutedFindings, waiting } = memory;
  memory.addStep(step);
  mutedFindings.follow(step);
  if (step.userTexts.length > 0) delivery.beginTurn();
  const closed = [...episodes.follow(step)];
  for (const episode of answered.follow(step, episodes.openEpisodes()))
    closed.push(episodes.close(episode, episode.claim?.read() === 'corrected' ? 'recovered' : 'ended', step.index));
  for (const verdict of dropped.follow(step)) if (episodes.find(verdict) === undefined) waiting.add(verdict);
  return { ...newDraft(), closed, adviceWanted: takeUnadvised(episodes.openEpisodes()) };
}

/** The words for a call that an open episode has come to refuse. */
function refuseCall(open: readonly OpenEpisode[], call: Pick<ToolCall, 'name' | 'input'>): string | undefined {
  const key = callKey(call);
  const episode = open.find((each) => isRefusing(each) && each.repeatedCalls.has(key));
  return episode === undefined ? undefined : wordRefusal(evidenceNow(episode));
}

function isRefusing(episode: OpenEpisode): boolean {
  return ruleOf(episode.verdict.class).rungs.slice(0, episode.climbed).includes('refuse');
}
