import { setTimeout as wait } from 'node:timers/promises';
import * as z from 'zod';
import type { ErrorKind } from '../src/core/error-kind.ts';
import { defineTool, type ToolContext, type ToolOutput } from '../src/core/tool.ts';
import { quoteName } from './file/paths.ts';
import { flag, optionalText, wholeNumber } from './shared/arguments.ts';
import { shellDefaultSeconds, shellMaximumSeconds } from './shared/limits.ts';
import { askJob, startJob } from './shell/jobs.ts';
import { createLiveOutput } from './shell/live-output.ts';
import { type Ending, type RunningCommand, startCommand } from './shell/run-command.ts';
import { plainShellArguments } from './shell/shell-arguments.ts';

/** Bytes of a command: Linux gives a program no argument above 131,072, and ours gets some words around it. */
const longestCommand = 100_000;

const input = z.preprocess(
  plainShellArguments,
  z
    .object({
      command: optionalText(),
      timeoutSeconds: wholeNumber(0, shellMaximumSeconds).describe(
        `default ${shellDefaultSeconds}; with job: how long to wait for its end`,
      ),
      background: flag(),
      job: optionalText().describe('id of a background job: gives its new output'),
      kill: flag().describe('end that job'),
    })
    .refine(({ command, job }) => (command === undefined) !== (job === undefined), 'give either command or job')
    .refine(
      ({ command = '' }) => Buffer.byteLength(command) <= longestCommand,
      `the command is longer than ${longestCommand} bytes: write its text to a file with another tool, then use that`,
    ),
);

/** Runs a command, or asks for what a background command printed. */
export const shellTool = defineTool({
  name: 'shell',
  act: 'shell',
  aliases: [
    'bash',
    'sh',
    'run_command',
    'run_shell_command',
    'run_terminal_cmd',
    'execute',
    'execute_command',
    'execute_bash',
    'exec',
    'exec_command',
    'local_shell',
    'terminal',
    'bash_output',
  ],
  argumentAliases: {
    cmd: 'command',
    script: 'command',
    code: 'command',
    run_in_background: 'background',
    is_background: 'background',
    job_id: 'job',
    bash_id: 'job',
    shell_id: 'job',
  },
  input,
  title: ({ command, job, kill }) =>
    command === undefined ? `${kill ? 'kill ' : ''}${quoteName(job ?? '')}` : titleOf(command),
  targets: ({ command, background }) =>
    command === undefined ? [] : [{ kind: 'command', command, ...(background && { isBackground: true }) }],
  manner: ({ background, timeoutSeconds = 0 }) => {
    if (background) return 'It runs in the background until it ends or the session does.';
    return timeoutSeconds > shellDefaultSeconds ? `It may run for up to ${timeoutSeconds} s.` : undefined;
  },
  run: (request, context) => {
    const { command, job, background, kill, timeoutSeconds } = request;
    if (command === undefined)
      return askJob(job ?? '', { kill: kill ?? false, waitSeconds: timeoutSeconds ?? 0 }, context);
    if (background) return runInBackground(command, context);
    return runCommand(command, timeoutSeconds || shellDefaultSeconds, context);
  },
});

function titleOf(command: string): string {
  const [first = '', ...more] = command.trim().split('\n');
  return quoteName(first) + (more.length > 0 ? ' …' : '');
}

async function runInBackground(command: string, { workspace, signal, confinement }: ToolContext): Promise<ToolOutput> {
  const job = await startJob(workspace, command, confinement ?? 'approved', signal);
  return {
    output: `Started as ${job.id}. See its new output with {"job": "${job.id}"}, end it with {"job": "${job.id}", "kill": true}. It ends with the session.`,
    view: { kind: 'command', title: job.id, command, exitCode: null, isRunning: true },
  };
}

async function runCommand(
  command: string,
  timeoutSeconds: number,
  { workspace, signal, onOutput, confinement = 'approved' }: ToolContext,
): Promise<ToolOutput> {
  signal.throwIfAborted();
  let isOver = false;
  const live = createLiveOutput(onOutput, Date.now);
  const onChunk = (chunk: Buffer) => {
    if (!isOver) live(chunk);
  };
  const running = await startCommand(workspace, command, { onChunk, isBackground: false, confinement, signal });
  const ending = await waitAtMost(running, timeoutSeconds * 1000, signal);
  isOver = true;
  const broken = await running.broken();
  const printed = running.output.take().replace(/\n$/, '');
  if (broken !== undefined)
    return finish(command, '', [`[${broken}]`, (await running.tidied)?.note].filter(isSaid), null, 'sandboxed');
  if (ending === undefined) {
    const [said, kind] = describeStop(signal, timeoutSeconds);
    return finish(command, printed, [said, (await running.tidied)?.note].filter(isSaid), null, kind);
  }
  const left =
    confinement !== 'approved' || running.endsWhole
      ? describeEnded(command)
      : await describeLeftovers(running, workspace.wrapCommand !== undefined);
  if (left === undefined) running.output.close();
  const tidied = await running.tidied;
  const isFinal = confinement === 'approved';
  const missed = workspace.findWant?.({ exitCode: ending.code, output: printed }, confinement);
  const wants = missed ?? (isFinal ? undefined : tidied?.wants);
  const refused = wants !== undefined && isFinal ? `[the sandbox: it ${wants}]` : undefined;
  const said = [describeEnding(ending), ...[left, tidied?.note, refused].filter(isSaid)];
  const output = finish(command, printed, said, ending.code, kindOf(ending, wants));
  return wants === undefined || isFinal ? output : { ...output, wants };
}

function describeStop({ aborted }: AbortSignal, timeoutSeconds: number): [said: string, kind: ErrorKind] {
  if (aborted) return ['[interrupted by the user; the command and its processes were ended]', 'aborted'];
  const advice = `Give a larger timeoutSeconds (at most ${shellMaximumSeconds}) or background: true`;
  return [`[timed out after ${timeoutSeconds} s; the command and its processes were ended. ${advice}]`, 'timeout'];
}

function isSaid(words: string | undefined): words is string {
  return words !== undefined;
}

/** The ending, or undefined when time or the user's patience was over and everything was ended. */
async function waitAtMost(
  running: RunningCommand,
  milliseconds: number,
  signal: AbortSignal,
): Promise<Ending | undefined> {
  let stop = () => {};
  const stopped = new Promise<undefined>((resolve) => {
    stop = () => resolve(undefined);
  });
  const timer = setTimeout(stop, milliseconds);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  try {
    const ending = await Promise.race([running.ended, stopped]);
    if (ending === undefined) {
      await running.end();
      await running.ended;
      running.output.close();
    }
    return ending;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
  }
}

/** A process that is just ending isn't one; the numbers of those in a sandbox mean nothing to later commands. */
async function describeLeftovers(running: RunningCommand, isSandboxed: boolean): Promise<string | undefined> {
  if ((await running.findLeftovers()).length === 0) return undefined;
  await wait(endingMs);
  const processes = await running.findLeftovers();
  if (processes.length === 0) return undefined;
  const which = isSandboxed ? '' : ` (${processes.slice(0, 5).join(', ')})`;
  return `[a process of this command still runs${which}; it ends with the session. For servers use background: true, which shows their output and can end them]`;
}

const endingMs = 50;

/** A command that nobody was asked about is ended with all that came of it. */
function describeEnded(command: string): string | undefined {
  const bare = command.replace(/\\.|'[^']*'|"(?:\\.|[^"\\])*"/gs, '');
  if (!/(?:^|[^&<>|])&(?![&>|])/.test(bare)) return undefined;
  return '[what it left running was ended with it; for servers use background: true]';
}

function describeEnding({ code, signal }: Ending): string {
  return signal === null ? `[exit code ${code}]` : `[ended by ${signal}]`;
}

function kindOf(ending: Ending, wants: string | undefined): ErrorKind | undefined {
  if (ending.code === 0) return undefined;
  if (wants !== undefined) return 'sandboxed';
  return ending.code === 127 ? 'command-not-found' : 'command-failed';
}

function finish(
  command: string,
  printed: string,
  said: readonly string[],
  exitCode: number | null,
  kind: ErrorKind | undefined,
): ToolOutput {
  const body = printed === '' ? '(no output)' : printed;
  return {
    output: [body, ...said].join('\n'),
    view: { kind: 'command', title: titleOf(command), command, exitCode },
    ...(kind ? { isError: true, errorKind: kind } : {}),
  };
}
