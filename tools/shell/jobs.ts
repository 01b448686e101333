import { setTimeout as wait } from 'node:timers/promises';
import { decodeBytes } from '../../src/core/text/decode.ts';
import { sanitize } from '../../src/core/text/sanitize.ts';
import {
  type Confinement,
  type Job,
  type ToolContext,
  ToolError,
  type ToolOutput,
  type Workspace,
} from '../../src/core/tool.ts';
import { jobsAtOnce } from '../shared/limits.ts';
import { type Ending, type RunningCommand, startCommand } from './run-command.ts';

/** How much of a job's output is kept for the user to see. */
const recentBytes = 40_000;

/** Starts a command that goes on while the agent works; its output is asked for by its job's id. */
export async function startJob(
  workspace: Workspace,
  command: string,
  confinement: Confinement,
  signal: AbortSignal,
): Promise<Job> {
  const running = [...workspace.jobs.values()].filter((job) => job.exitCode() === undefined);
  if (running.length >= jobsAtOnce)
    throw new ToolError(
      'failed',
      `${jobsAtOnce} jobs run already; kill one first: ${running.map(({ id }) => id).join(', ')}.`,
    );
  let recent = Buffer.alloc(0);
  const started = await startCommand(workspace, command, {
    onChunk: (chunk) => {
      recent = Buffer.concat([recent, chunk]).subarray(-recentBytes);
    },
    isBackground: true,
    confinement,
    signal,
  });
  const recentOutput = () => sanitize((workspace.redact ?? ((text) => text))(decodeBytes(recent)));
  const job = makeJob(`job-${workspace.jobs.size + 1}`, command, { ...started, recentOutput });
  workspace.jobs.set(job.id, job);
  return job;
}

function makeJob(id: string, command: string, running: RunningCommand & Pick<Job, 'recentOutput'>): Job {
  let ending: Ending | undefined;
  const ended = running.ended.then((known) => {
    ending = known;
    running.output.close();
  });
  return {
    id,
    command,
    startedAtMs: performance.now(),
    takeOutput: running.output.take,
    recentOutput: running.recentOutput,
    exitCode: () => ending && (ending.code ?? null),
    ended,
    isEndTold: false,
    isEndedByUser: false,
    kill: async () => {
      await running.end();
      await ended;
    },
    broken: running.broken,
  };
}

/** What a job printed since it was asked last, and its state; waits up to `waitSeconds` for its end, or ends it. */
export async function askJob(
  id: string,
  request: { kill: boolean; waitSeconds: number },
  context: ToolContext,
): Promise<ToolOutput> {
  const { workspace, signal } = context;
  const job = workspace.jobs.get(id) ?? workspace.jobs.get(`job-${id}`);
  if (!job) {
    const known = [...workspace.jobs.keys()];
    throw new ToolError(
      'bad-arguments',
      `There is no job ${id}. ${known.length === 0 ? 'No job was started.' : `Jobs: ${known.join(', ')}.`}`,
    );
  }
  const deadline = performance.now() + request.waitSeconds * 1000;
  if (request.kill) await job.kill();
  else
    while (job.exitCode() === undefined && performance.now() < deadline)
      await wait(Math.min(50, request.waitSeconds * 1000), undefined, { signal });
  const code = job.exitCode();
  job.isEndTold ||= code !== undefined;
  const seconds = Math.round((performance.now() - job.startedAtMs) / 1000);
  const state =
    code === undefined
      ? `${job.id} runs since ${seconds} s`
      : request.kill
        ? `${job.id} was ended`
        : code === null
          ? `${job.id} was ended by a signal`
          : `${job.id} ended with exit code ${code}`;
  const broken = await job.broken();
  if (broken !== undefined) await job.kill();
  const output = broken === undefined ? job.takeOutput() : `[${broken}]`;
  return {
    output: `${output === '' ? '(nothing new was printed)' : output.replace(/\n$/, '')}\n[${state}]`,
    view: {
      kind: 'command',
      title: job.id,
      command: job.command,
      exitCode: code ?? null,
      ...(code === undefined ? { isRunning: true } : {}),
    },
    ...(code === undefined ? { loopKey: `${job.id} at ${performance.now()}` } : {}),
  };
}
