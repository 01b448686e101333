import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { basename, join } from 'node:path';
import { statIfThere } from '../core/disk/stat-if-there.ts';
import type { Confinement } from '../core/tool.ts';
import { findGitFolder } from './git-folder.ts';

const ours = ['.wink', '.mcp.json'];
const others = ['.vscode', '.idea', '.husky', '.claude', '.envrc'];

/**
 * Takes away what a command made where nothing was and nothing may be: a mount covers only what exists, so absent settings are
 * looked for again once the command and all its processes have ended. Call it before the command; the function it gives, after.
 */
export function watchAbsent(roots: readonly string[], confinement: Confinement, keepIn: () => string) {
  const absent =
    confinement === 'read-only'
      ? []
      : roots.flatMap((root) => placesOf(root, confinement)).filter((path) => !exists(path));
  return (): string | undefined => {
    const made = absent.filter(exists);
    if (made.length === 0) return undefined;
    const folder = join(keepIn(), 'set-aside');
    mkdirSync(folder, { recursive: true });
    for (const path of made) putAside(path, join(folder, `${Date.now()}-${basename(path)}`));
    return `[taken away: ${made.join(', ')} can run code or change settings, so commands may not make it]`;
  };
}

function placesOf(root: string, confinement: Confinement): string[] {
  const names =
    confinement === 'approved'
      ? ours
      : confinement === 'workspace'
        ? [...ours, ...others, '.git']
        : [...ours, ...others];
  const git = findGitFolder(root);
  const settings = git
    ? [git.common, git.own].flatMap((folder) =>
        ['commondir', 'config.worktree', 'hooks'].map((name) => join(folder, name)),
      )
    : [];
  return [...names.map((name) => join(root, name)), ...settings];
}

function exists(path: string): boolean {
  return statIfThere(path) !== undefined;
}

function putAside(path: string, aim: string): void {
  try {
    renameSync(path, aim);
  } catch {
    // On another file system it can't be moved; what may not stay is removed.
    rmSync(path, { recursive: true, force: true });
  }
}
