import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir, totalmem } from 'node:os';
import { UserError } from '../core/errors.ts';
import { findProgram } from '../core/process/find-program.ts';
import { type CommandOutcome, type Confinement, ToolError, type WrappedCommand } from '../core/tool.ts';
import { bubblewrapArguments } from './bubblewrap.ts';
import { confinedArguments, hide, prepareConfined } from './confined.ts';
import { createMarkFinder, type Marks } from './marks.ts';
import { findPlaces, type Places, type SandboxSettings } from './places.ts';
import { seatbeltProfile } from './seatbelt.ts';
import { watchAbsent } from './set-aside.ts';
import { findWant } from './want.ts';

export type Sandbox = {
  readonly kind: 'bubblewrap' | 'sandbox-exec' | 'none';
  readonly network: boolean;
  /** One sentence: what is in force, or why there isn't one and what to do. */
  readonly description: string;
  /** Folders that approved commands may write; empty without a sandbox, where they may write anywhere. */
  readonly writable: readonly string[];
  /** Whether commands can be held so that they do no harm, and so run without a question. */
  readonly canConfine: () => boolean;
  /** Puts a command into the sandbox; gives it back as it is when there isn't one. */
  readonly wrapCommand: (file: string, args: readonly string[], confinement: Confinement) => WrappedCommand;
  /** What a command failed for want of because of the sandbox, in words that follow "it". */
  readonly findWant: (outcome: CommandOutcome, confinement: Confinement) => string | undefined;
};

/**
 * The sandbox that works on this machine, tried out once with a harmless command. Throws UserError when the settings say `on` and there
 * isn't one.
 */
export async function findSandbox(settings: SandboxSettings): Promise<Sandbox> {
  if (settings.mode === 'off') return noSandbox('The sandbox is switched off: commands run with all your rights.');
  const places = findPlaces(settings);
  const found =
    process.platform === 'linux'
      ? await tryBubblewrap(settings, places)
      : process.platform === 'darwin'
        ? await trySeatbelt(settings, places)
        : `there is none for ${process.platform}`;
  if (typeof found !== 'string') return found;
  if (settings.mode === 'on') throw new UserError(`The setting sandbox.mode is "on", but ${found}.`);
  return noSandbox(`There is no sandbox, since ${found}: commands run with all your rights.`);
}

function noSandbox(description: string): Sandbox {
  return {
    kind: 'none',
    network: true,
    description,
    writable: [],
    canConfine: () => false,
    wrapCommand: (file, args) => ({ file, args }),
    findWant: () => undefined,
  };
}

async function tryBubblewrap(settings: SandboxSettings, places: Places): Promise<Sandbox | string> {
  const program = findProgram('bwrap', process.env.PATH, settings.roots);
  if (!program) return 'bubblewrap is not installed (package bubblewrap)';
  let complaint = '';
  for (const form of [{ freshProc: true }, { freshProc: false }]) {
    const args = bubblewrapArguments(places, settings.network, form, process.getuid?.() === 0);
    complaint = await tryOut(program, [...args, '--', '/bin/sh', '-c', ':'], settings.signal);
    if (complaint !== '') continue;
    const denied = createDeniedFinder(settings);
    const before = () => [...args, ...denied(), '--'];
    const approved = approving('bubblewrap', settings, places, program, before, form.freshProc);
    return form.freshProc ? await withConfinement(approved, settings, program) : approved;
  }
  return `bubblewrap does not work here (${complaint})`;
}

async function trySeatbelt(settings: SandboxSettings, places: Places): Promise<Sandbox | string> {
  const program = '/usr/bin/sandbox-exec';
  if (!existsSync(program)) return 'sandbox-exec is missing';
  const args = ['-p', seatbeltProfile(places, settings.network)];
  const complaint = await tryOut(program, [...args, '/bin/sh', '-c', ':'], settings.signal);
  return complaint === ''
    ? approving('sandbox-exec', settings, places, program, () => args)
    : `sandbox-exec does not work here (${complaint})`;
}

/** Mounts over what deny rules name in the workspace, as it stands when a command starts. */
function createDeniedFinder({ walls, roots }: SandboxSettings): () => string[] {
  const find = walls?.denied && createMarkFinder(roots, walls.denied);
  return () => {
    const marks = find?.();
    return marks ? [...marks.fixed.flatMap((path) => ['--ro-bind', path, path]), ...marks.hidden.flatMap(hide)] : [];
  };
}

/** The sandbox of commands that a person or a rule allowed. */
function approving(
  kind: 'bubblewrap' | 'sandbox-exec',
  settings: SandboxSettings,
  places: Places,
  program: string,
  before: () => readonly string[],
  canReport = false,
): Sandbox {
  const net = settings.network ? 'on' : 'off';
  const limits = { writable: places.writable, network: settings.network, hidden: [] };
  return {
    kind,
    network: settings.network,
    description: `Commands run in ${kind}: they write only in ${places.writable.join(', ')}, see no keys of yours, and the network is ${net}.`,
    writable: places.writable,
    canConfine: () => false,
    wrapCommand: (file, args) => {
      const whole = [...before(), file, ...args];
      return {
        file: program,
        args: whole,
        ...(canReport ? { reporting: ['--info-fd', '3', ...whole] } : {}),
        tidy: watchAbsent(settings.roots, 'approved', settings.temporary ?? tmpdir),
      };
    },
    findWant: (outcome) => findWant(outcome, limits),
  };
}

/** Adds the sandboxes of commands that nobody was asked about, when they work here and the workspace can be looked through. */
async function withConfinement(approved: Sandbox, settings: SandboxSettings, program: string): Promise<Sandbox> {
  const { walls: tests, temporary } = settings;
  if (!tests || !temporary) return approved;
  const base = prepareConfined(settings, temporary);
  if (base.roots.some((root) => root === '/' || base.home.startsWith(`${root}/`))) return approved;
  const find = createMarkFinder(base.roots, tests);
  let marks: Marks | undefined = find();
  const none: Marks = { hidden: [], fixed: [] };
  if (
    !marks ||
    (await tryOut(
      program,
      [...confinedArguments(base, none, 'read-only'), '--', '/bin/sh', '-c', ':'],
      settings.signal,
    )) !== ''
  )
    return approved;
  return {
    ...approved,
    canConfine: () => marks !== undefined,
    wrapCommand: (file, args, confinement) => {
      if (confinement === 'approved') return approved.wrapCommand(file, args, confinement);
      marks = find();
      if (!marks)
        throw new ToolError(
          'sandboxed',
          'The workspace has become too large to be looked through for secrets, so this was not run; ask again.',
        );
      return {
        file: program,
        args: [...confinedArguments(base, marks, confinement), '--', ...bounded(file, args)],
        endsWithStarter: true,
        tidy: watchAbsent(base.roots, confinement, temporary),
      };
    },
    findWant: (outcome, confinement) => {
      if (confinement === 'approved') return approved.findWant(outcome, confinement);
      const writable = confinement === 'read-only' ? [] : base.roots;
      return findWant(outcome, { writable, network: false, isAlone: true, hidden: marks?.hidden ?? [] });
    },
  };
}

/** Memory of a process and the number of processes are bounded; time is bounded by the call. A shell sets its own bounds, which saves one. */
function bounded(file: string, args: readonly string[]): readonly string[] {
  const kilobytes = Math.max(4 * 1024 * 1024, Math.floor(totalmem() / 1024 / 2));
  const bounds = `ulimit -d ${kilobytes}; ulimit -c 0; { ulimit -u 4096 || ulimit -p 4096; } 2>/dev/null`;
  const [option, script = '', ...rest] = args;
  if (/\/(ba|da)?sh$/.test(file) && option === '-c') return [file, '-c', `${bounds}; ${script}`, ...rest];
  return ['/bin/sh', '-c', `${bounds}; exec "$@"`, 'sh', file, ...args];
}

/** Empty when the command ends well within five seconds, else the last line of what it complained. */
async function tryOut(file: string, args: readonly string[], signal: AbortSignal | undefined): Promise<string> {
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
