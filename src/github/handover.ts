import * as z from 'zod';

/** What the end of a run needs to know of its beginning: one line of JSON that travels as an output of the workflow's step. */
export const stateSchema = z.object({
  kind: z.enum(['task', 'review']),
  repository: z.string(),
  number: z.number(),
  title: z.string(),
  by: z.object({ login: z.string(), id: z.number() }),
  /** Our comment, which becomes the answer; null for a review. */
  comment: z.number().nullable(),
  /** Of a pull request; `branch` is null where it is a fork's. */
  head: z.object({ branch: z.string().nullable(), sha: z.string() }).nullable(),
  /** The working tree when the run began; null when it may only read. */
  tree: z.string().nullable(),
});

export type State = z.infer<typeof stateSchema>;
