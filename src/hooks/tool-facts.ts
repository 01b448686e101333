import { lookUp } from '../core/text/look-up.ts';
import type { Target } from '../core/tool.ts';
import type { JsonObject } from '../core/types.ts';

/** Our tools by the names that hooks know. */
const commonNames: Readonly<Record<string, string>> = {
  shell: 'Bash',
  read: 'Read',
  write: 'Write',
  edit: 'Edit',
  grep: 'Grep',
  glob: 'Glob',
  todo: 'TodoWrite',
  task: 'Task',
  web_fetch: 'WebFetch',
  web_search: 'WebSearch',
  ask_user: 'AskUserQuestion',
};

export type ToolFacts = {
  /** All names that a matcher may use, the common one first. */
  readonly names: readonly string[];
  /** `tool_name` and `tool_input` as hooks of the common form read them. */
  readonly facts: { readonly tool_name: string; readonly tool_input: JsonObject };
};

/** A call as hooks of the common form know it: paths absolute, arguments under the names that are in use there. */
export function describeCall(tool: string, input: JsonObject, targets: readonly Target[]): ToolFacts {
  const name = lookUp(commonNames, tool) ?? tool;
  const path = targets.find((target) => target.kind === 'path')?.path;
  const command = targets.find((target) => target.kind === 'command')?.command;
  const file = path === undefined ? {} : { file_path: path };
  switch (tool) {
    case 'shell':
      return named([name, tool], { ...input, ...(command === undefined ? {} : { command }) });
    case 'read':
    case 'write':
      return named([name, tool], { ...without(input, 'path'), ...file });
    case 'edit':
      return describeEdit(input, file);
    case 'grep':
    case 'glob':
      return named([name, tool], { ...input, ...(path === undefined ? {} : { path }) });
    case 'todo':
      return named([name, tool], { ...input, todos: input.todos ?? input.items });
    default:
      return named([...new Set([name, tool])], input);
  }
}

function named(names: readonly string[], input: JsonObject): ToolFacts {
  return { names, facts: { tool_name: names[0] ?? '', tool_input: input } };
}

/** One place is an `Edit`, several are a `MultiEdit`, which a matcher for `Edit` is for as well. */
function describeEdit(input: JsonObject, file: JsonObject): ToolFacts {
  const edits = (Array.isArray(input.edits) ? input.edits : []).map((edit: JsonObject) => ({
    old_string: edit.oldText ?? edit.old_string,
    new_string: edit.newText ?? edit.new_string,
    replace_all: edit.all === true || edit.replace_all === true,
  }));
  const [first] = edits;
  if (edits.length === 1) return named(['Edit', 'edit'], { ...file, ...first });
  if (edits.length === 0) return named(['Edit', 'edit'], { ...without(input, 'path'), ...file });
  return named(['MultiEdit', 'Edit', 'edit'], { ...file, edits });
}

function without(input: JsonObject, key: string): JsonObject {
  return Object.fromEntries(Object.entries(input).filter(([name]) => name !== key));
}
