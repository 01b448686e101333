import { mkdirSync } from 'node:fs';
import type { Event } from '../../core/event.ts';
import { createRedactor } from '../../core/text/redact.ts';
import type { Tool } from '../../core/tool.ts';
import type { Trajectory } from '../../core/types.ts';
import { readVersion } from '../../core/version.ts';
import { openSessionFile, type SessionFile } from '../../store/session-file.ts';
import type { ExperimentArm, Header } from '../../store/session-lines.ts';
import { secretsOf } from '../secrets.ts';
import type { RunOptions } from './prepare-parts.ts';
import { describeToolChange, markTools } from './tool-marks.ts';

/** The session file of a run, with its header; undefined with --no-session. */
export function openSessionRecord(
  options: RunOptions,
  trajectory: Trajectory,
  tools: readonly Tool[],
  outputFolder: string,
  emit: (event: Event) => void,
): SessionFile | undefined {
  const { choice, setup } = options;
  if (!choice.folder) return undefined;
  makeFolder(outputFolder);
  const file = openSessionFile(choice.folder, choice.id, createRedactor(secretsOf(options)), (message) =>
    emit({ type: 'warning', message }),
  );
  const marks = markTools(tools);
  const began = choice.saved?.header.tools;
  const change = began && describeToolChange(began, marks);
  if (change !== undefined) emit({ type: 'warning', message: change });
  if (!choice.saved) file.append({ ...headerOf(options, trajectory, setup.experiment), tools: marks });
  // A step that a kill cut off is in memory only: later steps count from behind it.
  else if (choice.saved.cutStep) file.append(choice.saved.cutStep);
  return file;
}

/** Where it can't be made nothing is kept; that the session can't be saved either is reported when its file is opened. */
function makeFolder(folder: string): void {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // See above.
  }
}

function headerOf(
  { setup, models, choice, task }: RunOptions,
  trajectory: Trajectory,
  experiment: ExperimentArm | undefined,
): Header {
  return {
    type: 'header',
    format: 1,
    session: choice.id,
    at: new Date().toISOString(),
    version: readVersion(),
    model: models.main.name,
    baseUrl: models.main.baseUrl,
    cwd: setup.cwd,
    repository: setup.loaded.repository,
    mode: setup.mode,
    approval: setup.loaded.config.approval,
    task,
    system: trajectory.system,
    ...(experiment ? { experiment } : {}),
    ...(setup.holdback ? { holdback: setup.holdback } : {}),
  };
}
