import type { CommandIo } from '../core/command.ts';

type Entry = (words: string[], io: CommandIo) => Promise<number>;

/** Loads the one command that was asked for. */
const entries: Readonly<Record<string, () => Promise<Entry>>> = {
  sessions: async () => (await import('./sessions.ts')).runSessions,
  replay: async () => (await import('../study/replay-command.ts')).runReplay,
  eval: async () => (await import('../study/eval-command.ts')).runEval,
  report: async () => (await import('../study/report-command.ts')).runReport,
  convert: async () => (await import('../study/convert-command.ts')).runConvert,
  label: async () => (await import('../study/label-command.ts')).runLabel,
  branch: async () => (await import('../study/branch-command.ts')).runBranch,
  config: async () => (await import('../config/command.ts')).runConfig,
  trust: async () => (await import('./trust.ts')).runTrust,
  doctor: async () => (await import('../doctor/command.ts')).runDoctor,
  completions: async () => (await import('../doctor/completions.ts')).runCompletions,
};

/** Runs a command that is no run of the agent. Gives its exit code. */
export async function runCommand(name: string, words: string[]): Promise<number> {
  const entry = await entries[name]!();
  return entry(words, { stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd() });
}
