import { isUtf8 } from 'node:buffer';
import { readdirSync, readFileSync, readlinkSync, renameSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { holdFolder } from '../../checkpoints/held-folder.ts';
import { isWithin } from '../../core/disk/reading-gate.ts';
import { type Aside, readAside } from '../../core/disk/set-aside-folder.ts';
import { statIfThere } from '../../core/disk/stat-if-there.ts';
import { errorCode, messageOf } from '../../core/errors.ts';
import type { AsideControl } from '../../ui/screen-deps.ts';
import type { ShownSession } from './shown-session.ts';

/** Lines that are shown of what was set aside; more than that is looked at by other means. */
const mostLines = 2_000;

/** What commands made that acts by itself, and was moved out of the workspace: the user alone may have it back. */
export function asideControl(shown: ShownSession): AsideControl {
  const { cwd, addDirs, loaded } = shown.setup;
  const find = (place: string) => readAside(shown.current().outputFolder).find((each) => each.place === place);
  return {
    list: () =>
      readAside(shown.current().outputFolder).map(({ path, place, at }) => ({ name: relative(cwd, path), place, at })),
    show: (place) => showWhole(place),
    moveBack: async (place) => {
      const aside = find(place);
      return aside ? moveBack(aside, [loaded.repository, cwd, ...addDirs]) : 'It is not there any more.';
    },
  };
}

/** All that a file or a folder holds, line by line; undefined where that is too much, or no text. */
function showWhole(place: string): readonly string[] | undefined {
  try {
    const lines = linesOf(place);
    return lines.length > mostLines ? undefined : lines;
  } catch {
    return undefined;
  }
}

function linesOf(place: string): string[] {
  const stat = statIfThere(place);
  if (stat?.isSymbolicLink()) return [`(a link to ${readlinkSync(place)})`];
  if (stat?.isDirectory())
    return readdirSync(place).flatMap((name) => [`${name}:`, ...linesOf(join(place, name)).map((line) => `  ${line}`)]);
  if (!stat?.isFile() || stat.size > 1_000_000) throw new Error('It is no file, or a large one.');
  const bytes = readFileSync(place);
  if (!isUtf8(bytes)) throw new Error('It is no text.');
  return bytes.toString('utf8').replace(/\n$/, '').split('\n');
}

/** Into a folder that is held open, so that no link on the way leads elsewhere, and over nothing. */
async function moveBack({ path, place }: Aside, roots: readonly string[]): Promise<string> {
  const root = roots.find((each) => isWithin(each, path));
  const byHand = `Move it by hand: mv ${JSON.stringify(place)} ${JSON.stringify(path)}`;
  if (root === undefined) return `${path} is not in the workspace. ${byHand}`;
  if (statIfThere(path) !== undefined) return `Something is at ${path} again, and stays. ${byHand}`;
  try {
    const folder = await holdFolder(root, bytesOf(relative(root, dirname(path)) || '.'), { make: true });
    try {
      renameSync(place, folder.at(bytesOf(basename(path))));
    } finally {
      await folder.close();
    }
    return `${path} is back.`;
  } catch (error) {
    return `It could not be moved back (${errorCode(error) ?? messageOf(error)}). ${byHand}`;
  }
}

/** A path with each byte as a character. */
function bytesOf(path: string): string {
  return Buffer.from(path).toString('latin1');
}
