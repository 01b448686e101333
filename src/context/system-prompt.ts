import { realpathSync } from 'node:fs';
import { release } from 'node:os';
import { basename, join } from 'node:path';
import type { ReadingGate } from '../core/disk/reading-gate.ts';
import { loadPrompt } from '../core/prompt.ts';
import { neutralize } from '../core/text/neutralize.ts';
import { findModified } from './git-index.ts';
import { type GitState, readGitState } from './git-state.ts';
import { findPrograms, readScripts } from './installed-programs.ts';
import { findInstructions, formatInstructions, type Instruction, type LeftOut } from './instructions.ts';
import { safeName, safePath, sketchTree } from './sketch-tree.ts';

export type SystemPromptOptions = {
  readonly cwd: string;
  /** $WINK_HOME: its AGENTS.md holds everywhere. */
  readonly home: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Further folders that tools may touch. */
  readonly addDirs?: readonly string[];
  /** Whether somebody can answer a question. */
  readonly isInteractive: boolean;
  readonly now: Date;
  /** What is neither read nor named. */
  readonly gate: ReadingGate;
};

export type SystemPrompt = {
  readonly text: string;
  /** The instruction files that are in the text: the constraint ledger reads them, and nested ones are told apart from them. */
  readonly instructions: readonly Instruction[];
  /** What would be among them, but may not be read. */
  readonly leftOut: readonly LeftOut[];
};

/** Longest the sketch of the tree may be, so that the whole prompt stays below 4 kB before instructions. */
const treeCharacters = 700;
/** Files with uncommitted changes that are named; the rest is counted. */
const maxModified = 8;

/** The system prompt of a session: who it is, how to work, where it is, and the instructions of user and repository. Reads files, starts nothing. */
export function buildSystemPrompt(options: SystemPromptOptions): SystemPrompt {
  const git = readGitState(options.cwd);
  const repository = git?.root ?? options.cwd;
  const { cwd, home, gate } = options;
  const { found: instructions, leftOut } = findInstructions({ cwd, repository, home }, gate);
  const text = loadPrompt('system', {
    interaction: loadPrompt(options.isInteractive ? 'context/interactive' : 'context/headless', {}),
    environment: neutralize(describeEnvironment(options, git)),
  });
  if (instructions.length === 0) return { text, instructions, leftOut };
  return {
    text: `${text}\n\n${loadPrompt('context/instructions', { files: neutralize(formatInstructions(instructions, options.cwd)) })}`,
    instructions,
    leftOut,
  };
}

/** The real paths of instruction files, as `watchNestedInstructions` wants them. */
export function realPaths(instructions: readonly Instruction[]): string[] {
  return instructions.map(({ path }) => realpathSync(path));
}

function describeEnvironment(options: SystemPromptOptions, git: GitState | undefined): string {
  const { cwd, env, gate } = options;
  const { installed, missing } = findPrograms(cwd, env.PATH ?? '');
  const scripts = gate.whyClosed(join(cwd, 'package.json')) === undefined ? readScripts(cwd) : [];
  const tree = sketchTree(cwd, treeCharacters, gate.isUnnamed);
  const lines = [
    `Folder: ${safePath(cwd)}${git && git.root !== cwd ? ` (repository: ${safePath(git.root)})` : ''}`,
    options.addDirs?.length ? `Also allowed: ${options.addDirs.map(safePath).join(', ')}` : '',
    `Git: ${describeGit(git, gate)}`,
    `System: ${process.platform} ${release()}, ${basename(env.SHELL || 'sh')}, ${options.now.toISOString().slice(0, 10)}`,
    `Installed: ${installed.join(', ') || 'nothing of what this repository needs'}${missing.length > 0 ? `; missing: ${missing.join(', ')}` : ''}`,
    scripts.length > 0 ? `package.json scripts: ${scripts.map(safeName).join(', ')}` : '',
    tree === '' ? 'The folder is empty.' : `Files (upper levels):\n${tree}`,
  ];
  return lines.filter((line) => line !== '').join('\n');
}

function describeGit(git: GitState | undefined, gate: ReadingGate): string {
  if (git === undefined) return 'this is not a repository';
  const commit = git.commit === undefined ? ', no commit yet' : ` at ${git.commit}`;
  const place = git.branch === undefined ? `detached${commit}` : `branch ${safeName(git.branch)}${commit}`;
  return `${place}${git.unfinished === undefined ? '' : `, a ${git.unfinished} is unfinished`}${describeModified(git, gate)}`;
}

/** Staged and untracked files are not in it: telling these would need git itself. */
function describeModified({ root, folder }: GitState, { isUnnamed }: ReadingGate): string {
  const modified = (findModified(root, folder) ?? []).filter((path) => !isUnnamed(join(root, path)));
  if (modified.length === 0) return '';
  const more = modified.length > maxModified ? ` and ${modified.length - maxModified} more` : '';
  return `; the user's uncommitted changes are in ${modified.slice(0, maxModified).map(safeName).join(', ')}${more}`;
}
