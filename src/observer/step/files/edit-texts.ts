import type { JsonObject } from '../../../core/types.ts';
import type { NormalizedCall } from '../normalized-step.ts';
import { pathArgument, textArgument } from './argument-names.ts';

/** One replacement of an edit. */
export type Replacement = { readonly before: string; readonly after: string };

/** The replacements of an edit, whatever agent's arguments they are in, one or several in one call. */
export function replacementsOf(call: NormalizedCall): Replacement[] {
  const parts = [call.input.edits, call.input.replacements, call.input.changes].find(Array.isArray) ?? [call.input];
  return parts.flatMap((part: unknown) => (isObject(part) ? readReplacement(part) : []));
}

function readReplacement(input: JsonObject): Replacement[] {
  const before = textArgument(input, ['oldText', 'old_string', 'old_str', 'oldString', 'search', 'old']);
  const after = textArgument(input, ['newText', 'new_string', 'new_str', 'newString', 'replace', 'new']);
  return before === undefined || after === undefined ? [] : [{ before, after }];
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A replacement and the file it is made in. */
export type FileReplacement = Replacement & { readonly path: string };

const known = new WeakMap<NormalizedCall, readonly FileReplacement[]>();

/** The replacements of an edit with their files, also of a patch that names several. Empty for a call that failed. Read once a call. */
export function fileReplacementsOf(call: NormalizedCall): readonly FileReplacement[] {
  const replacements = known.get(call) ?? readFileReplacements(call);
  known.set(call, replacements);
  return replacements;
}

function readFileReplacements(call: NormalizedCall): readonly FileReplacement[] {
  if (call.isError) return [];
  const path = pathArgument(call.input);
  if (path !== undefined) return replacementsOf(call).map((replacement) => ({ ...replacement, path }));
  const patch = patchOf(call);
  return patch === undefined ? [] : readPatch(patch);
}

/** The patch that a call is given instead of a path, at most 100,000 characters of it. */
export function patchOf({ input }: NormalizedCall): string | undefined {
  return textArgument(input, ['patch', 'input', 'diff', 'raw'])?.slice(0, 100_000);
}

/** The files that an edit or write names: as an argument, in a list of changes, or in the head of a patch. */
export function pathsOf(call: NormalizedCall): string[] {
  const path = pathArgument(call.input);
  if (path !== undefined) return [path];
  const listed = Object.values(call.input)
    .filter(Array.isArray)
    .flatMap((list: readonly unknown[]) => list.map((part) => (isObject(part) ? pathArgument(part) : undefined)));
  return [...new Set([...listed, ...patchedFiles(patchOf(call) ?? '')])].flatMap((name) => (name ? [name] : []));
}

/** The files that a patch names, those that it removes included. */
export function patchedFiles(patch: string): string[] {
  const names = [...patch.matchAll(/^(?:\+\+\+|---|\*\*\* (?:Update|Delete|Add) File:) (?:[ab]\/)?(\S+)/gm)];
  return [...new Set(names.map((match) => match[1]!))].filter((name) => name !== '/dev/null');
}

/** The hunks of a patch, each as the text it replaces and the text it puts there. */
export function readPatch(patch: string): FileReplacement[] {
  const found: FileReplacement[] = [];
  let path = '';
  let before: string[] = [];
  let after: string[] = [];
  const close = () => {
    if (path !== '' && before.length + after.length > 0)
      found.push({ path, before: before.join('\n'), after: after.join('\n') });
    before = [];
    after = [];
  };
  for (const line of patch.split('\n')) {
    const header = /^(?:\+\+\+ |\*\*\* (?:Update|Add|Delete) File: )(?:b\/)?(\S+)/.exec(line);
    if (header !== null || line.startsWith('@@') || line.startsWith('--- ')) close();
    if (header !== null) path = header[1]!;
    else if (line.startsWith('-') && !line.startsWith('--- ')) before.push(line.slice(1));
    else if (line.startsWith('+')) after.push(line.slice(1));
    else if (line.startsWith(' ')) {
      before.push(line.slice(1));
      after.push(line.slice(1));
    }
  }
  close();
  return found;
}
