import { join } from 'node:path';
import type { CommandIo } from '../core/command-io.ts';
import type { LoadStudySettings } from '../study/judge/study-judge.ts';

type Entry = (words: string[], io: CommandIo) => Promise<number>;

/** Loads the one command that was asked for. */
const entries: Readonly<Record<string, () => Promise<Entry>>> = {
  sessions: async () => (await import('./sessions-command.ts')).runSessions,
  export: async () => (await import('./export-command.ts')).runExport,
  replay: async () => {
    const { runReplay } = await import('../study/replay/replay-command.ts');
    return async (words, io) => runReplay(words, io, await studySettings(io));
  },
  eval: async () => {
    const { runEval } = await import('../study/eval/eval-command.ts');
    return async (words, io) => runEval(words, io, await studySettings(io));
  },
  report: async () => (await import('../study/report/report-command.ts')).runReport,
  convert: async () => (await import('../study/convert-command.ts')).runConvert,
  label: async () => {
    const { runLabel } = await import('../study/label/label-command.ts');
    return async (words, io) =>
      runLabel(words, io, async (options) => (await import('../ui/label/label-screen.tsx')).openLabelScreen(options));
  },
  branch: async () => {
    const { runBranch } = await import('../study/branch/branch-command.ts');
    const { tools } = await import('../../tools/index.ts');
    const { closeWorkspace, createWorkspace } = await import('../../tools/file/workspace.ts');
    const openWorkspace = (cwd: string) => createWorkspace({ cwd, outputFolder: join(cwd, '..', 'outputs') });
    return (words, io) => runBranch(words, io, { tools, openWorkspace, closeWorkspace });
  },
  config: async () => (await import('../config/config-command.ts')).runConfig,
  login: async () => (await import('./login-command.ts')).runLogin,
  mcp: async () => (await import('./mcp-command.ts')).runMcp,
  trust: async () => (await import('./trust-command.ts')).runTrust,
  watch: async () => (await import('./watch-command.ts')).runWatch,
  github: async () => {
    const { runGitHub } = await import('../github/github-command.ts');
    const { chooseFetch } = await import('../model/http/choose-fetch.ts');
    return async (words, io) =>
      runGitHub(words, io, await chooseFetch(io.env.GITHUB_API_URL || 'https://api.github.com', io.env));
  },
  acp: async () => (await import('./acp-command.ts')).runAcp,
  doctor: async () => (await import('../doctor/doctor-command.ts')).runDoctor,
  completions: async () => (await import('../doctor/shell-completions.ts')).runCompletions,
};

async function studySettings(io: CommandIo): Promise<LoadStudySettings> {
  const { loadStudySettings } = await import('../session/study-settings.ts');
  return () => loadStudySettings(io);
}

/** Runs a command that is not a run of the agent. Gives its exit code. */
export async function runCommand(name: string, words: string[]): Promise<number> {
  const entry = await entries[name]!();
  return entry(words, { stdout: process.stdout, stderr: process.stderr, env: process.env, cwd: process.cwd() });
}
