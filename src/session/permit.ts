import type { Permission, Permit } from '../agent/permit.ts';
import type { Emit } from '../core/event.ts';
import type { PreparedCall, Workspace } from '../core/tool.ts';
import type { JsonObject, ResultView } from '../core/types.ts';
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
  readonly view?: ResultView;
  readonly suggestedRule?: string;
};

export type ApprovalAnswer =
  | { readonly kind: 'once' }
  | { readonly kind: 'session'; readonly rule: string }
  | { readonly kind: 'deny'; readonly word?: string };

export type AskUser = (request: ApprovalRequest, signal: AbortSignal) => Promise<ApprovalAnswer>;

export type PermitParts = {
  readonly permissions: Permissions;
  readonly emit: Emit;
  readonly workspace: Workspace;
  /** The user's hooks; words say why a call must not run. */
  readonly beforeTool: (tool: string, facts: JsonObject) => Promise<string | undefined>;
  readonly askUser?: AskUser;
};

/** Permissions as the loop asks them: rules and mode first, hooks second, the user where these say so and somebody can answer. */
export function createPermit({ permissions, emit, workspace, beforeTool, askUser }: PermitParts): Permit {
  return async (call, tool, prepared, signal) => {
    const name = prepared.judgedAs ?? tool.name;
    const tell = (decision: 'allow' | 'deny' | 'ask', reason: string): Permission => {
      emit({ type: 'approval', callId: call.id, name, decision, reason });
      return { allowed: decision === 'allow', reason };
    };
    const { verdict, reason, suggestedRule, confinement } =
      prepared.wants === undefined
        ? await permissions.decide({ name, act: tool.act }, prepared.targets)
        : await permissions.decideMore(prepared.wants, prepared.targets);
    if (verdict === 'deny') return tell('deny', reason);
    const hookSaysNo = await beforeTool(name, { callId: call.id, input: call.input });
    if (hookSaysNo) return tell('deny', `A hook of the user refused it: ${hookSaysNo}`);
    tell(verdict, reason);
    if (verdict === 'allow') return { allowed: true, reason, ...(confinement ? { confinement } : {}) };
    if (!askUser) return { allowed: false, reason: `${reason} Nobody can be asked in this run.` };
    const view = await prepared.preview?.({ workspace, signal, onOutput: () => {} }).catch(() => undefined);
    const answer = await askUser(
      {
        callId: call.id,
        name,
        title: prepared.title,
        input: call.input,
        reason,
        ...commandOf(prepared),
        ...(view ? { view } : {}),
        ...(suggestedRule ? { suggestedRule } : {}),
      },
      signal,
    );
    if (answer.kind === 'session') permissions.addSessionRule(answer.rule);
    if (answer.kind === 'deny')
      return tell('deny', `The user said no${answer.word ? `: ${sentence(answer.word)}` : '.'}`);
    return tell('allow', 'The user allowed it.');
  };
}

function commandOf({ targets }: PreparedCall): { command?: string } {
  const target = targets.find(({ kind }) => kind === 'command');
  return target?.kind === 'command' ? { command: target.command } : {};
}

/** The user's words, ended so that what is added to them stands apart. */
function sentence(words: string): string {
  return /[.!?…]$/.test(words.trim()) ? words.trim() : `${words.trim()}.`;
}
