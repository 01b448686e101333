import type * as z from 'zod';

/**
 * Brings the forms in which models write an edit into ours: flat `old_string`/`new_string`, one object instead of a list, a list as
 * JSON text, other names inside. An editor tool's other verbs (`command: view`) are refused with the tool that does them.
 */
export function gatherEdits(raw: unknown, context: z.core.$RefinementCtx): unknown {
  if (!isRecord(raw)) return raw;
  const { command } = raw;
  if (typeof command === 'string' && command !== 'str_replace' && command !== 'edit') {
    context.addIssue({
      code: 'custom',
      message: `edit only replaces text, it has no ${command}: use read to view, write to create`,
    });
    return raw;
  }
  const list = 'edits' in raw ? parseList(raw.edits) : [raw];
  return { ...raw, edits: Array.isArray(list) ? list.map(renameEdit) : list };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parseList(value: unknown): unknown {
  if (isRecord(value)) return [value];
  if (typeof value !== 'string') return value;
  try {
    const parsed: unknown = JSON.parse(value);
    return isRecord(parsed) ? [parsed] : parsed;
  } catch {
    return value;
  }
}

const names: Readonly<Record<string, readonly string[]>> = {
  oldText: ['oldText', 'old_text', 'old_string', 'oldString', 'old_str', 'search', 'old'],
  newText: ['newText', 'new_text', 'new_string', 'newString', 'new_str', 'replace', 'new'],
  all: ['all', 'replace_all', 'replaceAll', 'allow_multiple'],
};

function renameEdit(edit: unknown): unknown {
  if (!isRecord(edit)) return edit;
  const renamed: Record<string, unknown> = {};
  for (const [name, others] of Object.entries(names)) {
    const used = others.find((other) => other in edit);
    if (used !== undefined) renamed[name] = edit[used];
  }
  return renamed;
}
