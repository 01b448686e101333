import * as z from 'zod';
import type { GitHub } from './api.ts';
import { ownMark } from './github-event.ts';

/** GitHub takes 65,536 characters. */
const maxComment = 60_000;
const created = z.object({ id: z.number() });

/** Says in the thread that the run has begun; gives the comment's id. */
export async function openComment(gitHub: GitHub, number: number, runUrl: string): Promise<number> {
  const words = `Working on it${runUrl === '' ? '' : ` ([log](${runUrl}))`} …`;
  return (await gitHub.post(`issues/${number}/comments`, { body: `${ownMark}\n${words}` }, created)).id;
}

/** Puts an answer in place of our comment, or says it anew where that one is gone. */
export async function writeAnswer(gitHub: GitHub, place: { number: number; comment: number | null }, text: string) {
  const shown = text.length <= maxComment ? text : `${text.slice(0, maxComment)}\n\n… (cut; the log has all of it)`;
  const body = `${ownMark}\n${shown}`;
  if (place.comment !== null) {
    const { status } = await gitHub.ask('PATCH', `issues/comments/${place.comment}`, { body });
    if (status === 200) return;
  }
  await gitHub.post(`issues/${place.number}/comments`, { body }, created);
}
