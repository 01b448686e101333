import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../core/errors.ts';
import { loadPrompt } from '../core/prompt.ts';
import type { GitHub } from './api.ts';
import type { WantedRun } from './github-event.ts';
import type { State } from './handover.ts';
import { openComment } from './own-comment.ts';
import { checkOut, type GitRemote, treeOf } from './remote-git.ts';
import { reviewSchema } from './review.ts';
import { leaveSign, mayWrite, type PullRequest, pullRequestSchema, readDiff, readThread } from './thread.ts';

/** What the run is given. */
export type Prepared =
  | { readonly isWanted: false; readonly reason: string }
  | {
      readonly isWanted: true;
      readonly promptFile: string;
      /** With the thread and the diff; the run may read it. */
      readonly folder: string;
      /** Where the run may only read. */
      readonly isReadOnly: boolean;
      /** The form of the answer; undefined for free words. */
      readonly schemaFile: string | undefined;
      readonly state: State;
    };

export type Preparing = {
  readonly gitHub: GitHub;
  readonly remote: GitRemote;
  /** The checkout. */
  readonly root: string;
  /** For the files that the run reads; made when it isn't there. */
  readonly folder: string;
  /** The page of this workflow run; empty when it is not known. */
  readonly runUrl: string;
};

/**
 * Makes a run out of what an event asks for: who asks must be allowed to write to the repository, the thread and the diff are put into files, and the
 * branch of a pull request is checked out. Code of a fork is never checked out, and a run about it only reads.
 */
export async function prepareRun(wanted: WantedRun, given: Preparing): Promise<Prepared> {
  const { gitHub } = given;
  const { by, number, isPullRequest } = wanted;
  if (!(await mayWrite(gitHub, by.login)))
    return { isWanted: false, reason: `${by.login} has no write permission for ${wanted.repository}` };
  if (wanted.reactions !== null) await leaveSign(gitHub, wanted.reactions);
  const pull = isPullRequest ? await gitHub.get(`pulls/${number}`, pullRequestSchema) : undefined;
  if (pull?.state === 'closed') return { isWanted: false, reason: `pull request #${number} is closed` };
  const isOwnBranch = pull?.head.repo?.full_name.toLowerCase() === wanted.repository.toLowerCase();
  if (pull !== undefined && isOwnBranch) takeBranch(given, pull);
  const files = await writeFiles(wanted, given);
  const isReadOnly = wanted.kind === 'review' || (isPullRequest && !isOwnBranch);
  const comment = wanted.kind === 'task' ? await openComment(gitHub, number, given.runUrl) : null;
  const promptFile = join(given.folder, 'prompt.md');
  writeFileSync(promptFile, `${writePrompt(wanted, pull, isOwnBranch, files)}\n`);
  const schemaFile = wanted.kind === 'review' ? join(given.folder, 'review.schema.json') : undefined;
  if (schemaFile !== undefined) writeFileSync(schemaFile, JSON.stringify(reviewSchema));
  const state: State = {
    kind: wanted.kind,
    repository: wanted.repository,
    number,
    title: wanted.title,
    by: { login: by.login, id: by.id },
    comment,
    head: pull === undefined ? null : { branch: isOwnBranch ? pull.head.ref : null, sha: pull.head.sha },
    tree: isReadOnly ? null : (treeOf(given.root) ?? null),
  };
  return { isWanted: true, promptFile, folder: given.folder, isReadOnly, schemaFile, state };
}

function takeBranch({ root, remote }: Preparing, { head }: PullRequest): void {
  const { isDone, output } = checkOut(root, remote, head.ref, head.sha);
  if (!isDone) throw new UserError(`The branch ${head.ref} could not be checked out: ${output}.`);
}

type Files = { readonly thread: string; readonly diff: string | undefined };

async function writeFiles(wanted: WantedRun, { gitHub, folder }: Preparing): Promise<Files> {
  mkdirSync(folder, { recursive: true });
  const thread = join(folder, 'thread.md');
  writeFileSync(thread, `${await readThread(gitHub, wanted)}\n`);
  const diff = wanted.isPullRequest ? await readDiff(gitHub, wanted.number) : undefined;
  if (diff === undefined && wanted.kind === 'review')
    throw new UserError(
      `GitHub gives no diff of pull request #${wanted.number}: it is too large to be reviewed in one go.`,
    );
  if (diff === undefined) return { thread, diff };
  const path = join(folder, 'change.diff');
  writeFileSync(path, diff);
  return { thread, diff: path };
}

function writePrompt(wanted: WantedRun, pull: PullRequest | undefined, isOwnBranch: boolean, files: Files): string {
  const { repository, number, words, by } = wanted;
  if (wanted.kind === 'review')
    return loadPrompt('github/review', {
      repository,
      number: String(number),
      author: by.login,
      wish: words === '' ? '' : ` ${by.login} says of it: ${words}`,
      diffFile: files.diff ?? '',
      threadFile: files.thread,
      workingTree: isOwnBranch
        ? 'The working tree holds the files after the change.'
        : 'The change comes from a fork: the working tree holds the files without it.',
    });
  return loadPrompt('github/task', {
    repository,
    words,
    author: by.login,
    place: `${wanted.isPullRequest ? 'pull request' : 'issue'} #${number}`,
    threadFile: files.thread,
    diff: files.diff === undefined ? '' : ` The change of the pull request is in ${files.diff}.`,
    commits: commitWords(pull, isOwnBranch),
  });
}

function commitWords(pull: PullRequest | undefined, isOwnBranch: boolean): string {
  if (pull === undefined) return 'What you change in the working tree becomes a pull request when you end.';
  if (isOwnBranch) return `What you change in the working tree is put on its branch ${pull.head.ref} when you end.`;
  return 'It comes from a fork, so you can only read; the working tree holds the files without it.';
}
