import { loadPrompt } from './prompt.ts';
import type { Job } from './tool.ts';

const shownCommand = 120;

/** What the model has not yet been told of the ends of background commands, a note each; it counts as told from then on. */
export function takeJobEnds(jobs: ReadonlyMap<string, Job>): readonly string[] {
  const ended = [...jobs.values()].filter((job) => job.exitCode() !== undefined && !job.isEndTold);
  return ended.map((job) => {
    job.isEndTold = true;
    return loadPrompt('session/job-ended', { end: describeJobEnd(job), id: job.id }).trim();
  });
}

/** How a background command ended, on one line: "job-1 ended with exit code 3: `npm run dev`". */
export function describeJobEnd(job: Pick<Job, 'id' | 'command' | 'exitCode' | 'isEndedByUser'>): string {
  const code = job.exitCode();
  const how = job.isEndedByUser
    ? 'was ended by the user'
    : code === null
      ? 'was ended by a signal'
      : `ended with exit code ${code}`;
  return `${job.id} ${how}: \`${shortenCommand(job.command)}\``;
}

/** A command as it is named within a sentence: on one line, 120 characters at most. */
export function shortenCommand(command: string): string {
  const line = command.replace(/\s+/g, ' ').trim();
  return line.length > shownCommand ? `${line.slice(0, shownCommand)}…` : line;
}
