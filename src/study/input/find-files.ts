import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { whyUnreadable } from '../../core/disk/read-text.ts';
import { UserError } from '../../core/errors.ts';

const trajectoryFile = /\.(?:jsonl|ndjson|json|traj|log)(?:\.gz)?$/i;

type Env = Readonly<Record<string, string | undefined>>;

export type FoundFile = { readonly path: string; readonly bytes: number };

/** Whether a path names something in an object storage or on the web. */
export function isRemote(path: string): boolean {
  return /^(?:s3|https?):\/\//i.test(path);
}

/**
 * The files named and those below the folders named, in a stable order. Below a folder only names that can hold a trajectory
 * count, and links to files but not to folders are followed. `env` has the keys of an object storage. Throws UserError for a path that does not exist and for a folder
 * without any such file.
 */
export async function findFiles(paths: readonly string[], env: Env): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  for (const path of paths) {
    if (isRemote(path)) {
      const { findRemote } = await import('./object-storage.ts');
      found.push(...(await findRemote(path, (key) => trajectoryFile.test(key), env)));
      continue;
    }
    const entry = await stat(path).catch(() => undefined);
    if (entry === undefined) throw new UserError(`There is no file or folder ${path}; check the path.`);
    if (entry.isDirectory()) {
      const below = await walk(path);
      if (below.length === 0)
        throw new UserError(
          `There is no session in the folder ${path}: no file in it could be one (.jsonl, .json, .traj, .log, also .gz).`,
        );
      found.push(...below);
    } else found.push({ path, bytes: entry.size });
  }
  return found;
}

async function walk(folder: string): Promise<FoundFile[]> {
  const found: FoundFile[] = [];
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    throw new UserError(
      `The folder ${folder} can't be read: ${whyUnreadable(error)}. Leave it out or make it readable.`,
    );
  });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.isDirectory() && entry.name !== 'node_modules' && entry.name !== '.git')
      found.push(...(await walk(path)));
    else if (trajectoryFile.test(entry.name)) {
      const file = await stat(path).catch(() => undefined);
      if (file?.isFile()) found.push({ path, bytes: file.size });
    }
  }
  return found;
}

/** The bytes of a file, unpacked when it is packed with gzip, whatever its name. `onBytes` hears of progress in bytes on the disk. */
export function openBytes(path: string, onBytes: (bytes: number) => void, env: Env): Readable {
  if (isRemote(path)) return Readable.from(unpackRemote(path, onBytes, env), { objectMode: false });
  const raw = createReadStream(path, { highWaterMark: 1 << 17 });
  raw.on('data', (chunk) => onBytes(chunk.length));
  if (!isGzip(path)) return raw;
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  raw.on('error', (error) => unpacked.destroy(error));
  raw.pipe(unpacked);
  return unpacked;
}

async function* unpackRemote(path: string, onBytes: (bytes: number) => void, env: Env): AsyncGenerator<Uint8Array> {
  const { openRemote } = await import('./object-storage.ts');
  const raw = openRemote(path, onBytes, env);
  const first = await new Promise<Uint8Array | null>((resolve, reject) => {
    raw.once('error', reject);
    raw.once('end', () => resolve(null));
    raw.once('readable', () => resolve(raw.read()));
  });
  if (first === null) return;
  raw.unshift(first);
  if (first[0] !== 0x1f || first[1] !== 0x8b) return yield* raw;
  const unpacked = createGunzip({ chunkSize: 1 << 18 });
  raw.on('error', (error) => unpacked.destroy(error));
  yield* raw.pipe(unpacked);
}

/** Whether a file begins as gzip does (RFC 1952): 1f 8b. One that can't be opened isn't one; reading it says why. */
function isGzip(path: string): boolean {
  const head = Buffer.alloc(2);
  try {
    const fd = openSync(path, 'r');
    try {
      readSync(fd, head, 0, 2, 0);
    } finally {
      closeSync(fd);
    }
  } catch {
    return false;
  }
  return head[0] === 0x1f && head[1] === 0x8b;
}
