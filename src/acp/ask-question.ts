import type { PermissionOption, RequestPermissionOutcome, ToolCallUpdate } from '@agentclientprotocol/sdk';
import type { AgentQuestion, AnswerToQuestion } from '../core/questions/agent-question.ts';

export type EditorQuestion = {
  readonly callId: string;
  readonly index: number;
  readonly question: AgentQuestion;
};

const leaveId = 'leave';

/** A question of the model's as an editor shows it: by the request for a permission, which has answers to choose from. */
export function describeChoices({ callId, question: { question, options } }: EditorQuestion): {
  toolCall: ToolCallUpdate;
  options: PermissionOption[];
} {
  const offered = options.map(({ label, description }, place) => ({
    optionId: `answer-${place}`,
    name: description ? `${label}: ${description}` : label,
    kind: 'allow_once' as const,
  }));
  return {
    toolCall: {
      toolCallId: callId,
      title: question,
      kind: 'other',
      status: 'pending',
      content: [{ type: 'content', content: { type: 'text', text: question } }],
    },
    options: [...offered, { optionId: leaveId, name: 'Decide yourself', kind: 'reject_once' }],
  };
}

/** Whatever is not one of the answers leaves it to the model. */
export function readChoice(outcome: RequestPermissionOutcome, { question }: EditorQuestion): AnswerToQuestion {
  const id = outcome.outcome === 'selected' ? outcome.optionId : leaveId;
  const chosen = question.options.find((_, place) => id === `answer-${place}`);
  return chosen ? { kind: 'words', words: chosen.label } : { kind: 'skip' };
}
