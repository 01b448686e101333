import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The path of ripgrep where it is installed. */
export function findRipgrep(): string | undefined {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    const path = join(folder, 'rg');
    try {
      if (folder !== '') accessSync(path, constants.X_OK);
      else continue;
      return path;
    } catch {
      // Not in this folder.
    }
  }
  return undefined;
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
 * on stderr; code 0 when it was ended early.
 */
export async function runRipgrep(
  file: string,
  args: readonly string[],
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
  const decoder = new TextDecoder('utf-8');
  let isEnough = false;
  child.stdout.on('data', (chunk: Buffer) => {
    if (isEnough || onText(decoder.decode(chunk, { stream: true }))) return;
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
