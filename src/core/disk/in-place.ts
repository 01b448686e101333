import { constants } from 'node:fs';
import { open, readFile, realpath, unlink } from 'node:fs/promises';
import { noteTemporary } from './temporaries.ts';

/**
 * Gives an existing file new content without making a new file of it, so that all its names keep it. `temporary` holds the same content
 * already, on the disk: a write that a kill cuts short is finished from it at the next start. Gives the old content back when the write
 * fails, and throws the file system's own error. The temporary file is removed.
 */
export async function writeInPlace(target: string, temporary: string, data: string | Uint8Array): Promise<void> {
  const before = await readFile(target);
  const [from, to] = [await realpath(temporary), await realpath(target)];
  noteTemporary({ temporary: from, target: to, at: Date.now() });
  try {
    await overwrite(target, Buffer.from(data));
  } catch (error) {
    await overwrite(target, before).catch(() => {});
    throw error;
  }
  await unlink(temporary).catch(() => {});
}

async function overwrite(target: string, content: Buffer): Promise<void> {
  const file = await open(target, constants.O_RDWR | (constants.O_NOFOLLOW ?? 0));
  try {
    for (let at = 0; at < content.length; ) {
      const { bytesWritten } = await file.write(content, at, content.length - at, at);
      at += bytesWritten;
    }
    await file.truncate(content.length);
    await file.sync().catch(() => {});
  } finally {
    await file.close();
  }
}
