import type { Target } from '../../../core/tool.ts';
import type { JsonObject } from '../../../core/types.ts';
import { featuresOf } from '../../step/features.ts';
import { textArgument } from '../../step/files/argument-names.ts';
import { fileTouchesOf, workingFolder } from '../../step/files/file-touches.ts';
import type { NormalizedCall } from '../../step/normalized-step.ts';

/** The targets of a call of any agent: the file it names, or its shell line. Our own tools say their targets themselves. */
export function targetsOf(call: NormalizedCall): Target[] {
  const { command, path } = featuresOf(call);
  if (command !== undefined) return [{ kind: 'command', command: inFolder(command, workingFolder(call)) }];
  const access = call.act === 'edit' || call.act === 'write' ? 'write' : 'read';
  const touched = fileTouchesOf(call).map((touch) => touch.path);
  const paths = touched.length > 0 || path === undefined ? touched : [path];
  return paths.map((name) => ({ kind: 'path', access, path: name }));
}

function inFolder(command: string, folder: string | undefined): string {
  return folder === undefined ? command : `cd ${folder} && ${command}`;
}

/** The whole text that a call gives a file, when it gives one. */
export function contentOf(call: NormalizedCall): string {
  return call.act === 'write' ? contentArgument(call.input) : '';
}

/** The argument that holds a file's whole text; empty when there isn't one. */
export function contentArgument(input: JsonObject): string {
  return textArgument(input, ['content', 'file_text', 'text', 'contents']) ?? '';
}
