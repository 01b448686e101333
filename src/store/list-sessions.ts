import { closeSync, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadSession } from './load-session.ts';
import { parseLine } from './parse-line.ts';
import type { Header } from './session-lines.ts';
import { readCutWords } from './unfinished-answer.ts';

export type SessionSummary = {
  readonly id: string;
  readonly path: string;
  readonly at: string;
  readonly changedAt: string;
  readonly task: string;
  readonly model: string;
  readonly cwd: string;
  readonly steps: number;
  readonly outcome: string;
};

/** The sessions in a folder, the one changed last first. Files that are not sessions are passed over. */
export function listSessions(folder: string): SessionSummary[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => name.endsWith('.jsonl'))
    .flatMap((name) => summarize(join(folder, name)))
    .sort((a, b) => b.changedAt.localeCompare(a.changedAt));
}

function summarize(path: string): SessionSummary[] {
  try {
    const { size, mtime } = statSync(path);
    const { header, steps, ended } = (size > longBytes ? skim(path, size) : undefined) ?? read(path);
    return [
      {
        id: header.session,
        path,
        at: header.at,
        changedAt: mtime.toISOString(),
        task: header.task,
        model: header.model,
        cwd: header.cwd,
        steps,
        outcome: ended ?? 'unfinished',
      },
    ];
  } catch {
    return [];
  }
}

/** What a list says of a session. */
type Gist = { readonly header: Header; readonly steps: number; readonly ended: string | undefined };

function read(path: string): Gist {
  const { header, steps, ended } = loadSession(path);
  return { header, steps: steps.length, ended };
}

/** Shorter files are read as a whole. */
const longBytes = 300_000;
/** How much is read of both ends of a longer one, at first. */
const endBytes = 64 * 1024;

/** The same from both ends of a long file, read until they say it; undefined where only all of it can say. */
function skim(path: string, size: number): Gist | undefined {
  const file = openSync(path, 'r');
  try {
    const header = readStart(linesOf(file, 0, endBytes).slice(0, -1));
    if (header === undefined) return undefined;
    for (let bytes = endBytes; bytes < size / 2; bytes *= 4) {
      const end = readEnd(linesOf(file, size - bytes, bytes).slice(1));
      if (end === undefined) continue;
      const isCut = end.hasCalls || readCutWords(path, end.steps) !== undefined;
      return { header, steps: end.steps + (isCut ? 1 : 0), ended: end.ended };
    }
    return undefined;
  } finally {
    closeSync(file);
  }
}

function linesOf(file: number, from: number, bytes: number): string[] {
  const buffer = Buffer.alloc(bytes);
  return buffer.toString('utf8', 0, readSync(file, buffer, 0, bytes, from)).split('\n');
}

/** The header, whose task is what the user said first where it has none of its own. */
function readStart([first = '', ...others]: readonly string[]): Header | undefined {
  const line = parseLine(first);
  if (line?.type !== 'header') return undefined;
  const header = line as unknown as Header;
  if (header.task) return header;
  for (const text of others) {
    const next = parseLine(text);
    const notes = next?.type === 'note' ? [next] : next?.type === 'step' ? next.notes : [];
    const task = notes.find(({ from }) => from === 'user')?.text;
    if (task !== undefined) return { ...header, task };
    if (next?.type === 'step') return undefined;
  }
  return undefined;
}

/** How many steps there are and how the last run ended, by the last lines; undefined where they do not say. */
function readEnd(
  lines: readonly string[],
): { readonly steps: number; readonly hasCalls: boolean; readonly ended: string | undefined } | undefined {
  let steps: number | undefined;
  let end: { readonly outcome?: string } | undefined;
  let hasCalls = false;
  for (const text of lines) {
    const line = parseLine(text);
    if (line?.type === 'step' || (line?.type === 'note' && line.from === 'user')) end = {};
    else if (line?.type === 'end') end = line;
    if (line?.type === 'call') hasCalls = true;
    if (line?.type !== 'step' && line?.type !== 'rewind') continue;
    steps = line.type === 'step' ? line.index + 1 : line.toStep;
    hasCalls = false;
  }
  return steps === undefined || end === undefined ? undefined : { steps, hasCalls, ended: end.outcome };
}
