import * as z from 'zod';
import { UserError } from '../core/errors.ts';
import { findMention, withoutHidden } from './mention.ts';

const user = z.object({ login: z.string(), id: z.number(), type: z.string().default('User') });
const thread = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string().nullable().default(''),
  user,
  updated_at: z.string().optional(),
  pull_request: z.unknown().optional(),
});
const comment = z.object({
  id: z.number(),
  body: z.string().nullable().default(''),
  user,
  created_at: z.string().optional(),
  submitted_at: z.string().optional(),
});
const eventSchema = z.object({
  action: z.string().default(''),
  sender: user,
  repository: z.object({ full_name: z.string().regex(/^[\w.-]+\/[\w.-]+$/) }),
  issue: thread.optional(),
  pull_request: thread
    .extend({
      draft: z.boolean().default(false),
      head: z.object({ repo: z.object({ full_name: z.string() }).nullable() }).optional(),
    })
    .optional(),
  comment: comment.optional(),
  review: comment.optional(),
});

type GitHubEvent = z.infer<typeof eventSchema>;
export type Person = z.infer<typeof user>;

/** The issue or pull request that an event is about, and who asks. */
type Place = {
  /** OWNER/NAME */
  readonly repository: string;
  readonly number: number;
  readonly title: string;
  readonly body: string;
  readonly author: string;
  readonly isPullRequest: boolean;
  readonly by: Person;
  /** What the person asks for; empty for a review that nobody asked for in words. */
  readonly words: string;
  /** When it was said; empty where the event does not say. What was written or changed later is no part of what was meant. */
  readonly at: string;
  /** Where a sign can be left that it was read, below `/repos/OWNER/NAME/`; null for none. */
  readonly reactions: string | null;
};

/** What an event asks for. */
export type WantedAnswer =
  | ({ readonly kind: 'task' | 'review' } & Place)
  | { readonly kind: 'nothing'; readonly reason: string };
export type WantedRun = Exclude<WantedAnswer, { kind: 'nothing' }>;

const reviewActions = ['opened', 'reopened', 'synchronize', 'ready_for_review'];

/** Our own comments carry it, so that they never call us. */
export const ownMark = '<!-- wink-agent -->';

/**
 * What an event of GitHub asks for: a task where somebody is called by name, a review for a pull request. `name`: of the mention, without @.
 * Throws UserError for a file that is no such event.
 */
export function readGitHubEvent(kind: string, json: unknown, name: string): WantedAnswer {
  const parsed = eventSchema.safeParse(json);
  if (!parsed.success)
    throw new UserError(
      `GITHUB_EVENT_PATH holds no event of issues or pull requests (${kind}); give the action a prompt.`,
    );
  const event = parsed.data;
  if (event.sender.type === 'Bot') return nothing(`${event.sender.login} is a bot`);
  switch (kind) {
    case 'issue_comment':
    case 'pull_request_review_comment':
      return event.action === 'created'
        ? fromWords(event, event.comment, name)
        : nothing(`a comment was ${event.action}`);
    case 'pull_request_review':
      return event.action === 'submitted'
        ? fromWords(event, event.review, name)
        : nothing(`a review was ${event.action}`);
    case 'issues':
      return event.action === 'opened' ? fromIssue(event, name) : nothing(`the issue was ${event.action}`);
    case 'pull_request':
      return isOfFork(event)
        ? nothing('a workflow for the pull request of a fork gets no secrets; a comment can ask for the review')
        : fromPullRequest(event);
    case 'pull_request_target':
      return fromPullRequest(event);
    default:
      throw new UserError(
        `wink-agent answers the events issue_comment, pull_request_review_comment, pull_request_review, issues and pull_request, not ${kind}; give the action a prompt.`,
      );
  }
}

function fromWords(event: GitHubEvent, said: z.infer<typeof comment> | undefined, name: string): WantedAnswer {
  const thread = event.issue ?? event.pull_request;
  if (said === undefined || thread === undefined) return nothing('the event holds no comment');
  const body = said.body ?? '';
  const words = body.includes(ownMark) ? undefined : findMention(body, name);
  if (words === undefined) return nothing(`nobody called @${name}`);
  return asked(event, {
    thread,
    words,
    by: said.user,
    at: said.created_at ?? said.submitted_at ?? '',
    reactions: findReactions(event, said.id, thread.number),
    isPullRequest: event.issue === undefined || thread.pull_request !== undefined,
  });
}

/** A review as a whole takes no reactions. */
function findReactions(event: GitHubEvent, id: number, number: number): string {
  if (event.comment === undefined) return `issues/${number}/reactions`;
  return event.issue === undefined ? `pulls/comments/${id}/reactions` : `issues/comments/${id}/reactions`;
}

function fromIssue(event: GitHubEvent, name: string): WantedAnswer {
  const { issue } = event;
  if (issue === undefined) return nothing('the event holds no issue');
  const [title, body] = [issue.title, issue.body ?? ''].map((text) => ({ text, words: findMention(text, name) }));
  if (title?.words === undefined && body?.words === undefined) return nothing(`nobody called @${name}`);
  const words = [title, body].map((part) => part?.words ?? withoutHidden(part?.text ?? '')).join('\n\n');
  return asked(event, {
    thread: issue,
    words: words.trim(),
    by: issue.user,
    at: issue.updated_at ?? '',
    reactions: `issues/${issue.number}/reactions`,
    isPullRequest: false,
  });
}

type Said = {
  readonly thread: z.infer<typeof thread>;
  readonly words: string;
  readonly by: Person;
  readonly at: string;
  readonly reactions: string;
  readonly isPullRequest: boolean;
};

function asked(event: GitHubEvent, { thread, words, by, at, reactions, isPullRequest }: Said): WantedAnswer {
  // Whose words they are and whose event it is must be one person: only then was their right to ask looked at.
  if (by.login !== event.sender.login)
    return nothing(`the words are by ${by.login}, and the event by ${event.sender.login}`);
  const place = { ...placeOf(event, thread, isPullRequest), by, at, reactions };
  if (isPullRequest && /^review\b/i.test(words))
    return { kind: 'review', ...place, words: words.replace(/^review\b[\s.:,!]*/i, '') };
  return words === '' ? nothing('the mention stands alone, without words') : { kind: 'task', ...place, words };
}

function placeOf(event: GitHubEvent, { number, title, body, user }: z.infer<typeof thread>, isPullRequest: boolean) {
  return { repository: event.repository.full_name, number, title, body: body ?? '', author: user.login, isPullRequest };
}

function fromPullRequest(event: GitHubEvent): WantedAnswer {
  const { pull_request: thread } = event;
  if (thread === undefined) return nothing('the event holds no pull request');
  if (!reviewActions.includes(event.action)) return nothing(`the pull request was ${event.action}`);
  if (thread.draft) return nothing('the pull request is a draft');
  const place = placeOf(event, thread, true);
  return { kind: 'review', ...place, by: event.sender, words: '', at: thread.updated_at ?? '', reactions: null };
}

function isOfFork({ pull_request: thread, repository }: GitHubEvent): boolean {
  return thread?.head !== undefined && thread.head.repo?.full_name !== repository.full_name;
}

function nothing(reason: string): WantedAnswer {
  return { kind: 'nothing', reason };
}
