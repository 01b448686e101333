import type { Signal } from '../../core/types.ts';
import type { MisbehaviourClass } from '../classes/taxonomy.ts';
import { requiredConfidence } from '../policy/required-confidence.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import type { WorkerSettings } from '../worker/protocol.ts';
import { rulesOfLevel } from './judge-levels.ts';
import { createPremiseClues, type PremiseClue } from './premise-clues.ts';
import { createTurnState } from './turn-state.ts';

/** A review of the work since a step: claims, requests and changes in one question. */
export type WorkQuestion = {
  readonly kind: 'work';
  readonly occasion: 'turn-end' | 'cut-off' | 'stopped' | 'commit' | 'outside-change' | 'test-change' | 'compaction';
  readonly atStep: number;
  /** The last step that was reviewed before. */
  readonly since: number;
  readonly classes: readonly string[];
  /** Weak findings of rules that the judge is to confirm or not. */
  readonly signals: readonly Signal[];
};

/** Whether one or two classes are there, by what one occasion shows. */
export type ClassQuestion = {
  readonly kind: 'class';
  readonly classes: readonly string[];
  readonly occasion: PremiseClue['occasion'] | 'signal';
  readonly atStep: number;
  /** The steps that gave the occasion. */
  readonly steps: readonly number[];
  readonly signal?: Signal;
};

export type ReviewQuestion = WorkQuestion | ClassQuestion;

/** When the judge is asked: by evidence, before work is handed over, and at the end of each turn that acted. */
export type Schedule = {
  /** After each step, with what the detectors found in it. `isTurnEnd`: the model called nothing and calls its turn done. */
  readonly step: (step: NormalizedStep, signals: readonly Signal[], isTurnEnd: boolean) => readonly ReviewQuestion[];
  /** When the agent ended its turn or was stopped in it, unless the turn did nothing, all of it was reviewed or it was re-opened. */
  readonly turnEnd: (index: number) => readonly ReviewQuestion[];
  readonly compacted: () => readonly ReviewQuestion[];
  /** So many questions were never asked, since the server was not free: they take nothing of what the run may ask. */
  readonly giveBack: (unasked: number) => void;
};

/** What a review in the middle of a turn can say; the end of a turn adds what is undone and unchecked. */
const midTurnClasses = ['did-not-follow-instructions', 'unrequested-changes', 'false-claim', 'test-tampering'];
const turnEndClasses = [...midTurnClasses, 'premature-stop', 'unverified-finish', 'wrong-premise'];
/** Classes that have a question of their own when a rule is not certain. */
const askedAlone: ReadonlySet<string> = new Set(['infinite-loop', 'tool-call-failure', 'wrong-premise']);
/** Steps between two questions about a wrong premise; a claim is new by itself. */
const stepsBetweenPremises = 4;
const stepsBetweenClaims = 2;

export function createSchedule({ config, classes }: Pick<WorkerSettings, 'config' | 'classes'>): Schedule {
  const rules = rulesOfLevel(config.judge.level);
  const enabled = classes.filter(({ name }) => config.classes[name]?.enabled !== false);
  const names = new Set(enabled.map(({ name }) => name));
  const own = enabled.filter(({ question }) => question !== undefined);
  const isStrong = (signal: Signal): boolean => signal.confidence >= requiredConfidence(config, signal.class);
  const clues = createPremiseClues();
  const asked = new Set<string>();
  const turn = createTurnState();
  let stepCount = 0;
  let callCount = 0;
  let lastIndex = -1;
  let reviewedTo = -1;
  let lastDrift = Number.NEGATIVE_INFINITY;
  let lastPremise = Number.NEGATIVE_INFINITY;
  let waiting: Signal[] = [];
  let hasEndedTurn = false;
  let isCutOff = false;

  const hasCallLeft = (): boolean => callCount < rules.firstCalls + Math.floor(stepCount / rules.stepsPerCall);
  const take = <Question extends ReviewQuestion>(question: Question | undefined): readonly Question[] => {
    if (question === undefined || !hasCallLeft()) return [];
    callCount += 1;
    return [question];
  };

  function askWork(occasion: WorkQuestion['occasion'], wanted: readonly string[]): readonly WorkQuestion[] {
    const named = [...wanted.filter((name) => names.has(name)), ...ownFor(own, occasion)];
    if (named.length === 0) return [];
    const question = take({
      kind: 'work',
      occasion,
      atStep: lastIndex,
      since: reviewedTo,
      classes: named,
      signals: waiting,
    });
    if (question.length > 0) {
      const isWhole = isEnd(occasion);
      if (isWhole) reviewedTo = lastIndex;
      turn.review(isWhole);
      waiting = [];
    }
    return question;
  }

  function askPremise(found: readonly PremiseClue[]): readonly ClassQuestion[] {
    const since = lastIndex - lastPremise;
    const clue = found.find(
      ({ key, occasion }) =>
        !asked.has(key) && since >= (occasion === 'claim' ? stepsBetweenClaims : stepsBetweenPremises),
    );
    if (clue === undefined || !names.has('wrong-premise')) return [];
    const { occasion, steps, key } = clue;
    const asks = (occasion === 'claim' ? ['wrong-premise', 'false-claim'] : ['wrong-premise']).filter((name) =>
      names.has(name),
    );
    const question = take<ClassQuestion>({ kind: 'class', classes: asks, occasion, atStep: lastIndex, steps });
    if (question.length > 0) {
      asked.add(key);
      lastPremise = lastIndex;
    }
    return question;
  }

  function askAboutSignals(weak: readonly Signal[]): readonly ClassQuestion[] {
    return weak.flatMap((signal) => {
      if (!askedAlone.has(signal.class) || !names.has(signal.class) || asked.has(signal.key)) return [];
      asked.add(signal.key);
      const { class: name, step: atStep, evidenceSteps: steps } = signal;
      return take<ClassQuestion>({ kind: 'class', classes: [name], occasion: 'signal', atStep, steps, signal });
    });
  }

  function askDrift(step: NormalizedStep): readonly WorkQuestion[] {
    const occasion = turn.driftIn(step);
    if (occasion === undefined || lastIndex - lastDrift < rules.stepsBetweenDrift) return [];
    const question = askWork(occasion, midTurnClasses);
    if (question.length > 0) lastDrift = lastIndex;
    return question;
  }

  return {
    step: (step, signals, isTurnEnd) => {
      stepCount += 1;
      lastIndex = step.index;
      const found = clues.feed(step);
      turn.add(step);
      hasEndedTurn = isTurnEnd;
      isCutOff = isTurnEnd && announcesOrIsEmpty(step.text);
      const weak = signals.filter((signal) => !isStrong(signal) && names.has(signal.class));
      waiting = [...waiting, ...weak.filter((signal) => !askedAlone.has(signal.class))].slice(-6);
      if (!rules.asksMidTurn) return [];
      const ofSignals = askAboutSignals(weak);
      if (isTurnEnd) return ofSignals;
      const stuck = turn.stuckIn(signals.filter(isStrong));
      const fresh = found.filter(({ occasion }) => occasion !== 'same-error' || !turn.isStuck(lastIndex));
      return [...ofSignals, ...askPremise([...fresh, ...stuck]), ...askDrift(step)];
    },
    turnEnd: (index) => {
      lastIndex = index;
      if (!rules.asksAtTurnEnd || turn.isReopened()) return [];
      if (hasEndedTurn) turn.end();
      if (!turn.hasActed() && !rules.asksAboutTalk) return [];
      return askWork(!hasEndedTurn ? 'stopped' : isCutOff ? 'cut-off' : 'turn-end', turnEndClasses);
    },
    giveBack: (unasked) => {
      callCount -= unasked;
    },
    compacted: () => (rules.asksMidTurn && turn.hasActed() ? askWork('compaction', midTurnClasses) : []),
  };
}

function isEnd(occasion: WorkQuestion['occasion']): boolean {
  return occasion === 'turn-end' || occasion === 'cut-off' || occasion === 'stopped';
}

/** A last message without words, or with words that only lead to a call which never came. */
function announcesOrIsEmpty(text: string): boolean {
  const said = text.trim();
  return said === '' || (said.length < 400 && (said.endsWith(':') || announcement.test(said)));
}

/** A last sentence that says what comes next, and offers nothing. */
const announcement = /(?:^|[.!?:\n]\s*)(?:now,? )?(?:let me (?!know)|i['’]ll now |now i['’]ll )(?:[^.?!\n]|\.\w)*\.?$/i;

/** The user's own classes: those of the end of a turn then, the others at every review. */
function ownFor(own: readonly MisbehaviourClass[], occasion: WorkQuestion['occasion']): string[] {
  return own.filter(({ when }) => isEnd(occasion) || when === 'interval').map(({ name }) => name);
}
