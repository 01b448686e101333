import type { Ask, Question } from '../../core/model.ts';
import { noUsage, type Usage, type Verdict } from '../../core/types.ts';
import { requiredConfidence } from '../policy/decisions.ts';
import type { FromWorker, WorkerSettings } from '../worker/protocol.ts';
import type { Account } from './account.ts';
import { askAdviser } from './advise.ts';
import { askConstraints } from './ask-constraints.ts';
import { createBudget } from './budget.ts';
import { askJudge } from './judge.ts';
import type { ReviewRequest } from './schedule.ts';
import { openTimedCall, type TimedCall } from './timed-call.ts';

/** Questions that wait at most; the oldest one of lesser weight makes room. */
const maxWaiting = 12;

/** Asks judge and adviser, one call at a time. */
export type Reviewer = {
  readonly request: (requests: readonly ReviewRequest[]) => void;
  /** Asks the adviser about a verdict that stands: before other questions, since its words are for the very next reminder. */
  readonly advise: (verdict: Verdict) => void;
  /** Looks for explicit constraints in words of the user. */
  readonly readConstraints: (words: string) => void;
  /** Reviews the end of a turn before anything else (a question under way is cut off for it), and says when that is done. */
  readonly turnEnd: (index: number, requests: readonly ReviewRequest[]) => void;
};

type Task =
  | { readonly kind: 'review'; readonly request: ReviewRequest }
  | { readonly kind: 'advice'; readonly verdict: Verdict }
  | { readonly kind: 'constraints'; readonly words: string }
  | { readonly kind: 'settled'; readonly index: number };

export type ReviewerOptions = Pick<WorkerSettings, 'config' | 'classes' | 'spent'> & {
  readonly account: Account;
  /** A word that the data can't know. */
  readonly fence: string;
  readonly ask: Ask;
  /** What a question costs, about, when its answer never came whole; default: about four characters a token, at no known price. */
  readonly estimate?: (question: Question) => Usage;
  readonly post: (message: FromWorker) => void;
};

/** Why a question got no answer when the end of a turn went before it. */
const overtaken = 'the end of the turn went before';

/** Single flight: while one question is under way the others wait, and what is asked already is not asked twice. */
export function createReviewer(options: ReviewerOptions): Reviewer {
  const { config, account, post } = options;
  const budget = createBudget(config.judge, options.spent);
  const known = new Map(options.classes.map((entry) => [entry.name, entry]));
  let tasks: Task[] = [];
  const told = new Set<string>();
  let isRunning = false;
  let underWay: TimedCall | undefined;

  async function run(): Promise<void> {
    if (isRunning) return;
    isRunning = true;
    for (let task = tasks.shift(); task !== undefined; task = tasks.shift()) {
      if (task.kind === 'settled') post({ kind: 'settled', index: task.index });
      else if (task.kind === 'advice') await advise(task.verdict);
      else if (task.kind === 'constraints') await readConstraints(task.words);
      else if ((await review(task.request)) && task.request.trigger === 'turn-end') dropTurnEnd();
    }
    isRunning = false;
  }

  /** One thing at most can re-open a turn, so the rest of its questions would be asked in vain, and others can wait. */
  function dropTurnEnd(): void {
    const settled = tasks.filter((task) => task.kind === 'settled');
    const others = tasks.filter((task) => task.kind !== 'settled' && !isTurnEnd(task));
    tasks = [...settled, ...others];
  }

  function isWaiting(request: ReviewRequest): boolean {
    return tasks.some((task) => task.kind === 'review' && isSame(task.request, request));
  }

  /**
   * What the end of the turn cut off is asked again: a review while the turn still waits, unless it is asked already, and constraints
   * after that. Advice is not: it was for the next step, and there is none.
   */
  function putBack(task: Task): void {
    if (isTurnEnd(task) || (task.kind === 'review' && isWaiting(task.request))) return;
    const end = tasks.findIndex(({ kind }) => kind === 'settled');
    tasks.splice(task.kind === 'review' ? Math.max(end, 0) : end + 1, 0, task);
  }

  /** True when a verdict stands. */
  async function review(request: ReviewRequest): Promise<boolean> {
    const entry = known.get(request.class);
    if (entry === undefined) return false;
    const needed = requiredConfidence(config, request.class);
    const judgement = await call((ask, signal) => askJudge(request, entry, account, needed, ask, signal));
    if (judgement === overtaken) putBack({ kind: 'review', request });
    if (typeof judgement === 'string')
      return reject(
        request,
        judgement,
        judgement !== overtaken && (!told.has(judgement) || request.signal !== undefined),
      );
    if (judgement.kind === 'absent')
      return reject(request, 'the judge says it is not so', request.signal !== undefined);
    if (judgement.kind === 'void') return reject(request, judgement.reason, true);
    post({ kind: 'verdict', verdict: await withAdvice(judgement.verdict, entry.summary) });
    return true;
  }

  /** What a finding waits for, or what went wrong, is told; a plain no to a question of ours is not, and neither is a fault twice. */
  function reject(request: ReviewRequest, reason: string, isWorthTelling: boolean): false {
    told.add(reason);
    const { class: name, atStep: step, signal } = request;
    if (isWorthTelling)
      post({ kind: 'no-verdict', class: name, ...(signal && { detector: signal.detector }), step, reason });
    return false;
  }

  async function advise(verdict: Verdict): Promise<void> {
    const advised = await askAdvice(verdict, known.get(verdict.class)?.summary ?? verdict.class);
    if (typeof advised !== 'string' && advised.advice !== undefined)
      post({ kind: 'advice', key: verdict.key, advice: advised.advice });
  }

  async function readConstraints(words: string): Promise<void> {
    const answer = await call((ask, signal) => askConstraints(words, options.fence, ask, signal));
    if (answer === overtaken) putBack({ kind: 'constraints', words });
    if (typeof answer !== 'string') for (const each of answer.found) post({ kind: 'constraint', ...each });
  }

  async function withAdvice(verdict: Verdict, summary: string): Promise<Verdict> {
    const advised = await askAdvice(verdict, summary);
    return typeof advised === 'string' || advised.advice === undefined
      ? verdict
      : { ...verdict, advice: advised.advice };
  }

  function askAdvice(
    verdict: Verdict,
    summary: string,
  ): ReturnType<typeof call<Awaited<ReturnType<typeof askAdviser>>>> {
    return call((ask, signal) => askAdviser(verdict, summary, account, ask, signal));
  }

  /** One call inside budget and time; a text says why there is no answer. */
  async function call<Answer extends { readonly usage: Usage }>(
    send: (ask: Ask, signal: AbortSignal) => Promise<Answer>,
  ): Promise<Answer | string> {
    const exhausted = budget.whyExhausted();
    if (exhausted !== undefined) return exhausted;
    let estimate = noUsage;
    const ask: Ask = (question, signal) => {
      estimate = options.estimate?.(question) ?? estimateUnpriced(question);
      post({ kind: 'asking', estimate: { calls: 1, ...estimate } });
      return options.ask(question, signal);
    };
    underWay = openTimedCall(config.judge.timeoutSeconds);
    try {
      const answer = await underWay.race((signal) => send(ask, signal));
      budget.spend(answer.usage);
      post({ kind: 'spent', spent: { calls: 1, ...answer.usage } });
      return answer;
    } catch (error) {
      const { cutBy } = underWay;
      const usage = cutBy === undefined ? noUsage : estimate;
      if (cutBy === 'caller') budget.spend(usage);
      else budget.fail(usage);
      post({ kind: 'spent', spent: { calls: 1, ...usage } });
      if (cutBy === 'caller') return overtaken;
      return `the judge could not be asked: ${error instanceof Error ? error.message.slice(0, 300) : String(error)}`;
    } finally {
      underWay = undefined;
    }
  }

  return {
    request: (requests) => {
      for (const request of requests)
        if (!isWaiting(request) && tasks.length < maxWaiting) tasks.push({ kind: 'review', request });
      void run();
    },
    advise: (verdict) => {
      if (tasks.length >= maxWaiting) return;
      const isEnding = tasks.some(({ kind }) => kind === 'settled');
      tasks = isEnding ? [...tasks, { kind: 'advice', verdict }] : [{ kind: 'advice', verdict }, ...tasks];
      void run();
    },
    readConstraints: (words) => {
      if (tasks.length < maxWaiting) tasks.push({ kind: 'constraints', words });
      void run();
    },
    turnEnd: (index, requests) => {
      dropTurnEnd();
      const asked: Task[] = requests.map((request) => ({ kind: 'review', request }));
      tasks = [...asked, { kind: 'settled', index }, ...tasks];
      post({ kind: 'reviewing', index });
      if (asked.length > 0) underWay?.cut();
      void run();
    },
  };
}

function isTurnEnd(task: Task): boolean {
  return task.kind === 'review' && task.request.trigger === 'turn-end';
}

function isSame(left: ReviewRequest, right: ReviewRequest): boolean {
  return left.class === right.class && left.signal?.key === right.signal?.key;
}

function estimateUnpriced({ system, user }: Question): Usage {
  return { ...noUsage, inputTokens: Math.ceil((system.length + user.length) / 4), costUsd: null };
}
