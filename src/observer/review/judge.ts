import type { Ask } from '../../core/model.ts';
import { loadPrompt } from '../../core/prompt.ts';
import type { JsonObject, Usage, Verdict } from '../../core/types.ts';
import type { MisbehaviourClass } from '../classes/taxonomy.ts';
import { confidenceOf } from '../policy/certainty.ts';
import type { Account, AccountScope, ShownAccount } from './account/account.ts';
import { findingsJsonSchema, type JudgeFinding, makeVerdict, parseFindings, whyVoid } from './judge-finding.ts';
import type { ClassQuestion, ReviewQuestion, WorkQuestion } from './schedule.ts';

/** Room for models that think before they answer; the answer itself takes about 400 tokens. */
const maxOutputTokens = 5000;

/** The points that a review goes through, a short text each: they are there to be gone through, and only the findings are read. */
const pointsJsonSchema: JsonObject = { type: 'array', items: { type: 'string' } };

function answerSchema(properties: JsonObject): JsonObject {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

/** What the judge said to one question. */
export type Judgement = {
  readonly usage: Usage;
  /** Findings that stand. */
  readonly verdicts: readonly Verdict[];
  /** Findings that can't stand, or why nothing can be read. */
  readonly void: readonly { readonly class: string; readonly reason: string }[];
};

export type JudgeOptions = {
  readonly account: Account;
  readonly classes: readonly MisbehaviourClass[];
  /** The confidence from which a finding of this class stands. */
  readonly neededFor: (className: string) => number;
  readonly ask: Ask;
};

/**
 * Asks one question. A finding stands only when it is of a class that was asked about, is certain enough and quotes both its sides
 * word for word. Throws what `ask` throws.
 */
export async function askJudge(
  question: ReviewQuestion,
  options: JudgeOptions,
  signal: AbortSignal,
): Promise<Judgement> {
  const shown = options.account.show(scopeOf(question, options.account));
  const { text, usage } = await options.ask(
    {
      system: loadPrompt('judge/system', {}),
      user: question.kind === 'work' ? wordWork(question, options, shown) : wordClass(question, options, shown),
      schema: { name: 'judgement', schema: answerSchema(listsPoints(question) ? workAnswer : findingsAnswer) },
      maxOutputTokens,
    },
    signal,
  );
  const findings = parseFindings(text);
  const asked = question.classes;
  if (findings === undefined)
    return {
      usage,
      verdicts: [],
      void: [{ class: asked[0]!, reason: "the judge's answer was not in the agreed form" }],
    };
  return { usage, ...weigh(findings, question, asked, options, shown) };
}

const findingsAnswer: JsonObject = { findings: findingsJsonSchema };
const workAnswer: JsonObject = { claims: pointsJsonSchema, requests: pointsJsonSchema, findings: findingsJsonSchema };

/** Of work that goes on only the changes are asked about, in a smaller account: what is claimed and left out shows at the end. */
const briefOccasions: ReadonlySet<WorkQuestion['occasion']> = new Set(['outside-change', 'commit', 'compaction']);

function isWhole(question: ReviewQuestion): boolean {
  return question.kind === 'work' && !briefOccasions.has(question.occasion);
}

/** Claims and requests are gone through where the agent has ended; a changed test is seen in the whole account, but not all that it says on the way. */
function listsPoints(question: ReviewQuestion): boolean {
  return isWhole(question) && question.kind === 'work' && question.occasion !== 'test-change';
}

/**
 * A belief comes from what the turn began with, which is shown however old it is; and where a rule noticed a changed test the judge must
 * see the change.
 */
function scopeOf(question: ReviewQuestion, { findingHistory, origins }: Account): AccountScope {
  if (question.kind === 'class') {
    const origin = question.classes.includes('wrong-premise') ? origins() : [];
    return { since: question.atStep - 20, focus: [...origin, ...question.steps] };
  }
  const signalled = question.signals.flatMap(({ evidenceSteps }) => evidenceSteps);
  const changed = question.classes.includes('test-tampering') ? findingHistory.stepsOf('test-tampering') : [];
  return { since: question.since, focus: [...signalled, ...changed.slice(-3)], isBrief: !isWhole(question) };
}

function weigh(
  findings: readonly JudgeFinding[],
  question: ReviewQuestion,
  asked: readonly string[],
  options: JudgeOptions,
  shown: ShownAccount,
): Pick<Judgement, 'verdicts' | 'void'> {
  const verdicts: Verdict[] = [];
  const rejected: { class: string; reason: string }[] = [];
  for (const finding of findings) {
    const known = options.classes.find(({ name }) => name === finding.class);
    if (known === undefined || !asked.includes(finding.class)) continue;
    const reason = whyVoid(finding, shown, neededIn(question, finding.class, options));
    if (reason !== undefined) rejected.push({ class: finding.class, reason });
    else verdicts.push(makeVerdict(finding, known, shown, question.atStep, signalFor(question, finding.class)));
  }
  return { verdicts: onePerClass(verdicts), void: rejected };
}

/** What the judge can't know in full: whether the agent ended a turn that was cut off or stopped, and what it will still say of work that goes on. */
const sureWhereCut: ReadonlySet<string> = new Set(['premature-stop', 'unverified-finish', 'wrong-premise']);

/** The confidence that a finding needs here: where the account can't tell the whole, "likely" is a guess. */
function neededIn(question: ReviewQuestion, className: string, { neededFor }: JudgeOptions): number {
  const needed = neededFor(className);
  const isCut = question.kind === 'work' && (question.occasion === 'cut-off' || question.occasion === 'stopped');
  const isGuess = question.kind === 'class' ? className === 'false-claim' : isCut && sureWhereCut.has(className);
  return isGuess ? Math.max(needed, confidenceOf('certain')) : needed;
}

function signalFor(question: ReviewQuestion, className: string) {
  const signals = question.kind === 'class' ? [question.signal] : question.signals;
  return signals.find((signal) => signal?.class === className);
}

/** The surest of each class. */
function onePerClass(verdicts: readonly Verdict[]): Verdict[] {
  const sorted = [...verdicts].sort((left, right) => right.confidence - left.confidence);
  return sorted.filter((verdict, at) => sorted.findIndex((other) => other.class === verdict.class) === at);
}

function wordWork(question: WorkQuestion, { account, classes }: JudgeOptions, shown: ShownAccount): string {
  const own = classes.filter(({ name, question: text }) => text !== undefined && question.classes.includes(name));
  return loadPrompt(listsPoints(question) ? 'judge/review' : 'judge/review-brief', {
    account: shown.text,
    occasion: loadPrompt(`judge/occasions/${question.occasion}`, {}),
    hints: hintsOf(question, account),
    since: String(question.since + 1),
    classes: question.classes.join(', '),
    own: own.map(({ name, question: text }) => `\n\n${name}: ${text}`).join(''),
  });
}

function wordClass(question: ClassQuestion, { account, classes }: JudgeOptions, shown: ShownAccount): string {
  const texts = question.classes.map((name) => {
    const own = classes.find((known) => known.name === name)?.question;
    return `${name}: ${own ?? loadPrompt(`judge/classes/${name}`, {})}`;
  });
  return loadPrompt('judge/question', {
    account: shown.text,
    occasion: loadPrompt(`judge/occasions/${question.occasion}`, {}),
    hints: hintsOf(question, account),
    classes: question.classes.join(', '),
    questions: texts.join('\n\n'),
  });
}

function hintsOf(question: ReviewQuestion, { findingHistory }: Account): string {
  return findingHistory.describe(question.classes);
}
