import { statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { looksSecret } from '../../core/disk/secret-paths.ts';
import { isOfWorkspace } from '../../core/process/find-program.ts';
import { readScript } from '../../core/shell/read-script.ts';
import { startedCommands } from '../started-commands.ts';
import type { LineScope } from './starts-nothing.ts';

/** A folder of scripts, or of what belongs to one. */
const folders = /^(hooks?|scripts?|bin|plugins?|lib)$/;
const scripts = /\.(sh|bash|zsh|py|js|cjs|mjs|ts|rb|pl|php|lua)$/;

/**
 * The scripts outside of the workspace that a line names (`~/.claude/hooks/check.sh`), as absolute paths: a sandbox hides the folders where people keep
 * them, since keys lie there too. A folder of scripts is given whole, for what one loads from beside it.
 */
export function scriptsIn(line: string, { cwd, home, env }: LineScope): string[] {
  const commands = readScript(line, { home, cwd }).commands.flatMap((command) => startedCommands(command, home));
  const named = commands.flatMap(({ command: { words, folder } }) =>
    words.map(({ value, isKnown }, index) => ({
      path: resolve(folder, isKnown ? value : fillIn(value, home, env)),
      isFirst: index === 0 && value.includes('/'),
    })),
  );
  const found = named
    .filter(({ path }) => isFile(path) && !isOfWorkspace(path, cwd) && !looksSecret(path))
    .filter(({ path, isFirst }) => isFirst || scripts.test(path))
    .map(({ path }) => (folders.test(dirname(path).split('/').at(-1)!) ? dirname(path) : path));
  return [...new Set(found)];
}

/** `"$HOME"/.claude/hooks/check.sh` names a script, too. */
function fillIn(source: string, home: string, env: NodeJS.ProcessEnv): string {
  return source
    .replaceAll('"', '')
    .replace(/\$\{?(\w+)\}?/g, (whole, name: string) => (name === 'HOME' ? home : (env[name] ?? whole)));
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}
