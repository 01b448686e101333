import { joinPath, mayTouch, type Touch, touchesOf } from '../../shell/touches.ts';
import { featuresOf } from '../features.ts';
import type { NormalizedCall } from '../normalized-step.ts';
import { textArgument } from './argument-names.ts';
import { patchOf, pathsOf } from './edit-texts.ts';

/** What a call does to one file. `report`: not the arguments say so, but the result (what a subagent brought back, for instance). */
export type FileTouch = Touch & { readonly by: 'edit' | 'command' | 'report' };

const known = new WeakMap<NormalizedCall, readonly FileTouch[]>();

/**
 * The files that a call writes, changes, removes or puts back, whatever agent and tool made it, and whether or not it succeeded: all that look
 * at what happened to files read it here. Paths are as the call gives them, from the session's folder. Read once a call.
 */
export function fileTouchesOf(call: NormalizedCall): readonly FileTouch[] {
  const touches = known.get(call) ?? readTouches(call);
  known.set(call, touches);
  return touches;
}

function readTouches(call: NormalizedCall): readonly FileTouch[] {
  const { command } = featuresOf(call);
  const own = command === undefined ? editTouches(call) : commandTouches(call, command);
  const isKnown = (path: string) => own.some((touch) => path.endsWith(touch.path.replace(/^\.\//, '')));
  const reported = (call.changedFiles ?? []).filter((path) => !isKnown(path));
  return [...own, ...reported.map((path): FileTouch => ({ path, how: 'change', by: 'report' }))];
}

function editTouches(call: NormalizedCall): FileTouch[] {
  if (call.act !== 'edit' && call.act !== 'write') return [];
  const patch = patchOf(call) ?? '';
  const how = (path: string): Touch['how'] => {
    if (/delete|remove/i.test(call.name) || patch.includes(`Delete File: ${path}`)) return 'delete';
    return call.act === 'write' || patch.includes(`Add File: ${path}`) ? 'write' : 'change';
  };
  return pathsOf(call).map((path) => ({ path, how: how(path), isEdit: true, by: 'edit' }));
}

/** A shell line runs in the folder that its call names. */
function commandTouches(call: NormalizedCall, command: string): FileTouch[] {
  if (!mayTouch(command)) return [];
  const folder = workingFolder(call);
  return touchesOf(featuresOf(call).commands, new Map()).map((touch) => ({
    ...touch,
    path: folder === undefined ? touch.path : joinPath(folder, touch.path),
    by: 'command',
  }));
}

/** The folder that a call of a shell tool names; undefined for the session's, and for one that is no plain path. */
export function workingFolder({ input }: NormalizedCall): string | undefined {
  const folder = textArgument(input, ['workdir', 'cwd', 'working_directory', 'directory', 'dir_path']);
  return folder !== undefined && /^[\w./~@-]+$/.test(folder) ? folder : undefined;
}
