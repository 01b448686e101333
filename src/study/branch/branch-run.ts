import { copyFileSync, mkdirSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { execa } from 'execa';
import * as z from 'zod';
import { loadPrompt } from '../../core/prompt.ts';
import { parseJson } from '../../core/text/json.ts';
import { sessionFolder } from '../../store/session-folders.ts';
import { openTrajectories } from '../input/read-trajectories.ts';
import type { ForkPoint, Trunk } from './branch-session.ts';
import { movePaths, moveStep, type ReplayTools, rebuildWorkspace } from './branch-workspace.ts';

/** What comes before the model in a branch, in addition to the words that let it go on. */
export type Condition = 'none' | 'neutral' | 'reminder';
export const conditions: readonly Condition[] = ['none', 'neutral', 'reminder'];

/** One branch and what became of it. */
export type BranchResult = {
  readonly type: 'branch';
  readonly session: string;
  readonly at: number;
  readonly class: string;
  readonly condition: Condition;
  readonly run: number;
  readonly outcome: string;
  /** The user's command ended with 0; without one, whether the run ended done. */
  readonly solved: boolean;
  /** The observer saw the class again after the fork. */
  readonly recurred: boolean;
  /** Steps after the fork. */
  readonly steps: number;
  readonly tokens: number;
  readonly costUsd: number | null;
  readonly ms: number;
};

export type BranchOptions = {
  readonly trunk: Trunk;
  readonly fork: ForkPoint;
  readonly home: string;
  /** The folder of all branches; each has its own below. */
  readonly folder: string;
  readonly replay: ReplayTools;
  /** The program and its first arguments. */
  readonly program: readonly [string, ...string[]];
  /** Further arguments of each run: model, approval, limits. */
  readonly flags: readonly string[];
  readonly neutral?: string | undefined;
  readonly score?: string | undefined;
  readonly timeoutSeconds: number;
  readonly hasCommandsRun: boolean;
  readonly isKept: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly onWarning: (warning: string) => void;
};

/** Runs one branch to its end and scores it. */
export async function runBranchOnce(options: BranchOptions, condition: Condition, run: number): Promise<BranchResult> {
  const place = join(options.folder, `${condition}-${run}`);
  const { trunk, fork } = options;
  rmSync(place, { recursive: true, force: true });
  mkdirSync(join(place, 'home'), { recursive: true, mode: 0o700 });
  const folder = realpathSync(place);
  const target = join(folder, 'workspace');
  const rebuilt = {
    trunk,
    at: fork.at,
    home: options.home,
    target,
    replay: options.replay,
    hasCommandsRun: options.hasCommandsRun,
  };
  for (const warning of await rebuildWorkspace(rebuilt)) options.onWarning(warning);
  const home = join(folder, 'home');
  copySettings(options.home, home);
  const id = `branch-${condition}-${run}`;
  const { path, prompt } = writeBranchSession(options, condition, id, home, target);
  const startedAt = performance.now();
  const cwd = join(target, relative(trunk.header.repository, trunk.header.cwd));
  const result = await runProgram(options, { id, prompt, cwd, home });
  const ms = Math.round(performance.now() - startedAt);
  const solved = options.score === undefined ? result.outcome === 'done' : await passes(options.score, cwd, options);
  const recurred = await hasRecurred(path, fork);
  if (!options.isKept) rmSync(folder, { recursive: true, force: true });
  return {
    type: 'branch',
    session: trunk.header.session,
    at: fork.at,
    class: fork.class,
    condition,
    run,
    solved,
    recurred,
    ms,
    ...result,
  };
}

/** The user's settings and keys, but no sessions: a branch has a home of its own. */
function copySettings(from: string, to: string): void {
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    if (entry.isFile()) copyFileSync(join(from, entry.name), join(to, entry.name));
  }
}

/** The trunk up to the fork as a session file, with the note of the condition at its end; gives the words that let the model go on. */
function writeBranchSession(
  options: BranchOptions,
  condition: Condition,
  id: string,
  home: string,
  target: string,
): { path: string; prompt: string } {
  const { trunk, fork } = options;
  const { repository, task, cwd } = trunk.header;
  const moved = trunk.steps.slice(0, fork.at).map((step) => moveStep(step, repository, target));
  const header = {
    ...trunk.header,
    session: id,
    repository: target,
    cwd: join(target, relative(repository, cwd)),
    mode: 'shadow',
    system: movePaths(trunk.header.system, repository, target),
    experiment: undefined,
  };
  const words = noteOf(options, condition);
  const note =
    words === undefined
      ? []
      : [{ type: 'note', from: 'observer', text: movePaths(words, repository, target), at: new Date().toISOString() }];
  const folder = sessionFolder(home, target);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, `${id}.jsonl`);
  writeFileSync(path, [header, ...moved, ...note].map((line) => `${JSON.stringify(line)}\n`).join(''), { mode: 0o600 });
  const said = trunk.steps[fork.at]?.notes.filter((one) => one.from === 'user').map((one) => one.text) ?? [];
  const prompt = said.length > 0 ? said.join('\n\n') : fork.at === 0 ? task : loadPrompt('branch/continue', {});
  return { path, prompt: movePaths(prompt, repository, target) };
}

function noteOf(options: BranchOptions, condition: Condition): string | undefined {
  switch (condition) {
    case 'none':
      return undefined;
    case 'neutral':
      return options.neutral ?? loadPrompt('branch/neutral', {});
    case 'reminder':
      return options.fork.reminder;
    default:
      return condition satisfies never;
  }
}

const resultSchema = z.looseObject({
  outcome: z.string(),
  steps: z.number(),
  usage: z.looseObject({ inputTokens: z.number(), outputTokens: z.number(), costUsd: z.number().nullable() }),
});

type ProgramResult = Pick<BranchResult, 'outcome' | 'steps' | 'tokens' | 'costUsd'>;

async function runProgram(
  options: BranchOptions,
  run: { id: string; prompt: string; cwd: string; home: string },
): Promise<ProgramResult> {
  const [file, ...first] = options.program;
  const flags = [
    '--print',
    '--session',
    run.id,
    '--cwd',
    run.cwd,
    '--output-format',
    'json',
    '--wink',
    'shadow',
    ...options.flags,
  ];
  const child = await execa(file, [...first, 'resume', ...flags, run.prompt], {
    env: { ...options.env, WINK_HOME: run.home },
    extendEnv: false,
    input: '',
    reject: false,
    timeout: (options.timeoutSeconds + 60) * 1000,
  });
  const parsed = resultSchema.safeParse(parseJson(child.stdout));
  if (!parsed.success) {
    options.onWarning(
      `A branch ended without a result (exit ${child.exitCode ?? 'by signal'}): ${child.stderr.trim().split('\n').at(-1) ?? ''}`,
    );
    return { outcome: 'error', steps: 0, tokens: 0, costUsd: null };
  }
  const { outcome, steps, usage } = parsed.data;
  const own = Math.max(0, steps - options.fork.at);
  return { outcome, steps: own, tokens: usage.inputTokens + usage.outputTokens, costUsd: usage.costUsd };
}

async function passes(command: string, cwd: string, options: BranchOptions): Promise<boolean> {
  const { exitCode } = await execa(command, {
    cwd,
    shell: true,
    env: options.env,
    extendEnv: false,
    stdio: 'ignore',
    reject: false,
    timeout: options.timeoutSeconds * 1000,
  });
  return exitCode === 0;
}

/** Whether the observer, which only watched, saw the class again in the branch's own steps. */
async function hasRecurred(path: string, fork: ForkPoint): Promise<boolean> {
  for await (const run of openTrajectories([path], { onSkip: () => {} })) {
    return run.record?.wink?.signals.some((signal) => signal.class === fork.class && signal.step >= fork.at) ?? false;
  }
  return false;
}
