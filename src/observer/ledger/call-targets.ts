import type { Target } from '../../core/tool.ts';
import type { JsonObject } from '../../core/types.ts';
import { textArgument } from '../step/argument-names.ts';
import { featuresOf } from '../step/features.ts';
import type { NormalizedCall } from '../step/normalized-step.ts';

/** The targets of a call of any agent: the file it names, or its shell line. Our own tools say their targets themselves. */
export function targetsOf(call: NormalizedCall): Target[] {
  const { command, path } = featuresOf(call);
  if (command !== undefined) return [{ kind: 'command', command: inFolder(command, call.input) }];
  const access = call.act === 'edit' || call.act === 'write' ? 'write' : 'read';
  const paths =
    call.changedFiles !== undefined && call.changedFiles.length > 0
      ? call.changedFiles
      : path === undefined
        ? patchPaths(call)
        : [path];
  return paths.map((name) => ({ kind: 'path', access, path: name }));
}

/** A shell line with the folder that its call names with it. */
function inFolder(command: string, input: JsonObject): string {
  const folder = textArgument(input, ['workdir', 'cwd', 'working_directory', 'directory', 'dir_path']);
  return folder === undefined || !/^[\w./~@-]+$/.test(folder) ? command : `cd ${folder} && ${command}`;
}

/** The whole text that a call gives a file, when it gives one. */
export function contentOf(call: NormalizedCall): string {
  return call.act === 'write' ? contentArgument(call.input) : '';
}

/** The argument that holds a file's whole text; empty when there isn't one. */
export function contentArgument(input: JsonObject): string {
  return textArgument(input, ['content', 'file_text', 'text', 'contents']) ?? '';
}

/** The files of a patch given as an argument. */
function patchPaths(call: NormalizedCall): string[] {
  const patch = call.act === 'edit' ? textArgument(call.input, ['patch', 'input', 'diff']) : undefined;
  if (patch === undefined) return [];
  return [...patch.slice(0, 50_000).matchAll(/^(?:\+\+\+|\*\*\* (?:Update|Delete|Add) File:) (?:b\/)?(\S+)/gm)].map(
    (match) => match[1]!,
  );
}
