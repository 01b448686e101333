import { errorCode } from '../errors.ts';

/**
 * What a command does when its output can't be written: a reader that leaves early (`| head`) ends it as it ends other programs,
 * without a word; a full disk is a sentence and exit 1.
 */
export function leaveWithReader(stdout: NodeJS.WriteStream): void {
  stdout.on('error', (error) => {
    const code = errorCode(error);
    if (code === 'EPIPE') process.exit(0);
    process.stderr.write(`wink-agent: The output could not be written (${code ?? error.message}).\n`);
    process.exit(1);
  });
}
