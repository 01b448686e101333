import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { CompletionReport } from '../core/completion.ts';
import { redactedJson } from '../core/text/redact.ts';
import { loadSession, type SavedSession } from '../store/load.ts';

/** How the last run of a session ended. */
export type LastEnd = {
  readonly outcome: string;
  readonly costUsd: number | null;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly completion?: CompletionReport;
};

export type ExportedSession = { readonly session: SavedSession; readonly end: LastEnd | undefined };

const endLine = z.looseObject({
  type: z.literal('end'),
  outcome: z.string(),
  usage: z.looseObject({ costUsd: z.number().nullable(), inputTokens: z.number(), outputTokens: z.number() }),
  completion: z.looseObject({ rows: z.array(z.unknown()), isReviewed: z.boolean() }).optional(),
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
      ...(completion ? { completion: completion as unknown as CompletionReport } : {}),
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
