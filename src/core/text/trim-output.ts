import { clip } from './clip.ts';

/** Tool output of steps before a `thinned` compaction is cut to this many characters (about 150 tokens). */
export const maxTrimmedLength = 600;

/** What the model still sees of an old tool result: its beginning and end. Shared by whoever plans a thinning and whoever sends it. */
export function trimOutput(output: string): string {
  return clip(
    output,
    maxTrimmedLength,
    (omitted) => `${omitted} characters of old output left out; run the tool again if you need them`,
  );
}
