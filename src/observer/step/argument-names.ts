import type { JsonObject } from '../../core/types.ts';

/** The names under which tools of any agent take the file that a call is about. */
const pathNames = ['path', 'file_path', 'filePath', 'filepath', 'file', 'filename', 'file_name', 'notebook_path'];

/** The names under which tools of any agent take a shell line or a script. */
const commandNames = ['command', 'cmd', 'script', 'code', 'input', 'raw'];

/** The file that a call names; undefined for none. */
export function pathArgument(input: JsonObject): string | undefined {
  return textArgument(input, pathNames) || undefined;
}

/** The shell line or script that a call of a shell tool is given; undefined for none. */
export function commandArgument(input: JsonObject): string | undefined {
  return textArgument(input, commandNames) || undefined;
}

/** The first of these arguments that is a text; an empty one counts only when no other says more. */
export function textArgument(input: JsonObject, names: readonly string[]): string | undefined {
  const values = names.map((name) => input[name]).filter((value) => typeof value === 'string');
  return values.find((value) => value !== '') ?? values[0];
}
