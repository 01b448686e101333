import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { UserError } from '../core/errors.ts';
import { createDemoRepository } from '../demo/repository.ts';
import { findScenario } from '../demo/scenarios/index.ts';
import type { DemoScenario } from '../demo/scenarios/moves.ts';
import type { ScriptedReply } from '../demo/server/scenario.ts';
import { startModelServer } from '../demo/server.ts';
import { prepareModels, prepareSetup } from '../session/setup.ts';
import type { RunFlags } from './args.ts';
import { isHeadlessRun, runTask } from './modes.ts';

/** A run that goes on misbehaving ends here, unless the user gives another limit. */
const defaultTurns = 24;

/**
 * `wink-agent demo [scenario]`: the real agent, tools and observer in a throw-away repository with a real bug, against the scripted
 * model over loopback HTTP. Its WINK_HOME is its own; nothing of the user's is read or written.
 */
export async function runDemo(words: readonly string[], flags: RunFlags): Promise<number> {
  const { task, scenario } = findScenario(words[0] ?? 'stuck-loop');
  if (words.length > 1) throw new UserError(`demo takes one scenario; it was given ${words.join(', ')}.`);
  const folder = flags.keep === undefined ? mkdtempSync(join(tmpdir(), 'wink-demo-')) : prepareFolder(flags.keep);
  const home = flags.keep === undefined ? `${folder}-home` : join(folder, '.wink-home');
  createDemoRepository(folder);
  const shown = isHeadlessRun(flags) ? scenario : atReadingPace(scenario);
  const server = await startModelServer({ scenario: shown, forgetsBodies: true });
  try {
    const env = {
      ...process.env,
      WINK_HOME: home,
      WINK_MODEL: undefined,
      WINK_OBSERVER_MODEL: undefined,
      OPENAI_API_KEY: 'demo',
      OPENAI_BASE_URL: undefined,
    };
    const demoFlags: RunFlags = {
      ...flags,
      cwd: folder,
      model: 'scripted',
      baseUrl: server.url,
      approval: flags.approval ?? 'full',
      maxTurns: flags.maxTurns ?? defaultTurns,
    };
    return await runIn(demoFlags, env, task);
  } finally {
    await server.close();
    if (flags.keep === undefined) for (const path of [folder, home]) rmSync(path, { recursive: true, force: true });
  }
}

/** Before a person the scripted model takes its time like a quick real one, so that each step can be seen. */
function atReadingPace({ rules }: DemoScenario['scenario']): DemoScenario['scenario'] {
  const slow = (reply: ScriptedReply): ScriptedReply => ({ firstByteDelayMs: 500, tokensPerSecond: 80, ...reply });
  return { rules: rules.map((rule) => ({ ...rule, replies: rule.replies.map(slow) })) };
}

async function runIn(
  flags: RunFlags,
  env: Readonly<Record<string, string | undefined>>,
  task: string,
): Promise<number> {
  const setup = { ...(await prepareSetup(flags, env)), isThrowAway: true };
  const models = await prepareModels(setup);
  if (!models) throw new Error('The demo has lost its model.');
  const wanted = { isResume: false, id: undefined };
  if (!isHeadlessRun(flags)) {
    const { startScreen } = await import('../session/screen/start-screen.ts');
    const code = await startScreen(setup, flags, { ...wanted, prompt: task });
    if (code === 'demo') throw new Error('The demo has a model, and yet was asked for one.');
    return code;
  }
  process.stderr.write(`Task: ${task}\n`);
  return runTask(setup, models, flags, wanted, task);
}

function prepareFolder(given: string): string {
  const folder = resolve(given);
  if (existsSync(folder) && readdirSync(folder).length > 0)
    throw new UserError(`The folder ${given} given by --keep is not empty; give an empty or a new one.`);
  mkdirSync(folder, { recursive: true });
  return folder;
}
