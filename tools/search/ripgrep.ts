import { boundMemory } from '../../src/core/process/bound-memory.ts';
import { findOwnProgram } from '../../src/core/process/find-program.ts';
import { losePatience } from '../../src/core/process/lose-patience.ts';
import { decodeBytes } from '../../src/core/text/decode.ts';
import type { WrappedCommand } from '../../src/core/wrapped-command.ts';

/** The path of ripgrep where it is installed; never one that the repository brings, since searches run without a question. */
export function findRipgrep(cwd: string = process.cwd()): string | undefined {
  return findOwnProgram('rg', process.env, cwd);
}

/** Only .gitignore files decide, in a repository or not, so that both engines see the same files. */
export const sameFiles = [
  '--no-config',
  '--no-messages',
  '--no-require-git',
  '--no-ignore-dot',
  '--no-ignore-global',
  '--no-ignore-exclude',
  '--glob',
  '!.git',
];

/** Longer than this no search is waited for. */
const limitMs = 60_000;

/** `stopped`: why it was ended before it had looked at everything. */
export type RipgrepEnd = { readonly code: number; readonly stderr: string; readonly stopped?: string };

/**
 * Runs ripgrep and hands its output on in pieces until `onText` gives false, which ends it. Resolves to its exit code and what it said
 * on stderr; code 0 when it was ended early. A piece holds one character a byte (`latin1`), since paths and lines may be in any encoding:
 * `decodePiece` gives the text of a part of it. Its memory and its time are bounded, since it reads each .gitignore, whatever that is.
 */
export async function runRipgrep(
  command: Pick<WrappedCommand, 'file' | 'args'>,
  place: { readonly cwd: string; readonly searched: string },
  signal: AbortSignal,
  onText: (text: string) => boolean,
): Promise<RipgrepEnd> {
  const { execa } = await import('execa');
  const { file, args } = boundMemory(command.file, command.args);
  const child = execa(file, args, {
    cwd: place.cwd,
    stdin: 'ignore',
    buffer: { stdout: false, stderr: true },
    maxBuffer: 64 * 1024,
    reject: false,
    cancelSignal: signal,
    killSignal: 'SIGKILL',
  });
  let isEnough = false;
  let stopped: string | undefined;
  child.stdout.on('data', (chunk: Buffer) => {
    if (isEnough || onText(chunk.toString('latin1'))) return;
    isEnough = true;
    child.kill();
  });
  const keepPatience = losePatience(place.searched, limitMs, (why) => {
    stopped = why;
    child.kill();
  });
  const result = await child;
  keepPatience();
  signal.throwIfAborted();
  const stderr = typeof result.stderr === 'string' ? result.stderr : '';
  if (/^memory allocation of \d+ bytes failed/m.test(stderr)) stopped = 'it needed too much memory';
  if (isEnough) return { code: 0, stderr };
  return { code: result.exitCode ?? 2, stderr, ...(stopped !== undefined && { stopped }) };
}

/** The text of a whole path or line out of a piece. */
export function decodePiece(piece: string): string {
  return decodeBytes(Buffer.from(piece, 'latin1'));
}
