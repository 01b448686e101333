import { lookUp } from '../../../core/text/look-up.ts';
import type { Target } from '../../../core/tool.ts';
import { programWords } from '../../shell/program-words.ts';
import { followFolders, readCommands, type SimpleCommand } from '../../shell/simple-commands.ts';
import { joinPath, type KnownScripts, mayTouch, type Touch, touchesOf } from '../../shell/touches.ts';
import type { Breach, Constraint, ConstraintRule } from '../constraint.ts';
import { isForbiddenCommand, isForbiddenGit } from './check-commands.ts';
import { isInFileSet, isOfKind } from './file-sets.ts';

export type CheckContext = {
  /** The repository's folder; empty when unknown. */
  readonly cwd: string;
  readonly scripts: KnownScripts;
  /** Whether the agent made this file itself in this session: its own files it may change. */
  readonly isOwn: (path: string) => boolean;
  /** Whether `cwd` is the repository's first checkout, not a linked worktree. */
  readonly isMainCheckout: boolean;
  /** Whether the file existed before the call: making a new file is not a change of one that is protected. */
  readonly exists: (path: string) => boolean;
};

/** Which constraints the targets of one call would break, each once. Pure but for the questions it asks its context. */
export function checkTargets(
  constraints: readonly Constraint[],
  targets: readonly Target[],
  context: CheckContext,
): Breach[] {
  const breaches: Breach[] = [];
  const needsWords = constraints.some(({ rule }) => /^no-(?:git|command|dependencies)$/.test(rule.type));
  const commands = targets.flatMap((target) =>
    target.kind === 'command' && (needsWords || mayTouch(target.command)) ? readCommands(target.command) : [],
  );
  const written = targets.flatMap((target): Touch[] =>
    target.kind === 'path' && target.access === 'write' ? [{ path: target.path, how: 'write', isEdit: true }] : [],
  );
  const relevant = [...written, ...touchesOf(commands, context.scripts)].filter(
    (touch) => !isScratch(touch.path) && concerns(constraints, relativePath(touch.path, context.cwd)),
  );
  const touches = withoutOwn(relevant, context);
  for (const constraint of constraints) {
    const here = commandsHere(commands, context.cwd, constraint.source !== 'user');
    const what = breachOf(constraint.rule, touches, here, context);
    if (what !== undefined) breaches.push({ constraint, what });
  }
  return breaches;
}

/**
 * The commands that run in this repository: not those in a folder for scratch files, where a test makes repositories of its own, and
 * with `isStrict` not those in any other folder, for which an instruction file of this repository says nothing.
 */
function commandsHere(commands: readonly SimpleCommand[], cwd: string, isStrict: boolean): readonly SimpleCommand[] {
  const folders = followFolders('');
  return commands.filter((command) => {
    const { words } = command;
    if (words[0] === 'cd' && words[1] !== undefined)
      folders.moveTo(command, joinPath(folders.folderOf(command), words[1]));
    const folder = folders.folderOf(command);
    const given =
      words[0] === 'git' && words[1] === '-C' && words[2] !== undefined ? joinPath(folder, words[2]) : folder;
    if (given === '' || isInside(given, cwd) || given === cwd) return true;
    return !isStrict && !isScratch(`${given}/`);
  });
}

/** Whether any constraint speaks of this file; `path` is relative to the repository. */
export function concerns(constraints: readonly Constraint[], path: string): boolean {
  return constraints.some(({ rule }) => {
    if (rule.type === 'no-change' || rule.type === 'no-delete') return isInFileSet(path, rule.files);
    if (rule.type === 'only-change') return !isInFileSet(path, rule.files);
    return rule.type === 'no-new-files' || rule.type === 'read-only' || rule.type === 'no-main-checkout';
  });
}

/** Whether one forbids to change this very file, and not only files like it. */
export function namesFile(constraints: readonly Constraint[], path: string): boolean {
  return constraints.some(
    ({ rule }) => rule.type === 'no-change' && rule.files.globs.some((glob) => glob.replace(/^\.\//, '') === path),
  );
}

/** What a call does to files that were there before, and not to those that it makes itself first. */
function withoutOwn(touches: readonly Touch[], context: CheckContext): Touch[] {
  const made = new Set<string>();
  return touches.filter((touch) => {
    if (made.has(touch.path)) return false;
    if ((touch.how === 'write' || touch.how === 'folder') && !context.exists(touch.path)) made.add(touch.path);
    return true;
  });
}

/** A path relative to the repository: the cwd, and the mount points that sandboxes use for it, are left out. */
export function relativePath(path: string, cwd: string): string {
  const bare = path.replace(/^\.\//, '').replace(/\/\.\//g, '/');
  if (cwd !== '' && bare.startsWith(`${cwd}/`)) return bare.slice(cwd.length + 1);
  return bare.replace(/^\/(?:testbed|workspace|app|repo|src)\//, '');
}

function isScratch(path: string): boolean {
  return /^(?:\/tmp\/|\/var\/tmp\/|\/dev\/|\/private\/tmp\/)/.test(path);
}

function breachOf(
  rule: ConstraintRule,
  touches: readonly Touch[],
  commands: readonly SimpleCommand[],
  context: CheckContext,
): string | undefined {
  switch (rule.type) {
    case 'no-change':
      return touches.find(
        (touch) =>
          (rule.byHand !== true || touch.isEdit === true) &&
          changesExisting(touch, context) &&
          isInFileSet(relativePath(touch.path, context.cwd), rule.files),
      )?.path;
    case 'no-delete':
      return touches.find(
        (touch) =>
          touch.how === 'delete' &&
          touch.isMoved !== true &&
          !context.isOwn(touch.path) &&
          isInFileSet(relativePath(touch.path, context.cwd), rule.files),
      )?.path;
    case 'read-only':
      return touches.find(
        ({ path, how }) =>
          !rule.except?.some((name) => path.endsWith(name)) &&
          how !== 'restore' &&
          how !== 'folder' &&
          isInside(path, context.cwd) &&
          !/^~|(?:^|\/)\.git\//.test(path),
      )?.path;
    case 'no-main-checkout':
      return context.isMainCheckout ? touches.find((touch) => isCodeHere(touch, context))?.path : undefined;
    case 'only-change':
      return touches.find(
        (touch) =>
          changesExisting(touch, context) &&
          isInside(touch.path, context.cwd) &&
          !isInFileSet(relativePath(touch.path, context.cwd), rule.files),
      )?.path;
    case 'no-new-files':
      return touches.find(
        (touch) =>
          isNewFile(touch, context) &&
          !rule.except.some((name) => touch.path.endsWith(name)) &&
          (rule.files === undefined || isInFileSet(relativePath(touch.path, context.cwd), rule.files)),
      )?.path;
    case 'no-dependencies':
      return commands
        .map((command) => programWords(command.words))
        .find(addsDependency)
        ?.join(' ');
    case 'no-git':
      return commands
        .map((command) => programWords(command.words))
        .find((words) => isForbiddenGit(words, rule))
        ?.join(' ');
    case 'no-command':
      return commands
        .map(({ words }) => (words[0] === 'sudo' && rule.commands.includes('sudo') ? words : programWords(words)))
        .find((words) => isForbiddenCommand(words, rule))
        ?.join(' ');
    default:
      return rule satisfies never;
  }
}

/** Whether a touch changes a file that was there before the agent came. */
function changesExisting(touch: Touch, context: CheckContext): boolean {
  if (touch.how === 'restore' || touch.how === 'folder' || context.isOwn(touch.path)) return false;
  if (touch.how === 'delete' && isOfKind(relativePath(touch.path, context.cwd), 'configuration')) return true;
  return touch.how === 'change' || context.exists(touch.path);
}

/** Code in this checkout and not in a worktree that lies inside it. */
function isCodeHere({ path, how }: Touch, { cwd }: CheckContext): boolean {
  const here = relativePath(path, cwd);
  if (how === 'restore' || how === 'folder' || !isInside(path, cwd) || /worktrees?\//i.test(here)) return false;
  return isOfKind(here, 'production code') || isOfKind(here, 'tests');
}

function isNewFile(touch: Touch, context: CheckContext): boolean {
  return touch.how === 'write' && !context.exists(touch.path) && !context.isOwn(touch.path);
}

function isInside(path: string, cwd: string): boolean {
  return !path.startsWith('/') || cwd === '' || path.startsWith(`${cwd}/`);
}

const adders: Readonly<Record<string, RegExp>> = {
  pip: /^install$/,
  pip3: /^install$/,
  npm: /^(?:install|i|add)$/,
  pnpm: /^(?:install|i|add)$/,
  yarn: /^add$/,
  bun: /^(?:add|install|i)$/,
  poetry: /^add$/,
  uv: /^add$/,
  cargo: /^add$/,
  gem: /^install$/,
  composer: /^require$/,
  conda: /^install$/,
  go: /^get$/,
  'apt-get': /^install$/,
  apt: /^install$/,
  brew: /^install$/,
};

/**
 * Whether a command installs a named package; installing what the project already names (`npm ci`, `pip install -e .`)
 * adds nothing.
 */
function addsDependency(words: readonly string[]): boolean {
  const start = /^python[\d.]*$/.test(words[0] ?? '') && words[1] === '-m' ? 2 : 0;
  const verb = lookUp(adders, words[start] ?? '');
  if (verb === undefined || !verb.test(words[start + 1] ?? '')) return false;
  const rest = words.slice(start + 2);
  return rest.some(
    (word, at) =>
      !word.startsWith('-') &&
      !/^(?:\.|\/)/.test(word) &&
      !/^(?:-r|--requirement|-c|-e|--editable|-t|-i|--index-url)$/.test(rest[at - 1] ?? ''),
  );
}
