import { once } from 'node:events';

/** Writes and waits until the stream has room again, so that a slow reader does not fill the memory. */
export async function writeText(stream: NodeJS.WritableStream, text: string): Promise<void> {
  if (text !== '' && !stream.write(text)) await once(stream, 'drain');
}
