import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { runHeadless } from '../modes/headless.ts';
import { readPrompt } from '../modes/prompt-input.ts';
import { createStreamQuestions, type StreamQuestions } from '../modes/stream-json-questions.ts';
import { problemOfRules } from '../permissions/rules.ts';
import type { ResolvedModels } from '../providers/resolve-models.ts';
import { openRun } from '../session/run/open-run.ts';
import type { RunOptions } from '../session/run/prepare-parts.ts';
import { expandTask } from '../session/screen/user-commands.ts';
import { secretsOf } from '../session/secrets.ts';
import { chooseSession, type SessionChoice, withExperiment } from '../session/session-choice.ts';
import { noModel, prepareModels, prepareSetup, type Setup } from '../session/setup.ts';
import { hasSession } from '../store/find-session.ts';
import { isSessionId } from '../store/session-file.ts';
import { sessionFolder } from '../store/session-folders.ts';
import type { Arguments, RunFlags } from './args.ts';
import { readOutputSchema } from './output-schema.ts';

type RunArguments = Extract<Arguments, { kind: 'run' }>;

export type WantedMode = { readonly isResume: boolean; readonly id: string | undefined };

/** Whether a run has no screen: it was asked for, or there is no terminal. */
export function isHeadlessRun(flags: RunFlags): boolean {
  const isForScripts = flags.outputFormat ?? flags.inputFormat ?? flags.outputSchema ?? flags.artifact;
  return flags.print || isForScripts !== undefined || !process.stdout.isTTY || !process.stdin.isTTY;
}

/** `wink-agent`, `wink-agent -p`, `wink-agent resume`: the screen where there is a terminal, headless where it was asked for. Gives what `startScreen` gives. */
export async function runMode({ command, words, flags }: RunArguments): Promise<number | 'demo'> {
  const setup = await prepareSetup(flags, process.env);
  const takesId = command === 'resume' && flags.session === undefined && !isPromptOfResume(setup, flags, words);
  const wanted: WantedMode = { isResume: command === 'resume' || flags.continue, id: takesId ? words[0] : undefined };
  const rest = takesId ? words.slice(1) : words;
  if (!isHeadlessRun(flags)) {
    const { startScreen } = await import('../session/screen/start-screen.ts');
    return startScreen(setup, flags, { ...wanted, prompt: rest.join(' ') });
  }
  const models = await prepareModels(setup);
  if (!models) throw new UserError(noModel);
  const task = isStream(flags) ? rest.join(' ') : await readPrompt(rest, process.stdin, say);
  return runTask(setup, models, flags, wanted, task);
}

/** `resume -p 'which colour?'`: one word with -p that is not a session's name is what to say to the newest one. */
function isPromptOfResume(setup: Setup, flags: RunFlags, words: readonly string[]): boolean {
  const [word, ...more] = words;
  if (word === undefined || more.length > 0) return false;
  if (!isSessionId(word)) return true;
  return flags.print && !hasSession(setup.home, sessionFolder(setup.home, setup.loaded.repository), word);
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Whether the user's messages come by stdin, one per line. */
function isStream({ inputFormat, outputFormat }: RunFlags): boolean {
  if (inputFormat !== 'stream-json') return false;
  if (outputFormat === 'stream-json') return true;
  throw new UserError(
    '--input-format stream-json needs --output-format stream-json: several turns give several results.',
  );
}

/** One headless task. Gives the exit code. */
export async function runTask(
  setup: Setup,
  models: ResolvedModels,
  flags: RunFlags,
  wanted: WantedMode,
  task: string,
): Promise<number> {
  const form = flags.outputSchema === undefined ? undefined : await readOutputSchema(flags.outputSchema, process.cwd());
  const choice = chooseSession(setup, flags, wanted);
  const assigned = withExperiment(setup, flags, choice);
  const questions = isStream(flags) ? createStreamQuestions() : undefined;
  const artifact = await openArtifactOf(flags, setup, choice);
  const run = await openRun({
    setup: assigned,
    models,
    choice,
    isInteractive: false,
    task,
    ...(form ? { answerForm: form } : {}),
    ...(questions ? answersOf(questions) : {}),
  });
  if (artifact) run.subscribe(artifact.listen);
  await writeSummaries(setup, models, task, run.subscribe);
  const unknown: string[] = [];
  const note = (message: string) => void unknown.push(message);
  const expanded = task === '' ? Promise.resolve('') : expandTask(task, run.extensions, setup.cwd, note);
  const prompt = await expanded.catch(async (error: unknown) => {
    await run.close();
    throw error;
  });
  const code = await runHeadless({
    run,
    ...(artifact ? { beforeClose: () => artifact.collect(run.sessionCheckpoints.patchSince) } : {}),
    prompt,
    ...(questions ? { input: process.stdin, questions } : {}),
    format: flags.outputFormat ?? 'text',
    verbose: flags.verbose,
    env: setup.env,
    warnings: [...setup.warnings, ...run.notices, ...run.leftBehind, ...unknown],
  });
  const problem = await artifact?.write();
  if (problem !== undefined) say(problem);
  return problem === undefined ? code : code || 1;
}

/** What fills the file that --artifact names. */
async function openArtifactOf({ artifact: file }: RunFlags, { cwd }: Setup, { folder, id }: SessionChoice) {
  if (file === undefined) return undefined;
  const { openArtifact } = await import('../modes/artifact.ts');
  return openArtifact({ file, cwd, sessionFile: folder && join(folder, `${id}.jsonl`) });
}

function answersOf(questions: StreamQuestions): Pick<RunOptions, 'askQuestion' | 'askUser' | 'canAskUser'> {
  return {
    askQuestion: questions.ask,
    canAskUser: questions.canPermit,
    askUser: async (request, signal) => {
      const answer = await questions.permit(request, signal);
      // A rule that can't be read grants nothing more than this call.
      return answer.kind === 'session' && problemOfRules(answer.rule) !== undefined ? { kind: 'once' } : answer;
    },
  };
}

/** In CI a page about the run goes to the job's summary. */
async function writeSummaries(
  setup: Setup,
  models: ResolvedModels,
  task: string,
  subscribe: Awaited<ReturnType<typeof openRun>>['subscribe'],
): Promise<void> {
  if (!setup.env.WINK_SUMMARY && !setup.env.GITHUB_STEP_SUMMARY) return;
  const { createStepSummary } = await import('../modes/step-summary.ts');
  const print = (line: string) => process.stderr.write(`${line}\n`);
  const listener = createStepSummary({ env: setup.env, task, cwd: setup.cwd, secrets: secretsOf({ models }), print });
  if (listener) subscribe(listener);
}
