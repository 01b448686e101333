import { join } from 'node:path';
import * as z from 'zod';
import { Stop } from '../agent/stop-reason.ts';
import type { RunFlags } from '../command-line/args.ts';
import { parseNoFlags } from '../command-line/args.ts';
import { UserError } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import type { Model } from '../core/model.ts';
import type { AgentQuestion, AnswerToQuestion } from '../core/questions/agent-question.ts';
import type { ApprovalRequest } from '../core/questions/approval.ts';
import type { RunResult } from '../core/run/run-result.ts';
import type { ApprovalMode, ObserverMode } from '../core/types.ts';
import type { ResolvedModels } from '../providers/resolve-models.ts';
import { type OpenRun, openRun } from '../session/run/open-run.ts';
import { chooseSession, type SessionChoice } from '../session/session-choice.ts';
import { noModel, prepareModels, prepareSetup, type Setup } from '../session/setup.ts';
import { checkOptions, givenFunction, inOptionWords } from './check-options.ts';
import { createEventQueue } from './event-queue.ts';
import { isOwnTool, type OwnTool } from './own-tool.ts';

/** What is asked before a call acts that the permissions do not allow by themselves. */
export type ApprovalQuestion = Omit<ApprovalRequest, 'callId' | 'suggestedRule'>;

export type ApprovalAnswer = 'yes' | 'no';

export type AgentOptions = {
  /** The folder to work in (default: the process's). */
  readonly cwd?: string;
  /** A name such as `anthropic/claude-opus-5-5`, or a model of the caller's. Default: as configured. */
  readonly model?: string | Model;
  /** Root of an OpenAI-compatible API, for a model by name. */
  readonly baseUrl?: string;
  /** What may happen without a question (default: as configured, else `ask`). */
  readonly approval?: ApprovalMode;
  /** Permission rules, as `--allow` and `--deny` take them. */
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  /** Asked where the permissions ask; without it such calls are denied. */
  readonly approve?: (question: ApprovalQuestion, signal: AbortSignal) => Promise<ApprovalAnswer>;
  /** Answers questions of the model (its tool ask_user); undefined leaves it to the model. Without it the model is told that nobody can be asked. */
  readonly answer?: (question: AgentQuestion, signal: AbortSignal) => Promise<string | undefined>;
  readonly tools?: readonly OwnTool[];
  /** The observer's mode (default `on`). */
  readonly observer?: ObserverMode;
  readonly maxTurns?: number;
  readonly maxTokens?: number;
  readonly maxCostUsd?: number;
  readonly timeoutSeconds?: number;
  /** false: no session file is written. */
  readonly keepsSession?: boolean;
  /** Go on with this session of the folder. */
  readonly resume?: string;
  /** Default process.env; keys, WINK_HOME and the like. */
  readonly env?: Readonly<Record<string, string | undefined>>;
};

const wholePositive = z.int().positive();

const optionsSchema = z.strictObject({
  cwd: z.string().optional(),
  model: z
    .custom(
      (value) => isModel(value) || (typeof value === 'string' && value.trim() !== ''),
      'must be a name such as "openai/gpt-6.1-terra", or an object with `name`, `reply` and `estimateCut`',
    )
    .optional(),
  baseUrl: z.url({ protocol: /^https?$/ }).optional(),
  approval: z.enum(['plan', 'ask', 'edits', 'full']).optional(),
  allow: z.array(z.string()).optional(),
  deny: z.array(z.string()).optional(),
  approve: givenFunction.optional(),
  answer: givenFunction.optional(),
  tools: z.array(z.custom(isOwnTool, 'must be a tool that `createTool` made')).optional(),
  observer: z.enum(['on', 'shadow', 'off']).optional(),
  maxTurns: wholePositive.optional(),
  maxTokens: wholePositive.optional(),
  maxCostUsd: z.number().positive().optional(),
  timeoutSeconds: z.number().positive().optional(),
  keepsSession: z.boolean().optional(),
  resume: z.string().min(1).optional(),
  env: z.record(z.string(), z.string().optional()).optional(),
} satisfies Record<keyof AgentOptions, z.ZodType>);

function isModel(value: unknown): value is Model {
  if (typeof value !== 'object' || value === null || !('name' in value && typeof value.name === 'string')) return false;
  return (
    'reply' in value &&
    typeof value.reply === 'function' &&
    'estimateCut' in value &&
    typeof value.estimateCut === 'function'
  );
}

/** An event as `--output-format stream-json` writes it. */
export type AgentEvent = Event & { readonly session: string; readonly at: string };

export type Agent = {
  readonly session: string;
  /**
   * One task: its events as they come, the last one of type `result`. The next may be run when it has ended. Aborting `signal`, or leaving
   * the loop early, ends the run with the outcome `aborted`.
   */
  readonly run: (
    task: string,
    options?: { readonly signal?: AbortSignal; readonly images?: readonly string[] },
  ) => AsyncIterable<AgentEvent>;
  /** The same for who only wants the end. */
  readonly result: (task: string, options?: { readonly signal?: AbortSignal }) => Promise<RunResult>;
  /** More words while a run is under way; they come before its next step. */
  readonly say: (text: string) => void;
  /** Ends the run under way, if there is one, with the outcome `aborted`, and saves the session. */
  readonly close: () => Promise<void>;
};

/**
 * Opens an agent in a folder: the loop, the tools, the observer and the session file of the program, without a screen. Throws UserError where
 * options or configuration are wrong, or no model is configured.
 */
export async function createAgent(options: AgentOptions = {}): Promise<Agent> {
  checkOptions('createAgent', optionsSchema, options);
  return inOptionWords(() => openAgent(options));
}

async function openAgent(options: AgentOptions): Promise<Agent> {
  const setup = await prepareSetup(flagsOf(options), options.env ?? process.env);
  const own = typeof options.model === 'object' ? options.model : undefined;
  const models = own === undefined ? await prepareModels(setup) : placeholderFor(own, setup.loaded);
  if (models === undefined) throw new UserError(noModel);
  const flags = flagsOf(options);
  const choice = chooseSession(setup, flags, { isResume: options.resume !== undefined, id: options.resume });
  const leave = enterSession(choice);
  const { approve, answer } = options;
  const opening = openRun({
    setup,
    models,
    choice,
    isInteractive: false,
    task: choice.saved?.header.task ?? '',
    ownTools: (options.tools ?? []).map(({ tool }) => tool),
    ...(own ? { ownModel: own } : {}),
    ...(answer ? { askQuestion: async ({ question }, signal) => toAnswer(await answer(question, signal)) } : {}),
    ...(approve
      ? {
          askUser: async (question, signal) =>
            (await approve(question, signal)) === 'yes' ? { kind: 'once' } : { kind: 'deny' },
        }
      : {}),
  });
  try {
    return agentOf(await opening, setup, leave);
  } catch (error) {
    leave();
    choice.release?.();
    throw error;
  }
}

/** The session files that agents of this process write; the lock of a session is the process's, whichever of them has it. */
const entered = new Set<string>();

/** Takes a session for one agent. Throws UserError while another one has it. */
function enterSession({ folder, id, release }: SessionChoice): () => void {
  if (folder === undefined) return () => {};
  const path = join(folder, id);
  if (entered.has(path)) {
    release?.();
    throw new UserError(`The session ${id} is open in another agent of this program; close that one first.`);
  }
  entered.add(path);
  return () => void entered.delete(path);
}

function toAnswer(words: string | undefined): AnswerToQuestion {
  return words?.trim() ? { kind: 'words', words: words.trim() } : { kind: 'skip' };
}

function agentOf(run: OpenRun, setup: Setup, leave: () => void): Agent {
  let isBusy = false;
  let working: Promise<void> = Promise.resolve();
  let closing: Promise<void> | undefined;
  const start: Agent['run'] = (task, { signal, images = [] } = {}) => {
    if (typeof task !== 'string') throw new UserError(`A task is a string, and not ${JSON.stringify(task)}.`);
    if (task.trim() === '' && images.length === 0) throw new UserError('The task is empty.');
    if (closing !== undefined) throw new UserError('The agent is closed; open another one with createAgent.');
    if (isBusy) throw new Error('The agent is at work; wait for its run to end, or give it more words with say().');
    isBusy = true;
    const queue = createEventQueue<AgentEvent>();
    const unsubscribe = run.subscribe((event) =>
      queue.push({ ...event, session: run.session, at: new Date().toISOString() }),
    );
    const abort = () => run.stop(new Stop('aborted', 'The caller ended the run.'));
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort, { once: true });
    const ended = run.submit(task, images).then(
      () => queue.end(),
      (error: unknown) => queue.fail(error),
    );
    if (signal?.aborted) abort();
    // Nobody has to read the events for the run to end.
    working = ended.then(() => {
      unsubscribe();
      signal?.removeEventListener('abort', abort);
      isBusy = false;
    });
    const settled = working;
    return queue.iterate({ onLeave: () => isBusy && abort(), onEnd: () => settled });
  };
  return {
    session: run.session,
    run: start,
    result: async (task, options) => {
      let result: RunResult | undefined;
      for await (const event of start(task, options)) if (event.type === 'result') result = event.result;
      if (result === undefined) throw new Error(`The run in ${setup.cwd} ended without a result.`);
      return result;
    },
    say: (text) => run.say(text),
    close: () => {
      if (isBusy) run.stop(new Stop('aborted', 'The agent was closed.'));
      closing ??= working.then(run.close).finally(leave);
      return closing;
    },
  };
}

function flagsOf(options: AgentOptions): RunFlags {
  const { cwd, baseUrl, approval, allow, deny, maxTurns, maxTokens, maxCostUsd, timeoutSeconds } = options;
  return {
    ...parseNoFlags(),
    print: true,
    hasSession: options.keepsSession ?? true,
    allow: allow ?? [],
    deny: deny ?? [],
    ...(cwd === undefined ? {} : { cwd }),
    ...(typeof options.model === 'string' ? { model: options.model } : {}),
    ...(baseUrl === undefined ? {} : { baseUrl }),
    ...(approval === undefined ? {} : { approval }),
    ...(options.observer === undefined ? {} : { wink: options.observer }),
    ...(maxTurns === undefined ? {} : { maxTurns }),
    ...(maxTokens === undefined ? {} : { maxTokens }),
    ...(maxCostUsd === undefined ? {} : { maxCostUsd }),
    ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
  };
}

/** What the session file says of a model of the caller's: its name, and that no endpoint of ours was asked. */
function placeholderFor(model: Model, { config }: Setup['loaded']): ResolvedModels {
  const settings = {
    ...{ provider: 'caller', name: model.name, baseUrl: 'caller:', api: 'chat' as const, quirks: {} },
    prices: config.prices,
    ...config.retry,
  };
  return { main: settings, observer: settings };
}
