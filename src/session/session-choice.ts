import { realpathSync } from 'node:fs';
import type { RunFlags } from '../command-line/args.ts';
import { folderSlug } from '../core/slug.ts';
import { findSession, loadSession, type SavedSession } from '../store/load.ts';
import { sessionFolder } from '../store/paths.ts';
import { checkSessionId, newSessionId, sessionExists } from '../store/session.ts';
import { assignArm } from '../study/report/experiment.ts';
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

/** The run with the arm of its experiment: a resumed session keeps its own, a flag of the user's takes it out of the experiment. */
export function withExperiment(setup: Setup, flags: RunFlags, choice: SessionChoice): Setup {
  const { experiment } = setup.loaded.config;
  if (flags.wink !== undefined) return setup;
  if (choice.saved) return choice.saved.experiment ? { ...setup, mode: choice.saved.experiment.arm } : setup;
  if (!experiment) return setup;
  const { name, unit } = experiment;
  const arm = assignArm(
    { name, unit, arms: dropUndefined(experiment.arms) },
    unit === 'session' ? choice.id : folderSlug(setup.loaded.repository),
  );
  return { ...setup, mode: arm, experiment: { name, unit, arm } };
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
