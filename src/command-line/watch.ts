import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import type { CommandIo } from '../core/command-io.ts';
import { UserError } from '../core/errors.ts';
import { isProcessAlive } from '../core/process/platform.ts';
import { packageRoot } from '../core/prompt.ts';
import { isObject, parseJson } from '../core/text/json.ts';
import { count } from '../core/text/text.ts';
import { readVersion } from '../core/version.ts';
import { winkHome } from '../store/paths.ts';
import { lockSession } from '../store/session-lock.ts';
import { type WatchedAgent, watchedAgents } from '../watch/events.ts';
import { type WatchPlaces, watchPlaces } from '../watch/places.ts';
import { readState } from '../watch/state.ts';
import { parseFlags } from './args.ts';

const help = `wink-agent watch: the observer beside Claude Code, Codex and Gemini CLI, by their own hooks

Usage
  wink-agent watch install [agent...] [--shadow] [--repository]   claude, codex, gemini; those on the PATH when none is named
  wink-agent watch uninstall [agent...]
  wink-agent watch status [--format table|json]
  wink-agent watch report [flags of report]      what was found and what became of it
  wink-agent watch serve --json                  for agents without hooks: one event a line in, one answer a line out

With --shadow nothing is said to the agent and everything is recorded: begin so. --repository writes the settings of this repository instead of
yours. Nothing of an agent's settings is lost; uninstall leaves them byte for byte as they were.

Examples
  wink-agent watch install --shadow
  wink-agent watch report --format html --out watched.html
`;

const flags = [
  { name: 'shadow', type: 'boolean', help: 'record only' },
  { name: 'repository', type: 'boolean', help: 'the settings of this repository' },
  { name: 'format', type: 'string', help: 'table or json' },
  { name: 'json', type: 'boolean', help: 'events as JSON lines' },
  { name: 'help', short: 'h', type: 'boolean', help: 'print this help' },
] as const;

/** The resident process ends after so long without an event. */
const idleMs = 30 * 60_000;

/** `wink-agent watch`. */
export async function runWatch(words: string[], io: CommandIo): Promise<number> {
  const places = watchPlaces(winkHome(io.env));
  if (words[0] === 'report') {
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
    case 'resident':
      return runResident(places, io);
    case 'hook':
      return runHook(names[0], places, io);
    case 'serve':
      return runServe(places, io, values.json === true);
    default:
      throw new UserError(`watch has no action ${action}; there are install, uninstall, status, report and serve.`);
  }
}

async function runInstall(
  names: readonly string[],
  places: WatchPlaces,
  io: CommandIo,
  { isShadow, isHere }: { isShadow: boolean; isHere: boolean },
): Promise<number> {
  const { chooseAgents, install } = await import('../watch/install.ts');
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
  const { chooseAgents, uninstall } = await import('../watch/install.ts');
  if (names.length > 0) chooseAgents(names, io.env);
  const release = lockInstall(places);
  const gone = await uninstall(names, { places }).finally(release);
  for (const { file } of gone) io.stdout.write(`${file} is as it was.\n`);
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

/** Ends the resident process where there is one, which keeps what it knows in its files. */
async function endResident(places: WatchPlaces): Promise<void> {
  const resident = await askResident(places);
  if (resident === null) return;
  process.kill(resident.pid, 'SIGTERM');
  for (let tries = 0; tries < 40 && isProcessAlive(resident.pid); tries++)
    await new Promise((resolve) => {
      setTimeout(resolve, 50);
    });
}

async function runStatus(places: WatchPlaces, io: CommandIo, format: unknown): Promise<number> {
  const { knownAgents } = await import('../watch/agents.ts');
  const { isInstalled } = await import('../watch/install.ts');
  const { mode } = readState(places);
  const resident = await askResident(places);
  const agents = knownAgents.map(({ agent, title }) => {
    const records = readRecords(places, agent);
    return {
      agent,
      title,
      installed: isInstalled(places, agent).map(({ file }) => file),
      sessions: records.length,
      reminders: records.reduce((sum, { reminders }) => sum + reminders, 0),
      lastSeen:
        records
          .map(({ at }) => at)
          .sort()
          .at(-1) ?? null,
    };
  });
  if (format === 'json') {
    io.stdout.write(`${JSON.stringify({ mode, resident, agents }, null, 2)}\n`);
    return 0;
  }
  io.stdout.write(
    `mode ${mode}; the resident process ${resident === null ? 'is not running (it starts when needed)' : `runs (pid ${resident.pid})`}\n`,
  );
  for (const { title, installed, sessions, reminders, lastSeen } of agents)
    io.stdout.write(
      `${title}: ${installed.length > 0 ? `hooks in ${installed.join(', ')}` : 'not installed'}; ${count(sessions, 'session')}, ${count(reminders, 'reminder')}${lastSeen ? `, last seen ${lastSeen}` : ''}\n`,
    );
  return 0;
}

/** Sessions of one agent that were recorded, by the first lines of their files. */
function readRecords({ sessions }: WatchPlaces, agent: WatchedAgent): { at: string; reminders: number }[] {
  if (!existsSync(sessions)) return [];
  return readdirSync(sessions, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.jsonl'))
    .flatMap((path) => {
      const lines = readFileSync(join(sessions, path), 'utf8').split('\n');
      const header = parseJson(lines[0] ?? '');
      if (!isObject(header) || header.agent !== agent) return [];
      const said = lines.filter((line) => line.startsWith('{"type":"reminder"') && line.includes('"mode":"on"'));
      return [{ at: String(header.at), reminders: said.length }];
    });
}

/** What the resident process says of itself; null when there isn't one. */
function askResident({ socket }: WatchPlaces): Promise<{ pid: number } | null> {
  return new Promise((resolve) => {
    const asked = request({ socketPath: socket, path: '/status', timeout: 1000 }, (response) => {
      let text = '';
      response.on('data', (chunk) => {
        text += chunk;
      });
      response.on('end', () => {
        const answer = parseJson(text);
        resolve(isObject(answer) && typeof answer.pid === 'number' ? { pid: answer.pid } : null);
      });
    });
    asked.on('error', () => resolve(null));
    asked.end();
  });
}

/** The one resident process of a user; where there is one already it ends at once. */
async function runResident(places: WatchPlaces, io: CommandIo): Promise<number> {
  let release: () => void;
  try {
    release = lockSession(places.folder, 'resident');
  } catch {
    return 0;
  }
  const [{ startResident }, { openWatchedRun }] = await Promise.all([
    import('../watch/resident.ts'),
    import('../session/watched-run.ts'),
  ]);
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

/** The same as the hook script does, for machines without curl. */
async function runHook(name: string | undefined, { socket }: WatchPlaces, io: CommandIo): Promise<number> {
  const agent = watchedAgents.find((each) => each === name);
  if (agent === undefined) throw new UserError(`watch hook takes one of ${watchedAgents.join(', ')}.`);
  await new Promise<void>((resolve) => {
    const asked = request({ socketPath: socket, path: `/${agent}`, method: 'POST', timeout: 150 }, (response) => {
      response.on('data', (chunk) => io.stdout.write(chunk));
      response.on('end', resolve);
    });
    asked.on('error', () => resolve());
    asked.on('timeout', () => asked.destroy());
    process.stdin.pipe(asked);
  });
  return 0;
}

async function runServe(places: WatchPlaces, io: CommandIo, isJson: boolean): Promise<number> {
  if (!isJson) throw new UserError('watch serve takes --json.');
  const [{ serveJson }, { openWatchedRun }] = await Promise.all([
    import('../watch/serve-json.ts'),
    import('../session/watched-run.ts'),
  ]);
  const { mode } = readState(places);
  await serveJson(
    (agent, event, inherited) => openWatchedRun(agent, event, { places, mode, env: io.env, inherited }),
    process.stdin,
    process.stdout,
  );
  return 0;
}
