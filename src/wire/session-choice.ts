import { realpathSync } from 'node:fs';
import type { RunFlags } from '../args.ts';
import { findSession, loadSession, type SavedSession } from '../store/load.ts';
import { sessionFolder } from '../store/paths.ts';
import { checkSessionId, newSessionId, sessionExists } from '../store/session.ts';
import type { Setup } from './setup.ts';

/** Which session file a run writes, and what it goes on with. `folder` undefined: nothing is saved. */
export type SessionChoice = { readonly id: string; readonly folder?: string; readonly saved?: SavedSession };

/** A new session, the one named, or the newest. Throws UserError when the one that was asked for is not there. */
export function chooseSession(
  setup: Setup,
  flags: RunFlags,
  wanted: { isResume: boolean; id?: string | undefined },
): SessionChoice {
  const folder = sessionFolder(setup.home, setup.loaded.repository);
  const id = wanted.id ?? flags.session;
  const place = flags.hasSession ? { folder } : {};
  if (!wanted.isResume && (id === undefined || !sessionExists(folder, checkSessionId(id))))
    return { id: id ?? newSessionId(), ...place };
  const found = findSession(folder, id);
  return { id: found.id, ...place, saved: loadSession(realpathSync(found.path)) };
}
