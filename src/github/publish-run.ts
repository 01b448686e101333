import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { count } from '../core/text/count.ts';
import { parseJson } from '../core/text/json.ts';
import { createRedactor } from '../core/text/redact.ts';
import { sanitize } from '../core/text/sanitize.ts';
import type { GitHub } from './api.ts';
import type { State } from './handover.ts';
import { writeAnswer } from './own-comment.ts';
import { commitBetween, filesBetween, type GitRemote, pushCommit, treeOf } from './remote-git.ts';
import { postReview, readReview } from './review.ts';
import { readDiff } from './thread.ts';

const resultSchema = z.object({
  outcome: z.string(),
  result: z.string(),
  error: z.string().optional(),
  steps: z.number(),
  durationMs: z.number(),
  usage: z.object({ costUsd: z.number().nullable() }),
  wink: z.object({ reminders: z.number(), episodes: z.array(z.object({ outcome: z.string().nullable() })) }),
});
type Result = z.infer<typeof resultSchema>;

export type Publishing = {
  readonly gitHub: GitHub;
  readonly remote: GitRemote;
  readonly root: string;
  /** The pages of GitHub, without a slash at the end. */
  readonly serverUrl: string;
  /** Of this workflow run; empty when it is not known. */
  readonly runUrl: string;
  /** Names the branch of a change. */
  readonly runId: string;
};

/** What became of the change: words for the thread, empty when there is none. */
type Delivered = string;

/**
 * Ends a run in the thread it came from: a review is posted, changes are committed and pushed, and the answer replaces our comment. Gives a
 * sentence for the log. Throws UserError where GitHub refuses the answer itself.
 */
export async function publishRun(state: State, resultFile: string, given: Publishing): Promise<string> {
  const result = readResult(resultFile);
  const redact = createRedactor([given.remote.token]);
  if (state.kind === 'review') return publishReview(state, result, redact, given);
  const delivered = state.tree === null ? '' : await deliver(state, state.tree, given);
  const text = [answerOf(result), delivered, footer(result, given.runUrl)].filter((part) => part !== '').join('\n\n');
  await writeAnswer(given.gitHub, state, redact(text));
  return `Answered in #${state.number}. ${delivered}`.trim();
}

/** A run that was killed leaves no result, or half of one. */
function readResult(file: string): Result | undefined {
  try {
    return resultSchema.safeParse(parseJson(readFileSync(file, 'utf8'))).data;
  } catch {
    return undefined;
  }
}

async function publishReview(
  { number, head, by }: State,
  result: Result | undefined,
  redact: (text: string) => string,
  { gitHub, runUrl }: Publishing,
): Promise<string> {
  const review = result?.outcome === 'done' ? readReview(redact(sanitize(result.result))) : undefined;
  if (review === undefined || head === null) {
    const text = [answerOf(result, false), `@${by.login}, there is no review this time.`, footer(result, runUrl)].join(
      '\n\n',
    );
    await writeAnswer(gitHub, { number, comment: null }, redact(text));
    return `The run gave no review of #${number}.`;
  }
  const diff = (await readDiff(gitHub, number)) ?? '';
  const refused = await postReview(gitHub, { number, sha: head.sha, diff }, review);
  return refused ?? `Reviewed #${number}: ${count(review.findings.length, 'finding')}.`;
}

function answerOf(result: Result | undefined, withWords = true): string {
  if (result === undefined) return '**The run ended without a result.** Its log says why.';
  const words = withWords ? sanitize(result.result).trim() : '';
  if (result.outcome === 'done') return words === '' ? 'Done.' : words;
  const why = result.error === undefined ? '' : ` ${sanitize(result.error)}`;
  return `**The run ended otherwise than done: ${result.outcome}.**${why}\n\n${words}`.trim();
}

function footer(result: Result | undefined, runUrl: string): string {
  const log = runUrl === '' ? '' : `[log](${runUrl})`;
  if (result === undefined) return log === '' ? '' : `<sub>${log}</sub>`;
  const { steps, durationMs, usage, wink } = result;
  const cost = usage.costUsd === null ? '' : `$${usage.costUsd.toFixed(2)}`;
  const reminders = wink.reminders === 0 ? '' : `${count(wink.reminders, 'reminder')} of the observer`;
  const facts = [count(steps, 'step'), `${Math.round(durationMs / 1000)} s`, cost, reminders, log];
  return `<sub>${facts.filter((fact) => fact !== '').join(' · ')}</sub>`;
}

/** Puts what changed on the branch of the pull request, or on one of its own that becomes a pull request. */
async function deliver(state: State, before: string, given: Publishing): Promise<Delivered> {
  const after = treeOf(given.root);
  if (after === undefined || after === before) return '';
  const files = filesBetween(given.root, before, after);
  const author = { name: 'github-actions[bot]', email: '41898282+github-actions[bot]@users.noreply.github.com' };
  const commit = commitBetween(given.root, { before, after }, commitMessage(state, files), author);
  if (commit === undefined) return 'The changes could not be committed; they are lost when this job ends.';
  const what = `${count(files.length, 'file')} changed`;
  const own = state.head?.branch ?? undefined;
  if (own !== undefined && pushCommit(given.root, given.remote, commit, own).isDone)
    return `${what}, pushed to \`${own}\` as ${commit}.`;
  const branch = `wink-agent/${state.head === null ? 'issue' : 'pull'}-${state.number}-${given.runId}`;
  const { isDone, output } = pushCommit(given.root, given.remote, commit, branch);
  if (!isDone) return `${what}, but GitHub refused the push:\n\n${fence(output)}`;
  const where = own === undefined ? '' : ` (\`${own}\` did not take them: it has moved, or is protected)`;
  return `${what}, on the branch \`${branch}\`${where}. ${await offer(state, branch, given)}`;
}

function commitMessage({ title, number, by }: State, files: readonly string[]): string {
  const subject = sanitize(title).replace(/\s+/g, ' ').trim().slice(0, 60);
  const who = `Co-authored-by: ${by.login} <${by.id}+${by.login}@users.noreply.github.com>`;
  return `${subject} (#${number})\n\nAsked for by ${by.login}; ${count(files.length, 'file')} changed by wink-agent.\n\n${who}\n`;
}

const pullSchema = z.object({ number: z.number() });

/** Opens a pull request; where the repository does not let actions do that, the link by which a person does. */
async function offer(state: State, branch: string, { gitHub, serverUrl }: Publishing): Promise<string> {
  const repository = z.object({ default_branch: z.string() });
  const base = state.head?.branch ?? (await gitHub.get('', repository).catch(() => undefined))?.default_branch;
  const title = sanitize(state.title).replace(/\s+/g, ' ').trim();
  const body = `${state.head === null ? 'For' : 'Onto'} #${state.number}, as ${state.by.login} asked there.`;
  const { status, text } = await gitHub.ask('POST', 'pulls', { title, head: branch, base, body });
  const opened = status === 201 ? pullSchema.safeParse(parseJson(text)).data : undefined;
  if (opened !== undefined) return `Pull request: #${opened.number}.`;
  return `[Open a pull request](${serverUrl}/${state.repository}/compare/${encodeURIComponent(branch)}?expand=1).`;
}

function fence(text: string): string {
  return `\`\`\`\n${sanitize(text).replace(/```/g, "'''").slice(-1_500)}\n\`\`\``;
}
