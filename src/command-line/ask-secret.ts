import { StringDecoder } from 'node:string_decoder';
import { UserError } from '../core/errors.ts';

const maxSecretLength = 16_384;

/**
 * Reads a secret: at a terminal after a question and without an echo, from a pipe its first line. Ctrl-C and Ctrl-D throw UserError, and
 * so does an end without a word.
 */
export async function askSecret(
  question: string,
  input: NodeJS.ReadStream,
  output: NodeJS.WritableStream,
): Promise<string> {
  if (input.isTTY) output.write(question);
  const line = await readLine(input, input.isTTY === true);
  if (input.isTTY) output.write('\n');
  const secret = line?.trim() ?? '';
  if (secret === '') throw new UserError('No key was given; nothing was kept.');
  return secret;
}

/** The first line; undefined when the user broke off. Bracketed pastes lose their marks, and backspace takes a character back. */
function readLine(input: NodeJS.ReadStream, isTerminal: boolean): Promise<string | undefined> {
  const decoder = new StringDecoder('utf8');
  let text = '';
  return new Promise((resolve) => {
    const finish = (line: string | undefined) => {
      if (isTerminal) input.setRawMode(false);
      input.removeAllListeners('data');
      input.removeAllListeners('end');
      input.pause();
      resolve(line);
    };
    if (isTerminal) input.setRawMode(true);
    input.on('end', () => finish(text));
    input.on('data', (chunk: Buffer) => {
      for (const character of decoder.write(chunk).replace(/\u001b\[20[01]~/g, '')) {
        if (character === '\r' || character === '\n') return finish(text);
        if (isTerminal && (character === '\u0003' || character === '\u0004')) return finish(undefined);
        if (character === '\u007f' || character === '\b') text = text.slice(0, -1);
        else if (text.length < maxSecretLength) text += character;
      }
    });
    input.resume();
  });
}
