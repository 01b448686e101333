import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { statIfThere } from '../../core/disk/stat-if-there.ts';
import { readWatchEvent, type WatchedAgent, watchedAgents } from '../agents/read-event.ts';
import { writeAnswer } from '../agents/write-answer.ts';
import type { WatchPlaces } from '../watch-places.ts';
import { createWatchSessions, type OpenSession } from './open-sessions.ts';

export type ResidentOptions = {
  readonly places: WatchPlaces;
  readonly version: string;
  /** Without an event for so long it ends. */
  readonly idleMs: number;
  readonly open: OpenSession;
  /** What went wrong with one event; the agent is told nothing then. */
  readonly onFault: (error: unknown) => void;
};

/** At its end, answers that are under way get so long. */
const lastAnswersMs = 1000;
/** How often it looks whether its socket is still there. */
const lookMs = 20_000;
/** A tool's output of this size is still taken; larger bodies are refused. In bytes. */
const maxBodyBytes = 20_000_000;
/** The event's name, which goes back with the answer. */
const hookEventPattern = /"hook_event_name"\s*:\s*"(\w+)"/;

export type Resident = {
  /** Resolves when it has ended: idle, or closed. */
  readonly ended: Promise<void>;
  readonly close: () => Promise<void>;
};

/**
 * The one process a user that watches other agents: hooks post their events to its socket and get the answer at once. Events of one run are
 * taken in their order. What came while nobody listened is taken first.
 */
export async function startResident(options: ResidentOptions): Promise<Resident> {
  const { places, idleMs, onFault } = options;
  const sessions = createWatchSessions(options.open, onFault);
  let timer: NodeJS.Timeout | undefined;
  let finish = () => {};
  const ended = new Promise<void>((resolve) => {
    finish = resolve;
  });

  let kept: Promise<void> = Promise.resolve();
  /** What came before this process listened goes before what comes now, whoever asks first. */
  const takeKept = (): Promise<void> => {
    kept = kept.then(takeAllKept).catch(onFault);
    return kept;
  };
  const takeAllKept = async (): Promise<void> => {
    for (const { agent, body } of takeSpooled(places)) {
      const event = readWatchEvent(body, agent);
      if (event === undefined) continue;
      // Nobody waits for this answer.
      await sessions.take(agent, event).then(({ giveBack }) => giveBack(), onFault);
    }
  };

  const answerHook = async (agent: WatchedAgent, body: string, response: ServerResponse): Promise<void> => {
    const event = readWatchEvent(body, agent);
    if (event === undefined) return void response.end();
    const { answer, giveBack } = await sessions.take(agent, event);
    if (response.destroyed) return giveBack();
    response.once('close', () => {
      if (!response.writableFinished) giveBack();
    });
    const text = writeAnswer(agent, hookEventPattern.exec(body)?.[1] ?? '', answer);
    // The hook prints only what has come whole.
    response.setHeader('content-length', Buffer.byteLength(text));
    response.end(text);
  };

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const agent = watchedAgents.find((name) => request.url === `/${name}`);
    const body = await readBody(request);
    if (agent !== undefined) {
      wind();
      await takeKept();
      return answerHook(agent, body, response);
    }
    if (request.url === '/wrong') {
      await takeKept();
      const reminder = sessions.markWrong(body === '' ? undefined : body);
      response.end(JSON.stringify({ reminder: reminder ?? null }));
      return;
    }
    const { version } = options;
    response.end(JSON.stringify({ version, pid: process.pid, sessions: sessions.counts() }));
  };

  const underWay = new Set<Promise<void>>();
  const server = createServer((request, response) => {
    const answered = answer(request, response)
      .catch((error: unknown) => {
        onFault(error);
        response.statusCode = 500;
        response.end();
      })
      .finally(() => underWay.delete(answered));
    underWay.add(answered);
  });

  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= (async () => {
      clearTimeout(timer);
      clearInterval(looking);
      // From here on a hook keeps its event, for the process that comes next.
      const isClosed = new Promise((resolve) => server.close(resolve));
      await Promise.race([Promise.all(underWay), wait(lastAnswersMs, undefined, { ref: false })]);
      await sessions.close();
      server.closeAllConnections();
      await isClosed;
      rmSync(places.socket, { force: true });
      finish();
    })();
    return closing;
  };

  const wind = () => {
    clearTimeout(timer);
    timer = setTimeout(() => void close(), idleMs);
  };

  await listen(server, places);
  rmSync(places.starting, { recursive: true, force: true });
  // Whoever removed the folder has no more use for what listens in it.
  const looking = setInterval(() => {
    if (!existsSync(places.socket)) void close();
  }, lookMs).unref();
  wind();
  await takeKept();
  return { ended, close };
}

/** Only this user reads and writes the socket. A socket without a listener is left over from a process that was killed. */
async function listen(server: Server, { folder, socket }: WatchPlaces): Promise<void> {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  rmSync(socket, { force: true });
  const before = process.umask(0o177);
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(socket, resolve);
    });
  } finally {
    process.umask(before);
  }
  chmodSync(socket, 0o600);
}

/** Events that the hook script kept, in their order: their names begin with a time. Those that are still being written wait. */
function takeSpooled({ spool }: WatchPlaces): { agent: WatchedAgent; body: string }[] {
  let names: string[];
  try {
    names = readdirSync(spool)
      .filter((name) => !name.endsWith('.part'))
      .sort();
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    const path = join(spool, name);
    const agent = watchedAgents.find((each) => name.endsWith(`.${each}`));
    const body = agent !== undefined && statIfThere(path)?.isFile() ? readFileSync(path, 'utf8') : '';
    rmSync(path, { recursive: true, force: true });
    return agent === undefined || body === '' ? [] : [{ agent, body }];
  });
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += chunk.length;
    if (length > maxBodyBytes) throw new Error('The event is too large.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
