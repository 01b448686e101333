import { existsSync } from 'node:fs';
import { relative } from 'node:path';
import type { Preview, Restored } from '../checkpoints/go-back.ts';
import { loadPrompt } from '../core/prompt.ts';
import { type EditedAnswer, type EditedSince, firstFew, type TakenBack } from '../core/run/taken-back.ts';
import { count } from '../core/text/count.ts';
import type { OpenRun } from './run/open-run.ts';

type Asking = { readonly cwd: string; readonly ask: (edited: EditedSince) => EditedAnswer | Promise<EditedAnswer> };

/** `/undo` and `/redo`: does it, and the model knows with the next request. Gives a sentence; undefined when there was nothing to do. */
export async function takeBack(
  run: OpenRun,
  what: EditedSince['what'],
  { cwd, ask }: Asking,
): Promise<TakenBack | undefined> {
  const { checkpoints } = run.sessionCheckpoints;
  if (!checkpoints) return undefined;
  let next = await (what === 'undo' ? checkpoints.nextUndo() : checkpoints.nextRedo());
  while (next) {
    const { id } = next.checkpoint;
    const edited = next.changes.filter(({ isEdited }) => isEdited);
    const earlier = edited.length > 0 && what === 'undo' ? await checkpoints.nextUndo(id) : undefined;
    const answer = edited.length === 0 ? 'leave' : await ask(describe(next, what, earlier !== undefined, cwd));
    if (answer === 'nothing') return { isDone: false, words: 'Nothing was changed.' };
    if (answer !== 'earlier')
      return noteRestored(run, await checkpoints.restore(id, { force: answer === 'overwrite' }), what, cwd);
    next = earlier;
  }
  return undefined;
}

function describe({ changes }: Preview, what: EditedSince['what'], hasEarlier: boolean, cwd: string): EditedSince {
  const edited = changes.filter(({ isEdited }) => isEdited);
  const from = ({ path }: { readonly path: string }) => relative(cwd, path);
  return {
    what,
    files: edited.map(from),
    unsaved: edited.filter(({ isUnsaved }) => isUnsaved).map(from),
    others: changes.length - edited.length,
    hasEarlier,
  };
}

/** Paths that are named one by one, to the model and to the user. */
const most = { model: 20, user: 3 } as const;

/** Tells the model which files of its conversation are others now, and gives the sentence for the user. */
export function noteRestored(run: OpenRun, done: Restored, what: EditedSince['what'], cwd: string): TakenBack {
  const { changed, kept, failed } = done;
  const names = (paths: readonly string[], limit: number = most.user) =>
    firstFew(
      paths.map((path) => relative(cwd, path)),
      limit,
    );
  if (changed.length > 0) {
    const prompt = what === 'undo' ? 'session/undone' : 'session/redone';
    run.inbox.tell(loadPrompt(prompt, { files: names(changed, most.model) }).trim());
  }
  const isGone = (path: string) => !existsSync(path);
  const stands = changed.filter((path) => !isGone(path));
  const gone = changed.filter(isGone);
  const verb = what === 'undo' ? 'put back' : 'changed again';
  const parts = [
    ...(stands.length > 0 ? [`${count(stands.length, 'file')} ${verb}: ${names(stands)}`] : []),
    ...(gone.length > 0 ? [`${count(gone.length, 'file')} removed: ${names(gone)}`] : []),
    ...(changed.length === 0 ? [`no file was ${verb}`] : []),
    ...(kept.length > 0 ? [`left as they were changed meanwhile: ${names(kept)}`] : []),
    ...failed.map(({ path, reason }) => `${relative(cwd, path)} could not be written (${reason})`).slice(0, most.user),
  ];
  const words = `${parts.join('; ')}.`;
  return { isDone: changed.length > 0 && failed.length === 0, words: words[0]!.toUpperCase() + words.slice(1) };
}
