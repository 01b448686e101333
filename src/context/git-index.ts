import { createHash } from 'node:crypto';
import type { Stats } from 'node:fs';
import { join } from 'node:path';
import { readRegular } from '../core/disk/read-text.ts';
import { statIfThere } from '../core/disk/stat-if-there.ts';
import { gitFolderOf } from './git-state.ts';

type Entry = {
  readonly path: string;
  readonly mtimeSeconds: number;
  readonly mtimeNanoseconds: number;
  readonly size: number;
  readonly id: string;
};

/** Beyond this many files looking at each would hold the first request up (7 to 10 us a file were measured). */
const maxEntries = 600;
/** Files whose time differs and size does not are read to be sure, but not too many. */
const maxReads = 8;
const maxReadBytes = 1_000_000;

const headerLength = 12;
/** Bytes of an entry before its path: ten numbers, the SHA-1 and the flags. */
const fixedLength = 62;

/**
 * Tracked files that differ from what git last saw of them (edited or deleted, and not staged since), relative to the root, as far as
 * the index tells without starting git. undefined when the index is missing, too big or of a form that is not read here.
 */
export function findModified(root: string, gitFolder: string): string[] | undefined {
  const entries = readIndex(join(gitFolder, 'index'));
  if (entries === undefined) return undefined;
  let reads = 0;
  return entries.flatMap((entry) => {
    const file = join(root, entry.path);
    const stat = statIfThere(file);
    if (stat === undefined) return [entry.path];
    const state = compare(entry, stat);
    if (state !== 'unsure') return state === 'changed' ? [entry.path] : [];
    reads++;
    return reads <= maxReads && stat.size <= maxReadBytes && hashOf(file) !== entry.id ? [entry.path] : [];
  });
}

function compare(entry: Entry, stat: Stats): 'same' | 'changed' | 'unsure' {
  if (!stat.isFile()) return 'same';
  const size = stat.size % 2 ** 32;
  if (size !== entry.size && entry.size !== 0) return 'changed';
  const isSameTime =
    Math.floor(stat.mtimeMs / 1000) === entry.mtimeSeconds &&
    Math.abs((stat.mtimeMs % 1000) - entry.mtimeNanoseconds / 1e6) < 0.01;
  return isSameTime && size === entry.size ? 'same' : 'unsure';
}

function hashOf(file: string): string {
  const content = readRegular(file);
  return createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex');
}

/** Beyond this size an index is not gone through for names (about 50,000 files). */
const maxIndexBytes = 5_000_000;

/** The upper names of all tracked files of a repository's root; empty where the index can't be read. */
export function findTrackedNames(root: string): ReadonlySet<string> {
  const folder = gitFolderOf(root);
  if (folder === undefined) return new Set();
  const path = join(folder, 'index');
  const size = statIfThere(path)?.size ?? 0;
  const entries = size > maxIndexBytes ? undefined : readIndex(path, Number.POSITIVE_INFINITY);
  return new Set(entries?.map((entry) => entry.path.split('/', 1)[0]!));
}

/** Index versions 2 and 3 (gitformat-index), of `most` entries at most. */
function readIndex(path: string, most = maxEntries): Entry[] | undefined {
  let data: Buffer;
  try {
    data = readRegular(path, 64_000_000);
  } catch {
    return undefined;
  }
  if (data.length < headerLength || data.toString('latin1', 0, 4) !== 'DIRC') return undefined;
  const version = data.readUInt32BE(4);
  const count = data.readUInt32BE(8);
  if ((version !== 2 && version !== 3) || count > most) return undefined;
  const entries: Entry[] = [];
  let offset = headerLength;
  for (let index = 0; index < count; index++) {
    if (offset + fixedLength + 2 > data.length) return undefined;
    const flags = data.readUInt16BE(offset + 60);
    const isExtended = (flags & 0x4000) !== 0;
    const pathStart = offset + fixedLength + (isExtended ? 2 : 0);
    const pathEnd = data.indexOf(0, pathStart);
    if (pathEnd === -1) return undefined;
    const isSkipped =
      (flags & 0x8000) !== 0 || (isExtended && (data.readUInt16BE(offset + fixedLength) & 0x4000) !== 0);
    const isFile = (data.readUInt32BE(offset + 24) & 0o170000) === 0o100000;
    if (isFile && !isSkipped) {
      entries.push({
        path: data.toString('utf8', pathStart, pathEnd),
        mtimeSeconds: data.readUInt32BE(offset + 8),
        mtimeNanoseconds: data.readUInt32BE(offset + 12),
        size: data.readUInt32BE(offset + 36),
        id: data.toString('hex', offset + 40, offset + 60),
      });
    }
    offset += Math.ceil((pathEnd - offset + 1) / 8) * 8;
  }
  return entries;
}
