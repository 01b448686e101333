import type { ErrorKind } from '../core/error-kind.ts';
import type { Emit } from '../core/event.ts';
import type { ObserverPort } from '../core/observer-port.ts';
import { matchTool } from '../core/text/names.ts';
import { type ReadyCall, runTool, type Tool, type ToolContext, type ToolOutput, type Workspace } from '../core/tool.ts';
import type { ToolCall, ToolResult } from '../core/types.ts';
import type { Permission, Permit } from './call-permission.ts';
import type { Denials } from './denials.ts';

export type ActDeps = {
  readonly tools: readonly Tool[];
  readonly workspace: Workspace;
  readonly guard: ObserverPort['guard'];
  readonly permit: Permit;
  readonly denials: Denials;
  readonly emit: Emit;
  readonly signal: AbortSignal;
  /** Called once before the first call of a turn that may change files. */
  readonly beforeChange?: () => Promise<void>;
};

/** A call with the tool that it means, when there is one. */
type NamedCall = { readonly call: ToolCall; readonly tool: Tool | undefined };

const readers: readonly string[] = ['read', 'search', 'plan'];

/** Runs one step's calls: neighbouring reads together, everything else alone and in order. Gives one result per call, in their order. */
export async function actOnCalls(calls: readonly ToolCall[], stepIndex: number, deps: ActDeps): Promise<ToolResult[]> {
  const named = calls.map((call): NamedCall => ({ call, tool: matchTool(call.name, deps.tools) }));
  const results: ToolResult[] = [];
  const failedChanges: string[] = [];
  for (const group of groupCalls(named)) {
    const done = await Promise.all(group.map((each) => actOnCall(each, stepIndex, deps, failedChanges)));
    failedChanges.push(...done.flatMap((result, index) => failedChangeOf(group[index]!, result)));
    results.push(...done);
  }
  return results;
}

/** What may run side by side: neighbouring reads. */
function groupCalls(calls: readonly NamedCall[]): NamedCall[][] {
  const groups: NamedCall[][] = [];
  let isOpen = false;
  for (const each of calls) {
    if (isOpen && isReader(each)) groups.at(-1)!.push(each);
    else groups.push([each]);
    isOpen = isReader(each);
  }
  return groups;
}

function isReader({ call, tool }: NamedCall): boolean {
  return tool !== undefined && readers.includes(tool.act) && !tool.isAlone?.(call.input);
}

/** The file, or the tool's name, of an edit that was made in vain: what runs after it in the same message runs on the old state. */
function failedChangeOf({ call, tool }: NamedCall, result: ToolResult): string[] {
  if (!result.isError || tool === undefined || (tool.act !== 'edit' && tool.act !== 'write')) return [];
  return [typeof call.input.path === 'string' ? call.input.path : tool.name];
}

/** Says with the result of a command that an edit before it in the same message had failed. */
function withFailedChanges(result: ToolResult, failedChanges: readonly string[]): ToolResult {
  const names = [...new Set(failedChanges)].join(', ');
  const note = `[An edit before this in the same message failed (${names}): this ran without it.]`;
  return { ...result, output: result.output === '' ? note : `${result.output}\n${note}` };
}

async function actOnCall(
  { call, tool }: NamedCall,
  stepIndex: number,
  deps: ActDeps,
  failedChanges: readonly string[],
): Promise<ToolResult> {
  const prepared = tool && !call.problem ? tool.prepare(call.input, deps.workspace.cwd) : undefined;
  const title = typeof prepared === 'object' ? prepared.title : '';
  deps.emit({ type: 'tool.start', callId: call.id, name: tool?.name ?? call.name, input: call.input, title });
  const act = async (): Promise<ToolResult> => {
    if (deps.signal.aborted) return refuse(call, interrupted, 'aborted');
    if (!tool) return refuse(call, describeTools(call.name, deps.tools), 'unknown-tool');
    if (call.problem) return refuse(call, call.problem, 'bad-arguments');
    if (typeof prepared !== 'object') return refuse(call, explainArguments(tool, prepared ?? ''), 'bad-arguments');
    const result = await actOnReady({ call, tool, prepared }, stepIndex, deps);
    return tool.act === 'shell' && failedChanges.length > 0 ? withFailedChanges(result, failedChanges) : result;
  };
  const result = await act();
  deps.emit({ type: 'tool.end', callId: call.id, result });
  return result;
}

const interrupted = 'Not run: the user interrupted before this call.';

/** The result of a call that does not act; `output` is what the model reads. */
function refuse({ id, name }: ToolCall, output: string, errorKind: ErrorKind): ToolResult {
  return { callId: id, name, output, isError: true, errorKind, ms: 0 };
}

function describeTools(name: string, tools: readonly Tool[]): string {
  const known = tools.flatMap((tool) => (tool.isDeferred ? [] : [tool.name]));
  return `There is no tool named ${JSON.stringify(name)}. The tools are: ${known.join(', ')}.`;
}

function explainArguments(tool: Tool, problem: string): string {
  return `The arguments of ${tool.name} do not fit: ${problem}.\nThey must match this JSON schema: ${JSON.stringify(tool.schema.parameters)}`;
}

/** The observer's word, then the permissions', then the act; a confined call that failed for want of more is asked about once more. */
async function actOnReady(given: ReadyCall, stepIndex: number, deps: ActDeps): Promise<ToolResult> {
  const { call, tool } = given;
  const refusal = deps.guard(given, stepIndex);
  if (refusal && !refusal.onlyAsks) return refuse(call, refusal.output, 'blocked');
  const permission = await deps.permit(given, deps.signal);
  const ready = permission.prepared ? { ...given, prepared: permission.prepared } : given;
  const { targets } = ready.prepared;
  if (deps.signal.aborted) return refuse(call, interrupted, 'aborted');
  if (permission.failure) return refuse(call, permission.failure.message, permission.failure.kind);
  if (!permission.allowed) {
    deps.denials.denied(tool.name, targets);
    const next = 'Find another way, or say what you would need and end your turn.';
    return refuse(call, `Not allowed: ${permission.reason} ${next}`, 'denied');
  }
  const { wants, ...result } = await runPermitted(ready, permission, deps);
  if (wants === undefined || deps.signal.aborted) {
    if (!result.isError) deps.denials.done(tool.name, targets);
    return result;
  }
  const second = await deps.permit({ ...ready, prepared: { ...ready.prepared, wants } }, deps.signal);
  if (second.allowed && !deps.signal.aborted) {
    const { wants: _, ...again } = await runPermitted(ready, second, deps);
    if (!again.isError) deps.denials.done(tool.name, targets);
    return again;
  }
  deps.denials.denied(tool.name, targets);
  const output = `${result.output}\n[the sandbox: it ${wants}. ${second.reason}]`;
  return { ...result, output, isError: true, errorKind: 'sandboxed' };
}

async function runPermitted(
  ready: ReadyCall,
  { confinement, shown, checkedPaths }: Permission,
  deps: ActDeps,
): Promise<ToolResult & Pick<ToolOutput, 'wants'>> {
  if (!readers.includes(ready.tool.act) && confinement !== 'read-only') await deps.beforeChange?.();
  const context: ToolContext = {
    workspace: deps.workspace,
    signal: deps.signal,
    onOutput: (chunk) => deps.emit({ type: 'tool.output', callId: ready.call.id, chunk }),
    ...(confinement ? { confinement } : {}),
    ...(shown ? { shown } : {}),
    ...(checkedPaths ? { checkedPaths } : {}),
  };
  return await runTool(ready, context);
}
