import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { bubblewrapArguments } from './bubblewrap.ts';
import { type CommandOutcome, explainDenial } from './denial.ts';
import { findPlaces, type Places, type SandboxSettings } from './places.ts';
import { seatbeltProfile } from './seatbelt.ts';

export type Sandbox = {
  readonly kind: 'bubblewrap' | 'sandbox-exec' | 'none';
  readonly network: boolean;
  /** One sentence: what is in force, or why there is none and what to do. */
  readonly description: string;
  /** Folders that commands may write; empty without a sandbox, where they may write anywhere. */
  readonly writable: readonly string[];
  /** Puts a command into the sandbox; gives it back as it is when there is none. */
  readonly wrapCommand: (file: string, args: readonly string[]) => { file: string; args: readonly string[] };
  /** Words for the model when a failed command shows that the sandbox stopped it. */
  readonly explainDenial: (outcome: CommandOutcome) => string | undefined;
};

/**
 * The sandbox that works on this machine, tried out once with a harmless command. Throws UserError when the settings say `on` and there
 * is none.
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
    wrapCommand: (file, args) => ({ file, args }),
    explainDenial: () => undefined,
  };
}

async function tryBubblewrap(settings: SandboxSettings, places: Places): Promise<Sandbox | string> {
  const program = findProgram('bwrap');
  if (!program) return 'bubblewrap is not installed (package bubblewrap)';
  let complaint = '';
  for (const form of [{ freshProc: true }, { freshProc: false }]) {
    const args = bubblewrapArguments(places, settings.network, form, process.getuid?.() === 0);
    complaint = await tryOut(program, [...args, '--', '/bin/sh', '-c', ':']);
    if (complaint === '') return wrapping('bubblewrap', settings, places, program, [...args, '--']);
  }
  return `bubblewrap does not work here (${complaint})`;
}

async function trySeatbelt(settings: SandboxSettings, places: Places): Promise<Sandbox | string> {
  const program = '/usr/bin/sandbox-exec';
  if (!existsSync(program)) return 'sandbox-exec is missing';
  const args = ['-p', seatbeltProfile(places, settings.network)];
  const complaint = await tryOut(program, [...args, '/bin/sh', '-c', ':']);
  return complaint === ''
    ? wrapping('sandbox-exec', settings, places, program, args)
    : `sandbox-exec does not work here (${complaint})`;
}

function wrapping(
  kind: 'bubblewrap' | 'sandbox-exec',
  settings: SandboxSettings,
  places: Places,
  program: string,
  before: readonly string[],
): Sandbox {
  const net = settings.network ? 'on' : 'off';
  return {
    kind,
    network: settings.network,
    description: `Commands run in ${kind}: they write only in ${places.writable.join(', ')}, see no keys of yours, and the network is ${net}.`,
    writable: places.writable,
    wrapCommand: (file, args) => ({ file: program, args: [...before, file, ...args] }),
    explainDenial: (outcome) => explainDenial(outcome, places.writable, settings.network),
  };
}

function findProgram(name: string): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .filter((folder) => folder.startsWith('/'))
    .map((folder) => join(folder, name))
    .find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Empty when the command ends well within five seconds, else the last line of what it complained. */
async function tryOut(file: string, args: readonly string[]): Promise<string> {
  const child = spawn(file, args, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 5_000, cwd: '/' });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    complaint += chunk.toString('utf8');
  });
  const code = await new Promise<number | null>((done) => {
    child.once('error', () => done(null));
    child.once('close', done);
  });
  return code === 0 ? '' : (complaint.trim().split('\n').at(-1) ?? '') || `exit code ${code}`;
}
