import { join } from 'node:path';
import type { Permit } from '../../agent/call-permission.ts';
import { GitError } from '../../checkpoints/store-git.ts';
import { messageOf } from '../../core/errors.ts';
import type { Emit } from '../../core/event.ts';
import type { DiffView } from '../../core/screen/result-view.ts';
import { count } from '../../core/text/count.ts';
import { type PreparedCall, type Tool, ToolError, type Workspace } from '../../core/tool.ts';
import type { Trajectory } from '../../core/types.ts';
import type { Observer } from '../../observer/observer.ts';
import { createPermit } from '../calls/permit.ts';
import { patchViews } from '../patch-views.ts';
import { openObserver, prepareSystem, type RunOptions } from '../run/prepare-parts.ts';
import type { SessionParts } from '../run/session-parts.ts';
import { worktreesFolder } from './left-worktrees.ts';
import { openWorktree, type Worktree } from './worktree.ts';

/** Where a subagent works, and under which permissions: the session's own folder, or a worktree. */
export type SubagentPlace = {
  readonly cwd: string;
  readonly system: string;
  readonly workspace: Workspace;
  readonly permit: Permit;
  readonly openObserver: (trajectory: Trajectory, emit: Emit) => Promise<Observer>;
  /** What became of the changes, for the agent that gave the task; undefined in the session's own folder. */
  readonly finish?: (signal: AbortSignal) => Promise<{
    readonly words: string;
    readonly changedFiles: readonly string[];
    /** What was brought back, line by line. */
    readonly diffs?: readonly DiffView[];
  }>;
};

export type IsolatedParts = Pick<SessionParts, 'place' | 'gate' | 'beforeChange'> & {
  readonly options: RunOptions;
};

/** A worktree for a subagent, with permissions, sandbox, system prompt and observer of its own. Throws ToolError where there can be none. */
export async function openIsolated(
  parts: IsolatedParts,
  id: string,
  agent: string,
  task: string,
): Promise<SubagentPlace> {
  const { setup, choice } = parts.options;
  const folder = join(worktreesFolder(setup.env), `${choice.id}-${id}`);
  const tree = await openWorktree(setup.cwd, folder).catch((error: unknown) => {
    if (!(error instanceof GitError)) throw error;
    throw new ToolError('failed', `There can be no worktree here: ${error.message}. Give the task without one.`);
  });
  const loaded = { ...setup.loaded, repository: tree.folder };
  const copy = { folder: tree.folder, original: tree.root };
  const options: RunOptions = { ...parts.options, task, setup: { ...setup, cwd: tree.cwd, addDirs: [], loaded, copy } };
  const system = prepareSystem(options);
  const place = parts.place.openElsewhere(options);
  return {
    cwd: tree.cwd,
    system: system.text,
    workspace: place.workspace,
    permit: createPermit({ ...parts.gate.shared, ...place }),
    openObserver: (trajectory, emit) => openObserver(options, trajectory, system.instructions, place.dirtyPaths, emit),
    finish: (signal) => bringBack(tree, parts, `${agent} ${id}`, signal),
  };
}

async function bringBack(tree: Worktree, { gate, beforeChange }: IsolatedParts, who: string, signal: AbortSignal) {
  const kept = (why: string) => ({
    words: `Its changes were not brought back: ${why} They are in ${tree.folder}; by hand: ${tree.command}`,
    changedFiles: [],
  });
  const changes = await tree.findChanges().catch((error: unknown) => {
    if (error instanceof GitError) return kept(`what it changed can't be shown (${error.message}).`);
    throw error;
  });
  if ('words' in changes) return changes;
  const { patch, paths, deleted, sizes } = changes;
  if (paths.length === 0) {
    await tree.remove();
    return { words: 'It changed nothing in its worktree.', changedFiles: [] };
  }
  const files = paths.map((path) => join(tree.root, path));
  const title = titleOf(who, paths.length, deleted.length);
  const diffs = patchViews(patch, tree.root, sizes);
  const isDeletion = (path: string) => deleted.includes(path);
  const prepared: PreparedCall = {
    title,
    targets: paths.map((path) => ({
      ...{ kind: 'path', access: 'write', path: join(tree.root, path) },
      ...(isDeletion(path) ? { isDeletion: true } : {}),
    })),
    preview: async () => ({ kind: 'patch', title, files: diffs }),
    run: async () => ({ output: '' }),
  };
  const call = { id: `${who}-bring-back`, name: edit.name, input: { files: paths } };
  const permission = await gate.permit({ call, tool: edit, prepared }, signal);
  if (!permission.allowed) return kept(permission.reason);
  await beforeChange();
  try {
    await tree.bringBack(patch);
  } catch (error) {
    return kept(`they do not fit what is there now (${messageOf(error)}).`);
  }
  await tree.remove();
  const named = (path: string) => (isDeletion(path) ? `${path} (deleted)` : path);
  return {
    words: `Its changes were brought back: ${paths.slice(0, 40).map(named).join(', ')}.`,
    changedFiles: files,
    diffs,
  };
}

function titleOf(who: string, all: number, deleted: number): string {
  const files = `bring back ${count(all, 'file')} that ${who}`;
  if (deleted === all) return `${files} deleted`;
  return `${files} changed${deleted === 0 ? '' : `, ${deleted} of them deleted`}`;
}

/** What comes back needs permission like an edit of these files. */
const edit: Tool = {
  name: 'edit',
  act: 'edit',
  aliases: [],
  schema: { name: 'edit', description: '', parameters: {} },
  prepare: () => 'it is never called by name',
};
