import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import type { McpServer, SessionModeState } from '@agentclientprotocol/sdk';
import { titleOf } from '../acp/prompt-blocks.ts';
import type { AcpHost, AcpSession, AskEditor } from '../acp/serve.ts';
import { Stop } from '../agent/stop-reason.ts';
import type { RunFlags } from '../command-line/args.ts';
import { approvalChoices } from '../command-line/options.ts';
import { UserError } from '../core/errors.ts';
import { describeCompactEnd } from '../core/run/compact-end.ts';
import type { EditedAnswer, EditedSince } from '../core/run/taken-back.ts';
import { count } from '../core/text/count.ts';
import { sanitize } from '../core/text/sanitize.ts';
import type { ApprovalMode } from '../core/types.ts';
import { readVersion } from '../core/version.ts';
import type { UserQuestion } from '../observer/user-question.ts';
import { filesOfSession } from '../store/find-session.ts';
import { listSessions } from '../store/list-sessions.ts';
import { allSessionFolders, sessionFolder, winkHome } from '../store/session-folders.ts';
import { type OpenRun, openRun } from './run/open-run.ts';
import { playBackSaved } from './screen/playback.ts';
import { expandTask } from './screen/user-commands.ts';
import { chooseSession, withExperiment } from './session-choice.ts';
import { type Env, noModel, prepareModels, prepareSetup, type Setup } from './setup.ts';
import { takeBack } from './take-back.ts';

const modeNames: Readonly<Record<ApprovalMode, string>> = {
  plan: 'Plan: reads and plans, changes nothing',
  ask: 'Ask before each change and command',
  edits: 'Edit files in the workspace, ask before commands with other effects',
  full: 'Ask for nothing',
};

/** Steps for which the observer lets a misbehaviour pass when the person says "go on". */
const goOnSteps = 20;

/** What an editor can open: sessions of ours, made as the screen makes them. `flags` are those of `wink-agent acp`. */
export function createAcpHost(flags: RunFlags, env: Env): AcpHost {
  const setupFor = async (cwd: string, addDirs: readonly string[]): Promise<Setup> => {
    for (const folder of [cwd, ...addDirs]) checkFolder(folder);
    return prepareSetup({ ...flags, cwd, addDirs: [...flags.addDirs, ...addDirs] }, env);
  };
  return {
    version: readVersion(),
    open: async ({ cwd, mcpServers, additionalDirectories }, id, ask) =>
      openAcpSession(withServers(await setupFor(cwd, additionalDirectories ?? []), mcpServers), flags, id, ask),
    list: async (cwd) => {
      const setup = cwd === undefined ? undefined : await setupFor(cwd, []);
      const folders = setup ? [sessionFolder(setup.home, setup.loaded.repository)] : allSessionFolders(winkHome(env));
      return folders.flatMap(listSessions).map((session) => ({
        sessionId: session.id,
        cwd: session.cwd,
        title: titleOf(sanitize(session.task)),
        updatedAt: session.changedAt,
      }));
    },
  };
}

function checkFolder(path: string): void {
  if (!isAbsolute(path)) throw new UserError(`A session's folder must be an absolute path; ${path} is not.`);
  const state = statSync(path, { throwIfNoEntry: false });
  if (state === undefined) throw new UserError(`The folder ${path} does not exist.`);
  if (!state.isDirectory()) throw new UserError(`${path} is not a folder.`);
}

async function openAcpSession(
  setup: Setup,
  flags: RunFlags,
  id: string | undefined,
  ask: AskEditor,
): Promise<AcpSession> {
  const models = await prepareModels(setup);
  if (models === undefined) throw new UserError(noModel);
  // An editor names a session whole; the beginning of an id, which a person may give, could be another's.
  if (
    id !== undefined &&
    filesOfSession(setup.home, sessionFolder(setup.home, setup.loaded.repository), id).length === 0
  )
    throw new UserError(`There is no session "${id}".`);
  const choice = chooseSession(setup, { ...flags, continue: false }, { isResume: id !== undefined, id });
  let turn = new AbortController();
  const run: OpenRun = await openRun({
    setup: withExperiment(setup, flags, choice),
    models,
    choice,
    isInteractive: true,
    task: choice.saved?.header.task ?? '',
    askUser: ask.permission,
    askQuestion: ask.question,
    onAskUser: (question) => askAtLadder(question, () => run, ask, turn.signal, setup.cwd),
  });
  let working: Promise<unknown> | undefined;
  return {
    id: run.session,
    cwd: setup.cwd,
    past: choice.saved ? playBackSaved(choice.saved, run.leftBehind) : [],
    subscribe: run.subscribe,
    prompt: async ({ text, images }) => {
      if (working !== undefined) throw new UserError('The session still works on the prompt before this one.');
      turn = new AbortController();
      const ended = runPrompt(run, setup.cwd, text, images);
      working = ended.catch(() => undefined);
      return ended.finally(() => {
        turn.abort();
        working = undefined;
      });
    },
    cancel: () => {
      turn.abort();
      run.observer.interrupted();
      run.stop(new Stop('aborted', 'The user interrupted.'));
    },
    modes: () => modesOf(run),
    setMode: (mode) => {
      const known = approvalChoices.find((choice) => choice === mode);
      if (known !== undefined) run.permissions.setMode(known);
      return known !== undefined;
    },
    commands: () => [
      ...Object.entries(ownCommands).map(([name, { description, hint }]) => ({
        name,
        description,
        ...(hint ? { input: { hint } } : {}),
      })),
      ...run.extensions.commands.map(({ name, description, hint }) => ({
        name,
        description,
        ...(hint ? { input: { hint } } : {}),
      })),
    ],
    close: async () => {
      run.stop(new Stop('aborted', 'The editor closed the session.'));
      await working;
      await run.close();
    },
  };
}

async function runPrompt(run: OpenRun, cwd: string, text: string, images: readonly string[]) {
  const [, name = '', word = ''] = /^\/(\w+)(?:\s+(\w+))?$/.exec(text.trim()) ?? [];
  const own = ownCommands[name];
  if (own !== undefined && (word === '' || own.words?.includes(word))) return own.run(run, cwd, word);
  return run.submit(await expandTask(text, run.extensions, cwd), images);
}

/** What was changed after the agent did is left, unless the word says `overwrite`; `earlier`: with the turn before. */
async function goBack(run: OpenRun, what: EditedSince['what'], cwd: string, word: string): Promise<string> {
  let wasEdited = false;
  let turns = word === 'earlier' ? 1 : 0;
  const ask = ({ hasEarlier }: EditedSince): EditedAnswer => {
    wasEdited = true;
    return word === 'overwrite' ? 'overwrite' : hasEarlier && turns-- > 0 ? 'earlier' : 'leave';
  };
  const { words } = await takeBack(run, what, { cwd, ask });
  if (!wasEdited || word !== '') return words;
  const earlier = what === 'undo' ? ', /undo earlier goes back to before the turn before' : '';
  return `${words} /${what} overwrite replaces what was changed meanwhile${earlier}.`;
}

/** Slash commands that an editor's own buttons have no equal for. Each gives what it has to say. */
const ownCommands: Readonly<
  Record<
    string,
    {
      readonly description: string;
      readonly hint?: string;
      readonly words?: readonly string[];
      readonly run: (run: OpenRun, cwd: string, word: string) => Promise<string>;
    }
  >
> = {
  compact: {
    description: 'summarises the conversation so far to make room',
    run: async (run) => {
      return describeCompactEnd(await run.compactor.compactNow('', new AbortController().signal));
    },
  },
  undo: {
    description: 'takes back the last changes of files',
    words: ['overwrite', 'earlier'],
    hint: '[overwrite|earlier]',
    run: (run, cwd, word) => goBack(run, 'undo', cwd, word),
  },
  redo: {
    description: 'makes the changes again that were taken back',
    words: ['overwrite'],
    hint: '[overwrite]',
    run: (run, cwd, word) => goBack(run, 'redo', cwd, word),
  },
  wink: {
    description: 'what the observer saw and did, and the constraints that hold',
    run: async (run) => {
      const { mode, health, reminders, suppressed, episodes } = run.observer.summary();
      const lines = episodes.map(({ class: name, outcome }) => `- ${name}: ${outcome ?? 'open'}`);
      const held = run.observer.ledger().map(({ quote, source }) => `- “${quote}” (${source})`);
      return [
        `Observer ${mode}, ${health}: ${count(reminders, 'reminder')}, ${suppressed} held back.`,
        ...(lines.length > 0 ? ['', 'Episodes', ...lines] : []),
        ...(held.length > 0 ? ['', 'Constraints', ...held] : []),
      ].join('\n');
    },
  },
};

function modesOf(run: OpenRun): SessionModeState {
  return {
    currentModeId: run.permissions.mode(),
    availableModes: approvalChoices.map((id) => ({ id, name: id, description: modeNames[id] })),
  };
}

/** The observer's ladder has reached the person: go on, or stop. */
async function askAtLadder(
  question: UserQuestion,
  run: () => OpenRun,
  ask: AskEditor,
  turn: AbortSignal,
  cwd: string,
): Promise<void> {
  const request = {
    directory: cwd,
    callId: `wink-${question.class}-${question.evidenceSteps.at(-1) ?? 0}`,
    name: 'wink',
    title: `The agent does not recover (${question.class}): ${question.evidence} Let it continue?`,
    input: {},
    reason: 'No stops the run.',
  };
  const answer = await ask.permission(request, turn);
  if (turn.aborted) return;
  if (answer.kind === 'deny') run().stop(new Stop('aborted', 'The user stopped the run after the observer had asked.'));
  else run().observer.allowMore(question.class, goOnSteps);
}

/** The editor's own MCP servers with those of the configuration; the editor's person has chosen both. */
function withServers(setup: Setup, servers: readonly McpServer[]): Setup {
  const given = Object.fromEntries(
    servers.map((server) => [server.name, 'url' in server ? httpServer(server) : stdioServer(server)]),
  );
  const config = { ...setup.loaded.config, mcpServers: { ...setup.loaded.config.mcpServers, ...given } };
  return { ...setup, loaded: { ...setup.loaded, config } };
}

function stdioServer({ command, args, env }: Extract<McpServer, { command: string }>) {
  return { command, args: [...args], env: Object.fromEntries(env.map(({ name, value }) => [name, value])) };
}

function httpServer({ url, type, headers }: Extract<McpServer, { url: string }>) {
  return { url, type, headers: Object.fromEntries(headers.map(({ name, value }) => [name, value])) };
}
