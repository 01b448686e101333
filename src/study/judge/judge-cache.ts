import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import * as z from 'zod';
import { UserError } from '../../core/errors.ts';
import type { Ask, Question } from '../../core/model.ts';

const lineSchema = z.object({
  key: z.string(),
  model: z.string(),
  text: z.string(),
  usage: z.object({
    inputTokens: z.number(),
    cachedInputTokens: z.number(),
    outputTokens: z.number(),
    costUsd: z.number().nullable(),
  }),
});

/** The judge's model for a study. `ask` is opened with the first question that the cache can't answer. */
export type StudyJudge = {
  readonly model: string;
  readonly ask: Ask;
  /** Answers so far that came from the cache: nothing went out for them. */
  readonly fromCache?: () => number;
};

/**
 * Answers from a JSONL file of `{ key, model, text, usage }` where it has them, and adds what had to be asked. An answer of another
 * model does not count. Throws UserError for a file that holds something else.
 */
export function withCache({ model, ask }: StudyJudge, file: string): StudyJudge {
  const known = new Map(readAnswers(file).flatMap((line) => (line.model === model ? [[line.key, line]] : [])));
  let fromCache = 0;
  return {
    model,
    fromCache: () => fromCache,
    ask: async (question, signal) => {
      const key = keyOf(question);
      const found = known.get(key);
      if (found !== undefined) {
        fromCache += 1;
        return { text: found.text, usage: found.usage };
      }
      const answer = await ask(question, signal);
      const line = { key, model, ...answer };
      known.set(key, line);
      appendFileSync(file, `${JSON.stringify(line)}\n`);
      return answer;
    },
  };
}

function readAnswers(file: string): z.output<typeof lineSchema>[] {
  if (!existsSync(file)) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line, at) => {
    if (line.trim() === '') return [];
    const parsed = lineSchema.safeParse(parseJson(line));
    // A last line that was cut off when the program was killed is asked again.
    if (!parsed.success && at === lines.length - 1) return [];
    if (!parsed.success) throw new UserError(`${file}:${at + 1} isn't an answer that --judge-cache has written.`);
    return [parsed.data];
  });
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function keyOf({ system, user, schema }: Question): string {
  return createHash('sha256')
    .update(JSON.stringify([system, user, schema]))
    .digest('hex')
    .slice(0, 32);
}
