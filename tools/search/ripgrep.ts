import { findOwnProgram } from '../../src/core/process/find-program.ts';
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

/**
 * Runs ripgrep and hands its output on in pieces until `onText` gives false, which ends it. Resolves to its exit code and what it said
 * on stderr; code 0 when it was ended early. A piece holds one character a byte (`latin1`), since paths and lines may be in any encoding:
 * `decodePiece` gives the text of a part of it.
 */
export async function runRipgrep(
  { file, args }: Pick<WrappedCommand, 'file' | 'args'>,
  cwd: string,
  signal: AbortSignal,
  onText: (text: string) => boolean,
): Promise<{ code: number; stderr: string }> {
  const { execa } = await import('execa');
  const child = execa(file, args, {
    cwd,
    stdin: 'ignore',
    buffer: { stdout: false, stderr: true },
    maxBuffer: 64 * 1024,
    reject: false,
    cancelSignal: signal,
  });
  let isEnough = false;
  child.stdout.on('data', (chunk: Buffer) => {
    if (isEnough || onText(chunk.toString('latin1'))) return;
    isEnough = true;
    child.kill('SIGKILL');
  });
  const result = await child;
  signal.throwIfAborted();
  return {
    code: isEnough ? 0 : (result.exitCode ?? 2),
    stderr: typeof result.stderr === 'string' ? result.stderr : '',
  };
}

/** The text of a whole path or line out of a piece. */
export function decodePiece(piece: string): string {
  return decodeBytes(Buffer.from(piece, 'latin1'));
}
