import { accessSync, constants, existsSync, mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { LoadedConfig } from '../config/load-config.ts';
import { privateFolder } from '../core/disk/private-folder.ts';
import { ModelError, UserError } from '../core/errors.ts';
import { isGitHeld } from '../core/git/git-sandbox.ts';
import { startGit } from '../core/git/start-git.ts';
import { outputOf } from '../core/process/own-output.ts';
import { listModels } from '../model/list-models.ts';
import { findModel } from '../model/prices.ts';
import { findContextWindow } from '../providers/find-window.ts';
import { findLocalServers } from '../providers/local-servers.ts';
import { type ModelSettings, type ResolvedModels, resolveModels } from '../providers/resolve-models.ts';
import { findSlots, sharesLocalServer } from '../providers/shared-server.ts';
import { probeSandbox } from '../sandbox/probe.ts';
import { findSandbox, type Sandbox } from '../sandbox/sandbox.ts';

/** `warn`: it works with less; `fail`: it does not work. `fix` says what to do. */
export type Check = {
  readonly name: string;
  readonly state: 'ok' | 'warn' | 'fail';
  readonly detail: string;
  readonly fix?: string;
};

type Env = Readonly<Record<string, string | undefined>>;

const minNode = [20, 19] as const;
const endpointTimeoutMs = 10_000;
/** Tokens; system prompt, tools and one file are a quarter of it. */
const minWindow = 16_000;
const programTimeoutMs = 5_000;

/** Whether this Node is new enough. */
export function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isEnough = major > minNode[0] || (major === minNode[0] && minor >= minNode[1]);
  return isEnough
    ? { name: 'Node', state: 'ok', detail: version }
    : {
        name: 'Node',
        state: 'fail',
        detail: `${version} is too old`,
        fix: `install Node ${minNode.join('.')} or newer`,
      };
}

/** Which files the configuration comes from, and what was ignored in them. */
export function checkConfig(loaded: LoadedConfig): Check[] {
  const detail = loaded.files.length === 0 ? 'no file; defaults apply' : loaded.files.join(', ');
  return [
    { name: 'Configuration', state: 'ok', detail },
    ...loaded.warnings.map((warning): Check => ({ name: 'Configuration', state: 'warn', detail: warning })),
  ];
}

/** Whether sessions and logs can be written. */
export function checkHome(home: string): Check {
  try {
    if (!existsSync(home)) mkdirSync(home, { recursive: true, mode: 0o700 });
    accessSync(home, constants.W_OK);
    return { name: 'State folder', state: 'ok', detail: home };
  } catch {
    return {
      name: 'State folder',
      state: 'warn',
      detail: `${home} can't be written, so no session is kept`,
      fix: `make ${dirname(home)} writable or set WINK_HOME`,
    };
  }
}

/** Model, key and endpoint: the endpoint is really asked for its models. */
export async function checkModel(loaded: LoadedConfig, env: Env, home: string, signal: AbortSignal): Promise<Check[]> {
  let models: ResolvedModels | undefined;
  try {
    models = await resolveModels({ config: loaded.config, origins: loaded.origins, env, home });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ name: 'Model', state: 'fail', detail: error.message }];
  }
  if (models === undefined) return [await checkNoModel(signal)];
  const settings = models.main;
  const key = settings.apiKey === undefined ? 'without a key' : 'with a key';
  const model: Check = {
    name: 'Model',
    state: 'ok',
    detail: `${settings.name} at ${settings.provider} (${settings.baseUrl}, ${settings.api}, ${key})`,
  };
  const [endpoint, window] = await Promise.all([checkEndpoint(settings, signal), checkWindow(settings, signal)]);
  if (endpoint.state === 'fail') return [model, endpoint];
  return [model, endpoint, window, ...(await checkJudge(models, loaded, signal))];
}

async function checkNoModel(signal: AbortSignal): Promise<Check> {
  const servers = await findLocalServers(undefined, signal);
  const found = servers.flatMap(({ provider, models }) => models.slice(0, 1).map((model) => `${provider}/${model}`))[0];
  return {
    name: 'Model',
    state: 'fail',
    detail: 'none is configured',
    fix: `\`wink-agent config set model ${found ?? 'PROVIDER/NAME'}\`, for instance ${found === undefined ? 'openai/gpt-6.1-terra with OPENAI_API_KEY, or ollama/qwen3-coder' : 'this server on your machine'}; \`wink-agent demo\` runs without a model`,
  };
}

/** Where judge and agent share a local server of one slot, the judge waits for the agent's model to be idle. */
async function checkJudge(
  { main, observer }: ResolvedModels,
  loaded: LoadedConfig,
  signal: AbortSignal,
): Promise<Check[]> {
  const { mode, judge } = loaded.config.observer;
  if (mode === 'off' || judge.level === 'off') return [];
  const name = 'Judge';
  const asked = `${observer.name} at ${observer.provider}`;
  if (!sharesLocalServer(main, observer)) return [{ name, state: 'ok', detail: asked }];
  const slots = await findSlots(observer, signal);
  if (slots !== undefined && slots > 1)
    return [{ name, state: 'ok', detail: `${asked}, which answers ${slots} requests at once` }];
  const why =
    slots === undefined ? 'does not say how many requests it answers at once' : 'answers one request at a time';
  return [
    {
      name,
      state: 'warn',
      detail: `${asked} shares the agent's server, which ${why}: it is asked only at the end of turns and while a tool runs for more than ${judge.idleSeconds} s`,
      fix: `give the server a second slot (llama.cpp: --parallel 2; Ollama: OLLAMA_NUM_PARALLEL=2) and say so where it can't: \`wink-agent config set providers.${observer.provider}.slots 2\`; or give observer.model another model`,
    },
  ];
}

/** Ollama gives a model 4,096 tokens unless it is told otherwise, and cuts what is longer without a word. */
async function checkWindow(settings: ModelSettings, signal: AbortSignal): Promise<Check> {
  const name = 'Window';
  const reported = await findContextWindow(settings, signal);
  const size = reported ?? findModel(settings.name)?.contextWindow;
  if (size === undefined)
    return {
      name,
      state: 'warn',
      detail: 'not known, so room is made only when the endpoint refuses a request',
      fix: '`wink-agent config set contextWindow TOKENS`',
    };
  const detail = `${size.toLocaleString('en-US')} tokens`;
  if (size >= minWindow) return { name, state: 'ok', detail };
  return {
    name,
    state: 'warn',
    detail: `${detail}, which is little for work on code`,
    fix:
      settings.provider === 'ollama'
        ? 'start Ollama with OLLAMA_CONTEXT_LENGTH=32768, or give the model a num_ctx'
        : 'load the model with a larger context',
  };
}

async function checkEndpoint(settings: ModelSettings, signal: AbortSignal): Promise<Check> {
  try {
    const models = await listModels(settings, AbortSignal.any([signal, AbortSignal.timeout(endpointTimeoutMs)]));
    const isOffered =
      models.length === 0 ||
      models.some(
        ({ name }) =>
          name === settings.name || name === `models/${settings.name}` || name === `${settings.name}:latest`,
      );
    const detail = `answers with ${models.length} ${models.length === 1 ? 'model' : 'models'}`;
    return isOffered
      ? { name: 'Endpoint', state: 'ok', detail }
      : {
          name: 'Endpoint',
          state: 'warn',
          detail: `${detail}, ${settings.name} is not among them`,
          fix: `use one of ${models
            .slice(0, 5)
            .map(({ name }) => name)
            .join(', ')}`,
        };
  } catch (error) {
    signal.throwIfAborted();
    if (settings.api === 'messages' && error instanceof ModelError && error.kind === 'not-found')
      return {
        name: 'Endpoint',
        state: 'warn',
        detail: 'gives no list of models; `wink-agent doctor --try` asks the model itself',
      };
    const isSilent = error instanceof DOMException && error.name === 'TimeoutError';
    const detail = isSilent
      ? `gave no answer within ${endpointTimeoutMs / 1000} s`
      : error instanceof Error
        ? error.message
        : String(error);
    return { name: 'Endpoint', state: 'fail', detail, fix: `see that ${settings.baseUrl} is right and reachable` };
  }
}

/** A program that we use: its version as it says it. */
export async function checkProgram(
  label: string,
  file: string,
  args: readonly string[],
  env: Env,
  whenMissing: Pick<Check, 'state' | 'fix'>,
): Promise<Check> {
  const said = await runProgram(file, args, env);
  if (said === undefined) return { name: label, detail: 'not found', ...whenMissing };
  return { name: label, state: 'ok', detail: said };
}

async function runProgram(name: string, args: readonly string[], env: Env): Promise<string | undefined> {
  const output = await outputOf(name, args, { env, timeoutMs: programTimeoutMs });
  return output?.split('\n')[0]?.trim();
}

/** Whether the agent's own git runs in a sandbox: one that is started says so. */
export async function checkOwnGit(cwd: string): Promise<Check> {
  const ended = await startGit(['version'], { cwd }).catch(() => undefined);
  const name = 'Sandbox: own git';
  if (ended?.code !== 0) return { name, state: 'warn', detail: 'git could not be started' };
  if (isGitHeld())
    return { name, state: 'ok', detail: 'what a repository lets git start can neither write elsewhere nor read keys' };
  const detail = 'git runs with your rights; what a repository lets it start is switched off one by one';
  if (process.platform !== 'linux') return { name, state: 'ok', detail };
  return { name, state: 'warn', detail, fix: 'install bubblewrap, which then holds the git that wink-agent starts' };
}

/** The sandbox is tried for real: a command writes inside, must not write outside, must not see the keys. */
export async function checkSandbox(
  loaded: LoadedConfig,
  cwd: string,
  userHome: string,
  home: string,
): Promise<Check[]> {
  const nothing = { isHidden: () => false, isProtected: () => false };
  const walls = { ...nothing, denied: undefined, deniedPlaces: [], allowedPlaces: [] };
  const places = { roots: [cwd], home: userHome, winkHome: home, temporary: tmpdir };
  const mountPoint = privateFolder(join(home, 'mount'));
  const settings = { ...loaded.config.sandbox, ...places, mountPoint, walls };
  try {
    const sandbox = await findSandbox(settings);
    if (sandbox.kind === 'none') {
      const fix =
        process.platform === 'linux'
          ? 'install bubblewrap (apt install bubblewrap, dnf install bubblewrap); commands that do no harm then run without a question'
          : undefined;
      return [
        {
          name: 'Sandbox',
          state: 'warn',
          detail: sandbox.description,
          ...(fix === undefined || settings.mode === 'off' ? {} : { fix }),
        },
      ];
    }
    const probes = await probeSandbox(sandbox, settings);
    return [
      {
        name: 'Sandbox',
        state: 'ok',
        detail: [sandbox.kind, sandbox.advice].filter((part) => part !== undefined).join('. '),
      },
      checkConfinement(sandbox),
      ...probes.map(
        ({ name, isOk, detail }): Check => ({ name: `Sandbox: ${name}`, state: isOk ? 'ok' : 'fail', detail }),
      ),
    ];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ name: 'Sandbox', state: 'fail', detail: error.message }];
  }
}

/** Whether commands can be held so closely here that they need no question. */
function checkConfinement(sandbox: Sandbox): Check {
  const name = 'Sandbox: without a question';
  if (sandbox.canConfine()) return { name, state: 'ok', detail: 'commands run where they can do no harm' };
  return {
    name,
    state: 'warn',
    detail:
      'only literal commands that are known to read: the sandbox is too weak here, or this folder holds your home',
  };
}
