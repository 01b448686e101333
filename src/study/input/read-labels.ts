import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { UserError } from '../../core/errors.ts';
import { runLabelsSchema } from './dataset.ts';
import type { RunLabels } from './trajectory.ts';

const lineSchema = z.object({
  set: z.string().optional(),
  source: z.string(),
  id: z.string(),
  labels: runLabelsSchema,
});

/** What names a run across files: its set, source and id. */
export function runKey(run: {
  readonly set?: string | undefined;
  readonly source: string;
  readonly id: string;
}): string {
  return JSON.stringify([run.set ?? '', run.source, run.id]);
}

/**
 * Labels by run, from a JSONL file of `{ set, source, id, labels: { misbehaviours } }`. Throws UserError when it is not
 * one.
 */
export async function readLabels(file: string): Promise<Map<string, RunLabels>> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new UserError(`There is no labels file ${file}; check the path.`);
  });
  const labels = new Map<string, RunLabels>();
  for (const [at, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const parsed = lineSchema.safeParse(parseJson(line));
    if (!parsed.success) throw new UserError(`${file}:${at + 1} is not a label: ${z.prettifyError(parsed.error)}`);
    labels.set(runKey(parsed.data), parsed.data.labels);
  }
  return labels;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
