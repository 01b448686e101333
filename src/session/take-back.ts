import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import type { Checkpoints } from '../checkpoints/checkpoints.ts';
import type { Preview, Restored } from '../checkpoints/go-back.ts';
import { loadPrompt } from '../core/prompt.ts';
import type { EditedAnswer, EditedSince, TakenBack } from '../core/run/taken-back.ts';
import { count, firstFew } from '../core/text/count.ts';
import { sanitize } from '../core/text/sanitize.ts';
import type { Step } from '../core/types.ts';
import { shownWords } from '../ui/text/shown-words.ts';
import type { OpenRun } from './run/open-run.ts';

/** What of a run the ways back need. */
type Undoable = {
  readonly trajectory: { readonly steps: readonly Pick<Step, 'results'>[] };
  readonly inbox: Pick<OpenRun['inbox'], 'tell'>;
  readonly sessionCheckpoints: Pick<OpenRun['sessionCheckpoints'], 'checkpoints'>;
};

type Asking = { readonly cwd: string; readonly ask: (edited: EditedSince) => EditedAnswer | Promise<EditedAnswer> };

/** `/undo` and `/redo`: does it, and the model knows with the next request. Gives a sentence, also when there was nothing to do. */
export async function takeBack(run: Undoable, what: EditedSince['what'], { cwd, ask }: Asking): Promise<TakenBack> {
  const { checkpoints } = run.sessionCheckpoints;
  if (!checkpoints)
    return { isDone: false, words: `Nothing to ${what}: checkpoints are switched off (checkpoints.enabled).` };
  const named = (path: string) => relative(cwd, path);
  const from = ({ path }: { readonly path: string }) => named(path);
  let next = await (what === 'undo' ? checkpoints.nextUndo() : checkpoints.nextRedo());
  while (next) {
    const { id } = next.checkpoint;
    const { edited, unwritten } = findUnsure(run, next, what);
    const earlier = edited.length > 0 && what === 'undo' ? await checkpoints.nextUndo(id) : undefined;
    const answer =
      edited.length === 0
        ? 'leave'
        : await ask({
            what,
            files: edited.map(from),
            unwritten: unwritten.map(from),
            removed: edited.filter(({ kind }) => kind === 'delete').map(from),
            unsaved: edited.filter(({ isUnsaved }) => isUnsaved).map(from),
            others: next.changes.length - edited.length,
            hasEarlier: earlier !== undefined,
          });
    if (answer === 'nothing') return { isDone: false, words: 'Nothing was changed.' };
    if (answer !== 'earlier') {
      const how = { force: answer === 'overwrite', leave: unwritten.map(({ path }) => path) };
      // Asked first: what is put back may change what git ignores.
      const unkept = what === 'undo' ? await findUnkept(run, next.checkpoint.step) : [];
      const { isDone, words } = noteRestored(run, await checkpoints.restore(id, how), what, cwd);
      const done = { isDone, words: nameTurn(next.checkpoint.label, what) + words[0]!.toLowerCase() + words.slice(1) };
      return unkept.length === 0 ? done : { ...done, words: `${done.words} ${sayUnkept(unkept.map(named))}` };
    }
    next = earlier;
  }
  const unkept = what === 'undo' ? await findUnkept(run, 0) : [];
  if (unkept.length > 0) return { isDone: false, words: `Nothing left to undo. ${sayUnkept(unkept.map(named))}` };
  return { isDone: false, words: await sayNothing(checkpoints, what) };
}

/** Which turn it is, in the user's words that began it. */
function nameTurn(label: string, what: EditedSince['what']): string {
  const words = sanitize(shownWords(label.replace(/^(?:before going back to )+/, '')))
    .replace(/\s+/g, ' ')
    .trim();
  const short = words.length > 60 ? `${words.slice(0, 59)}…` : words;
  return what === 'undo' ? `Undid "${short}": ` : `Redid "${short}": `;
}

async function sayNothing(checkpoints: Checkpoints, what: EditedSince['what']): Promise<string> {
  if (what === 'redo') return 'Nothing left to redo: no undo stands that could be reversed.';
  const problem = checkpoints.problem();
  if (problem !== undefined) return `Nothing left to undo. ${problem}`;
  if (checkpoints.list().length === 0) return 'Nothing left to undo: the agent has changed no file in this session.';
  const redo = (await checkpoints.nextRedo()) ? ' /redo brings back what the last undo took.' : '';
  return `Nothing left to undo: the files are as they were before the agent's first change.${redo}`;
}

/** Files that the tools wrote from a step on and that no checkpoint holds, so that an undo leaves them as they are. */
async function findUnkept(run: Undoable, step: number): Promise<readonly string[]> {
  const written = [...writtenSince(run, step)].filter((path) => existsSync(path));
  return (await run.sessionCheckpoints.checkpoints?.findUnkept(written)) ?? [];
}

function sayUnkept(names: readonly string[]): string {
  return `No checkpoint holds ${firstFew(names, most.user)}, so what the agent wrote there stays.`;
}

function writtenSince({ trajectory }: Undoable, step: number): ReadonlySet<string> {
  const steps = trajectory.steps.slice(step);
  const written = steps.flatMap(({ results }) => results.flatMap(({ changedFiles = [] }) => changedFiles));
  return new Set(written.flatMap((path) => [path, realPlace(path)]));
}

/** The same file by the name that checkpoints have for it: the way there may go through links. */
function realPlace(path: string): string {
  try {
    return join(realpathSync(dirname(path)), basename(path));
  } catch {
    return path;
  }
}

/**
 * The files of which it is not sure that only the agent changed them: those that others changed after it did, and for an undo those that no
 * edit of the turn wrote, but a command, the user or another program meanwhile.
 */
function findUnsure(run: Undoable, { checkpoint, changes }: Preview, what: EditedSince['what']) {
  const written = writtenSince(run, checkpoint.step);
  const unwritten = what === 'undo' ? changes.filter(({ path, isEdited }) => !isEdited && !written.has(path)) : [];
  return { edited: changes.filter((each) => each.isEdited || unwritten.includes(each)), unwritten };
}

/**
 * Back to where the checks were last green in this turn, else to before its first change; what may be somebody else's work stays. The model
 * is told to try another way than the one of `evidence`. Gives a sentence for the user.
 */
export async function goBackBeforeTrouble(run: Undoable, cwd: string, evidence: string): Promise<string> {
  const { checkpoints } = run.sessionCheckpoints;
  const last = checkpoints?.list().findLast(({ kind }) => kind !== 'message');
  const next = last?.kind === 'green' ? await checkpoints?.preview(last.id) : await checkpoints?.nextUndo();
  const leave = next ? findUnsure(run, next, 'undo').edited.map(({ path }) => path) : [];
  const done = next && (await checkpoints?.restore(next.checkpoint.id, { leave }));
  const files = done?.changed.length ? namePaths(done.changed, cwd, most.model) : '';
  run.inbox.tell(loadPrompt(files ? 'session/went-back' : 'session/another-way', { evidence, files }).trim());
  return `${done ? describeRestored(done, 'undo', cwd).words : 'The agent had changed no file.'} It tries another way.`;
}

/** Paths that are named one by one, to the model and to the user. */
const most = { model: 20, user: 3 } as const;

/** Tells the model which files of its conversation are others now, and gives the sentence for the user. */
export function noteRestored(run: Undoable, done: Restored, what: EditedSince['what'], cwd: string): TakenBack {
  if (done.changed.length > 0) {
    const prompt = what === 'undo' ? 'session/undone' : 'session/redone';
    run.inbox.tell(loadPrompt(prompt, { files: namePaths(done.changed, cwd, most.model) }).trim());
  }
  return describeRestored(done, what, cwd);
}

function namePaths(paths: readonly string[], cwd: string, limit: number): string {
  return firstFew(
    paths.map((path) => relative(cwd, path)),
    limit,
  );
}

/** What became of the files, in a sentence for the user. */
function describeRestored(
  { changed, kept, failed, links }: Restored,
  what: EditedSince['what'],
  cwd: string,
): TakenBack {
  const names = (paths: readonly string[]) => namePaths(paths, cwd, most.user);
  const isGone = (path: string) => !existsSync(path);
  const stands = changed.filter((path) => !isGone(path));
  const gone = changed.filter(isGone);
  const verb = what === 'undo' ? 'put back' : 'changed again';
  const parts = [
    ...(stands.length > 0 ? [`${count(stands.length, 'file')} ${verb}: ${names(stands)}`] : []),
    ...(gone.length > 0 ? [`${count(gone.length, 'file')} removed: ${names(gone)}`] : []),
    ...(changed.length === 0 ? [`no file was ${verb}`] : []),
    ...(kept.length > 0 ? [`left, for they may hold changes of yours: ${names(kept)}`] : []),
    ...links.map(
      ({ path, target }) => `a link in the way was removed: ${relative(cwd, path)} (to ${sanitize(target)})`,
    ),
    ...failed.map(({ path, reason }) => `${relative(cwd, path)} could not be written (${reason})`).slice(0, most.user),
  ];
  const words = `${parts.join('; ')}.`;
  return { isDone: changed.length > 0 && failed.length === 0, words: words[0]!.toUpperCase() + words.slice(1) };
}
