import { sanitize } from '../core/sanitize.ts';
import type { ResultView } from '../core/types.ts';
import { openChoice } from './choice.ts';
import type { ApprovalAnswer, ApprovalRequest, LadderAnswer, LadderQuestion, ScreenQuestions } from './deps.ts';
import { drawView } from './draw-call.ts';
import { type Look, shortPath } from './look.ts';
import type { Panels } from './panel.ts';
import { type Line, span } from './span.ts';
import { wrapText } from './wrap.ts';

/** The session's questions, one on the screen at a time in the order they came; `onWait` is called when one begins to wait. */
export function createQuestions(panels: Panels, onWait: (what: string) => void): ScreenQuestions {
  const waiting: (() => void)[] = [];
  let isBusy = false;
  const next = () => {
    isBusy = false;
    waiting.shift()?.();
  };
  const enqueue = <Answer>(
    ask: (done: (answer: Answer) => void) => () => void,
    onAbort: Answer,
    signal: AbortSignal,
  ): Promise<Answer> =>
    new Promise((resolve) => {
      const start = () => {
        if (signal.aborted) {
          resolve(onAbort);
          return next();
        }
        isBusy = true;
        const finish = (answer: Answer) => {
          signal.removeEventListener('abort', abort);
          resolve(answer);
          next();
        };
        const close = ask(finish);
        const abort = () => {
          close();
          finish(onAbort);
        };
        signal.addEventListener('abort', abort, { once: true });
      };
      if (isBusy) waiting.push(start);
      else start();
    });
  return {
    approve: (request, signal) =>
      enqueue<ApprovalAnswer>(
        (done) => {
          onWait(`wants to run ${request.name}`);
          return openApproval(panels, request, () => waiting.length, done);
        },
        { kind: 'deny', word: '' },
        signal,
      ),
    decide: (question, signal) =>
      enqueue<LadderAnswer>(
        (done) => {
          onWait('is stuck and asks what to do');
          return openLadder(panels, question, done);
        },
        { kind: 'stop', word: '' },
        signal,
      ),
  };
}

/** What will happen, and three answers: once, for the session with a rule that can be edited, no with a word to the model. */
function openApproval(
  panels: Panels,
  request: ApprovalRequest,
  waiting: () => number,
  done: (answer: ApprovalAnswer) => void,
): () => void {
  const rule = request.suggestedRule;
  return openChoice<ApprovalAnswer>(
    panels,
    {
      title: `Allow ${request.name}?`,
      body: (look, maxRows) => drawRequest(request, look, maxRows),
      options: [
        { label: 'Yes, this once', keys: ['y'], answer: () => ({ kind: 'once' }) },
        ...(rule
          ? [
              {
                label: 'Yes, and for this session whatever matches',
                keys: ['a'],
                input: { prompt: 'Rule:', initial: rule },
                answer: (words: string): ApprovalAnswer => ({ kind: 'session', rule: words || rule }),
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
      onEscape: { kind: 'deny', word: '' },
      waiting,
    },
    done,
  );
}

function drawRequest(request: ApprovalRequest, look: Look, maxRows: number): Line[] {
  const about: Line[] = [];
  const inner = { ...look, columns: look.columns - 2 };
  if (request.command !== undefined)
    about.push(...wrapText(sanitize(request.command), inner.columns, { role: 'code' }));
  else about.push(...wrapText(sanitize(request.title), inner.columns, { isBold: true }));
  if (request.view && request.view.kind !== 'command')
    about.push(...drawPreview(request.view, inner, Math.max(3, maxRows - 4)));
  const facts: Line[] = [
    [span(`in ${shortPath(request.directory, look.home)}`, 'quiet')],
    ...wrapText(sanitize(request.reason), inner.columns, { role: 'quiet' }),
  ];
  const room = Math.max(1, maxRows - facts.length);
  const shown =
    about.length > room
      ? [...about.slice(0, room - 1), [span(`${look.glyphs.ellipsis} ${about.length - room + 1} more lines`, 'quiet')]]
      : about;
  return [...shown, ...facts].map((row): Line => [span('  '), ...row]);
}

function drawPreview(view: ResultView, look: Look, rows: number): Line[] {
  return drawView(view, '', look, { diffRows: rows, outputRows: rows, isOpen: true });
}

/** The observer has reminded, and nothing helped: the evidence, and three ways on. */
function openLadder(panels: Panels, question: LadderQuestion, done: (answer: LadderAnswer) => void): () => void {
  return openChoice<LadderAnswer>(
    panels,
    {
      title: `The agent seems stuck: ${question.class}`,
      body: (look) =>
        [
          ...wrapText(sanitize(question.evidence), look.columns - 2),
          [
            span(
              `steps ${question.evidenceSteps.join(', ')}; reminded ${question.reminders} times without effect`,
              'quiet',
            ),
          ],
        ].map((row): Line => [span('  '), ...row]),
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
        { label: 'Let it go on; this is no loop', keys: ['y', 'g'], answer: () => ({ kind: 'go-on' }) },
      ],
      onEscape: { kind: 'stop', word: '' },
    },
    done,
  );
}
