import { UserError } from '../core/errors.ts';
import type { AnswerToQuestion, AskQuestion } from '../core/questions/agent-question.ts';
import type { ApprovalChoice, AskUser } from '../core/questions/approval.ts';
import { isObject } from '../core/text/json.ts';
import type { JsonObject } from '../core/types.ts';

/** Questions to who speaks stream-json: those of the model, and whether a call may act. */
export type StreamQuestions = {
  readonly ask: AskQuestion;
  readonly permit: AskUser;
  /** Whether the program has said that it answers for permissions. */
  readonly canPermit: () => boolean;
  /** Takes a line of the input that is about questions; false for any other. Throws UserError for a wrong one. */
  readonly take: (line: unknown) => boolean;
  /** No more answers come. */
  readonly end: () => void;
};

/** What a program can be asked. */
const kinds: readonly unknown[] = ['question', 'permission'];
const nobody: AnswerToQuestion = { kind: 'unable', reason: '' };

/**
 * A program that reads the events and says at its start what it answers (`{"type":"capabilities","answers":["question","permission"]}`) is asked
 * by the events `question` and `permission`, and answers with `{"type":"answer","callId":"…", …}`: `answers` has one text a question, in their
 * order, null to leave one to the model; `decision` is "allow", "session" (with the event's `rule`, or one of its own) or "deny" (with a `reason`).
 * A program that does not say so is never waited for.
 */
export function createStreamQuestions(): StreamQuestions {
  const answered = new Set<unknown>();
  const lines = new Map<string, JsonObject>();
  const waiting = new Map<string, () => void>();
  const wake = (callId: string) => {
    waiting.get(callId)?.();
    waiting.delete(callId);
  };
  /** The line that answers a call; undefined when none will come. */
  const answerTo = async (callId: string, kind: string, signal: AbortSignal): Promise<JsonObject | undefined> => {
    if (!lines.has(callId) && answered.has(kind) && !signal.aborted) {
      await new Promise<void>((resolve) => {
        waiting.set(callId, resolve);
        signal.addEventListener('abort', () => resolve(), { once: true });
      });
    }
    return lines.get(callId);
  };
  return {
    ask: async ({ callId, index }, signal) => {
      const line = await answerTo(callId, 'question', signal);
      if (line === undefined) return nobody;
      const words = Array.isArray(line.answers) ? line.answers[index] : line.answers;
      return typeof words === 'string' && words.trim() !== ''
        ? { kind: 'words', words: words.trim() }
        : { kind: 'skip' };
    },
    permit: async ({ callId, suggestedRule }, signal) => {
      const line = await answerTo(callId, 'permission', signal);
      lines.delete(callId);
      return line === undefined ? { kind: 'unable' } : readDecision(line, suggestedRule);
    },
    canPermit: () => answered.has('permission'),
    take: (line) => {
      if (!isObject(line)) return false;
      if (line.type === 'capabilities') {
        const named = readAnswers(line.answers);
        answered.clear();
        for (const each of named) answered.add(each);
        return true;
      }
      if (line.type !== 'answer' || typeof line.callId !== 'string') return false;
      lines.set(line.callId, line);
      wake(line.callId);
      return true;
    },
    end: () => {
      answered.clear();
      for (const callId of [...waiting.keys()]) wake(callId);
    },
  };
}

/** What a program says it answers. Throws UserError for what nobody asks: a slip there would leave every question without an answer. */
function readAnswers(answers: unknown): readonly unknown[] {
  if (Array.isArray(answers) && answers.every((each) => kinds.includes(each))) return answers;
  throw new UserError(
    `"answers" of the line "capabilities" is ${JSON.stringify(answers)?.slice(0, 200) ?? 'missing'}; it must be a list of what the program answers: ${kinds.map((kind) => `"${kind}"`).join(', ')}.`,
  );
}

/** Only the word "allow" or "session" allows; anything else is a no. */
function readDecision({ decision, rule, reason }: JsonObject, suggestedRule: string | undefined): ApprovalChoice {
  if (decision === 'allow') return { kind: 'once' };
  const chosen = typeof rule === 'string' && rule.trim() !== '' ? rule.trim() : suggestedRule;
  if (decision === 'session') return chosen === undefined ? { kind: 'once' } : { kind: 'session', rule: chosen };
  if (decision !== 'deny')
    return {
      kind: 'deny',
      word: `the decision ${JSON.stringify(decision ?? null)} is not one of allow, session and deny`,
    };
  return { kind: 'deny', ...(typeof reason === 'string' && reason.trim() !== '' ? { word: reason.trim() } : {}) };
}
