import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { Restored } from '../checkpoints/checkpoints.ts';
import { loadPrompt } from '../core/prompt.ts';
import { count } from '../core/text/count.ts';
import type { OpenRun } from './run/open-run.ts';

/** Paths that are named one by one. */
const most = 20;

/** `/undo` and `/redo`: does it, and the model knows with the next request. Gives a sentence; undefined when there was nothing to do. */
export async function takeBack(run: OpenRun, what: 'undo' | 'redo', cwd: string): Promise<string | undefined> {
  const done = await run.sessionCheckpoints.checkpoints?.[what]();
  return done && noteRestored(run, done, what, cwd);
}

/** Tells the model which files of its conversation are others now, and gives the sentence for the user. */
export function noteRestored(run: OpenRun, done: Restored, what: 'undo' | 'redo', cwd: string): string {
  const { changed, kept } = done;
  const names = (paths: readonly string[]) => {
    const shown = paths.slice(0, most).map((path) => relative(cwd, path));
    return [...shown, ...(paths.length > most ? [`${paths.length - most} more`] : [])].join(', ');
  };
  if (changed.length > 0) {
    const prompt = what === 'undo' ? 'session/undone' : 'session/redone';
    run.inbox.tell(loadPrompt(prompt, { files: names(changed) }).trim());
  }
  const gone = changed.filter((path) => !existsSync(path));
  return [
    `${count(changed.length, 'file')} ${what === 'undo' ? 'put back' : 'changed again'}`,
    ...(gone.length > 0 ? [`gone again: ${names(gone)}`] : []),
    ...(kept.length > 0 ? [`left as you changed them meanwhile: ${names(kept)}`] : []),
  ]
    .join('; ')
    .concat('.');
}
