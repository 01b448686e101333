import type { SessionControl, ShownJob } from '../screen-deps.ts';

/** The background commands that have not ended. */
export function runningJobs({ jobs }: Pick<SessionControl, 'jobs'>): readonly ShownJob[] {
  return jobs().filter(({ exitCode }) => exitCode === undefined);
}
