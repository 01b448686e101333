import { appendFileSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { CommandIo } from '../core/command-io.ts';
import { UserError } from '../core/errors.ts';
import { parseOptions } from '../core/parse-options.ts';
import { isObject, parseJson } from '../core/text/json.ts';
import { connectGitHub, type Fetch } from './api.ts';
import { readGitHubEvent } from './github-event.ts';
import { type State, stateSchema } from './handover.ts';
import { type Prepared, prepareRun } from './prepare-run.ts';
import { publishRun } from './publish-run.ts';

const usage = `Usage: wink-agent github prepare [--mention NAME]
       wink-agent github publish RESULT

What happens before and after a run started by a GitHub event. The action in this repository calls both; docs/ci.md shows its workflow.

  prepare   reads the event (GITHUB_EVENT_NAME, GITHUB_EVENT_PATH), checks whether the author may write to the repository, and writes the task,
            the thread and the diff into a folder. Prints one JSON object, and sets the same as outputs of the step where GITHUB_OUTPUT is set
  publish   reads the result object of the run and the output of prepare (WINK_GITHUB_STATE), pushes the changes, and answers

  --mention NAME   the name to react to, without @ (default: wink-agent)

Both need GITHUB_TOKEN, GITHUB_REPOSITORY and the checkout in the working directory. The run between them needs no token.

Examples
  wink-agent github prepare --mention review-bot
  wink-agent github prepare > prepared.json
  WINK_GITHUB_STATE="$(jq -r .state prepared.json)" wink-agent github publish result.json
`;

/** `wink-agent github`: 0 when it is done, also when there was nothing to do. */
export async function runGitHub(argv: readonly string[], io: CommandIo, fetch: Fetch): Promise<number> {
  const { values, positionals } = parseOptions('github', argv, {
    mention: { type: 'string', default: 'wink-agent' },
    help: { type: 'boolean', short: 'h' },
  });
  const [verb, ...words] = positionals;
  if (values.help) {
    io.stdout.write(usage);
    return 0;
  }
  if (verb === 'prepare' && words.length === 0) {
    const name = values.mention.replace(/^@/, '');
    if (!/^[\w-]{1,40}$/.test(name)) throw new UserError(`--mention takes a GitHub name, not "${values.mention}".`);
    tell(await prepare(name, io, fetch), io);
    return 0;
  }
  if (verb === 'publish' && words.length === 1) {
    io.stderr.write(`${await publish(words[0] ?? '', io, fetch)}\n`);
    return 0;
  }
  throw new UserError(
    'wink-agent github takes prepare, or publish with the result of the run. See: wink-agent github --help',
  );
}

async function prepare(name: string, io: CommandIo, fetch: Fetch): Promise<Prepared> {
  const wanted = readGitHubEvent(need(io, 'GITHUB_EVENT_NAME'), readEventFile(need(io, 'GITHUB_EVENT_PATH')), name);
  if (wanted.kind === 'nothing') return { isWanted: false, reason: wanted.reason };
  if (wanted.repository.toLowerCase() !== need(io, 'GITHUB_REPOSITORY').toLowerCase())
    throw new UserError(
      `The event comes from ${wanted.repository}, but the workflow runs in ${io.env.GITHUB_REPOSITORY}.`,
    );
  const folder = join(io.env.RUNNER_TEMP ?? tmpdir(), `wink-github-${wanted.number}-${process.pid}`);
  return prepareRun(wanted, { ...connect(io, fetch), root: io.cwd, folder });
}

async function publish(resultFile: string, io: CommandIo, fetch: Fetch): Promise<string> {
  const state = stateSchema.safeParse(parseJson(need(io, 'WINK_GITHUB_STATE')));
  if (!state.success)
    throw new UserError('WINK_GITHUB_STATE does not hold the state that wink-agent github prepare printed.');
  const runId = (io.env.GITHUB_RUN_ID ?? String(Date.now())).replace(/\W/g, '');
  return publishRun(state.data, resultFile, { ...connect(io, fetch), root: io.cwd, runId });
}

function connect(io: CommandIo, fetch: Fetch) {
  const [repository, token] = [need(io, 'GITHUB_REPOSITORY'), need(io, 'GITHUB_TOKEN')];
  if (!/^[\w.-]+\/[\w.-]+$/.test(repository)) throw new UserError('GITHUB_REPOSITORY is not of the form OWNER/NAME.');
  const apiUrl = io.env.GITHUB_API_URL || 'https://api.github.com';
  const serverUrl = (io.env.GITHUB_SERVER_URL || 'https://github.com').replace(/\/+$/, '');
  const runUrl = io.env.GITHUB_RUN_ID ? `${serverUrl}/${repository}/actions/runs/${io.env.GITHUB_RUN_ID}` : '';
  return {
    gitHub: connectGitHub({ apiUrl, repository, token, fetch, pause }),
    remote: { url: `${serverUrl}/${repository}.git`, token },
    serverUrl,
    runUrl,
  };
}

function need(io: CommandIo, name: string): string {
  const value = io.env[name];
  if (value === undefined || value === '') throw new UserError(`wink-agent github needs the variable ${name}.`);
  return value;
}

function readEventFile(path: string): unknown {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    throw new UserError(`The event file ${path} (GITHUB_EVENT_PATH) can't be read.`);
  }
  const event = parseJson(text);
  if (!isObject(event)) throw new UserError(`The event file ${path} (GITHUB_EVENT_PATH) does not hold a JSON object.`);
  return event;
}

/** One object on stdout, and outputs of the step. None of the values has line ends: JSON and paths of our own. */
function tell(prepared: Prepared, io: CommandIo): void {
  const outputs: Readonly<Record<string, string>> = prepared.isWanted
    ? {
        run: 'true',
        'prompt-file': prepared.promptFile,
        folder: prepared.folder,
        'read-only': String(prepared.isReadOnly),
        'schema-file': prepared.schemaFile ?? '',
        state: writeState(prepared.state),
      }
    : { run: 'false', reason: prepared.reason };
  io.stdout.write(`${JSON.stringify(outputs)}\n`);
  if (!prepared.isWanted) io.stderr.write(`Nothing to do: ${prepared.reason}.\n`);
  if (io.env.GITHUB_OUTPUT)
    appendFileSync(
      io.env.GITHUB_OUTPUT,
      Object.entries(outputs)
        .map(([name, value]) => `${name}=${oneLine(value)}\n`)
        .join(''),
    );
}

function writeState(state: State): string {
  return JSON.stringify(state);
}

function oneLine(text: string): string {
  return text.replace(/[\r\n]+/g, ' ');
}
