import { describeJobEnd } from '../../core/job-end.ts';
import type { Job } from '../../core/tool.ts';
import type { JsonObject } from '../../core/types.ts';
import type { JobEnd } from '../../ui/screen-deps.ts';
import type { ShownSession } from './shown-session.ts';

/**
 * Tells how each background command of the session on the screen has ended, once. They are started by tool calls: each that is there after
 * one is waited for. While a call that starts it, asks after it or ends it is under way, the step is waited for: that call may say it.
 */
export function followJobs(shown: Pick<ShownSession, 'subscribe' | 'current'>, onEnd: (end: JobEnd) => void): void {
  const followed = new WeakSet<Job>();
  const calls = new Map<string, { readonly input: JsonObject; starts?: string }>();
  let waiting: Job[] = [];
  const isInCall = ({ id }: Job) =>
    [...calls.values()].some(
      ({ input, starts }) => starts === id || Object.values(input).some((one) => one === id || `job-${one}` === id),
    );
  const tell = (job: Job, isSaid: boolean) =>
    onEnd({
      ...(isSaid || job.isEndedByUser ? {} : { words: describeJobEnd(job) }),
      isFailed: job.exitCode() !== 0,
    });
  const follow = (job: Job) => {
    followed.add(job);
    const run = shown.current();
    void job.ended.then(() => {
      // What ends with its session is no news.
      if (shown.current() !== run) return;
      if (isInCall(job)) waiting.push(job);
      else tell(job, false);
    });
  };
  shown.subscribe((event) => {
    if (event.type === 'tool.start') calls.set(event.callId, { input: event.input });
    if (event.type === 'tool.end') {
      const call = calls.get(event.callId);
      const { view } = event.result;
      if (call && view?.kind === 'command' && view.isRunning === true) call.starts = view.title;
      for (const job of shown.current().jobs()) if (!followed.has(job)) follow(job);
    }
    if (event.type !== 'step' && event.type !== 'result') return;
    calls.clear();
    const ended = waiting;
    waiting = [];
    for (const job of ended) tell(job, job.isEndTold);
  });
}
