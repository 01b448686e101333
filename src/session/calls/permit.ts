import type { Permission, Permit } from '../../agent/call-permission.ts';
import type { Emit, Event } from '../../core/event.ts';
import type { ApprovalChoice, ApprovalRequest, AskUser } from '../../core/questions/approval.ts';
import type { ResultView } from '../../core/screen/result-view.ts';
import {
  type PreparedCall,
  type ReadyCall,
  type Tool,
  type ToolContext,
  ToolError,
  type Workspace,
} from '../../core/tool.ts';
import type { ApprovalMode, JsonObject } from '../../core/types.ts';
import type { Hooks } from '../../hooks/hooks.ts';
import { describeCall } from '../../hooks/tool-facts.ts';
import type { Decision, Permissions } from '../../permissions/permissions.ts';
import { describeChanged } from './changed-files.ts';
import { untilModeChanges } from './mode-changes.ts';
import type { CallNeeds } from './preflight.ts';

export type PermitParts = {
  readonly permissions: Permissions;
  readonly emit: Emit;
  readonly workspace: Workspace;
  /** Resolves when everything is known that the decision depends on. */
  readonly ready: (needs: CallNeeds) => Promise<void>;
  readonly hooks: Hooks;
  /** Words for the model's next request. */
  readonly say: (text: string) => void;
  /** A hook ends the run. */
  readonly stop: (reason: string) => void;
  /** The user is about to be asked. */
  readonly notify: (message: string) => void;
  readonly askUser?: AskUser;
  /** Whether somebody is there to be asked; default: whenever there is `askUser`. */
  readonly canAskUser?: () => boolean;
};

/** What these do changes no file of the user's. */
const readers: readonly string[] = ['read', 'search', 'plan'];

/** Permissions as the loop asks them: rules and mode first, hooks second, the user where these say so and somebody can answer. */
export function createPermit(parts: PermitParts): Permit {
  return async (ready, signal) => {
    const { call, tool, prepared: given, subagent } = ready;
    await parts.ready({
      userWork: !readers.includes(tool.act),
      sandbox: tool.act === 'shell' || given.targets.some(({ kind }) => kind === 'command'),
    });
    const name = given.effectiveName ?? tool.name;
    const tell = (decision: 'allow' | 'deny' | 'ask', reason: string): Permission => {
      parts.emit({ type: 'approval', callId: call.id, name, decision, reason });
      return { allowed: decision === 'allow', reason };
    };
    const first = await decide(parts, name, tool, given);
    if (first.ruling === 'deny') return tell('deny', first.reason);
    const hooked = given.wants === undefined ? await askHooks(parts, name, ready) : unchanged;
    if (hooked.refusal !== undefined) return tell('deny', hooked.refusal);
    const prepared = hooked.prepared ?? given;
    const decided = hooked.prepared === undefined ? first : await decide(parts, name, tool, prepared);
    const act = async (decision: Decision, told: readonly string[] = []): Promise<Permission> => {
      const checkedPaths = new Map(decision.leads);
      const changed = { checkedPaths, ...(hooked.prepared === undefined ? {} : { prepared }) };
      const { ruling, reason, suggestedRule, confinement } = combine(decision, hooked);
      tell(ruling, reason);
      if (ruling === 'deny') return { allowed: false, reason };
      const confined = confinement ? { confinement } : {};
      if (ruling === 'allow') return { allowed: true, reason, ...changed, ...confined };
      const nobody = { allowed: false, reason: `${reason} Nobody can be asked in this run.` };
      if (!parts.askUser || parts.canAskUser?.() === false) return nobody;
      const stampFiles = () => parts.permissions.stampFiles(prepared.targets);
      const shownFiles = stampFiles();
      const view = await previewOf(prepared, { workspace: parts.workspace, checkedPaths, signal });
      if (view instanceof ToolError && (await mayRead(parts.permissions, prepared)))
        return { allowed: false, reason: view.message, failure: view };
      parts.notify(`wink-agent needs your permission to use ${name}: ${prepared.title}`);
      const request: ApprovalRequest = {
        callId: call.id,
        name,
        title: prepared.title,
        ...(subagent === undefined ? {} : { subagent }),
        input: hooked.input ?? call.input,
        reason:
          [...told.slice(-1), shorten(reason)].join(' ') + (prepared.manner === undefined ? '' : ` ${prepared.manner}`),
        directory: parts.workspace.cwd,
        ...commandOf(prepared),
        ...(view && !(view instanceof ToolError) ? { view } : {}),
        ...(suggestedRule ? { suggestedRule } : {}),
      };
      const { wants: _, ...plain } = prepared;
      // What runs unasked because it is confined is no rule's doing, and all its effects are more than that.
      const isCovered = async () => {
        const { ruling, rule } = await decide(parts, name, tool, plain);
        return ruling === 'allow' && rule !== undefined;
      };
      const answer = await askInMode({ ...parts, askUser: parts.askUser }, request, isCovered, signal);
      if (answer === 'mode')
        return act(stillAsked(await decide(parts, name, tool, prepared), parts.permissions.mode()));
      if (answer.kind === 'unable') return nobody;
      if (answer.kind === 'deny')
        return tell('deny', `The user said no${answer.word ? `: ${sentence(answer.word)}` : '.'}`);
      const since = answer.kind === 'once' ? describeChanged(shownFiles, stampFiles(), told.length) : undefined;
      if (since !== undefined) return act(decision, [...told, since]);
      const shown = answer.kind === 'once' && request.view ? { shown: request.view } : {};
      return { ...tell('allow', 'The user allowed it.'), ...changed, ...shown };
    };
    return act(decided);
  };
}

/** A mode that is chosen while a question stands may refuse its call, and never allows it: a key that changes the mode is no answer. */
function stillAsked(decision: Decision, mode: ApprovalMode): Decision {
  if (decision.ruling !== 'allow') return decision;
  const reason = `Mode ${mode} asks no more about calls like this one; this one was asked about before, and waits for your answer.`;
  return { ruling: 'ask', reason, ...(decision.leads ? { leads: decision.leads } : {}) };
}

/** Asks until there is an answer or the user has changed the mode, by which the call is then decided once more. */
async function askInMode(
  parts: AskParts,
  request: ApprovalRequest,
  isCovered: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<ApprovalChoice | 'mode'> {
  const closing = new AbortController();
  const changed = untilModeChanges(parts.permissions, closing.signal).then(() => 'mode' as const);
  const asked = askWithRule(parts, request, isCovered, AbortSignal.any([signal, closing.signal]));
  try {
    return await Promise.race([asked, changed]);
  } finally {
    closing.abort();
  }
}

type AskParts = Pick<PermitParts, 'permissions' | 'emit'> & Required<Pick<PermitParts, 'askUser'>>;

/**
 * Asks. A rule that the user wrote is no yes to a call that it does not cover: it holds, they are told, and the call is asked about again.
 * Who gives the same rule again is a program that does not read what it is told: its call is declined.
 */
async function askWithRule(
  { permissions, emit, askUser }: AskParts,
  first: ApprovalRequest,
  isCovered: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<ApprovalChoice> {
  const given = new Set<string>();
  for (let request = first; ; ) {
    emit(permissionEvent(request));
    const answer = await askUser(request, signal);
    if (answer.kind !== 'session') return answer;
    permissions.addSessionRule(answer.rule);
    if (answer.rule === request.suggestedRule || (await isCovered())) return answer;
    const problem = `The rule ${answer.rule} is kept for this session, but does not cover this call.`;
    if (given.has(answer.rule)) return { kind: 'deny', word: problem };
    given.add(answer.rule);
    request = { ...first, reason: `${problem} ${first.reason}` };
  }
}

/** A tool's error may quote the file, so it goes to the model unasked only where the model may read that anyway. */
async function mayRead(permissions: Permissions, { targets }: PreparedCall): Promise<boolean> {
  const reading = targets.map((target) => (target.kind === 'path' ? { ...target, access: 'read' as const } : target));
  return (await permissions.decide({ name: 'read', act: 'read' }, reading)).ruling === 'allow';
}

/** What the call will do; the tool's own error when it can't be done, which nobody needs to be asked about. */
async function previewOf(
  prepared: PreparedCall,
  context: Pick<ToolContext, 'workspace' | 'checkedPaths' | 'signal'>,
): Promise<ResultView | ToolError | undefined> {
  try {
    return await prepared.preview?.({ ...context, onOutput: () => {} });
  } catch (error) {
    return error instanceof ToolError ? error : undefined;
  }
}

async function decide(
  { permissions }: PermitParts,
  name: string,
  tool: Tool,
  prepared: PreparedCall,
): Promise<Decision> {
  if (prepared.wants !== undefined) return await permissions.decideMore(prepared.wants, prepared.targets);
  return await permissions.decide({ name, act: tool.act }, prepared.targets);
}

/** What hooks make of a call: a refusal, an answer in the user's place, other arguments. */
type Hooked = {
  readonly refusal?: string;
  readonly wish?: 'ask' | 'allow';
  readonly reason?: string;
  /** Whose hook it is, as the subject of a sentence. */
  readonly by?: string;
  readonly prepared?: PreparedCall;
  readonly input?: JsonObject;
};

const unchanged: Hooked = {};

async function askHooks(
  { hooks, workspace, say, stop }: PermitParts,
  name: string,
  { call, tool, prepared: given }: ReadyCall,
): Promise<Hooked> {
  const input = given.effectiveInput ?? call.input;
  const { names, facts } = describeCall(name, input, given.targets);
  const answer = await hooks.ask('PreToolUse', names, {
    common: { ...facts, tool_use_id: call.id },
    plain: { hook: 'beforeTool', tool: name, callId: call.id, input },
  });
  const { decision, reason, updatedInput, by } = answer;
  if (answer.context !== '') say(`${by.context} says: ${answer.context}`);
  if (answer.stop !== undefined) {
    stop(answer.stop);
    return { refusal: `${by.stop} ended the run: ${sentence(answer.stop)}` };
  }
  if (decision === 'block') return { refusal: `${by.decision} refused it: ${sentence(reason || 'it gave no reason')}` };
  const wish = decision === undefined ? {} : { wish: decision, reason, by: by.decision };
  if (updatedInput === undefined) return wish;
  // A call through another tool keeps its wrapping.
  const isWrapped = given.effectiveInput !== undefined && given.effectiveInput !== call.input;
  const whole = isWrapped ? { ...call.input, arguments: updatedInput } : updatedInput;
  const prepared = tool.prepare(whole, workspace.cwd);
  if (typeof prepared === 'string')
    return { refusal: `${by.updatedInput} changed the arguments, which do not fit any more: ${sentence(prepared)}` };
  say(`${by.updatedInput} changed the arguments of your call of ${tool.name} to ${JSON.stringify(updatedInput)}.`);
  return { ...wish, prepared, input: updatedInput };
}

/** A hook may answer in the user's place where the mode would ask, not where a rule of theirs does; and it may ask where nothing would. */
function combine(decided: Decision, { wish, reason = '', by = '' }: Hooked): Decision {
  const why = reason === '' ? '' : ` ${sentence(reason)}`;
  if (wish === 'ask' && decided.ruling === 'allow') return { ruling: 'ask', reason: `${by} asks about it.${why}` };
  if (wish !== 'allow' || decided.ruling !== 'ask' || decided.rule !== undefined) return decided;
  const { confinement } = decided;
  return { ruling: 'allow', reason: `${by} allows it.${why}`, ...(confinement ? { confinement } : {}) };
}

/**
 * A reason that names a long path must not push what is asked for off the screen, nor a line break in one write lines of its own. Its end is
 * kept as well: there it says what is asked.
 */
function shorten(reason: string): string {
  const line = reason.replace(/\s+/g, ' ');
  if (line.length <= maxReasonLength) return line;
  return `${line.slice(0, maxReasonLength - endLength)}…${line.slice(-endLength)}`;
}

const maxReasonLength = 400;
const endLength = 120;

function permissionEvent(request: ApprovalRequest): Event {
  const { callId, name, title, subagent, directory, reason, command, view, suggestedRule } = request;
  return {
    ...{ type: 'permission', callId, name, title, directory, reason },
    ...(subagent === undefined ? {} : { subagent }),
    ...(command === undefined ? {} : { command }),
    ...(view ? { view } : {}),
    ...(suggestedRule ? { rule: suggestedRule } : {}),
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
