import { UserError } from '../core/errors.ts';

/** How long a prompt given as an argument waits for a pipe that stays open and silent, in milliseconds. */
const silentPipeMs = 1000;

/**
 * The task of a headless run: the words of the command line, completed by what a pipe carries. `-` means that the pipe is the
 * prompt and is waited for; words alone never wait longer than a second on a silent pipe.
 */
export async function readPrompt(words: readonly string[], stdin: NodeJS.ReadStream): Promise<string> {
  const wantsPipe = words.includes('-');
  const given = words
    .filter((word) => word !== '-')
    .join(' ')
    .trim();
  const piped =
    stdin.isTTY || (wantsPipe === false && given !== '' && stdin.closed)
      ? ''
      : await readPipe(stdin, given === '' || wantsPipe ? undefined : silentPipeMs);
  if (wantsPipe && stdin.isTTY)
    throw new UserError('`-` reads the prompt from a pipe, and stdin is a terminal; give the prompt as an argument.');
  const prompt = [given, piped.trim()].filter(Boolean).join('\n\n');
  if (!prompt)
    throw new UserError(
      'There is no prompt: give it as an argument (`wink-agent -p "fix the failing test"`) or through a pipe.',
    );
  return prompt;
}

/** Reads a stream to its end; gives up on it when nothing at all has come within the time given. */
async function readPipe(stdin: NodeJS.ReadStream, silentMs: number | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      stdin.removeAllListeners();
      stdin.pause();
      if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
      resolve(Buffer.concat(chunks).toString('utf8'));
    };
    const timer = silentMs === undefined ? undefined : setTimeout(finish, silentMs);
    stdin.on('data', (chunk: Buffer) => {
      clearTimeout(timer);
      chunks.push(Buffer.from(chunk));
    });
    stdin.once('end', finish);
    stdin.once('error', finish);
    stdin.once('close', finish);
  });
}
