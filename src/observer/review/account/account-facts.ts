import type { NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';
import { type CheckFact, followCheckRuns } from './check-facts.ts';
import { type FileFact, followFiles } from './file-facts.ts';
import { followGitCalls, type GitFact } from './git-facts.ts';
import { followRepositorySign } from './repository-sign.ts';
import { followToolUse, type ToolFact } from './tool-use.ts';

/** What the steps so far have done, as far as code can read it. */
export type Facts = {
  readonly add: (step: NormalizedStep) => void;
  readonly checks: () => readonly CheckFact[];
  /** In the order of their last change. */
  readonly files: () => readonly FileFact[];
  readonly git: () => readonly GitFact[];
  readonly tools: () => readonly ToolFact[];
  /** The plan that was approved, or the agent's own list, in its newest form; empty where there isn't one. */
  readonly plan: () => string;
  /** Step of the last change of any file; -1 for none. */
  readonly lastChange: () => number;
  /** Whether the work folder is in a git repository; undefined where nothing shows it. */
  readonly isRepository: () => boolean | undefined;
};

/** `cwd` is taken off the paths. `looksForRepository`: looks on disk. */
export function createFacts(
  cwd: string,
  approvedPlan: string | undefined,
  looksForRepository: (() => boolean | undefined) | undefined,
): Facts {
  const files = followFiles(cwd);
  const checks = followCheckRuns(files.hasWritten);
  const git = followGitCalls();
  const tools = followToolUse();
  const repository = followRepositorySign();
  let approved = approvedPlan ?? '';
  let list = '';
  return {
    add: (step) => {
      for (const call of step.calls) {
        tools.add(call);
        checks.add(call, step.index);
        files.add(call, step.index);
        git.add(call, step.index);
        repository.add(call);
        if (typeof call.input.plan === 'string' && call.act === 'plan') approved = call.input.plan;
        list = listOf(call) ?? list;
      }
    },
    checks: checks.checks,
    files: files.files,
    git: git.git,
    tools: tools.tools,
    plan: () => (approved === '' ? list : approved),
    lastChange: files.lastChange,
    isRepository: () => looksForRepository?.() ?? repository.isRepository(),
  };
}

/** A list of tasks with their states. */
function listOf(call: NormalizedCall): string | undefined {
  if (call.act !== 'plan') return undefined;
  const list = [call.input.todos, call.input.plan, call.input.tasks].find(Array.isArray);
  if (list === undefined) return undefined;
  return list
    .map((item: unknown) =>
      typeof item === 'object' && item !== null ? Object.values(item).join(' · ') : String(item),
    )
    .join('\n');
}
