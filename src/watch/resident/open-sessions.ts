import type { Note, Reminder } from '../../core/types.ts';
import type { WatchEvent } from '../agents/read-event.ts';
import type { WatchAnswer } from './watch-answer.ts';
import type { WatchSession } from './watch-session.ts';

/** Opens the observer of a run that is new. `inherited`: the user's words to the agent whose subagent it is. */
export type OpenSession = (agent: string, event: WatchEvent, inherited: readonly Note[]) => Promise<WatchSession>;

export type Taken = {
  readonly answer: WatchAnswer;
  /** The answer did not reach the agent: its words come with the next. */
  readonly giveBack: () => void;
};

/** The runs that are watched at this moment. */
export type WatchSessions = {
  /** Takes an event of a run; events of one run are taken one after the other, in their order. */
  readonly take: (agent: string, event: WatchEvent) => Promise<Taken>;
  /** The newest reminder with this id, or of all, is called wrong; undefined when no run has one. */
  readonly markWrong: (id?: string) => Reminder | undefined;
  /** Those that have opened; who asks does not wait for the others. */
  readonly counts: () => readonly { key: string; steps: number; reminders: number }[];
  readonly close: () => Promise<void>;
};

const unanswered: Taken = { answer: { kind: 'nothing' }, giveBack: () => {} };

type Entry = {
  readonly session: Promise<WatchSession>;
  /** The same, once it has opened. */
  opened?: WatchSession;
  readonly isEcho: (event: WatchEvent) => boolean;
  last: Promise<unknown>;
  usedAt: number;
};

/** Each has a thread; one that is closed goes on from its file when its agent does. */
const maxSessions = 24;
const idleMs = 30 * 60_000;

export function createWatchSessions(open: OpenSession, onFault: (error: unknown) => void): WatchSessions {
  /** In the order of use, the last one used last. */
  const entries = new Map<string, Entry>();
  /** Runs whose last lines are being written: one that comes back opens its file after that. */
  const closing = new Map<string, Promise<void>>();

  const find = async (agent: string, event: WatchEvent): Promise<Entry> => {
    const key = `${agent}:${event.session}`;
    const known = entries.get(key);
    if (known !== undefined) {
      entries.delete(key);
      entries.set(key, known);
      known.usedAt = Date.now();
      return known;
    }
    const session = (async () => {
      await closing.get(key);
      return open(agent, event, await wordsOfParent(agent, event));
    })();
    const entry: Entry = { session, isEcho: createEchoes(), last: session, usedAt: Date.now() };
    entries.set(key, entry);
    session.then(
      (opened) => {
        entry.opened = opened;
      },
      () => entries.get(key) === entry && entries.delete(key),
    );
    for (const [other, { usedAt }] of [...entries].slice(0, -1))
      if (entries.size > maxSessions || Date.now() - usedAt > idleMs) end(other, 'aborted');
    return entry;
  };

  /** What the user said to the agent whose subagent this is; it may have been closed since, and is opened again then. */
  const wordsOfParent = async (agent: string, { parent, cwd }: WatchEvent): Promise<readonly Note[]> => {
    if (parent === undefined) return [];
    const entry = await find(agent, { kind: 'start', session: parent, cwd, isAfterCompaction: false });
    return entry.session.then(
      (session) => session.userNotes(),
      () => [],
    );
  };

  const end = (key: string, outcome: 'done' | 'aborted'): Promise<void> => {
    const entry = entries.get(key);
    entries.delete(key);
    const closed = Promise.resolve(entry?.last)
      .catch(() => undefined)
      .then(async () => (await entry?.session)?.close(outcome))
      .catch(onFault)
      .then(() => {
        if (closing.get(key) === closed) closing.delete(key);
      });
    closing.set(key, closed);
    return closed;
  };

  return {
    take: async (agent, event) => {
      // The end of what was never seen is nothing to be recorded: Claude Code's compaction ends as a subagent that never began.
      const isEnd = event.kind === 'end' || (event.kind === 'stop' && event.parent !== undefined);
      if (isEnd && !entries.has(`${agent}:${event.session}`)) return unanswered;
      const entry = await find(agent, event);
      const session = await entry.session;
      if (entry.isEcho(event)) return unanswered;
      const answered = entry.last.catch(() => undefined).then(() => session.handle(event));
      entry.last = answered;
      const answer = await answered;
      if (event.kind === 'end') {
        const own = `${agent}:${event.session}`;
        const over = [...entries.keys()].filter((key) => key === own || key.startsWith(`${own}-`));
        await Promise.all(over.map((key) => end(key, 'done')));
      }
      return { answer, giveBack: () => session.giveBack(answer) };
    },
    markWrong: (id) => {
      for (const { opened } of [...entries.values()].reverse()) {
        const reminder = opened?.markWrong(id);
        if (reminder !== undefined) return reminder;
      }
      return undefined;
    },
    counts: () => [...entries].flatMap(([key, { opened }]) => (opened ? [{ key, ...opened.counts() }] : [])),
    close: async () => {
      for (const key of [...entries.keys()]) void end(key, 'aborted');
      await Promise.all(closing.values());
    },
  };
}

const keptMarks = 200;

/** Whether an event came before: where hooks are installed for the user and for the repository, each tells of everything. */
function createEchoes(): (event: WatchEvent) => boolean {
  const marks = new Set<string>();
  let previous = '';
  return (event) => {
    const { mark } = event;
    const isCall = event.kind === 'before-call' || event.kind === 'after-call';
    const own = mark ?? JSON.stringify(event);
    const isEcho = mark === undefined ? !isCall && own === previous : marks.has(mark);
    previous = own;
    if (mark !== undefined) marks.add(mark);
    if (marks.size > keptMarks) marks.delete([...marks][0]!);
    return isEcho;
  };
}
