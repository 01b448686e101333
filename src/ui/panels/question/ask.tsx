import type { ApprovalAnswer } from '../../../core/approval.ts';
import type { AnswerToQuestion } from '../../../core/question.ts';
import type { LadderAnswer, LadderQuestion, ScreenApproval, ScreenQuestions } from '../../deps.ts';
import { openPage } from '../page/open-page.tsx';
import type { Choice, Panels } from '../panel.ts';
import { Approval, RequestBody } from './Approval.tsx';
import { createAgentQuestion } from './agent-question.tsx';
import { createChoice } from './choice.tsx';
import { Ladder } from './Ladder.tsx';
import type { QuestionParts } from './question-parts.ts';

/** The session's questions, one on the screen at a time in the order they came. */
export function createQuestions(parts: QuestionParts): ScreenQuestions {
  const ask = <Answer,>(
    make: (done: (answer: Answer) => void) => Choice,
    onAbort: Answer,
    signal: AbortSignal,
  ): Promise<Answer> =>
    new Promise((resolve) => {
      if (signal.aborted) return resolve(onAbort);
      const finish = (answer: Answer) => {
        signal.removeEventListener('abort', abort);
        close();
        resolve(answer);
      };
      const abort = () => finish(onAbort);
      signal.addEventListener('abort', abort, { once: true });
      const close = parts.panels.ask(make(finish));
    });
  return {
    approve: (request, signal) =>
      ask<ApprovalAnswer>(
        (done) => {
          parts.onWait(`wants to run ${request.name}`);
          return createApproval(parts, request, done);
        },
        { kind: 'deny', word: '' },
        signal,
      ),
    answer: (question, signal) =>
      ask<AnswerToQuestion>(
        (done) => {
          parts.onWait('asks you something');
          return createAgentQuestion(parts, question, done);
        },
        { kind: 'skip' },
        signal,
      ),
    decide: (question, signal) =>
      ask<LadderAnswer>(
        (done) => {
          parts.onWait('is stuck and asks what to do');
          return createLadder(parts, question, done);
        },
        { kind: 'stop', word: '' },
        signal,
      ),
  };
}

/** What will happen, and three answers: once, for the session with a rule that can be edited, no with a word to the model. */
function createApproval(
  { panels, interrupt, checkRule }: QuestionParts,
  request: ScreenApproval,
  done: (answer: ApprovalAnswer) => void,
): Choice {
  const rule = request.suggestedRule;
  return createChoice<ApprovalAnswer>(
    {
      title: `Allow ${request.name}?`,
      body: <Approval request={request} />,
      options: [
        { label: 'Yes, this once', keys: ['y'], answer: () => ({ kind: 'once' }) },
        ...(rule
          ? [
              {
                label: "Yes, and don't ask again this session for",
                keys: ['a'],
                input: {
                  prompt: 'Rule:',
                  initial: rule,
                  check: (words: string) => (words === '' ? 'Write a rule, or press Esc.' : checkRule(words)),
                },
                answer: (words: string): ApprovalAnswer => ({ kind: 'session', rule: words }),
              },
            ]
          : []),
        {
          label: 'No, and tell the model what to do instead',
          keys: ['n'],
          input: { prompt: 'Tell it:', initial: '' },
          answer: (word) => ({ kind: 'deny', word }),
        },
      ],
      onEscape: interrupt,
      escapeMeans: 'stops the run',
      waiting: panels.waiting,
      openAll: () => openRequest(panels, request),
    },
    done,
    panels.repaint,
  );
}

/** Everything that is asked for, on a page that scrolls and searches. */
function openRequest(panels: Panels, request: ScreenApproval): void {
  openPage(panels, {
    title: `Allow ${request.name}? Nothing is answered here.`,
    version: () => request,
    sections: () => [{ head: <RequestBody request={request} /> }],
    help: 'arrows, PgUp PgDn, g and G ends, / searches, q goes back to the question',
    startsAtEnd: false,
  });
}

/** The observer has reminded, and nothing helped: the evidence, and three ways on. */
function createLadder(
  { panels, interrupt }: QuestionParts,
  question: LadderQuestion,
  done: (answer: LadderAnswer) => void,
): Choice {
  return createChoice<LadderAnswer>(
    {
      title: `The agent seems stuck: ${question.class}`,
      body: <Ladder question={question} />,
      options: [
        {
          label: 'Stop it, and say how to go on',
          keys: ['n', 's'],
          input: { prompt: 'Tell it:', initial: '' },
          answer: (word) => ({ kind: 'stop', word }),
        },
        ...(question.canRewind
          ? [
              {
                label: 'Go back to before the trouble began and try another way',
                keys: ['b'],
                answer: (): LadderAnswer => ({ kind: 'rewind' }),
              },
            ]
          : []),
        { label: 'Let it go on; this is not a loop', keys: ['y', 'g'], answer: () => ({ kind: 'go-on' }) },
      ],
      onEscape: interrupt,
      escapeMeans: 'stops the run',
    },
    done,
    panels.repaint,
  );
}
