import { createHash } from 'node:crypto';
import { lstatSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { readRegular } from '../core/disk/read-text.ts';
import { programName, readScript, type SimpleCommand } from '../core/shell/read-script.ts';
import { shorten } from './decide-path.ts';
import { isInside, type PermissionPlaces, resolveReal } from './path-kinds.ts';
import { pathsInWord, pathsOf } from './paths-in-command.ts';
import { startedCommands, wordsHere } from './started-commands.ts';

/** Files up to this size are compared by what is in them; of larger ones the time of the last change, which nobody can set, says enough. */
const hashedBytes = 512_000;
const maxFiles = 100;

/** Files of a folder that say what these programs run there. */
const manifests: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(npm|pnpm|yarn|bun)$/, ['package.json']],
  [/^g?make$/, ['GNUmakefile', 'makefile', 'Makefile']],
  [/^just$/, ['justfile', 'Justfile', '.justfile']],
  [/^task$/, ['Taskfile.yml', 'Taskfile.yaml']],
  [/^rake$/, ['Rakefile', 'rakefile']],
  [/^(docker|podman|docker-compose)$/, ['Dockerfile', 'compose.yaml', 'compose.yml', 'docker-compose.yml']],
];

/**
 * The files of the workspace that a command names or that say what it runs (`sh x.sh`, `npm test`), each with a mark of what is in it now:
 * a yes to the command is for them as they are.
 */
export function stampNamedFiles(command: string, places: PermissionPlaces): ReadonlyMap<string, string> {
  const started = readScript(command, places).commands.flatMap((each) => startedCommands(each, places.home));
  const paths = started.flatMap(({ command: each }) => [...namedPaths(each), ...manifestsOf(each, places)]);
  const roots = places.roots.map((root) => resolveReal(root) ?? root);
  const within = [...new Set(paths)].filter((path) => roots.some((root) => isInside(root, resolveReal(path) ?? path)));
  return new Map(within.slice(0, maxFiles).map((path) => [shorten(path, places), markOf(path)]));
}

function namedPaths(command: SimpleCommand): string[] {
  const words = [...wordsHere(command), ...command.reads].filter(({ isKnown }) => isKnown);
  return words.flatMap(pathsInWord).flatMap((value) => pathsOf(command.folder, value));
}

function manifestsOf({ words, folder }: SimpleCommand, { roots }: PermissionPlaces): string[] {
  const name = programName(words[0]?.value ?? '');
  const found = manifests.find(([program]) => program.test(name));
  if (!found) return [];
  const named = words.slice(1).flatMap(({ value }) => pathsOf(folder, value).filter(isFolder));
  const root = roots.find((each) => isInside(each, folder));
  return [...named, ...foldersUpTo(folder, root ?? folder)].flatMap((each) => found[1].map((file) => join(each, file)));
}

function foldersUpTo(folder: string, root: string): string[] {
  return folder === root || dirname(folder) === folder ? [folder] : [folder, ...foldersUpTo(dirname(folder), root)];
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}

/** What is at a path: nothing, something that is no file, or a file with its content; a link by where it leads, too. */
function markOf(path: string): string {
  try {
    const link = lstatSync(path).isSymbolicLink() ? `${resolveReal(path)} ` : '';
    const stats = statSync(path, { bigint: true });
    if (!stats.isFile()) return `${link}other`;
    if (stats.size > hashedBytes) return `${link}${stats.size} ${stats.ctimeNs}`;
    return link + createHash('sha256').update(readRegular(path)).digest('hex');
  } catch {
    return 'none';
  }
}
