import { type Stats, statSync } from 'node:fs';
import { programName, type SimpleCommand } from '../core/shell/read-script.ts';
import { isInside } from './path-kinds.ts';
import { pathsInWord, pathsOf } from './paths-in-command.ts';
import { readKnown } from './reading-commands.ts';

/** Of a folder these tell names, sizes and kinds, never what its files hold. */
const namesOnly =
  /^(ls|dir|vdir|find|fd|fdfind|tree|du|df|stat|file|basename|dirname|realpath|readlink|test|\[|\[\[|cd)$/;

/**
 * Whether a command that only reads may print what files hold that none of its words names, as `grep -r x .`, `rg x` and `diff -r . b` do: a secret
 * may be among them. `isPiped`: what it reads can only be the output of the command in front of it.
 */
export function readsFolder(command: SimpleCommand, roots: readonly string[], isPiped: boolean): boolean {
  const [first, ...args] = command.words;
  const reading = readKnown(command);
  const name = programName(first?.value ?? '');
  if (reading.kind !== 'reads' || namesOnly.test(name)) return false;
  const paths = reading.paths.flatMap(pathsInWord).flatMap((word) => pathsOf(command.folder, word));
  // Git reads what is committed or was added, save that it compares with a place outside its repository file by file.
  if (name === 'git') return paths.some((path) => !roots.some((root) => isInside(root, path)));
  const kinds = paths.map(kindOf);
  const isWhole = paths.length > 0 && kinds.every((kind) => kind?.isFile());
  if (/^z?[ef]?grep$/.test(name))
    return !isWhole && args.some(({ value }) => /^(-[a-zA-Z0-9]*[rR]|--recursive)/.test(value));
  if (kinds.some((kind) => kind?.isDirectory())) return true;
  return (name === 'rg' && !isWhole && !isPiped) || (command.place === 'unknown' && paths.length > 0);
}

function kindOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}
