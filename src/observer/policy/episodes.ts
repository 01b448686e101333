import type { Episode, EpisodeOutcome, Outcome, Verdict } from '../../core/types.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import { recoverySteps } from './ladder.ts';
import { type ClaimAnswer, followClaimAnswer } from './outcome/claim-answer.ts';
import { doesWhatWasAsked } from './outcome/compliance.ts';
import { belongsTo } from './outcome/same-episode.ts';
import { followUnrevertedChange, type UnrevertedChange } from './outcome/unreverted-change.ts';
import { callKey, describeSymptom, hasChange, hasProgress, isPresent, type Symptom } from './symptoms.ts';

/** Evidence steps kept of one episode; a run that is lost for hundreds of steps needs no longer list. */
const maxEvidenceSteps = 40;

/** What an episode knows beyond its public record. */
export type OpenEpisode = {
  readonly id: string;
  readonly verdict: Verdict;
  readonly keys: Set<string>;
  readonly symptom: Symptom;
  readonly unrevertedChange: UnrevertedChange;
  /** Of a false claim: what the agent made of it once it was told. */
  readonly claim?: ClaimAnswer;
  readonly openedAtStep: number;
  readonly evidenceSteps: Set<number>;
  /** Its words are withheld, to see what becomes of it without them. */
  isWithheld: boolean;
  /** Rungs climbed so far, said or (in shadow, or over a cap) not. */
  climbed: number;
  /** Reminders that the model was really given. */
  interventions: number;
  /** Index of the step before which the last reminder stood or would have stood. */
  remindedAtStep?: number;
  /** The last step in which the misbehaviour was there. */
  presentAtStep: number;
  /** Steps since the last reminder (before one: since it opened) in which it was there. */
  presentSince: number;
  /** Progress since the misbehaviour was last there. */
  progressed: boolean;
  /** Calls that were made while it went on: the ones a refusal is about. */
  readonly repeatedCalls: Set<string>;
  complied?: boolean;
  /** What happened, as the latest finding put it, and the number of times that it says. */
  evidence: string;
  times: number | undefined;
  /** Steps that the finding does not count in which it was seen. */
  seenSince: number;
  /** The latest steps in which it was seen after its evidence. */
  seenSteps: readonly number[];
  /** Undefined while nobody was asked for it, empty while it is awaited. */
  advice?: string;
};

export type Episodes = {
  /** The open episode that a finding belongs to: same key, or same class, or other class with the same evidence. */
  readonly find: (verdict: Verdict) => OpenEpisode | undefined;
  /** `recent`: the last finished steps, of which the evidence is read and those since are followed. */
  readonly open: (verdict: Verdict, recent: readonly NormalizedStep[]) => OpenEpisode;
  /** A new finding about an open episode: the misbehaviour came back. */
  readonly recordRecurrence: (episode: OpenEpisode, verdict: Verdict) => void;
  /** The next rung was reached before step `step`; `isSaid`: the model was really given words. */
  readonly climb: (episode: OpenEpisode, step: number, isSaid: boolean) => void;
  /** Follows every open episode through a finished step; gives those that it closed. */
  readonly follow: (step: NormalizedStep) => readonly Episode[];
  readonly close: (episode: OpenEpisode, outcome: EpisodeOutcome, step: number) => Episode;
  /** The user says that this was no misbehaviour: it ends. Gives it and the keys of its findings; undefined for an unknown id. */
  readonly markWrong: (id: string) => { readonly episode: Episode; readonly keys: ReadonlySet<string> } | undefined;
  /** The run, or the user's turn, has ended: every open episode gets its outcome. */
  readonly finish: (outcome: Outcome) => readonly Episode[];
  readonly openEpisodes: () => readonly OpenEpisode[];
  /** All episodes so far, in the order in which they were opened. */
  readonly all: () => readonly Episode[];
};

/**
 * Follows what becomes of each misbehaviour. In shadow the same, with interventions 0. `mode` is asked at each opening; `idPrefix` keeps
 * the ids of a resumed session apart from those before.
 */
export function createEpisodes(mode: () => 'on' | 'shadow', idPrefix = 'e'): Episodes {
  const records = new Map<string, Episode>();
  const keysById = new Map<string, ReadonlySet<string>>();
  const open: OpenEpisode[] = [];
  let lastStep = -1;

  function record(episode: OpenEpisode, outcome?: EpisodeOutcome, closedAtStep?: number): Episode {
    const { verdict } = episode;
    const episodeMode = episode.isWithheld ? 'shadow' : (records.get(episode.id)?.mode ?? mode());
    const entry: Episode = {
      id: episode.id,
      mode: episodeMode,
      ...(episode.isWithheld && { withheld: true as const }),
      category: verdict.category,
      class: verdict.class,
      ...(verdict.detector !== undefined && { detector: verdict.detector }),
      openedAtStep: episode.openedAtStep,
      evidenceSteps: [...episode.evidenceSteps].sort((left, right) => left - right),
      interventions: episode.interventions,
      ...(episode.complied !== undefined && episode.interventions > 0 && { complied: episode.complied }),
      ...(outcome !== undefined && { outcome }),
      ...(closedAtStep !== undefined && { closedAtStep }),
    };
    records.set(episode.id, entry);
    return entry;
  }

  /** What was dropped as over and came back is the same episode. */
  function staleIdOf(key: string): string | undefined {
    const isStale = ({ id, outcome }: Episode) => outcome === 'stale' && keysById.get(id)?.has(key);
    return [...records.values()].findLast(isStale)?.id;
  }

  function close(episode: OpenEpisode, outcome: EpisodeOutcome, step: number): Episode {
    const position = open.indexOf(episode);
    if (position !== -1) open.splice(position, 1);
    // Steps went by after the last words, and none did what they asked for; of a claim only its answer says it.
    const hadTime = lastStep >= (episode.remindedAtStep ?? Number.POSITIVE_INFINITY);
    if (hadTime && episode.claim === undefined) episode.complied ??= false;
    return record(episode, outcome, step);
  }

  return {
    find: (verdict) => open.find((episode) => belongsTo(episode, verdict)),
    open: (verdict, recent) => {
      const evidence = recent.filter((step) => verdict.evidenceSteps.includes(step.index));
      const episode = newEpisode(
        staleIdOf(verdict.key) ?? `${idPrefix}${records.size + 1}`,
        verdict,
        evidence,
        recent.at(-1),
      );
      for (const step of recent) followStep(episode, step);
      open.push(episode);
      keysById.set(episode.id, episode.keys);
      record(episode);
      return episode;
    },
    recordRecurrence: (episode, verdict) => {
      recordRecurrence(episode, verdict);
      record(episode);
    },
    climb: (episode, step, isSaid) => {
      episode.climbed += 1;
      if (isSaid) episode.interventions += 1;
      episode.remindedAtStep = step;
      episode.presentSince = 0;
      delete episode.complied;
      record(episode);
    },
    follow: (step) => {
      lastStep = step.index;
      const closed: Episode[] = [];
      for (const episode of [...open]) {
        followStep(episode, step);
        if (step.index - episode.presentAtStep >= recoverySteps && hasLeft(episode))
          closed.push(close(episode, 'recovered', step.index));
        else record(episode);
      }
      return closed;
    },
    close,
    markWrong: (id) => {
      const position = open.findIndex((episode) => episode.id === id);
      if (position !== -1) open.splice(position, 1);
      const known = records.get(id);
      if (known === undefined) return undefined;
      const { complied: _, ...rest } = known;
      const closedAtStep = known.closedAtStep ?? Math.max(lastStep, 0);
      const episode: Episode = { ...rest, wrong: true, outcome: 'ended', closedAtStep };
      records.set(id, episode);
      return { episode, keys: keysById.get(id) ?? new Set() };
    },
    finish: (outcome) =>
      [...open].map((episode) => close(episode, outcomeAtEnd(episode, outcome, lastStep), Math.max(lastStep, 0))),
    openEpisodes: () => open,
    all: () => [...records.values()],
  };
}

function newEpisode(
  id: string,
  verdict: Verdict,
  evidence: readonly NormalizedStep[],
  last: NormalizedStep | undefined,
): OpenEpisode {
  const symptom = describeSymptom(verdict.class, evidence);
  const claim = followClaimAnswer(verdict, evidence, last?.calls.length === 0);
  return {
    id,
    verdict,
    keys: new Set([verdict.key]),
    evidence: verdict.evidence,
    times: verdict.times,
    seenSince: 0,
    seenSteps: [],
    symptom,
    unrevertedChange: followUnrevertedChange(verdict),
    ...(claim && { claim }),
    openedAtStep: verdict.atStep,
    evidenceSteps: new Set(verdict.evidenceSteps),
    isWithheld: false,
    climbed: 0,
    interventions: 0,
    presentAtStep: Math.max(verdict.atStep, ...verdict.evidenceSteps),
    presentSince: 0,
    progressed: false,
    repeatedCalls: new Set(symptom.calls),
  };
}

function recordRecurrence(episode: OpenEpisode, verdict: Verdict): void {
  const first = Math.min(...verdict.evidenceSteps);
  const before = [...episode.evidenceSteps].filter((step) => step < first).length;
  episode.keys.add(verdict.key);
  for (const step of verdict.evidenceSteps.slice(0, maxEvidenceSteps - episode.evidenceSteps.size))
    episode.evidenceSteps.add(step);
  const at = Math.max(verdict.atStep, ...verdict.evidenceSteps);
  if (at > episode.presentAtStep) markPresent(episode, at);
  if (verdict.class !== episode.verdict.class) return;
  const isSame = verdict.evidence === episode.evidence;
  episode.evidence = verdict.evidence;
  episode.times = verdict.times;
  // It may come late, and count anew what was counted before: what was seen behind and ahead of the steps that it speaks of counts, too.
  episode.seenSince = episode.seenSteps.filter((step) => step > at).length + (isSame ? before : 0);
}

/** What happened, with the number as it is now. */
export function evidenceNow({ evidence, times, seenSince }: OpenEpisode): string {
  if (times === undefined || seenSince === 0) return evidence;
  return evidence.replace(new RegExp(`\\b${times}\\b`), String(times + seenSince));
}

/** It moved on, and nothing of what it did wrong is left on the disk; a claim is left when it was corrected, if there was an answer. */
function hasLeft({ progressed, unrevertedChange, claim }: OpenEpisode): boolean {
  const answer = claim?.read();
  return answer === undefined ? progressed && !unrevertedChange.isThere() : answer === 'corrected';
}

function followStep(episode: OpenEpisode, step: NormalizedStep): void {
  episode.unrevertedChange.follow(step, step.index === episode.presentAtStep || episode.evidenceSteps.has(step.index));
  if (step.index <= episode.presentAtStep) return;
  const isBack = isPresent(episode.symptom, step) && !(episode.progressed && episode.symptom.seenBy === 'calls');
  if (isBack) {
    markPresent(episode, step.index);
    for (const call of step.calls) episode.repeatedCalls.add(callKey(call));
  } else if (hasProgress(episode.symptom, step)) {
    episode.progressed = true;
    if (hasChange(episode.symptom, step)) episode.repeatedCalls.clear();
  }
  readCompliance(episode, step, isBack);
}

function markPresent(episode: OpenEpisode, step: number): void {
  episode.presentAtStep = step;
  episode.progressed = false;
  episode.seenSince += 1;
  episode.seenSteps = [...episode.seenSteps, step].slice(-maxEvidenceSteps);
  if (step < (episode.remindedAtStep ?? 0)) return;
  episode.presentSince += 1;
  episode.claim?.foundAgain();
  readAnswer(episode);
  if (episode.evidenceSteps.size < maxEvidenceSteps) episode.evidenceSteps.add(step);
}

/** Complied: a step that does what was asked comes before the second one in which the misbehaviour is still there. */
function readCompliance(episode: OpenEpisode, step: NormalizedStep, isBack: boolean): void {
  const { remindedAtStep, presentSince, verdict, complied, claim } = episode;
  if (remindedAtStep === undefined || step.index < remindedAtStep) return;
  if (claim !== undefined) {
    claim.follow(step);
    readAnswer(episode);
    return;
  }
  if (complied !== undefined) return;
  if (presentSince >= 2) episode.complied = false;
  else if (!isBack && doesWhatWasAsked(verdict, step, hasLeft(episode))) episode.complied = true;
}

/** The last answer counts: a claim that was corrected may be made again, and the other way round. */
function readAnswer(episode: OpenEpisode): void {
  const answer = episode.claim?.read();
  if (answer === 'corrected' || answer === 'repeated') episode.complied = answer === 'corrected';
  else if (answer === 'open') delete episode.complied;
}

/**
 * Recovered: a run that ended done, with progress and without it coming back. Persisted: still there at the end (a file changed
 * against the user's words, a weakened test), or come back more than once after the last words about it. Ended: too early to tell.
 */
function outcomeAtEnd(episode: OpenEpisode, outcome: Outcome, lastStep: number): EpisodeOutcome {
  if (outcome === 'done' && hasLeft(episode)) return 'recovered';
  if (episode.claim?.read() === 'repeated') return 'persisted';
  if (episode.unrevertedChange.isThere() && lastStep > episode.presentAtStep) return 'persisted';
  const isStillThere = lastStep - episode.presentAtStep <= 1 && episode.presentSince > 0;
  if (isStillThere || episode.presentSince > 1 || outcome === 'stuck') return 'persisted';
  return 'ended';
}
