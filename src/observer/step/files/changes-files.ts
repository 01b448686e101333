import { featuresOf } from '../features.ts';
import type { NormalizedCall } from '../normalized-step.ts';

/** Commands that clean up and hand over: what was checked before them stays checked. */
const handingOver: ReadonlySet<string> = new Set(['rm', 'rmdir', 'git', 'cd', 'mkdir', 'echo', 'printf', 'cat', 'ls']);

/** Whether a call changed files of the work, so that what was checked before it is checked no more. */
export function changesFiles(call: NormalizedCall): boolean {
  const { isChange, commands } = featuresOf(call);
  if (!isChange || call.isError) return false;
  if (call.act !== 'shell') return true;
  return commands.some(({ words, writes }) => writes.length > 0 || !handingOver.has(words[0] ?? 'cd'));
}
