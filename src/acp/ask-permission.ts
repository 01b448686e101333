import type { PermissionOption, RequestPermissionOutcome, ToolCallUpdate } from '@agentclientprotocol/sdk';
import type { ApprovalChoice, ApprovalRequest } from '../core/questions/approval.ts';
import { reveal } from '../core/questions/reveal.ts';
import { diffContent, kindOf } from './updates.ts';

/** A question of the agent as an editor shows it: the whole command or the whole change, and what a yes for the session would cover. */
export function describeQuestion(
  question: ApprovalRequest,
  cwd: string,
): { toolCall: ToolCallUpdate; options: PermissionOption[] } {
  const { callId, name, title, input, command, reason, view, suggestedRule } = question;
  const text = { type: 'text', text: reveal(command ?? JSON.stringify(input, null, 2)) } as const;
  const shown =
    view?.kind === 'diff'
      ? [diffContent(view, cwd)]
      : view?.kind === 'patch'
        ? view.files.map((file) => diffContent(file, cwd))
        : [{ type: 'content', content: text } as const];
  const why = { type: 'content', content: { type: 'text', text: reveal(reason) } } as const;
  return {
    toolCall: {
      toolCallId: callId,
      title: reveal(command ?? (title || name)),
      kind: kindOf(name, input),
      status: 'pending',
      content: [...shown, why],
      rawInput: input,
    },
    options: [
      { optionId: 'once', name: 'Yes, once', kind: 'allow_once' },
      ...(suggestedRule
        ? [
            {
              optionId: 'session',
              name: `Yes, and don't ask again this session for ${suggestedRule}`,
              kind: 'allow_always' as const,
            },
          ]
        : []),
      { optionId: 'deny', name: 'No', kind: 'reject_once' },
    ],
  };
}

/** Whatever is not a clear yes to what was offered is a no. */
export function readPermissionAnswer(outcome: RequestPermissionOutcome, question: ApprovalRequest): ApprovalChoice {
  if (outcome.outcome !== 'selected') return { kind: 'deny' };
  if (outcome.optionId === 'once') return { kind: 'once' };
  if (outcome.optionId === 'session' && question.suggestedRule !== undefined)
    return { kind: 'session', rule: question.suggestedRule };
  return { kind: 'deny' };
}
