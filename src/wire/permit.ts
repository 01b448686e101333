import type { Permit } from '../agent/permit.ts';
import type { PreparedCall, ToolContext } from '../core/tool.ts';
import type { Emit, JsonObject, View } from '../core/types.ts';
import type { Permissions } from '../permissions/permissions.ts';

/** What the user is asked before a call acts. */
export type ApprovalRequest = {
  readonly callId: string;
  readonly name: string;
  readonly title: string;
  readonly input: JsonObject;
  /** The command line, when one is to run. */
  readonly command?: string;
  readonly reason: string;
  readonly view?: View;
  readonly suggestedRule?: string;
};

export type ApprovalAnswer =
  | { readonly kind: 'once' }
  | { readonly kind: 'session'; readonly rule: string }
  | { readonly kind: 'deny'; readonly word?: string };

export type AskUser = (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer>;

/** Permissions as the loop asks them: rules and mode first, the user where these say so and somebody can answer. */
export function createPermit(
  permissions: Permissions,
  emit: Emit,
  context: (signal: AbortSignal) => ToolContext,
  askUser?: AskUser,
): Permit {
  return async (call, tool, prepared, signal) => {
    const { verdict, reason, suggestedRule } = await permissions.decide(tool, prepared.targets);
    const tell = (decision: 'allow' | 'deny' | 'ask', why: string) =>
      emit({ type: 'approval', callId: call.id, name: tool.name, decision, reason: why });
    tell(verdict, reason);
    if (verdict !== 'ask') return { allowed: verdict === 'allow', reason };
    if (!askUser) return { allowed: false, reason: `${reason} Nobody can be asked in this run.` };
    const view = await prepared.preview?.(context(signal)).catch(() => undefined);
    const answer = await askUser(
      {
        callId: call.id,
        name: tool.name,
        title: prepared.title,
        input: call.input,
        ...commandOf(prepared),
        reason,
        ...(view ? { view } : {}),
        ...(suggestedRule ? { suggestedRule } : {}),
      },
      signal,
    );
    if (answer.kind === 'session') permissions.addSessionRule(answer.rule);
    const isAllowed = answer.kind !== 'deny';
    const why =
      answer.kind === 'deny' ? `The user said no${answer.word ? `: ${answer.word}` : '.'}` : 'The user allowed it.';
    tell(isAllowed ? 'allow' : 'deny', why);
    return { allowed: isAllowed, reason: why };
  };
}

function commandOf({ targets }: PreparedCall): { command?: string } {
  const target = targets.find(({ kind }) => kind === 'command');
  return target?.kind === 'command' ? { command: target.command } : {};
}
