import * as z from 'zod';
import { UserError } from '../core/errors.ts';
import { clip } from '../core/text/clip.ts';
import { count } from '../core/text/count.ts';
import { parseJson } from '../core/text/json.ts';
import { neutralize } from '../core/text/neutralize.ts';
import { anything, describeRefusal, type GitHub } from './api.ts';
import type { WantedRun } from './github-event.ts';
import { withoutHidden } from './mention.ts';

const person = z.object({ login: z.string() }).nullable();
const entry = z.object({
  body: z.string().nullable().default(''),
  user: person,
  created_at: z.string().optional(),
  submitted_at: z.string().nullable().optional(),
  updated_at: z.string().optional(),
  path: z.string().optional(),
  line: z.number().nullable().optional(),
});
type Entry = z.infer<typeof entry>;

const side = z.object({ ref: z.string(), sha: z.string(), repo: z.object({ full_name: z.string() }).nullable() });
export const pullRequestSchema = z.object({ head: side, base: side, state: z.string().default('open') });
export type PullRequest = z.infer<typeof pullRequestSchema>;

/** Longer parts are cut in the middle. */
const maxEntry = 20_000;
const maxDiff = 400_000;

/**
 * What was said in an issue or pull request so far, as a page for the agent to read. All of it is data: hidden comments are taken out, markers that a model
 * would obey are defused, and what was written or edited after the person asked is left out, so that nobody can change what was meant.
 */
export async function readThread(gitHub: GitHub, wanted: WantedRun): Promise<string> {
  const { number, isPullRequest, at } = wanted;
  const [comments, inDiff, reviews] = await Promise.all([
    gitHub.list(`issues/${number}/comments`, entry),
    isPullRequest ? gitHub.list(`pulls/${number}/comments`, entry) : [],
    isPullRequest ? gitHub.list(`pulls/${number}/reviews`, entry) : [],
  ]);
  const all = [...comments, ...inDiff, ...reviews].filter(({ body }) => (body ?? '').trim() !== '');
  const meant = all.filter((one) => at === '' || latest(one) <= at);
  const left = all.length - meant.length;
  return [
    `# ${isPullRequest ? 'Pull request' : 'Issue'} #${number}: ${clean(wanted.title)}`,
    `by ${wanted.author}`,
    clean(wanted.body),
    ...meant.sort((one, other) => (begun(one) < begun(other) ? -1 : 1)).map(describe),
    left === 0 ? '' : `(${count(left, 'comment')} written or edited after the request left out.)`,
  ]
    .filter((part) => part !== '')
    .join('\n\n');
}

function begun(one: Entry): string {
  return one.created_at ?? one.submitted_at ?? '';
}

function latest(one: Entry): string {
  return [begun(one), one.updated_at ?? ''].sort().at(-1) ?? '';
}

function describe(one: Entry): string {
  const place = one.path === undefined ? '' : ` at ${one.path}${typeof one.line === 'number' ? `:${one.line}` : ''}`;
  return `## ${one.user?.login ?? 'somebody'}${clean(place)}, ${begun(one).slice(0, 16).replace('T', ' ')}\n\n${clean(one.body ?? '')}`;
}

function clean(text: string): string {
  return neutralize(clip(withoutHidden(text).trim(), maxEntry, (omitted) => `${omitted} characters left out`));
}

/** The diff of a pull request as GitHub gives it; undefined where it is too large for GitHub. */
export async function readDiff(gitHub: GitHub, number: number): Promise<string | undefined> {
  const { status, text } = await gitHub.ask('GET', `pulls/${number}`, undefined, 'application/vnd.github.diff');
  return status === 200 ? neutralize(text.slice(0, maxDiff)) : undefined;
}

/** Whether somebody may write to the repository, by GitHub's own word. Throws UserError where GitHub does not say. */
export async function mayWrite(gitHub: GitHub, login: string): Promise<boolean> {
  const path = `collaborators/${encodeURIComponent(login)}/permission`;
  const { status, text } = await gitHub.ask('GET', path);
  // Somebody whom the repository does not know.
  if (status === 404) return false;
  if (status !== 200) throw new UserError(describeRefusal(path, status, text));
  const parsed = z.object({ permission: z.string() }).safeParse(parseJson(text));
  return parsed.success && ['admin', 'maintain', 'write'].includes(parsed.data.permission);
}

/** Leaves the sign that a request was read; where it can't be left nothing is lost. */
export async function leaveSign(gitHub: GitHub, path: string): Promise<void> {
  await gitHub.post(path, { content: 'eyes' }, anything).catch(() => undefined);
}
