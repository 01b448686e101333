import * as z from 'zod';
import type { ErrorKind } from './error-kind.ts';
import { messageOf } from './errors.ts';
import type { ToolSchema } from './model.ts';
import { loadPrompt } from './prompt.ts';
import type { ResultView } from './screen/result-view.ts';
import type { JsonObject, ToolCall, ToolClass, ToolResult } from './types.ts';
import type { WrappedCommand } from './wrapped-command.ts';

/**
 * What a file was when the agent last read or wrote it. `hash` is of its bytes (absent for a large file): one that was only touched has not
 * changed. `isPartlyUnseen`: it was changed by others since it was read and edited all the same, so it may not be replaced whole.
 */
export type FileStamp = {
  readonly mtimeMs: number;
  readonly size: number;
  readonly hash?: string | undefined;
  readonly isPartlyUnseen?: boolean;
};

/** A command that runs in the background. */
export type Job = {
  readonly id: string;
  readonly command: string;
  readonly startedAtMs: number;
  /** Everything it printed since the last call of `takeOutput`, clipped. */
  readonly takeOutput: () => string;
  /** The end of all that it printed, for a person; keys are taken out. */
  readonly recentOutput: () => string;
  /** undefined while it runs; null when a signal ended it. */
  readonly exitCode: () => number | null | undefined;
  /** Resolves when it has ended and its exit code is known. */
  readonly ended: Promise<void>;
  /** Whether the model has been told that it has ended. Mutable: whoever tells it says so here. */
  isEndTold: boolean;
  /** The user ended it from the screen. */
  isEndedByUser: boolean;
  readonly kill: () => Promise<void>;
  /** Why nothing more of its output may be given to the model. */
  readonly broken: () => Promise<string | undefined>;
};

/**
 * How a command is held while it runs. `read-only`: it can write nothing, has no network and sees no secrets. `workspace`: it can also
 * write in the workspace, but not in the places that run code or hold settings. `repository`: in the repository's own folder too.
 * `approved`: a person or a rule allowed what it does.
 * `offline`: like that, but without network and the workspace's secrets.
 */
export type Confinement = 'read-only' | 'workspace' | 'repository' | 'approved' | 'offline';

export type TodoItem = { readonly text: string; readonly status: 'open' | 'doing' | 'done' };

/** What the tools of one session share. Mutable on purpose: it is the session's working memory outside the trajectory. */
export type Workspace = {
  readonly cwd: string;
  /** Absolute folders that tools may touch: cwd first, then each --add-dir. */
  readonly roots: readonly string[];
  /** Full outputs that were too long for the model are kept here. */
  readonly outputFolder: string;
  /** A folder whose node_modules hold packages that the user has added. */
  readonly packages?: string;
  readonly stamps: Map<string, FileStamp>;
  readonly jobs: Map<string, Job>;
  todos: readonly TodoItem[];
  /** What tools have put off until nobody waits for us: the loop does it, and forgets it, as soon as a request is under way. */
  readonly putOff?: Map<string, () => Promise<void>>;
  /** Puts a sandbox around a command; identity when there isn't one. Returns file and arguments to start. `shown`: paths that it may read although they are hidden. */
  readonly wrapCommand?: (
    file: string,
    args: readonly string[],
    confinement: Confinement,
    shown?: readonly string[],
  ) => WrappedCommand | Promise<WrappedCommand>;
  /** Makes a test for files that a search of a folder must not show: secrets, and what a deny rule closes. */
  readonly hides?: () => (path: string) => boolean;
  /** Makes a test for files of which not even the name is told: a deny rule closes them to reading. */
  readonly denies?: () => ((path: string) => boolean) | undefined;
  /** Takes keys out of a text that is kept. */
  readonly redact?: (text: string) => string;
  /** What a confined command failed for want of, in words that follow "it": "could not write dist/a.js". */
  readonly findWant?: (outcome: CommandOutcome, confinement: Confinement) => string | undefined;
};

export type CommandOutcome = { readonly exitCode: number | null; readonly output: string };

export type ToolContext = {
  /** The call that runs. */
  readonly callId?: string;
  readonly workspace: Workspace;
  /** Where the call's own paths lead, as permissions checked them: real path by path. The tool acts there and nowhere else. */
  readonly checkedPaths?: ReadonlyMap<string, string>;
  readonly signal: AbortSignal;
  /** Live output for whoever watches; the result is what the model gets. */
  readonly onOutput: (chunk: string) => void;
  /** How a command is held; `approved` when nothing is said. */
  readonly confinement?: Confinement;
  /** What the user was shown of the call before they allowed it: it may do nothing else. Absent when nobody was asked. */
  readonly shown?: ResultView;
};

export type ToolOutput = {
  readonly output: string;
  readonly isError?: boolean;
  readonly errorKind?: ErrorKind;
  readonly view?: ResultView;
  readonly changedFiles?: readonly string[];
  /** Pictures and PDFs as data URLs, for models that see. */
  readonly images?: readonly string[];
  readonly loopKey?: string;
  /** A confined command failed for want of this, so it is to be asked about; never recorded. */
  readonly wants?: string;
};

/** A path or command that a call is about to touch; permissions and the ledger look at these and nothing else. */
export type Target =
  | { readonly kind: 'path'; readonly access: 'read' | 'write'; readonly path: string; readonly isDeletion?: boolean }
  /** `isBackground`: it goes on while other calls run. */
  | { readonly kind: 'command'; readonly command: string; readonly isBackground?: boolean }
  /** `isSearch`: words are sent to the search service that the user has configured. */
  | { readonly kind: 'host'; readonly host: string; readonly isSearch?: boolean };

/** A tool after `defineTool`: its input type is hidden behind `prepare`, so tools of all kinds fit one array. */
export type Tool = {
  readonly name: string;
  readonly act: ToolClass;
  /** Other names that models use for it ("bash", "str_replace"); matched without regard to case, `-` and `_`. */
  readonly aliases: readonly string[];
  readonly schema: ToolSchema;
  /** It can be called, but its description is in no request: the model finds it by a search. */
  readonly isDeferred?: boolean;
  /** For a tool that only reads or plans: whether this call must run alone all the same. */
  readonly isAlone?: (input: JsonObject) => boolean;
  /**
   * Parses the arguments; a string says what is wrong with them. Relative paths in the targets are resolved against `cwd`, the
   * workspace's.
   */
  readonly prepare: (input: JsonObject, cwd: string) => PreparedCall | string;
};

export type PreparedCall = {
  /** One quiet line for screens: "src/a.ts:10-40", "npm test". */
  readonly title: string;
  readonly targets: readonly Target[];
  /** The tool's name that permissions and hooks take for this call, when it stands in for another tool. */
  readonly effectiveName?: string;
  /** The arguments of that other tool. */
  readonly effectiveInput?: JsonObject;
  /** How it would run, as a sentence for the question; absent where that is as usual. */
  readonly manner?: string;
  /** It ran confined and failed for want of this, in words that follow "it". */
  readonly wants?: string;
  /** A preview of what the call would change, for approvals; may read files, never writes. */
  readonly preview?: (context: ToolContext) => Promise<ResultView | undefined>;
  readonly run: (context: ToolContext) => Promise<ToolOutput>;
};

/** A call that could act: the tool it means and what it is about to do, found out once and handed on whole. */
export type ReadyCall = {
  readonly call: ToolCall;
  readonly tool: Tool;
  readonly prepared: PreparedCall;
  /** The subagent whose call it is; absent for the agent's own. */
  readonly subagent?: string;
};

/** Thrown by a tool for a failure that the model can fix; the message is what the model reads. */
export class ToolError extends Error {
  override readonly name = 'ToolError';
  readonly kind: ErrorKind;
  constructor(kind: ErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

type ToolParts<Input> = {
  readonly name: string;
  readonly act: ToolClass;
  readonly aliases?: readonly string[];
  readonly argumentAliases?: Readonly<Record<string, string>>;
  readonly input: z.ZodType<Input>;
  readonly title: (input: Input) => string;
  readonly targets: (input: Input, cwd: string) => readonly Target[];
  readonly manner?: (input: Input) => string | undefined;
  readonly preview?: (input: Input, context: ToolContext) => Promise<ResultView | undefined>;
  readonly run: (input: Input, context: ToolContext) => Promise<ToolOutput>;
};

/**
 * Makes a Tool from its parts. The description is prompts/tools/NAME.md; `argumentAliases` maps names that models use onto ours
 * (`{ file_path: 'path' }`) before the arguments are parsed.
 */
export function defineTool<Input>(parts: ToolParts<Input>): Tool {
  const { $schema: _, ...parameters } = z.toJSONSchema(parts.input, { io: 'input' });
  const schema = {
    name: parts.name,
    description: loadPrompt(`tools/${parts.name}`, {}),
    parameters,
    ...(parts.aliases ? { aliases: parts.aliases } : {}),
  };
  return makeTool({ ...parts, schema });
}

/** Makes a Tool that says itself how the model sees it. */
export function makeTool<Input>(parts: ToolParts<Input> & { readonly schema: ToolSchema }): Tool {
  return {
    name: parts.name,
    act: parts.act,
    aliases: parts.aliases ?? [],
    schema: parts.schema,
    prepare: (raw, cwd) => {
      const parsed = parts.input.safeParse(renameArguments(raw, parts.argumentAliases ?? {}));
      if (!parsed.success) return describeProblems(parsed.error);
      const { preview } = parts;
      const manner = parts.manner?.(parsed.data);
      return {
        title: parts.title(parsed.data),
        targets: parts.targets(parsed.data, cwd),
        ...(manner === undefined ? {} : { manner }),
        ...(preview ? { preview: (context: ToolContext) => preview(parsed.data, context) } : {}),
        run: (context) => parts.run(parsed.data, context),
      };
    },
  };
}

function renameArguments(raw: JsonObject, aliases: Readonly<Record<string, string>>): JsonObject {
  const renamed: JsonObject = {};
  for (const [key, value] of Object.entries(raw)) {
    const target = aliases[key] ?? key;
    if (!(target in renamed) || target === key) renamed[target] = value;
  }
  return renamed;
}

function describeProblems(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join('.') || 'arguments'}: ${issue.message}`).join('; ');
}

/** Runs a prepared call: the one place that catches a tool's error. A bug in a tool becomes a result too, so the task goes on. */
export async function runTool(
  { call, prepared }: Pick<ReadyCall, 'call' | 'prepared'>,
  context: ToolContext,
): Promise<ToolResult & Pick<ToolOutput, 'wants'>> {
  const startedAt = performance.now();
  const finish = (output: ToolOutput): ToolResult & Pick<ToolOutput, 'wants'> => ({
    callId: call.id,
    name: call.name,
    isError: false,
    ...output,
    output: call.repaired
      ? `(The arguments were malformed and were repaired: ${call.repaired}.)\n${output.output}`
      : output.output,
    ms: Math.round(performance.now() - startedAt),
  });
  try {
    return finish(await prepared.run({ ...context, callId: call.id }));
  } catch (error) {
    if (context.signal.aborted)
      return finish({
        output: 'The user interrupted this call before it finished.',
        isError: true,
        errorKind: 'aborted',
      });
    if (error instanceof ToolError) return finish({ output: error.message, isError: true, errorKind: error.kind });
    const message = messageOf(error);
    return finish({ output: `The tool itself failed: ${message}`, isError: true, errorKind: 'failed' });
  }
}

/** Does what tools have put off until nobody waits for us. */
export async function doPutOff({ putOff }: Workspace): Promise<void> {
  const actions = [...(putOff?.values() ?? [])];
  putOff?.clear();
  await Promise.all(actions.map((action) => action()));
}
