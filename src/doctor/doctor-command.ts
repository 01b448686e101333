import { homedir } from 'node:os';
import { loadConfig } from '../config/load-config.ts';
import type { CommandIo } from '../core/command-io.ts';
import { UserError } from '../core/errors.ts';
import { parseOptions } from '../core/parse-options.ts';
import { readVersion } from '../core/version.ts';
import { winkHome } from '../store/session-folders.ts';
import { isTrusted } from '../trust/trust.ts';
import { checkByTrial } from './check-by-trial.ts';
import {
  type Check,
  checkConfig,
  checkHome,
  checkModel,
  checkNode,
  checkOwnGit,
  checkProgram,
  checkSandbox,
} from './checks.ts';

const usage = `Usage: wink-agent doctor [--try [--save]] [--format table|json] [--model NAME] [--base-url URL] [--api API] [--config FILE]

Checks Node, the configuration, the model with its key and endpoint, git, ripgrep and the sandbox, and says
what to fix. Exits with 1 when something does not work. It asks the endpoint for its list of models; nothing else
leaves this machine, unless:

  --try    sends the model a handful of real requests: a tool call, several at once, a picture, JSON by a schema;
           says whether the prompt cache and the usage figures work there, and what it cost
  --save   writes the quirks it found to your configuration

Examples
  wink-agent doctor
  wink-agent doctor --model ollama/qwen3-coder
  wink-agent doctor --model openrouter/z-ai/glm-5 --try --save
  wink-agent doctor --format json
`;

/** Entry of `wink-agent doctor`: 0 when all that is needed works, 1 when a check failed. */
export async function runDoctor(argv: readonly string[], io: CommandIo): Promise<number> {
  const values: DoctorValues = parseDoctorArgs(argv);
  if (values.help) {
    io.stdout.write(usage);
    return 0;
  }
  if (values.format !== 'table' && values.format !== 'json')
    throw new UserError(`--format is "${values.format}"; allowed are table and json.`);
  if (values.save && !values.try) throw new UserError('--save writes what --try finds; give both.');
  const checks = await runChecks(values, io);
  const hasFailed = checks.some(({ state }) => state === 'fail');
  if (values.format === 'json')
    io.stdout.write(`${JSON.stringify({ version: readVersion(), ok: !hasFailed, checks }, null, 2)}\n`);
  else io.stdout.write(formatChecks(checks));
  return hasFailed ? 1 : 0;
}

type DoctorValues = {
  help: boolean;
  format: string;
  try: boolean;
  save: boolean;
  model?: string;
  api?: string;
  'base-url'?: string;
  config?: string;
};

function parseDoctorArgs(argv: readonly string[]) {
  return parseOptions('doctor', argv, {
    help: { type: 'boolean', short: 'h', default: false },
    format: { type: 'string', default: 'table' },
    try: { type: 'boolean', default: false },
    save: { type: 'boolean', default: false },
    model: { type: 'string' },
    api: { type: 'string' },
    'base-url': { type: 'string' },
    config: { type: 'string' },
  }).values;
}

async function runChecks(values: DoctorValues, io: CommandIo): Promise<Check[]> {
  const { env } = io;
  const home = winkHome(env);
  const own = await checkOwn(values, io, home);
  const [git, ownGit, ripgrep] = await Promise.all([
    checkProgram('git', 'git', ['--version'], env, {
      state: 'fail',
      fix: 'install git; checkpoints and repositories need it',
    }),
    checkOwnGit(io.cwd),
    checkProgram('ripgrep', 'rg', ['--version'], env, {
      state: 'warn',
      fix: 'install ripgrep; without it searching is slower',
    }),
  ]);
  return [checkNode(process.versions.node), checkHome(home), ...own, git, ownGit, ripgrep];
}

/** What depends on the configuration; when that can't be read, only this is reported. */
async function checkOwn(values: DoctorValues, io: CommandIo, home: string): Promise<Check[]> {
  const flags = {
    ...(values.model === undefined ? {} : { model: values.model }),
    ...(values['base-url'] === undefined ? {} : { baseUrl: values['base-url'] }),
    ...(values.api === undefined ? {} : { api: readApi(values.api) }),
  };
  const configFile = values.config === undefined ? {} : { configFile: values.config };
  try {
    const loaded = await loadConfig({
      env: io.env,
      cwd: io.cwd,
      home,
      flags,
      isTrusted: (folder) => isTrusted(folder, home),
      ...configFile,
    });
    const [model, sandbox] = await Promise.all([
      checkModel(loaded, io.env, home, new AbortController().signal),
      checkSandbox(loaded, io.cwd, io.env.HOME ?? homedir(), home),
    ]);
    const isReady = values.try && model.every(({ state }) => state !== 'fail');
    const tried = isReady ? await checkByTrial(loaded, io.env, home, values) : [];
    return [...checkConfig(loaded), ...model, ...tried, ...sandbox];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [{ name: 'Configuration', state: 'fail', detail: error.message }];
  }
}

function readApi(api: string): 'chat' | 'responses' | 'messages' {
  if (api === 'chat' || api === 'responses' || api === 'messages') return api;
  throw new UserError(`--api is "${api}"; allowed are chat, responses and messages.`);
}

const marks = { ok: 'ok  ', warn: 'warn', fail: 'FAIL' } as const;

function formatChecks(checks: readonly Check[]): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const lines = checks.map(
    ({ name, state, detail, fix }) =>
      `${marks[state]}  ${name.padEnd(width)}  ${detail}${fix === undefined ? '' : `\n${' '.repeat(width + 8)}-> ${fix}`}`,
  );
  return `${lines.join('\n')}\n`;
}
