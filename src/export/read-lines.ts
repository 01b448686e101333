import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { CompletionReport } from '../core/run/task-report.ts';
import { redactedJson } from '../core/text/redact.ts';
import { loadSession, type SavedSession } from '../store/load-session.ts';

/** How the last run of a session ended. */
export type LastEnd = {
  readonly outcome: string;
  readonly costUsd: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly completion?: CompletionReport;
};

export type ExportedSession = { readonly session: SavedSession; readonly end: LastEnd | undefined };

const step = z.number();
const evidence = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('file'),
    path: z.string(),
    change: z.enum(['changed', 'created', 'deleted']),
    steps: z.array(step),
    words: z.array(z.string()),
  }),
  z.object({
    kind: z.literal('check'),
    command: z.string(),
    result: z.enum(['passed', 'failed', 'unclear']),
    step,
    isBeforeLastChange: z.boolean(),
  }),
  z.object({ kind: z.literal('command'), command: z.string(), step }),
  z.object({ kind: z.literal('kept'), stepsSeen: z.number() }),
  z.object({ kind: z.literal('broken'), what: z.string(), step }),
  z.object({ kind: z.literal('review'), finding: z.string(), step }),
]);
const row = z.object({
  requirement: z.string(),
  status: z.enum(['evidence', 'against', 'none']),
  evidence: z.array(evidence),
  unchanged: z.array(z.string()).exactOptional(),
});
const endLine = z.looseObject({
  type: z.literal('end'),
  outcome: z.string(),
  usage: z.looseObject({ costUsd: z.number().nullable(), inputTokens: z.number(), outputTokens: z.number() }),
  // One that is broken, or of a later version, is left out.
  completion: z
    .object({ rows: z.array(row), isReviewed: z.boolean() })
    .optional()
    .catch(undefined),
});

/** A session as it is shown to others: keys are taken out of every string once more. */
export function readForExport(path: string, redact: (text: string) => string): ExportedSession {
  const session = loadSession(path);
  const clean: SavedSession = { ...session, ...JSON.parse(redactedJson({ ...session, path: '' }, redact)) };
  const ends = readFileSync(path, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('{"type":"end"'));
  const parsed = endLine.safeParse(parse(redactLine(ends.at(-1) ?? '', redact)));
  if (!parsed.success) return { session: clean, end: undefined };
  const { outcome, usage, completion } = parsed.data;
  return {
    session: clean,
    end: {
      outcome,
      costUsd: usage.costUsd,
      inputTokens: usage.inputTokens,
      outputTokens: usage.outputTokens,
      ...(completion ? { completion } : {}),
    },
  };
}

/** The lines of a session file, each with its keys taken out; a broken line is left out. */
export function exportJsonl(path: string, redact: (text: string) => string): string {
  return readFileSync(path, 'utf8')
    .split('\n')
    .map((line) => redactLine(line, redact))
    .filter((line) => line !== '')
    .map((line) => `${line}\n`)
    .join('');
}

function redactLine(line: string, redact: (text: string) => string): string {
  const value = parse(line);
  return value === undefined ? '' : redactedJson(value, redact);
}

function parse(line: string): unknown {
  try {
    return line.trim() === '' ? undefined : JSON.parse(line);
  } catch {
    return undefined;
  }
}
