import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import * as z from 'zod';
import { UserError } from '../../core/errors.ts';
import { guardGit } from '../../core/git/guard-git.ts';
import { type GitWork, startGit } from '../../core/git/start-git.ts';
import { parseJson } from '../../core/text/json.ts';
import { folderSlug } from '../../core/text/slug.ts';
import { runTool, type Tool, type Workspace } from '../../core/tool.ts';
import type { Step } from '../../core/types.ts';
import type { Trunk } from './branch-session.ts';

/** The tools that apply a session's own edits again, and a workspace for them; main hands them in. */
export type ReplayTools = {
  readonly tools: readonly Tool[];
  readonly openWorkspace: (cwd: string) => Workspace;
  readonly closeWorkspace: (workspace: Workspace) => Promise<void>;
};

export type WorkspaceOptions = {
  readonly trunk: Trunk;
  readonly at: number;
  readonly home: string;
  /** The folder to fill; made here. */
  readonly target: string;
  readonly replay: ReplayTools;
  readonly hasCommandsRun: boolean;
};

/**
 * Rebuilds the workspace as it was before a step, in a folder of its own: the newest checkpoint up to there, then the session's own
 * edits after it. Resolves to what could not be had, in sentences for the user. Throws UserError when there is nothing to build from.
 */
export async function rebuildWorkspace(options: WorkspaceOptions): Promise<string[]> {
  const { trunk, at, home, target } = options;
  const source = trunk.header.repository;
  if (!existsSync(source)) throw new UserError(`The repository of the session, ${source}, no longer exists.`);
  const isCloned = await cloneRepository(source, target);
  const state = findState(home, trunk.header.session, at);
  const warnings: string[] = [];
  if (state !== undefined) await exportState(join(home, 'checkpoints', folderSlug(source), 'git'), state.trees, target);
  else if (isCloned) {
    await git(target, ['checkout', '-q', 'HEAD', '--', '.']);
    warnings.push(
      "No checkpoint of the session is left: branches start from the repository's last commit with the session's edits applied to it.",
    );
  } else
    throw new UserError(
      `The session has no checkpoint, and ${source} is not a git repository, so its state at step ${at} is not known.`,
    );
  if (isCloned) await linkIgnored(source, target);
  return [...warnings, ...(await applySteps(options, state?.step ?? 0))];
}

/** A clone that shares the objects of the original, with its last commit as index and nothing checked out. False: it is not a repository. */
async function cloneRepository(source: string, target: string): Promise<boolean> {
  mkdirSync(target, { recursive: true });
  const head = ['rev-parse', '--verify', '-q', 'HEAD'];
  if ((await startGit(guardGit(head), { cwd: source, isWithUsersSettings: true })).code !== 0) return false;
  // A guarded git fetches from nowhere.
  await mustEnd(['clone', '-q', '--shared', '--no-checkout', '--template=', source, target], {
    cwd: source,
    writes: [target],
    isWithUsersSettings: true,
  });
  await git(target, ['reset', '-q']);
  return true;
}

/** Git in a branch's workspace, of which it also writes the folder around it. */
async function git(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<string> {
  return mustEnd(guardGit(args), { cwd, env, writes: [dirname(cwd)], isWithUsersSettings: true });
}

async function mustEnd(words: readonly string[], work: GitWork): Promise<string> {
  const { code, output, complaint } = await startGit(words, work);
  if (code !== 0) throw new UserError(`The workspace could not be rebuilt: git could not do its part. ${complaint}`);
  return output.toString('utf8');
}

const stateSchema = z.object({
  kind: z.enum(['before', 'after', 'restore']),
  step: z.number(),
  trees: z.record(z.string(), z.string()),
});

/** The newest state that the session kept not after the step. */
function findState(home: string, session: string, at: number): z.infer<typeof stateSchema> | undefined {
  const path = join(home, 'checkpoints', 'sessions', `${session}.jsonl`);
  if (!existsSync(path)) return undefined;
  const states = readFileSync(path, 'utf8')
    .split('\n')
    .flatMap((line) => {
      const parsed = stateSchema.safeParse(parseJson(line));
      return parsed.success ? [parsed.data] : [];
    });
  return states.findLast((state) => state.kind !== 'restore' && state.step <= at);
}

/** Writes the trees of a state out of the shadow store; the store and the user's files stay as they are. */
async function exportState(store: string, trees: Readonly<Record<string, string>>, target: string): Promise<void> {
  for (const [prefix, tree] of Object.entries(trees)) {
    const env = {
      GIT_DIR: store,
      GIT_WORK_TREE: target,
      GIT_INDEX_FILE: `${target}.index`,
      GIT_CONFIG_GLOBAL: '/dev/null',
    };
    await git(target, ['read-tree', tree], env);
    await git(target, ['checkout-index', '-a', '-f', `--prefix=${join(target, prefix)}/`], env);
  }
}

/** What git ignores (dependencies, local settings) is not part of a state: folders are linked to the originals, files copied. */
async function linkIgnored(source: string, target: string): Promise<void> {
  const words = guardGit(['ls-files', '-o', '-i', '--exclude-standard', '--directory', '-z']);
  const listed = await mustEnd(words, { cwd: source, isWithUsersSettings: true });
  for (const path of listed.split('\0').filter((entry) => entry !== '' && !entry.startsWith('.wink'))) {
    const to = join(target, path.replace(/\/$/, ''));
    if (existsSync(to)) continue;
    mkdirSync(dirname(to), { recursive: true });
    if (path.endsWith('/')) symlinkSync(join(source, path), to);
    else cpSync(join(source, path), to);
  }
}

/** Applies the edits of the steps between the state and the fork again, and reads what they had read; commands only when asked to. */
async function applySteps(options: WorkspaceOptions, from: number): Promise<string[]> {
  const { trunk, at, target, replay } = options;
  const workspace = replay.openWorkspace(join(target, relative(trunk.header.repository, trunk.header.cwd)));
  const counts = { failed: 0, skipped: 0 };
  try {
    for (const step of trunk.steps.slice(from, at))
      await applyStep(moveStep(step, trunk.header.repository, target), workspace, options, counts);
  } finally {
    await replay.closeWorkspace(workspace);
  }
  return [
    ...(counts.failed > 0 ? [`${counts.failed} of the session's edits could not be applied again.`] : []),
    ...(counts.skipped > 0
      ? [
          `${counts.skipped} commands that ran after the checkpoint were not run again; --rerun-commands does, where they changed files.`,
        ]
      : []),
  ];
}

async function applyStep(
  step: Step,
  workspace: Workspace,
  options: WorkspaceOptions,
  counts: { failed: number; skipped: number },
): Promise<void> {
  for (const [position, call] of step.calls.entries()) {
    const tool = options.replay.tools.find((candidate) => candidate.name === call.name);
    if (tool === undefined || !['read', 'edit', 'write', 'shell'].includes(tool.act)) continue;
    const hasFailed = step.results[position]?.isError ?? true;
    if (tool.act === 'shell' && !options.hasCommandsRun) counts.skipped += 1;
    else if (tool.act === 'shell' || !hasFailed) {
      const prepared = tool.prepare(call.input, workspace.cwd);
      const context = { workspace, signal: AbortSignal.timeout(600_000), onOutput: () => {} };
      const result = typeof prepared === 'string' ? undefined : await runTool({ call, prepared }, context);
      if (!hasFailed && tool.act !== 'read' && result?.isError !== false) counts.failed += 1;
    }
  }
}

/** The step with the repository's path replaced by the branch's wherever it is: a model that reads old paths would act on them. */
export function moveStep(step: Step, source: string, target: string): Step {
  return JSON.parse(movePaths(JSON.stringify(step), source, target));
}

/** Replaces a folder's path in a text, but not where it is only the beginning of another name. */
export function movePaths(text: string, source: string, target: string): string {
  const escaped = source.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return text.replace(new RegExp(`(?<![\\w.-])${escaped}(?![\\w.-]*\\w)`, 'g'), target);
}
