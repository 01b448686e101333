import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { RunFlags } from '../command-line/args.ts';
import { folderSlug } from '../core/text/slug.ts';
import { filesOfSession, findSessionFile } from '../store/find-session.ts';
import { findNewestSession, loadSession, type SavedSession } from '../store/load-session.ts';
import { checkSessionId, newSessionId } from '../store/session-file.ts';
import { sessionFolder } from '../store/session-folders.ts';
import { lockSession } from '../store/session-lock.ts';
import { assignArm } from '../study/report/experiment.ts';
import type { Setup } from './setup.ts';

/**
 * Which session file a run writes, and what it goes on with. `folder` undefined: nothing is saved. `release` lets other programs have the
 * session again; `notice` is for the user, `moved` for the model, where the session was begun in another folder.
 */
export type SessionChoice = {
  readonly id: string;
  readonly folder?: string;
  readonly saved?: SavedSession;
  readonly release?: () => void;
  readonly notice?: string;
  readonly moved?: string;
};

/**
 * A new session, the one named (wherever it was begun), or the newest of this repository. Throws UserError when the one that was asked for
 * is not there, or another program has it.
 */
export function chooseSession(
  setup: Setup,
  flags: RunFlags,
  wanted: { isResume: boolean; id?: string | undefined },
): SessionChoice {
  const folder = sessionFolder(setup.home, setup.loaded.repository);
  const id = wanted.id ?? flags.session;
  if (wanted.isResume) {
    const path = id === undefined ? findNewestSession(folder) : findSessionFile(setup.home, folder, id);
    return takeSession(setup, path, flags.hasSession);
  }
  if (id === undefined) return beginSession(folder, newSessionId(), flags.hasSession);
  const [path, ...others] = filesOfSession(setup.home, folder, checkSessionId(id));
  if (path !== undefined && others.length === 0) return takeSession(setup, path, flags.hasSession);
  const notice = `${others.length + 1} other folders have a session ${id}; this is a new one.`;
  return { ...beginSession(folder, id, flags.hasSession), ...(path === undefined ? {} : { notice }) };
}

/** A new session, taken for this program where it is saved. */
export function beginSession(folder: string, id: string, isSaved = true): SessionChoice {
  return isSaved ? { id, folder, release: lockSession(folder, id) } : { id };
}

/** Goes on with a session file: takes it for this program, and reads it then. */
export function takeSession(setup: Setup, path: string, isSaved = true): SessionChoice {
  const real = realpathSync(path);
  const folder = dirname(real);
  const id = basename(real, '.jsonl');
  const place = isSaved ? { folder, release: lockSession(folder, id) } : {};
  try {
    const saved = loadSession(real);
    return { id, ...place, saved, ...describeMove(setup, saved) };
  } catch (error) {
    place.release?.();
    throw error;
  }
}

/** What user and model are to know where a session was begun in another folder than this one; the model is told once. */
function describeMove(setup: Setup, { header, steps }: SavedSession): Pick<SessionChoice, 'notice' | 'moved'> {
  const { repository } = setup.loaded;
  if (folderSlug(header.repository) === folderSlug(repository)) return {};
  const moved = `This session was begun in ${header.cwd}. From now on the working folder is ${setup.cwd}; paths of before may be elsewhere.`;
  const isKnown = steps.some(({ notes }) => notes.some(({ text }) => text === moved));
  return {
    notice: `The session ${header.session} began in ${header.cwd} and continues in ${setup.cwd}.`,
    ...(isKnown ? {} : { moved }),
  };
}

/** The run with the arm of its experiment: a resumed session keeps its own, a flag of the user's takes it out of the experiment. */
export function withExperiment(setup: Setup, flags: RunFlags, choice: SessionChoice): Setup {
  const { experiment } = setup.loaded.config;
  if (flags.wink !== undefined) return setup;
  const { saved } = choice;
  const holdback = saved ? (saved.header.holdback ?? 0) : (experiment?.holdback ?? 0);
  const drawn = holdback > 0 ? { ...setup, holdback } : setup;
  if (saved) return saved.experiment ? { ...drawn, mode: saved.experiment.arm } : drawn;
  if (experiment?.name === undefined || experiment.arms === undefined) return drawn;
  const { name, unit } = experiment;
  const arm = assignArm(
    { name, unit, arms: dropUndefined(experiment.arms) },
    unit === 'session' ? choice.id : folderSlug(setup.loaded.repository),
  );
  return { ...drawn, mode: arm, experiment: { name, unit, arm } };
}

function dropUndefined(
  arms: Readonly<Record<string, number | undefined>>,
): Partial<Record<'on' | 'shadow' | 'off', number>> {
  const { on, shadow, off } = arms;
  return {
    ...(on === undefined ? {} : { on }),
    ...(shadow === undefined ? {} : { shadow }),
    ...(off === undefined ? {} : { off }),
  };
}
