import type { JsonObject } from '../../../core/types.ts';

/** The names under which tools of any agent take the file that a call is about. */
const pathNames = ['path', 'file_path', 'filePath', 'filepath', 'file', 'filename', 'file_name', 'notebook_path'];

/** The names under which tools of any agent take a shell line or a script. */
const commandNames = ['command', 'cmd', 'script', 'code', 'input', 'raw'];

/** The file that a call names; undefined for none. */
export function pathArgument(input: JsonObject): string | undefined {
  return textArgument(input, pathNames) || undefined;
}

/** The shell line or script that a call of a shell tool is given, also as a list of words; undefined for none. */
export function commandArgument(input: JsonObject): string | undefined {
  return textArgument(input, commandNames) || listedCommand(input.command) || undefined;
}

/** `["bash", "-lc", "make test"]` is its last word; other lists are the words of a command. */
function listedCommand(value: unknown): string | undefined {
  if (!Array.isArray(value) || !value.every((word) => typeof word === 'string')) return undefined;
  const isShell = /(?:^|\/)(?:bash|sh|zsh|dash)$/.test(value[0] ?? '') && /^-\w*c$/.test(value[1] ?? '');
  return isShell ? value[2] : value.map((word) => (/[\s"'$&|;<>]/.test(word) ? `'${word}'` : word)).join(' ');
}

/** The first of these arguments that is a text; an empty one counts only when no other says more. */
export function textArgument(input: JsonObject, names: readonly string[]): string | undefined {
  let empty: string | undefined;
  for (const name of names) {
    const value = input[name];
    if (typeof value !== 'string') continue;
    if (value !== '') return value;
    empty = value;
  }
  return empty;
}
