import type { AnswerOrBack, PutQuestion } from '../../../core/questions/agent-question.ts';
import type { ApprovalChoice, ApprovalRequest } from '../../../core/questions/approval.ts';
import type { LadderAnswer, LadderQuestion, ScreenQuestions } from '../../screen-deps.ts';
import { openPage } from '../page/open-page.tsx';
import type { Panels } from '../panel-stack.ts';
import { Approval } from './Approval.tsx';
import { agentQuestion, newUnfinished, type Unfinished } from './agent-question.tsx';
import { createChoice } from './choice.tsx';
import { Ladder } from './Ladder.tsx';
import { openQuestion, questionPageHelp } from './open-question.tsx';
import type { About } from './option.ts';

/** What the questions need of the screen. */
export type QuestionParts = {
  readonly panels: Panels;
  /** Called when something is asked. */
  readonly onWait: (what: string) => void;
  /** Esc: the run stops, and the user says how to go on. */
  readonly interrupt: () => void;
  /** What is wrong with a rule, in a sentence. */
  readonly checkRule: (rule: string) => string | undefined;
  /** Answers are typed as lines: an open field would leave no way to the other answers. */
  readonly takesLines: boolean;
};

/** The session's questions, one on the screen at a time in the order they came. */
export function createQuestions({ panels, onWait, interrupt, checkRule, takesLines }: QuestionParts): ScreenQuestions {
  const ask = <Answer,>(what: string, about: About<Answer>, onAbort: Answer, signal: AbortSignal): Promise<Answer> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(onAbort);
      const finish = (answer: Answer) => {
        signal.removeEventListener('abort', abort);
        close();
        resolve(answer);
      };
      const abort = () => finish(onAbort);
      signal.addEventListener('abort', abort, { once: true });
      onWait(what);
      const openAll = () => openQuestion(panels, about);
      const choice = { openAll, ...about, onEscape: interrupt, escapeMeans: 'stops the run', waiting: panels.waiting };
      const close = panels.ask(createChoice<Answer>(choice, finish, panels.repaint));
    });
  /** Of the call that asks now, by the index of the question. */
  const unfinished = new Map<number, Unfinished>();
  let askedBy = '';
  /** Words for the call's other questions that are no answer yet. */
  const unsaidBut = ({ index, given }: PutQuestion): string[] =>
    [...unfinished].flatMap(([place, { lines }]) => {
      const answer = given[place];
      const said = answer?.kind === 'words' ? answer.words : '';
      const words = [...lines.values()].map((line) => line.text().trim());
      return place === index ? [] : words.filter((each) => each !== said);
    });
  const answerOf = (asked: PutQuestion): About<AnswerOrBack> => {
    if (asked.callId !== askedBy) unfinished.clear();
    askedBy = asked.callId;
    const here = unfinished.get(asked.index) ?? newUnfinished(asked);
    unfinished.set(asked.index, here);
    return { ...agentQuestion(asked, here, takesLines), unsaidElsewhere: () => unsaidBut(asked) };
  };
  return {
    approve: (request, signal) =>
      ask<ApprovalChoice>(
        `wants to run ${request.name}`,
        { ...approvalQuestion(request, checkRule), openAll: (onSeen) => openRequest(panels, request, onSeen) },
        { kind: 'deny', word: '' },
        signal,
      ),
    answer: (asked, signal) => ask<AnswerOrBack>('asks you something', answerOf(asked), { kind: 'skip' }, signal),
    decide: (asked, signal) =>
      ask<LadderAnswer>('is stuck and asks what to do', ladderQuestion(asked), { kind: 'stop' }, signal),
  };
}

/** What will happen, and three answers: once, for the session with a rule that can be edited, no with a word to the model. */
function approvalQuestion(request: ApprovalRequest, checkRule: QuestionParts['checkRule']): About<ApprovalChoice> {
  const rule = request.suggestedRule;
  const forSession = rule && {
    label: "Yes, and don't ask again this session for",
    keys: ['a'],
    allows: true as const,
    input: {
      prompt: 'Rule:',
      initial: rule,
      check: (words: string) => (words === '' ? 'Write a rule, or press Esc.' : checkRule(words)),
    },
    answer: (words: string): ApprovalChoice => ({ kind: 'session', rule: words }),
  };
  const isChange = request.view?.kind === 'diff' || request.view?.kind === 'patch';
  return {
    title: `Allow ${callOf(request)}?`,
    body: <Approval request={request} />,
    showsEnd: !isChange,
    // Any line of a command, or of what is sent away, may be the one that does harm. A change of files can be taken back.
    isSeenWhole: !isChange,
    options: [
      { label: 'Yes, this once', keys: ['y'], allows: true, answer: () => ({ kind: 'once' }) },
      ...(forSession ? [forSession] : []),
      {
        label: 'No, and tell the model what to do instead',
        keys: ['n'],
        number: 3,
        input: { prompt: 'Tell it:', initial: '', keepsLines: true },
        answer: (word) => ({ kind: 'deny', word }),
      },
    ],
  };
}

function callOf({ name, subagent }: ApprovalRequest): string {
  return subagent === undefined ? name : `${name} for the subagent ${subagent}`;
}

/** Everything that is asked for, on a page that scrolls and searches. */
function openRequest(panels: Panels, request: ApprovalRequest, onSeen: () => void): void {
  openPage(panels, {
    title: `Allow ${callOf(request)}? You cannot answer on this page.`,
    version: () => request,
    sections: () => [{ head: <Approval request={request} isWhole /> }],
    help: questionPageHelp,
    startsAtEnd: false,
    onSeen,
  });
}

/** The observer has reminded, and nothing helped: the evidence, and the ways on. */
function ladderQuestion(asked: LadderQuestion): About<LadderAnswer> {
  const back = {
    label: 'Put the files back to before the trouble, and let it try another way',
    keys: ['b'],
    answer: (): LadderAnswer => ({ kind: 'rewind' }),
  };
  return {
    title: `The agent seems stuck: ${asked.class}`,
    body: <Ladder question={asked} />,
    options: [
      {
        label: 'Tell it what to do instead',
        keys: ['t'],
        takesWords: true,
        input: {
          prompt: 'Tell it:',
          initial: '',
          keepsLines: true,
          check: (words) => (words === '' ? 'Write what it should do, or press Esc.' : undefined),
        },
        answer: (words) => ({ kind: 'words', words }),
      },
      ...(asked.canRewind ? [back] : []),
      { label: 'Let it go on: it is not stuck', keys: ['g', 'y'], answer: () => ({ kind: 'go-on' }) },
      { label: 'Stop the run', keys: ['s', 'n'], answer: () => ({ kind: 'stop' }) },
    ],
  };
}
