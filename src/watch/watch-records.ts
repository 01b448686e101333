import { appendFileSync, existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { parseJson } from '../core/text/json.ts';
import type { Episode } from '../core/types.ts';
import type { WatchPlaces } from './watch-places.ts';

const headerLine = z.looseObject({ type: z.literal('header'), session: z.string(), agent: z.string(), at: z.string() });
const reminderLine = z.looseObject({
  type: z.literal('reminder'),
  at: z.string(),
  id: z.string(),
  mode: z.enum(['on', 'shadow']),
  episode: z.string(),
  category: z.string(),
  class: z.string(),
  detector: z.string().exactOptional(),
  step: z.number(),
  evidenceSteps: z.array(z.number()),
  text: z.string(),
});
export type RecordedReminder = z.output<typeof reminderLine>;

/** A watched session as its file tells of it. */
export type WatchRecord = {
  readonly path: string;
  readonly session: string;
  readonly agent: string;
  /** ISO time of its last step, note or end. */
  readonly lastSeen: string;
  readonly reminders: readonly RecordedReminder[];
};

/** All sessions that were watched, in no order. A file that is broken is left out. */
export function readWatchRecords({ sessions }: Pick<WatchPlaces, 'sessions'>): WatchRecord[] {
  if (!existsSync(sessions)) return [];
  return readdirSync(sessions, { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.jsonl'))
    .flatMap((path) => readRecord(join(sessions, path)) ?? []);
}

function readRecord(path: string): WatchRecord | undefined {
  const lines = readFileSync(path, 'utf8').split('\n');
  const header = headerLine.safeParse(parseJson(lines[0] ?? ''));
  if (!header.success) return undefined;
  const reminders = lines
    .filter((line) => line.startsWith('{"type":"reminder"'))
    .flatMap((line) => reminderLine.safeParse(parseJson(line)).data ?? []);
  // Not when one of its reminders was called wrong afterwards.
  const times = lines
    .filter((line) => /^\{"type":"(?:step|note|end)"/.test(line))
    .flatMap((line) => /"at":"([^"]+)"/.exec(line)?.[1] ?? []);
  const { session, agent, at } = header.data;
  return { path, session, agent, lastSeen: times.at(-1) ?? at, reminders };
}

/**
 * Marks a reminder of a session that is over as a false alarm, the newest of all without an id: a line more in its file, as a living
 * session would write it. Gives the reminder; undefined when there isn't one.
 */
export function markWrongInFile(
  places: Pick<WatchPlaces, 'sessions'>,
  id: string | undefined,
): RecordedReminder | undefined {
  const all = readWatchRecords(places).flatMap(({ path, reminders }) =>
    reminders.map((reminder) => ({ path, reminder })),
  );
  const fitting = all.filter(({ reminder }) => id === undefined || reminder.id === id);
  const [newest] = fitting.sort((left, right) => (left.reminder.at < right.reminder.at ? 1 : -1));
  if (newest === undefined) return undefined;
  const { episode, mode, category, class: name, detector, step, evidenceSteps } = newest.reminder;
  const marked: Episode = {
    id: episode,
    mode,
    category,
    class: name,
    ...(detector === undefined ? {} : { detector }),
    openedAtStep: Math.max(0, ...evidenceSteps),
    evidenceSteps,
    interventions: mode === 'on' ? 1 : 0,
    wrong: true,
    outcome: 'ended',
    closedAtStep: step,
  };
  appendFileSync(newest.path, `${JSON.stringify({ type: 'recovery', at: new Date().toISOString(), ...marked })}\n`);
  return newest.reminder;
}
