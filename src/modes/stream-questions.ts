import type { AnswerToQuestion, AskQuestion } from '../core/question.ts';
import { isObject } from '../core/text/json.ts';

/** Questions of the model to who speaks stream-json. */
export type StreamQuestions = {
  readonly ask: AskQuestion;
  /** Takes a line of the input that is about questions; false for any other. */
  readonly take: (line: unknown) => boolean;
  /** No more answers come. */
  readonly end: () => void;
};

const nobody: AnswerToQuestion = { kind: 'unable', reason: '' };

/**
 * A program that reads the events and says at its start that it answers questions (`{"type":"capabilities","answers":["question"]}`) is asked
 * by the event `question`, and answers with `{"type":"answer","callId":"…","answers":["…"]}`: one text a question, in their order, null to
 * leave one to the model. A program that does not say so is never waited for.
 */
export function createStreamQuestions(): StreamQuestions {
  let canAnswer = false;
  const answers = new Map<string, readonly unknown[]>();
  const waiting = new Map<string, () => void>();
  const wake = (callId: string) => {
    waiting.get(callId)?.();
    waiting.delete(callId);
  };
  return {
    ask: async ({ callId, index }, signal) => {
      if (!answers.has(callId) && canAnswer) {
        await new Promise<void>((resolve) => {
          waiting.set(callId, resolve);
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
      }
      const given = answers.get(callId);
      if (given === undefined) return nobody;
      const words = given[index];
      return typeof words === 'string' && words.trim() !== ''
        ? { kind: 'words', words: words.trim() }
        : { kind: 'skip' };
    },
    take: (line) => {
      if (!isObject(line)) return false;
      if (line.type === 'capabilities') {
        canAnswer = Array.isArray(line.answers) && line.answers.includes('question');
        return true;
      }
      if (line.type !== 'answer' || typeof line.callId !== 'string') return false;
      answers.set(line.callId, Array.isArray(line.answers) ? line.answers : [line.answers]);
      wake(line.callId);
      return true;
    },
    end: () => {
      canAnswer = false;
      for (const callId of [...waiting.keys()]) wake(callId);
    },
  };
}
