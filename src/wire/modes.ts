import type { Arguments } from '../args.ts';
import { UserError } from '../core/errors.ts';
import { runHeadless } from '../modes/headless.ts';
import { readPrompt } from '../modes/prompt-input.ts';
import { openRun } from './run.ts';
import { chooseSession } from './session-choice.ts';
import { prepareModels, prepareSetup } from './setup.ts';

type RunArguments = Extract<Arguments, { kind: 'run' }>;

/** `wink-agent`, `wink-agent -p`, `wink-agent resume`: the screen where there is a terminal, headless where it was asked for. */
export async function runMode({ command, words, flags }: RunArguments): Promise<number> {
  const setup = await prepareSetup(flags, process.env);
  const isHeadless = flags.print || flags.outputFormat !== undefined || !process.stdout.isTTY || !process.stdin.isTTY;
  const takesId = command === 'resume' && flags.session === undefined;
  const id = takesId ? words[0] : undefined;
  const rest = takesId ? words.slice(1) : words;
  if (!isHeadless) {
    const { startScreen } = await import('./screen.ts');
    return startScreen(setup, flags, { isResume: command === 'resume' || flags.continue, id, prompt: rest.join(' ') });
  }
  const models = await prepareModels(setup);
  if (!models) throw new UserError(noModel);
  const choice = chooseSession(setup, flags, { isResume: command === 'resume' || flags.continue, id });
  const prompt = await readPrompt(rest, process.stdin);
  const run = await openRun({ setup, models, choice, isInteractive: false, task: prompt });
  return runHeadless({
    run,
    prompt,
    format: flags.outputFormat ?? 'text',
    verbose: flags.verbose,
    env: setup.env,
    warnings: setup.warnings,
  });
}

const noModel =
  'No model is configured: give one with --model (gpt-5.1, ollama/qwen3-coder) or WINK_MODEL, and a key in OPENAI_API_KEY where it needs one; `wink-agent demo` works without.';
