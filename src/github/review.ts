import * as z from 'zod';
import { parseJson } from '../core/text/json.ts';
import { describeRefusal, type GitHub } from './api.ts';
import { ownMark } from './github-event.ts';

const findingSchema = z.object({ path: z.string(), line: z.number().int().positive(), body: z.string() });
const answerSchema = z.object({ summary: z.string(), findings: z.array(findingSchema).max(50) });

/** The form of a review, as JSON schema for the model. */
export const reviewSchema = z.toJSONSchema(answerSchema, { target: 'draft-2020-12' });

type ReviewFinding = z.infer<typeof findingSchema>;

/** Of each file of a diff the lines of its new side that can be commented on. */
export function linesOf(diff: string): Map<string, Set<number>> {
  const files = new Map<string, Set<number>>();
  let lines: Set<number> | undefined;
  let next = 0;
  let left = 0;
  for (const row of diff.split('\n')) {
    const hunk = /^@@ -\d+(?:,\d+)? \+(\d+)(?:,(\d+))? @@/.exec(row);
    if (hunk !== null) {
      next = Number(hunk[1]);
      left = Number(hunk[2] ?? 1);
    } else if (left === 0 && row.startsWith('+++ ')) {
      lines = new Set();
      files.set(
        row
          .slice(4)
          .replace(/^"?b\//, '')
          .replace(/"?\t?$/, ''),
        lines,
      );
    } else if (left > 0 && (row.startsWith('+') || row.startsWith(' ') || row === '')) {
      lines?.add(next);
      next += 1;
      left -= 1;
    }
  }
  return files;
}

/** The answer of a review, or undefined where it isn't one. */
export function readReview(answer: string) {
  return answerSchema.safeParse(parseJson(answer)).data;
}

/**
 * Posts a review: a finding is at its line where the diff has that line, and in the text where it hasn't. It never approves and never
 * blocks. Gives what GitHub refused, undefined when it was taken.
 */
export async function postReview(
  gitHub: GitHub,
  at: { readonly number: number; readonly sha: string; readonly diff: string },
  { summary, findings }: z.infer<typeof answerSchema>,
): Promise<string | undefined> {
  const lines = linesOf(at.diff);
  const isInDiff = ({ path, line }: ReviewFinding) => lines.get(path)?.has(line) === true;
  const [inDiff, others] = [findings.filter(isInDiff), findings.filter((one) => !isInDiff(one))];
  const send = (comments: readonly ReviewFinding[], rest: readonly ReviewFinding[]) =>
    gitHub.ask('POST', `pulls/${at.number}/reviews`, {
      commit_id: at.sha,
      event: 'COMMENT',
      body: [ownMark, summary, ...rest.map(describe)].join('\n\n'),
      comments: comments.map(({ path, line, body }) => ({ path, line, side: 'RIGHT', body: `${ownMark}\n${body}` })),
    });
  const first = await send(inDiff, others);
  // A line that GitHub does not take refuses the review as a whole.
  const answer = first.status === 422 && inDiff.length > 0 ? await send([], findings) : first;
  return answer.status === 200 ? undefined : describeRefusal('the review', answer.status, answer.text);
}

function describe({ path, line, body }: ReviewFinding): string {
  return `**\`${path.replace(/`/g, "'")}:${line}\`** ${body}`;
}
