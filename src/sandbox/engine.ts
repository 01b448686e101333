import { spawn } from 'node:child_process';
import { findProgram, ownPath } from '../core/process/find-program.ts';
import type { WrappedCommand } from '../core/wrapped-command.ts';
import type { SandboxSettings } from './approved-mounts.ts';
import { describeMountState } from './mount-state.ts';
import { type UnshareForm, unshareArguments } from './unshare.ts';

/** What makes name spaces and mounts here, by the arguments of bwrap. */
export type Engine = {
  readonly kind: 'bubblewrap' | 'unshare';
  /** The program whose good trials may be kept: one that runs nothing when it can't hold it. */
  readonly program?: string;
  readonly start: (
    bwrap: readonly string[],
    command: readonly string[],
  ) => Pick<WrappedCommand, 'file' | 'args' | 'reporting' | 'early' | 'endsWithStarter' | 'state'>;
};

/** The engines whose programs are there, the better first; whether they work is to be tried. A string says what is missing. */
export function findEngines({ roots, mountPoint }: SandboxSettings): (Engine | string)[] {
  const find = (name: string) => findProgram(name, process.env.PATH, roots);
  const [bwrap, setpriv, unshare] = [find('bwrap'), find('setpriv'), find('unshare')];
  const isComplete = ['mount', 'umount', 'pivot_root'].every((name) => find(name) ?? find(`../sbin/${name}`));
  const path = `${ownPath(process.env.PATH, roots[0])}:/usr/sbin:/sbin`;
  return [
    bwrap ? bubblewrap(bwrap) : 'bubblewrap is not installed (package bubblewrap)',
    ...(mountPoint && setpriv && unshare && isComplete ? [nameSpaces({ setpriv, unshare, path }, mountPoint)] : []),
  ];
}

function bubblewrap(file: string): Engine {
  return {
    kind: 'bubblewrap',
    program: file,
    start: (bwrap, command) => {
      const args = [...bwrap, '--', ...command];
      const isEnding = bwrap.includes('--die-with-parent');
      return {
        file,
        args,
        state: describeMountState(bwrap),
        ...(bwrap.includes('--unshare-pid')
          ? {
              reporting: ['--info-fd', '4', ...args],
              early: { args: ['--info-fd', '4', '--args', '5', '--', ...command], later: bwrap },
            }
          : {}),
        ...(isEnding ? { endsWithStarter: true } : {}),
      };
    },
  };
}

/** The command is the first process of its name space, so all that it started ends with it. */
function nameSpaces(programs: UnshareForm['programs'], mountPoint: () => string): Engine {
  const isRoot = process.getuid?.() === 0;
  return {
    kind: 'unshare',
    start: (bwrap, command) => ({
      file: programs.setpriv,
      args: unshareArguments(['--die-with-parent', ...bwrap], command, { isRoot, mountPoint: mountPoint(), programs }),
      state: describeMountState(bwrap),
      endsWithStarter: true,
    }),
  };
}

/** Writing where nothing may be written must fail, whatever else works. */
const trial = [
  '/bin/sh',
  '-c',
  'if (: > /usr/.wink-probe) 2>/dev/null; then rm -f /usr/.wink-probe; echo it holds nothing >&2; exit 3; fi',
];

/** The same as `tryEngine`, but what is kept of a good trial, if it is the same sandbox on the same machine, stands for another one. */
export async function tryEngineOnce(
  engine: Engine,
  bwrap: readonly string[],
  { trials, signal }: Pick<SandboxSettings, 'trials' | 'signal'>,
): Promise<string> {
  const key = engine.program === undefined ? undefined : trials?.keyOf(engine.program, bwrap);
  if (key === undefined) return await tryEngine(engine, bwrap, signal);
  if (trials?.has(key)) return '';
  const complaint = await tryEngine(engine, bwrap, signal);
  if (complaint === '') trials?.keep(key);
  return complaint;
}

/** Empty when an engine holds a command for real, else the last line of what it complained. */
async function tryEngine(engine: Engine, bwrap: readonly string[], signal?: AbortSignal): Promise<string> {
  try {
    const { file, args } = engine.start(bwrap, trial);
    return await tryOut(file, args, signal);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Empty when the command ends well within five seconds, else the last line of what it complained. */
export async function tryOut(file: string, args: readonly string[], signal: AbortSignal | undefined): Promise<string> {
  if (signal?.aborted) return 'it was not tried';
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 5_000, cwd: '/' });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString('utf8');
  });
  const code = await new Promise<number | null>((done) => {
    child.once('error', () => done(null));
    child.once('close', done);
    // It is let go, not killed: bubblewrap killed in the middle of its start leaves a process that waits for ever.
    signal?.addEventListener('abort', () => {
      child.unref();
      child.stderr.destroy();
      done(null);
    });
  });
  return code === 0 ? '' : (complaint.trim().split('\n').at(-1) ?? '') || `exit code ${code}`;
}
