import { UserError } from '../core/errors.ts';
import { decodeBytes } from '../core/text/decode.ts';
import { isInputOfLoop } from './stdin-owner.ts';

/** How long a prompt given as an argument waits for a pipe that stays open and silent, in milliseconds. */
const silentPipeMs = 1000;
/** And for one that has begun and fell silent: what writes it may be slow (a build, a test run). */
const pausedPipeMs = 10_000;

/**
 * The task of a headless run: the words of the command line, completed by what a pipe carries. `-` means that the pipe is the
 * prompt and is waited for; words alone never wait longer than a second on a silent pipe, or ten on one that has fallen silent, and leave
 * the input of a loop around us to the loop. `say` tells the user of what was not read.
 */
export async function readPrompt(
  words: readonly string[],
  stdin: NodeJS.ReadStream,
  say: (line: string) => void,
  belongsToLoop: () => boolean = isInputOfLoop,
): Promise<string> {
  const wantsPipe = words.includes('-');
  if (wantsPipe && stdin.isTTY)
    throw new UserError('`-` reads the prompt from a pipe, and stdin is a terminal; give the prompt as an argument.');
  const given = words
    .filter((word) => word !== '-')
    .join(' ')
    .trim();
  const piped = stdin.isTTY
    ? ''
    : given === '' || wantsPipe
      ? await readPipe(stdin, undefined)
      : await readAlongside(stdin, say, belongsToLoop);
  const prompt = [given, piped.trim()].filter(Boolean).join('\n\n');
  if (!prompt)
    throw new UserError(
      'There is no prompt: give it as an argument (`wink-agent -p "fix the failing test"`) or through a pipe.',
    );
  return prompt;
}

/** What a pipe adds to a prompt that was given as an argument. */
async function readAlongside(
  stdin: NodeJS.ReadStream,
  say: (line: string) => void,
  belongsToLoop: () => boolean,
): Promise<string> {
  if (stdin.closed) return '';
  if (belongsToLoop()) {
    say('stdin is the input of the loop around this run, so it was not read; `-` reads it.');
    return '';
  }
  return readPipe(stdin, (bytes) => {
    if (bytes > 0)
      say(
        `The pipe on stdin fell silent for ${pausedPipeMs / 1000} s, so the task begins with the ${bytes} bytes that came; \`-\` waits for its end.`,
      );
  });
}

/** Reads a stream to its end, or, with `onSilence`, until it is silent for too long; that is reported then, with how many bytes came. */
async function readPipe(stdin: NodeJS.ReadStream, onSilence: ((bytes: number) => void) | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  return new Promise((resolve) => {
    const finish = () => {
      clearTimeout(timer);
      stdin.removeAllListeners();
      stdin.pause();
      if ('unref' in stdin && typeof stdin.unref === 'function') stdin.unref();
      resolve(decodeBytes(Buffer.concat(chunks)));
    };
    const giveUp = () => {
      onSilence?.(chunks.reduce((sum, chunk) => sum + chunk.length, 0));
      finish();
    };
    const wait = (ms: number) => (onSilence === undefined ? undefined : setTimeout(giveUp, ms));
    let timer = wait(silentPipeMs);
    stdin.on('data', (chunk: Buffer) => {
      clearTimeout(timer);
      chunks.push(Buffer.from(chunk));
      timer = wait(pausedPipeMs);
    });
    stdin.once('end', finish);
    stdin.once('error', finish);
    stdin.once('close', finish);
  });
}
