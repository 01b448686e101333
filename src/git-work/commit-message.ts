import type { Ask } from '../core/model.ts';
import { loadPrompt } from '../core/prompt.ts';
import type { CommitPlan } from '../core/run/commit-plan.ts';
import { neutralize } from '../core/text/neutralize.ts';

const maxOutputTokens = 600;
const maxMessageLength = 4_000;

/** A message for the commit, written by the model from the diff alone. `wish`: what the user wants of it; empty for nothing. */
export async function writeCommitMessage(
  plan: CommitPlan,
  wish: string,
  ask: Ask,
  signal: AbortSignal,
): Promise<string> {
  const user = loadPrompt('commit/question', {
    subjects:
      plan.subjects.length === 0 ? '(none yet)' : plan.subjects.map((line) => `- ${neutralize(line)}`).join('\n'),
    files: plan.files.slice(0, 100).join('\n'),
    diff: neutralize(plan.diff),
    wish: wish === '' ? '' : `\n\nThe user says of it: ${wish}`,
  });
  const { text } = await ask({ system: loadPrompt('commit/system', {}), user, maxOutputTokens }, signal);
  return readMessage(text);
}

/** Without the fence and the words that models put around it. */
export function readMessage(text: string): string {
  const fenced = /```\w*\n([\s\S]*?)\n```/.exec(text)?.[1];
  return (fenced ?? text)
    .replace(/^\s*(?:commit message|here (?:is|'s)[^\n]*):\s*\n/i, '')
    .trim()
    .slice(0, maxMessageLength);
}
