import type { Ask, Question } from '../../core/model.ts';
import type { Usage, Verdict } from '../../core/types.ts';
import { requiredOfJudge } from '../policy/required-confidence.ts';
import type { FromWorker, WorkerSettings } from '../worker/protocol.ts';
import type { Account } from './account/account.ts';
import { askAdviser } from './advise.ts';
import { createBudget } from './budget.ts';
import { createJudgeCalls } from './judge-calls.ts';
import { createKnownVerdicts } from './known-verdicts.ts';
import type { ReviewQuestion } from './schedule.ts';
import { createTaskQueue, type QueuedTask } from './task-queue.ts';

/** Asks judge and adviser, one call at a time. */
export type Reviewer = {
  readonly request: (questions: readonly ReviewQuestion[]) => void;
  /** Asks the adviser about a verdict that stands: before other questions, since its words are for the very next reminder. */
  readonly advise: (verdict: Verdict) => void;
  /** Looks for explicit constraints in words of the user. */
  readonly readConstraints: (words: string) => void;
  /** Reviews the end of a turn, before what else waits, and says when that is done; `cutReviews` comes first. */
  readonly turnEnd: (index: number, questions: readonly ReviewQuestion[]) => void;
  /**
   * Cuts off and drops what is asked about the turn, since its end is reviewed as a whole, or since the user spoke again and it helps nobody.
   * Gives the number of questions that nobody had begun to ask.
   */
  readonly cutReviews: () => number;
  /** While the server is not free nothing is asked, and what is under way is cut off and asked again later. */
  readonly setFree: (isFree: boolean) => void;
};

export type ReviewerOptions = Pick<WorkerSettings, 'config' | 'classes' | 'spent'> & {
  readonly account: Account;
  /** A word that the data can't know. */
  readonly fence: string;
  readonly ask: Ask;
  readonly estimate?: (question: Question) => Usage;
  readonly post: (message: FromWorker) => void;
};

/** Single flight: while one question is under way the others wait. */
export function createReviewer(options: ReviewerOptions): Reviewer {
  const { config, account, classes, post } = options;
  const { timeoutSeconds } = config.judge;
  const calls = createJudgeCalls({ ...options, timeoutSeconds, budget: createBudget(config.judge, options.spent) });
  const neededFor = (className: string): number => requiredOfJudge(config, className);
  const reported = new Set<string>();
  const known = createKnownVerdicts();
  const queue = createTaskQueue();
  let current: QueuedTask | undefined;
  let isFree = true;
  /** Questions that were answered since the end of the turn. */
  let answered = 0;

  async function run(): Promise<void> {
    if (current !== undefined) return;
    for (let task = queue.next(isFree); task !== undefined; task = queue.next(isFree)) {
      current = task;
      if ((await perform(task)) === 'again') queue.putBack(task);
    }
    current = undefined;
  }

  /** `again`: it was cut off for the agent's own request, and is still of use. */
  async function perform(task: QueuedTask): Promise<'done' | 'again'> {
    switch (task.kind) {
      case 'settled':
        post({
          kind: 'settled',
          index: task.index,
          isReviewed: task.questions > 0 && answered >= task.questions,
        });
        return 'done';
      case 'advice':
        return advise(task.verdict);
      case 'constraints':
        return readConstraints(task.words);
      case 'review':
        return review(task.question);
      default:
        return task satisfies never;
    }
  }

  async function review(question: ReviewQuestion): Promise<'done' | 'again'> {
    const result = await calls.make(async (ask, signal) => {
      // What reads answers is loaded with the first question, not with the thread.
      const { askJudge } = await import('./judge.ts');
      signal.throwIfAborted();
      return askJudge(question, { account, classes, neededFor, ask }, signal);
    });
    if (result.kind === 'cut') return isFree ? 'done' : 'again';
    if (result.kind === 'none') {
      reportOnce(question, result.reason);
      return 'done';
    }
    answered += 1;
    for (const verdict of result.answer.verdicts) {
      if (known.isKnown(verdict)) {
        const { class: name, atStep: step } = verdict;
        post({ kind: 'no-verdict', class: name, step, reason: 'an earlier review has found the same' });
      } else post({ kind: 'verdict', verdict: await withAdvice(verdict) });
    }
    for (const { class: name, reason } of result.answer.void)
      post({ kind: 'no-verdict', class: name, step: question.atStep, reason });
    const signals = question.kind === 'class' ? [question.signal] : question.signals;
    for (const signal of signals) {
      if (signal === undefined || result.answer.verdicts.some((verdict) => verdict.class === signal.class)) continue;
      const { class: name, detector } = signal;
      post({ kind: 'no-verdict', class: name, detector, step: question.atStep, reason: 'the judge says it is not so' });
    }
    return 'done';
  }

  /** A fault is reported once: the next question will meet it as well. */
  function reportOnce(question: ReviewQuestion, reason: string): void {
    if (reported.has(reason)) return;
    reported.add(reason);
    const name = question.classes[0] ?? 'other';
    post({ kind: 'no-verdict', class: name, step: question.atStep, reason, isUnanswered: true });
  }

  async function advise(verdict: Verdict): Promise<'done' | 'again'> {
    const result = await askAdvice(verdict);
    if (result.kind === 'cut') return isFree ? 'done' : 'again';
    const advice = result.kind === 'answer' ? result.answer.advice : undefined;
    if (advice !== undefined) post({ kind: 'advice', key: verdict.key, advice });
    return 'done';
  }

  async function readConstraints(words: string): Promise<'done' | 'again'> {
    const result = await calls.make(async (ask, signal) => {
      const { askConstraints } = await import('./ask-constraints.ts');
      signal.throwIfAborted();
      return askConstraints(words, options.fence, ask, signal);
    });
    if (result.kind === 'cut') return 'again';
    if (result.kind === 'answer') for (const each of result.answer.found) post({ kind: 'constraint', ...each });
    return 'done';
  }

  /** The judge says what to do next itself; only where it could not the adviser is asked. */
  async function withAdvice(verdict: Verdict): Promise<Verdict> {
    if (verdict.advice !== undefined) return verdict;
    const result = await askAdvice(verdict);
    const advice = result.kind === 'answer' ? result.answer.advice : undefined;
    return advice === undefined ? verdict : { ...verdict, advice };
  }

  function askAdvice(verdict: Verdict) {
    const summary = classes.find(({ name }) => name === verdict.class)?.summary ?? verdict.class;
    return calls.make((ask, signal) => askAdviser(verdict, summary, account, ask, signal));
  }

  return {
    request: (questions) => {
      for (const question of questions) queue.add({ kind: 'review', question });
      void run();
    },
    advise: (verdict) => {
      queue.addFirst({ kind: 'advice', verdict });
      void run();
    },
    readConstraints: (words) => {
      queue.add({ kind: 'constraints', words });
      void run();
    },
    turnEnd: (index, questions) => {
      if (current?.kind === 'constraints' && questions.length > 0) calls.cut();
      const asked: QueuedTask[] = questions.map((question) => ({ kind: 'review', question }));
      answered = 0;
      queue.putBefore([...asked, { kind: 'settled', index, questions: questions.length }]);
      post({ kind: 'reviewing', index });
      void run();
    },
    cutReviews: () => {
      const unasked = queue.dropReviews();
      if (current?.kind === 'review' || current?.kind === 'advice') calls.cut();
      void run();
      return unasked;
    },
    setFree: (next) => {
      isFree = next;
      if (!isFree) calls.cut();
      void run();
    },
  };
}
