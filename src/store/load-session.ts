import { closeSync, existsSync, openSync, readdirSync, readFileSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import type { Event } from '../core/event.ts';
import type { Compaction, Episode, Note, Reminder, Step } from '../core/types.ts';
import { stepOfCalls } from './done-calls.ts';
import { isSessionHeader, parseLine } from './parse-line.ts';
import type { DoneCall, ExperimentArm, Header } from './session-lines.ts';
import { readCutWords, stepOfWords } from './unfinished-answer.ts';

/** What the observer said, and how many steps were finished by then. */
export type ObserverCard = {
  readonly steps: number;
  readonly event: Extract<Event, { type: 'reminder' | 'recovery' }>;
};

export type SavedSession = {
  readonly path: string;
  readonly header: Header;
  readonly steps: Step[];
  readonly compactions: Compaction[];
  /** Notes that were said but are in no step yet: they go in front of the next one. */
  readonly openNotes: Note[];
  readonly cards: ObserverCard[];
  /** How the last run ended; absent when it never came to its end. */
  readonly ended?: string;
  /** What went wrong with the last run, in a sentence. */
  readonly endError?: string;
  readonly experiment?: ExperimentArm;
  /** The last step, which a kill cut off; the file doesn't hold it yet. */
  readonly cutStep?: Step;
  /** Lines that could not be read (a kill leaves at most one, the last). */
  readonly brokenLines: number;
};

/** Reads a session file; a broken line is counted and passed over, so whatever a kill left is resumable. */
export function loadSession(path: string): SavedSession {
  let header: Header | undefined;
  let steps: Step[] = [];
  let compactions: Compaction[] = [];
  let openNotes: Note[] = [];
  let cards: ObserverCard[] = [];
  let done: DoneCall[] = [];
  let end: { readonly outcome: string; readonly error?: string | undefined } | undefined;
  let brokenLines = 0;
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    if (!text.trim()) continue;
    const line = parseLine(text);
    if (!line) brokenLines++;
    else if (line.type === 'header') header ??= line as unknown as Header;
    else if (line.type === 'step') {
      const step = line as unknown as Step;
      if (done.length > 0 && step.index === steps.length + 1) steps.push(stepOfCalls(steps.length, [], done));
      if (step.index !== steps.length) continue;
      done = [];
      steps.push(step);
      const said = new Set(step.notes.map(noteKey));
      openNotes = openNotes.filter((open) => !said.has(noteKey(open)));
      end = undefined;
    } else if (line.type === 'note') {
      const note = line as unknown as Note;
      // Earlier versions wrote an open note again at each start.
      if (openNotes.some((open) => noteKey(open) === noteKey(note))) continue;
      openNotes.push(note);
      // With the user's words the next run has begun.
      if (note.from === 'user') end = undefined;
    } else if (line.type === 'taken-back') openNotes = openNotes.filter(({ at }) => !line.notes.includes(at));
    else if (line.type === 'call') done.push(line as unknown as DoneCall);
    else if (line.type === 'compaction') compactions.push(line as unknown as Compaction);
    else if (line.type === 'rewind') {
      steps = steps.slice(0, line.toStep);
      compactions = compactions
        .filter(({ fromStep }) => fromStep <= line.toStep)
        .map((one) => ((one.atStep ?? 0) > line.toStep ? { ...one, atStep: line.toStep } : one));
      openNotes = [];
      done = [];
      cards = cards.filter(({ steps: known }) => known < line.toStep);
    } else if (line.type === 'reminder') {
      const reminder = line as unknown as Reminder;
      cards.push({ steps: steps.length, event: { type: 'reminder', mode: reminder.mode, reminder } });
    } else if (line.type === 'recovery')
      cards.push({ steps: steps.length, event: { type: 'recovery', episode: line as unknown as Episode } });
    else if (line.type === 'end') end = line;
  }
  const words = readCutWords(path, steps.length);
  const cutStep =
    done.length > 0
      ? { ...stepOfCalls(steps.length, openNotes, done), text: words?.text ?? '' }
      : words && stepOfWords(steps.length, openNotes, words);
  if (cutStep) {
    steps.push(cutStep);
    openNotes = [];
  }
  if (!header) throw new UserError(`${path} is not a session of wink-agent: it has no header line.`);
  // On the screen the task is not known when the file is begun: it is what the user said first.
  const task = header.task || firstWords([...(steps[0]?.notes ?? []), ...openNotes]);
  return {
    path,
    header: { ...header, task },
    steps,
    compactions,
    openNotes,
    cards,
    brokenLines,
    ...(cutStep ? { cutStep } : {}),
    ...(end ? { ended: end.outcome } : {}),
    ...(end?.error ? { endError: end.error } : {}),
    ...(header.experiment ? { experiment: header.experiment } : {}),
  };
}

function firstWords(notes: readonly Note[]): string {
  return notes.find(({ from }) => from === 'user')?.text ?? '';
}

function noteKey(note: { readonly at: string; readonly text: string }): string {
  return `${note.at} ${note.text}`;
}

/** The file of the newest session of a folder: one in which something was said goes before those that were only opened. Throws UserError when there isn't one. */
export function findNewestSession(folder: string): string {
  const files = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith('.jsonl')) : [];
  const paths = files
    .map((name) => join(folder, name))
    .map((path) => ({ path, changedAt: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.changedAt - a.changedAt)
    .map(({ path }) => path);
  // A long session takes a while to read, and only one of them is wanted.
  const newest = paths.find((path) => hasHeader(path) && hasWords(path)) ?? paths.find(hasHeader);
  if (!newest) throw new UserError('This repository has no saved session yet; start one with a prompt.');
  return newest;
}

/** Bytes behind the header that no session has in which nothing was said. */
const mostUnsaid = 4096;

/** Whether the user has said something in it. */
function hasWords(path: string): boolean {
  if (statSync(path).size - Buffer.byteLength(readFirstLine(path)) > mostUnsaid) return true;
  const { steps, openNotes } = loadSession(path);
  return steps.length > 0 || openNotes.some(({ from }) => from === 'user');
}

/** Whether a file is a session: its first line is the header, as a rule, and else some other line is. */
function hasHeader(path: string): boolean {
  try {
    return isSessionHeader(readFirstLine(path)) || loadSession(path).header.session !== '';
  } catch {
    return false;
  }
}

function readFirstLine(path: string): string {
  const file = openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (;;) {
      const part = Buffer.alloc(1 << 16);
      const length = readSync(file, part);
      const end = part.subarray(0, length).indexOf('\n');
      parts.push(part.subarray(0, end === -1 ? length : end));
      if (length === 0 || end !== -1) return Buffer.concat(parts).toString('utf8');
    }
  } finally {
    closeSync(file);
  }
}
