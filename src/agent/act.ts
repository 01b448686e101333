import type { ErrorKind } from '../core/error-kind.ts';
import type { Emit } from '../core/event.ts';
import type { ObserverPort } from '../core/observer-port.ts';
import { matchTool } from '../core/text/names.ts';
import {
  type PreparedCall,
  runTool,
  type Tool,
  type ToolContext,
  type ToolOutput,
  type Workspace,
} from '../core/tool.ts';
import type { ToolCall, ToolResult } from '../core/types.ts';
import type { Denials } from './denials.ts';
import type { Permission, Permit } from './permit.ts';

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

const readers: readonly string[] = ['read', 'search', 'plan'];

/** Runs one step's calls: neighbouring reads together, everything else alone and in order. Gives one result per call, in their order. */
export async function actOnCalls(calls: readonly ToolCall[], stepIndex: number, deps: ActDeps): Promise<ToolResult[]> {
  const results: ToolResult[] = [];
  const failedChanges: string[] = [];
  for (let start = 0; start < calls.length; ) {
    let end = start + 1;
    if (isReader(calls[start]!, deps)) while (end < calls.length && isReader(calls[end]!, deps)) end++;
    const group = calls.slice(start, end);
    const done = await Promise.all(group.map((call) => actOnCall(call, stepIndex, deps, failedChanges)));
    failedChanges.push(...done.flatMap((result, index) => failedChangeOf(group[index]!, result, deps)));
    results.push(...done);
    start = end;
  }
  return results;
}

/** The file, or the tool's name, of an edit that was made in vain: what runs after it in the same message runs on the old state. */
function failedChangeOf(call: ToolCall, result: ToolResult, deps: ActDeps): string[] {
  const tool = matchTool(call.name, deps.tools);
  if (!result.isError || tool === undefined || (tool.act !== 'edit' && tool.act !== 'write')) return [];
  return [typeof call.input.path === 'string' ? call.input.path : tool.name];
}

/** Says with the result of a command that an edit before it in the same message had failed. */
function withFailedChanges(result: ToolResult, failedChanges: readonly string[]): ToolResult {
  const names = [...new Set(failedChanges)].join(', ');
  const note = `[An edit before this in the same message failed (${names}): this ran without it.]`;
  return { ...result, output: result.output === '' ? note : `${result.output}\n${note}` };
}

function isReader(call: ToolCall, deps: ActDeps): boolean {
  const tool = matchTool(call.name, deps.tools);
  return tool !== undefined && readers.includes(tool.act) && !tool.isAlone?.(call.input);
}

async function actOnCall(
  call: ToolCall,
  stepIndex: number,
  deps: ActDeps,
  failedChanges: readonly string[],
): Promise<ToolResult> {
  const refuse = (output: string, errorKind: ErrorKind): ToolResult => ({
    callId: call.id,
    name: call.name,
    output,
    isError: true,
    errorKind,
    ms: 0,
  });
  const end = (result: ToolResult) => {
    deps.emit({ type: 'tool.end', callId: call.id, result });
    return result;
  };
  const tool = matchTool(call.name, deps.tools);
  const prepared = tool && !call.problem ? tool.prepare(call.input, deps.workspace.cwd) : undefined;
  const title = typeof prepared === 'object' ? prepared.title : '';
  deps.emit({ type: 'tool.start', callId: call.id, name: tool?.name ?? call.name, input: call.input, title });
  if (deps.signal.aborted) return end(refuse('Not run: the user interrupted before this call.', 'aborted'));
  if (!tool)
    return end(
      refuse(
        `There is no tool named ${JSON.stringify(call.name)}. The tools are: ${deps.tools.flatMap(({ name, isDeferred }) => (isDeferred ? [] : [name])).join(', ')}.`,
        'unknown-tool',
      ),
    );
  if (call.problem) return end(refuse(call.problem, 'bad-arguments'));
  if (typeof prepared !== 'object') return end(refuse(explainArguments(tool, prepared ?? ''), 'bad-arguments'));
  const result = await actOnPrepared(call, tool, prepared, stepIndex, deps, refuse);
  return end(tool.act === 'shell' && failedChanges.length > 0 ? withFailedChanges(result, failedChanges) : result);
}

async function actOnPrepared(
  call: ToolCall,
  tool: Tool,
  given: PreparedCall,
  stepIndex: number,
  deps: ActDeps,
  refuse: (output: string, kind: ErrorKind) => ToolResult,
): Promise<ToolResult> {
  const refusal = deps.guard(call, given.targets, stepIndex);
  if (refusal) return refuse(refusal.output, 'blocked');
  const permission = await deps.permit(call, tool, given, deps.signal);
  const prepared = permission.prepared ?? given;
  if (deps.signal.aborted) return refuse('Not run: the user interrupted before this call.', 'aborted');
  if (permission.failure) return refuse(permission.failure.message, permission.failure.kind);
  if (!permission.allowed) {
    deps.denials.denied(tool.name, prepared.targets);
    return refuse(
      `Not allowed: ${permission.reason} Find another way, or say what you would need and end your turn.`,
      'denied',
    );
  }
  const { wants, ...result } = await runPermitted(call, tool, prepared, permission, deps);
  if (wants === undefined || deps.signal.aborted) {
    if (!result.isError) deps.denials.done(tool.name, prepared.targets);
    return result;
  }
  const second = await deps.permit(call, tool, { ...prepared, wants }, deps.signal);
  if (second.allowed && !deps.signal.aborted) {
    const { wants: _, ...again } = await runPermitted(call, tool, prepared, second, deps);
    if (!again.isError) deps.denials.done(tool.name, prepared.targets);
    return again;
  }
  deps.denials.denied(tool.name, prepared.targets);
  return {
    ...result,
    output: `${result.output}\n[the sandbox: it ${wants}. ${second.reason}]`,
    isError: true,
    errorKind: 'sandboxed',
  };
}

async function runPermitted(
  call: ToolCall,
  tool: Tool,
  prepared: PreparedCall,
  { confinement }: Permission,
  deps: ActDeps,
): Promise<ToolResult & Pick<ToolOutput, 'wants'>> {
  if (!readers.includes(tool.act) && confinement !== 'read-only') await deps.beforeChange?.();
  const context: ToolContext = {
    workspace: deps.workspace,
    signal: deps.signal,
    onOutput: (chunk) => deps.emit({ type: 'tool.output', callId: call.id, chunk }),
    ...(confinement ? { confinement } : {}),
  };
  return await runTool(call, prepared, context);
}

function explainArguments(tool: Tool, problem: string): string {
  return `The arguments of ${tool.name} do not fit: ${problem}. They must match this JSON schema: ${JSON.stringify(tool.schema.parameters)}`;
}
