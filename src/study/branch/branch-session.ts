import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../../core/errors.ts';
import type { Reminder, Step } from '../../core/types.ts';
import { loadSession } from '../../store/load-session.ts';
import { allSessionFolders } from '../../store/session-folders.ts';
import type { Header } from '../../store/session-lines.ts';
import { parseLines } from '../formats/shared/json-fields.ts';
import { gather } from '../formats/wink-lines.ts';

/** A saved session that branches are taken from. */
export type Trunk = {
  readonly header: Header;
  readonly steps: readonly Step[];
  readonly reminders: readonly Reminder[];
};

/** The session of an id (or the beginning of one) among all repositories', or in a file. Throws UserError when there isn't one or several. */
export function openTrunk(name: string, home: string): Trunk {
  const path = existsSync(name) ? name : findSessionFile(name, home);
  const { header, steps } = loadSession(path);
  const { reminders } = gather(
    parseLines(readFileSync(path, 'utf8'), () => {}),
    () => {},
  );
  return { header, steps, reminders };
}

function findSessionFile(id: string, home: string): string {
  const folders = allSessionFolders(home);
  const whole = folders.map((folder) => join(folder, `${id}.jsonl`)).find((path) => existsSync(path));
  if (whole !== undefined) return whole;
  throw new UserError(
    `There is no session ${id} in ${join(home, 'sessions')}; give the whole id (wink-agent sessions lists them) or the path of its file.`,
  );
}

/** Where a branch leaves the trunk, and with what words. */
export type ForkPoint = { readonly at: number; readonly reminder: string; readonly class: string };

/**
 * The step before which the branches differ. Without `at` it is that of the session's first reminder; without words of the user's they
 * are those of the reminder that stood (or would have stood) there. Throws UserError when that leaves a question open.
 */
export function chooseFork(
  trunk: Trunk,
  given: { readonly at?: number | undefined; readonly words?: string | undefined; readonly class?: string | undefined },
): ForkPoint {
  const { steps, reminders } = trunk;
  const at = given.at ?? reminders[0]?.step;
  if (at === undefined)
    throw new UserError(
      'The session has no reminder to fork at; say where with --at STEP and what to tell the model with --reminder TEXT.',
    );
  if (at < 0 || at > steps.length)
    throw new UserError(`--at takes a step from 0 to ${steps.length}, as many as the session has.`);
  const own = reminders.find((reminder) => reminder.step === at);
  const words = given.words ?? own?.text;
  if (words === undefined) {
    const known = reminders.map((reminder) => `${reminder.step} (${reminder.class})`).join(', ');
    throw new UserError(
      `There is no reminder before step ${at}${known && `; there are before ${known}`}. Give the words with --reminder TEXT.`,
    );
  }
  return { at, reminder: words, class: given.class ?? own?.class ?? 'unknown' };
}
