import { existsSync } from 'node:fs';
import { request } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import type { CommandIo } from '../core/command-io.ts';
import { messageOf, UserError } from '../core/errors.ts';
import { packageRoot } from '../core/prompt.ts';
import { isObject } from '../core/text/json.ts';
import { readVersion } from '../core/version.ts';
import { winkHome } from '../store/session-folders.ts';
import { lockSession } from '../store/session-lock.ts';
import { watchedAgents } from '../watch/agents/read-event.ts';
import { readState } from '../watch/installations.ts';
import type { OpenSession } from '../watch/resident/open-sessions.ts';
import { askResident, endResident, findResident } from '../watch/resident/resident-client.ts';
import { residentLock, type WatchPlaces, watchPlaces } from '../watch/watch-places.ts';
import { parseFlags } from './args.ts';

const help = `wink-agent watch: the observer for Claude Code, Codex, Gemini CLI, opencode and pi, through their own hooks and plugins

Usage
  wink-agent watch install [agent...] [--shadow] [--repository]   claude, codex, gemini, opencode, pi; those on the PATH when none is named
  wink-agent watch uninstall [agent...]
  wink-agent watch status [--format table|json]  installed, run by the agent, last seen, sessions, reminders
  wink-agent watch report [flags of report]      what was found and what became of it
  wink-agent watch wrong [ID]                    the last reminder, or the one with this id (r2), was a false alarm
  wink-agent watch serve --json|--mcp            for agents without hooks: an event in, an answer out

With --shadow everything is recorded and nothing is said to the agent: start with it. --repository writes to this repository's settings instead of
yours. Nothing in an agent's settings is lost; uninstall leaves them byte for byte as they were.

Examples
  wink-agent watch install --shadow
  wink-agent watch report --format html --out watched.html
`;

const flags = [
  { name: 'shadow', type: 'boolean', help: 'record only' },
  { name: 'repository', type: 'boolean', help: 'the settings of this repository' },
  { name: 'format', type: 'string', help: 'table or json' },
  { name: 'json', type: 'boolean', help: 'events as JSON lines' },
  { name: 'mcp', type: 'boolean', help: 'a server of the Model Context Protocol' },
  { name: 'help', short: 'h', type: 'boolean', help: 'print this help' },
] as const;

/** The resident process ends after so long without an event. */
const idleMs = 30 * 60_000;
/** How often a new one looks, every 100 ms, whether one that is ending has ended. */
const lockTries = 50;

/** `wink-agent watch`. */
export async function runWatch(words: string[], io: CommandIo): Promise<number> {
  const places = watchPlaces(winkHome(io.env));
  if (words[0] === 'report') {
    if (!existsSync(places.sessions) && !words.includes('--help') && !words.includes('-h'))
      throw new UserError(
        'No session was watched yet; `wink-agent watch status` says where the observer is installed.',
      );
    const { runReport } = await import('../study/report/report-command.ts');
    return runReport([places.sessions, ...words.slice(1)], io);
  }
  const { values, positionals } = parseFlags(words, flags);
  const [action, ...names] = positionals;
  if (values.help || action === undefined) {
    io.stdout.write(help);
    return action === undefined && !values.help ? 2 : 0;
  }
  switch (action) {
    case 'install':
      return runInstall(names, places, io, { isShadow: values.shadow === true, isHere: values.repository === true });
    case 'uninstall':
      return runUninstall(names, places, io);
    case 'status':
      return runStatus(places, io, values.format);
    case 'wrong':
      return runWrong(names[0], places, io);
    case 'resident':
      return runResident(places, io);
    case 'hook':
      return runHook(names[0], places, io);
    case 'serve':
      return runServe(places, io, values.mcp ? 'mcp' : values.json ? 'json' : undefined);
    default:
      throw new UserError(
        `watch has no action ${action}; there are install, uninstall, status, report, wrong and serve.`,
      );
  }
}

async function runInstall(
  names: readonly string[],
  places: WatchPlaces,
  io: CommandIo,
  { isShadow, isHere }: { isShadow: boolean; isHere: boolean },
): Promise<number> {
  const { chooseAgents, install } = await import('../watch/agents/install.ts');
  const agents = chooseAgents(names, io.env);
  if (agents.length === 0)
    throw new UserError(
      'None of claude, codex, gemini, opencode and pi is on the PATH; name one to install for it all the same.',
    );
  const release = lockInstall(places);
  const reports = await install(agents, {
    places,
    env: io.env,
    repository: isHere ? io.cwd : undefined,
    mode: isShadow ? 'shadow' : 'on',
    packageRoot: packageRoot(),
  }).finally(release);
  // It has the old program and the old mode; the next event starts another.
  await endResident(places);
  for (const { title, file, isNew, note } of reports) {
    io.stdout.write(`${title}: ${isNew ? 'added to' : 'is already in'} ${file}\n`);
    if (note) io.stdout.write(`  ${note}\n`);
  }
  io.stdout.write(
    isShadow
      ? 'Shadow: the observer records and says nothing. See `wink-agent watch report`; without --shadow it speaks.\n'
      : 'The observer speaks in new sessions. `wink-agent watch install --shadow` only records.\n',
  );
  return 0;
}

async function runUninstall(names: readonly string[], places: WatchPlaces, io: CommandIo): Promise<number> {
  const { chooseAgents, uninstall } = await import('../watch/agents/install.ts');
  if (names.length > 0) chooseAgents(names, io.env);
  const release = lockInstall(places);
  const gone = await uninstall(names, { places }).finally(release);
  for (const { file } of gone) io.stdout.write(`${existsSync(file) ? 'Taken out of' : 'Removed'} ${file}\n`);
  if (gone.length === 0) io.stdout.write('Nothing was installed.\n');
  if (readState(places).installations.length === 0) await endResident(places);
  return 0;
}

/** Two at once would lose each other's changes. */
function lockInstall({ folder }: WatchPlaces): () => void {
  try {
    return lockSession(folder, 'install');
  } catch {
    throw new UserError('Another `wink-agent watch install` or `uninstall` is at work; try again when it has ended.');
  }
}

async function runStatus(places: WatchPlaces, io: CommandIo, format: unknown): Promise<number> {
  const [{ readStatus, describeStatus }, { findWatchJudge }] = await Promise.all([
    import('../watch/watch-status.ts'),
    import('../session/watched-run.ts'),
  ]);
  if (format !== undefined && format !== 'table' && format !== 'json')
    throw new UserError(`--format is table or json, and not ${String(format)}.`);
  const judge = await findWatchJudge(io.cwd, io.env);
  const status = await readStatus(places, io.env, io.cwd, judge?.name);
  io.stdout.write(format === 'json' ? `${JSON.stringify(status, null, 2)}\n` : describeStatus(status));
  return 0;
}

/** A living session forgets the finding, too; in one that is over it is only recorded. */
async function runWrong(id: string | undefined, places: WatchPlaces, io: CommandIo): Promise<number> {
  const { markWrongInFile } = await import('../watch/watch-records.ts');
  const answer = await askResident(places, '/wrong', id ?? '');
  const living = isObject(answer?.reminder) ? answer.reminder : undefined;
  const reminder = living ?? markWrongInFile(places, id);
  if (reminder === undefined)
    throw new UserError(id === undefined ? 'No reminder was recorded yet.' : `No reminder ${id} was recorded.`);
  const words = String(reminder.text).replace(/\s+/g, ' ').slice(0, 120);
  io.stdout.write(`Marked as a false alarm: ${String(reminder.id)} (${String(reminder.class)}): ${words}\n`);
  return 0;
}

/** The one resident process of a user; where there is one already it ends at once. */
async function runResident(places: WatchPlaces, io: CommandIo): Promise<number> {
  const release = await lockResident(places);
  if (release === undefined) return 0;
  const [{ startResident }, { openWatchedRun }, { keepProgram }] = await Promise.all([
    import('../watch/resident/resident.ts'),
    import('../session/watched-run.ts'),
    import('../watch/agents/install.ts'),
  ]);
  // An agent's own package of plugins was installed, and not by `watch install`.
  if (!existsSync(places.hook)) keepProgram({ places, packageRoot: packageRoot() });
  const { mode } = readState(places);
  const resident = await startResident({
    places,
    version: readVersion(),
    idleMs: Number(io.env.WINK_WATCH_IDLE_MS) || idleMs,
    open: (agent, event, inherited) => openWatchedRun(agent, event, { places, mode, env: io.env, inherited }),
    onFault: (error) => io.stderr.write(`${String(error)}\n`),
  });
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => void resident.close());
  await resident.ended;
  release();
  return 0;
}

/** Waits for one that is just ending; undefined while another one answers, or does not end. */
async function lockResident(places: WatchPlaces): Promise<(() => void) | undefined> {
  for (let tries = 0; tries < lockTries; tries++) {
    try {
      return lockSession(places.folder, residentLock);
    } catch {
      if ((await findResident(places)) !== undefined) return undefined;
      await wait(100);
    }
  }
  return undefined;
}

/** What curl does in the hook script, for machines without it, and with its exit codes: 7 when nobody listens, 28 when the answer takes too long. */
async function runHook(name: string | undefined, { socket }: WatchPlaces, io: CommandIo): Promise<number> {
  const agent = watchedAgents.find((each) => each === name);
  if (agent === undefined) throw new UserError(`watch hook takes one of ${watchedAgents.join(', ')}.`);
  const signal = AbortSignal.timeout(1000 * (Number(io.env.WINK_WATCH_SECONDS) || 0.15));
  return new Promise((resolve) => {
    const end = () => resolve(signal.aborted ? 28 : 7);
    const asked = request({ socketPath: socket, path: `/${agent}`, method: 'POST', signal }, (response) => {
      response.on('data', (chunk) => io.stdout.write(chunk));
      response.on('error', end);
      response.on('end', () => resolve(0));
    });
    asked.on('error', end);
    process.stdin.on('error', end).pipe(asked);
  });
}

async function runServe(places: WatchPlaces, io: CommandIo, form: 'json' | 'mcp' | undefined): Promise<number> {
  if (form === undefined) throw new UserError('watch serve takes --json or --mcp.');
  const { openWatchedRun } = await import('../session/watched-run.ts');
  const { mode } = readState(places);
  const open: OpenSession = (agent, event, inherited) =>
    openWatchedRun(agent, event, { places, mode, env: io.env, inherited });
  if (form === 'json') {
    const { serveJson } = await import('../watch/serve-json.ts');
    await serveJson(open, process.stdin, process.stdout);
    return 0;
  }
  const { serveMcp } = await import('../watch/serve-mcp.ts');
  const onFault = (error: unknown) => io.stderr.write(`${messageOf(error)}\n`);
  await serveMcp(open, readVersion(), process.stdin, process.stdout, onFault);
  return 0;
}
