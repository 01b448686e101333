import { ownProgram } from './find-program.ts';

/**
 * What one of the agent's own programs printed, which no repository brings; undefined when it is not there, failed or took longer than
 * `timeoutMs`. `input` is what it reads, so that keys are never arguments, which others can see.
 */
export async function outputOf(
  name: string,
  args: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string | undefined>>;
    readonly timeoutMs: number;
    readonly input?: string;
  },
): Promise<string | undefined> {
  const { execa } = await import('execa');
  const { file, env } = ownProgram(name, options.env);
  const { stdout, failed } = await execa(file, [...args], {
    ...{ env, extendEnv: false, input: options.input ?? '', timeout: options.timeoutMs },
    ...{ stderr: 'ignore', reject: false, stripFinalNewline: false },
  });
  return failed ? undefined : stdout;
}
