import { lstatSync, readlinkSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { isProtected, protectedBelow } from './protected-files.ts';

/** Whether what a link of this name leads to acts by itself, or something in it does. `path`: below the workspace. */
export function isProtectedLink(path: string): boolean {
  return isProtected(path) || protectedBelow(basename(path)).length > 0;
}

/**
 * What a link whose name is protected, or that lies in a protected folder, lets others write without that name: where it leads, whether
 * or not that is there yet, and further links on the way; real paths. A link to Markdown leads to nothing: agents only read it, and
 * AGENTS.md is often linked so. `root`: the real folder of the workspace; `link`: real but for its own name.
 */
export function protectedByLink(link: string, root: string): string[] {
  const isWhole = isProtected(link.slice(root.length));
  const ways = isWhole ? [link] : protectedBelow(basename(link)).map((name) => join(link, name));
  return ways.flatMap(follow).filter((path) => path !== link);
}

/** The system gives up after as many links. */
const mostLinks = 40;

/** The links on the way of a path, and where it ends; only the links where it ends nowhere or in Markdown. */
function follow(path: string): string[] {
  const links: string[] = [];
  let ahead = partsOf(path);
  let at = '/';
  while (ahead.length > 0) {
    const next = join(at, ahead[0]!);
    const aim = aimOf(next);
    ahead = [...(aim === undefined ? [] : partsOf(resolve(at, aim))), ...ahead.slice(1)];
    at = aim === undefined ? next : '/';
    if (aim === undefined) continue;
    links.push(next);
    if (links.length > mostLinks) return links;
  }
  return /\.mdc?$/i.test(at) && !isFolder(at) ? links : [...links, at];
}

function partsOf(path: string): string[] {
  return path.split('/').filter((part) => part !== '');
}

/** Undefined for what is no link, is not there or can't be looked at. */
function aimOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}

function isFolder(path: string): boolean {
  try {
    return lstatSync(path).isDirectory();
  } catch {
    return false;
  }
}
