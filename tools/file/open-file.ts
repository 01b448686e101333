import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  read as readByCallback,
  readFile as readFileByCallback,
  readlinkSync,
  type Stats,
  statSync,
} from 'node:fs';
import { lstat, readlink, realpath } from 'node:fs/promises';
import { promisify } from 'node:util';
import { errorCode } from '../../src/core/errors.ts';
import { ToolError } from '../../src/core/tool.ts';
import { describeNearest, firstNames, type Here } from './nearest.ts';
import { quoteName, showPath } from './paths.ts';

/** An open file. What it holds is read by other threads: a slow disk holds up nothing but the call that reads. */
export type OpenFile = {
  readonly descriptor: number;
  readonly stats: Stats;
  readonly read: (into: Buffer, offset: number, length: number, position: number) => Promise<{ bytesRead: number }>;
  /** All that it holds. */
  readonly readFile: () => Promise<Buffer>;
  readonly close: () => void;
};

const readPart = promisify(readByCallback);
const readWhole = promisify(readFileByCallback);

/**
 * Opens a regular file for reading. Everything else is refused with a ToolError that says what it is, without ever waiting: folders,
 * FIFOs, sockets, devices, dangling links, loops of links, files without permission. `checkedPath` is the real path that was allowed: what was
 * opened must be that. The caller closes the file.
 */
export async function openRegular(here: Here, path: string, checkedPath?: string): Promise<OpenFile> {
  const { cwd } = here;
  const found = await lookAt(here, path, checkedPath);
  if (found === undefined) throw new ToolError('missing-path', await describeMissing(here, path, checkedPath));
  let file: number | undefined;
  try {
    // Asked at once, not by other threads: permissions have just looked at the same path, and each way there and back costs a tenth of a millisecond.
    file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stats = fstatSync(file);
    if (!stats.isFile()) throw new ToolError('unreadable', await refuseKind(here, path, stats, checkedPath));
    if (!isAllowed(file, checkedPath))
      throw new ToolError('stale-file', `${showPath(cwd, path)} leads elsewhere than when it was allowed. Try again.`);
    return openFile(file, stats);
  } catch (error) {
    if (file !== undefined) closeSync(file);
    throw explain(cwd, path, error);
  }
}

function openFile(file: number, stats: Stats): OpenFile {
  return {
    descriptor: file,
    stats,
    read: (into, offset, length, position) => readPart(file, into, offset, length, position),
    readFile: () => readWhole(file),
    close: () => closeSync(file),
  };
}

/** Only Linux tells the path of what is open; elsewhere the time between check and opening is all that a swapped link has. */
function isAllowed(file: number, checkedPath: string | undefined): boolean {
  if (checkedPath === undefined || process.platform !== 'linux') return true;
  try {
    const real = readlinkSync(`/proc/self/fd/${file}`);
    return real === checkedPath || real === `${checkedPath} (deleted)`;
  } catch {
    // No /proc here.
    return true;
  }
}

/** The file's stats, undefined when nothing is there (a dangling link counts as nothing); throws for what is not a regular file. */
export async function lookAt(here: Here, path: string, checkedPath?: string): Promise<Stats | undefined> {
  let stats: Stats;
  try {
    stats = statSync(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return undefined;
    throw explain(here.cwd, path, error);
  }
  if (!stats.isFile()) throw new ToolError('unreadable', await refuseKind(here, path, stats, checkedPath));
  return stats;
}

async function describeMissing(here: Here, path: string, checkedPath: string | undefined): Promise<string> {
  const { cwd } = here;
  const link = await lstat(path).catch(() => undefined);
  if (link?.isSymbolicLink())
    return `${showPath(cwd, path)} is a link to ${quoteName(await readlink(path))}, which does not exist.`;
  return `${showPath(cwd, path)} does not exist.${await describeNearest(here, path, checkedPath)}`;
}

async function refuseKind(here: Here, path: string, stats: Stats, checkedPath: string | undefined): Promise<string> {
  const name = showPath(here.cwd, path);
  if (stats.isDirectory()) {
    const names = await firstNames(here, checkedPath ?? (await realpath(path)), 30);
    return `${name} is a folder, not a file. ${names.length === 0 ? 'It is empty.' : `It holds: ${names.join(', ')}.`} List folders with glob.`;
  }
  const kind = stats.isFIFO()
    ? 'a FIFO (named pipe)'
    : stats.isSocket()
      ? 'a socket'
      : stats.isBlockDevice()
        ? 'a block device'
        : 'a character device';
  return `${name} is ${kind}, not a regular file, so it can't be read or written as one.`;
}

function explain(cwd: string, path: string, error: unknown): unknown {
  const name = showPath(cwd, path);
  switch (errorCode(error)) {
    case 'ELOOP':
      return new ToolError('unreadable', `${name} is a link that leads in a circle.`);
    case 'EACCES':
    case 'EPERM':
      return new ToolError('unreadable', `${name} can't be opened: permission denied.`);
    case 'ENXIO':
      return new ToolError('unreadable', `${name} is a socket or device, not a regular file.`);
    default:
      return error;
  }
}
