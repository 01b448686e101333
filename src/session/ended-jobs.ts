import { shortenCommand } from '../core/job-end.ts';
import { loadPrompt } from '../core/prompt.ts';
import type { Step } from '../core/types.ts';

const began = 'This session was taken up again.';

/**
 * What the model must know when a session is taken up again: background jobs and subagents of its last run that ended with it, without its
 * having seen their end. undefined when there are none, or when it has been told already.
 */
export function describeEndedJobs(steps: readonly Step[]): string | undefined {
  const running = new Map<string, string>();
  for (const { notes, results } of steps) {
    for (const { from, text } of notes) {
      if (from === 'harness' && text.startsWith(began)) running.clear();
      const subagent = /^The subagent (\S+) \([^\n]*\) (?:has ended|failed)/.exec(text)?.[1];
      if (from === 'harness' && subagent !== undefined) running.delete(subagent);
      const job = /^(job-\d+) (?:was ended|ended with)/.exec(text)?.[1];
      if (from === 'harness' && job !== undefined) running.delete(job);
    }
    for (const { view, output } of results) {
      const ended = /^\[(job-\d+) (?:was ended|ended with)/m.exec(output)?.[1];
      if (ended !== undefined) running.delete(ended);
      if (view?.kind === 'command' && view.isRunning === true) {
        const id = /^Started as (job-\d+)\./.exec(output)?.[1];
        if (id !== undefined) running.set(id, `${id} (${shortenCommand(view.command)})`);
      }
      const [, subagent, name] = /^The subagent (\S+) \(([^)\n]*)\) works in the background;/.exec(output) ?? [];
      if (subagent !== undefined) running.set(subagent, `the subagent ${subagent} (${name})`);
    }
  }
  if (running.size === 0) return undefined;
  return loadPrompt('session/resumed', { ended: [...running.values()].join(', ') }).trim();
}
