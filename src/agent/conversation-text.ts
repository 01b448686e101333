import { clip } from '../core/text/clip.ts';
import type { Note, Step, ToolCall, ToolResult } from '../core/types.ts';

const limits = { text: 4_000, input: 600, output: 1_200, oldOutput: 200 };

/** The conversation as one text for whoever summarises it, at most `limit` characters: newer steps in more detail than older ones. */
export function writeConversation(steps: readonly Step[], previous: string, limit: number): string {
  const opening = previous === '' ? '' : `[hand-over of what came before]\n${previous}\n\n`;
  const recent = Math.ceil(steps.length / 2);
  const parts = steps.map((step, index) =>
    describeStep(step, index >= steps.length - recent ? limits.output : limits.oldOutput),
  );
  return clip(opening + parts.join('\n\n'), limit, (omitted) => `${omitted} characters of the conversation left out`);
}

function describeStep(step: Step, outputLimit: number): string {
  const lines = [`[step ${step.index}]`, ...step.notes.map(describeNote)];
  if (step.text !== '') lines.push(`agent: ${clip(step.text, limits.text, omission)}`);
  for (const [index, call] of step.calls.entries()) lines.push(describeCall(call, step.results[index], outputLimit));
  return lines.join('\n');
}

function describeNote(note: Note): string {
  return `${note.from === 'user' ? 'user' : `note of the ${note.from}`}: ${clip(note.text, limits.text, omission)}`;
}

function describeCall(call: ToolCall, result: ToolResult | undefined, outputLimit: number): string {
  const input = clip(JSON.stringify(call.input), limits.input, omission);
  const state = result === undefined ? 'not run' : result.isError ? `error ${result.errorKind ?? ''}`.trim() : 'ok';
  return `call ${call.name} ${input}\nresult (${state}): ${clip(result?.output ?? '', outputLimit, omission)}`;
}

function omission(omitted: number): string {
  return `${omitted} characters left out`;
}

/** The user's messages verbatim, in order, numbered: constraints must survive in the user's words, whoever summarises. */
export function usersWords(notes: readonly Note[]): string {
  const own = notes.filter((note) => note.from === 'user').map((note, index) => `${index + 1}. ${note.text.trim()}`);
  return own.length === 0 ? 'none' : own.join('\n');
}

/** What a model gave as a summary. Throws when it isn't one: too short, or an answer to something else. */
export function readSummary(text: string): string {
  const summary = text.replace(/^```\w*\n|\n```$/g, '').trim();
  if (summary.length < 80 || !/\bGOAL\b/.test(summary) || !/\bOPEN\b/.test(summary))
    throw new Error('its answer was no summary');
  return summary;
}

/** A summary without a model: what was called, with what end, and the last words. */
export function listCalls(steps: readonly Step[], previous: string): string {
  const acts = steps.flatMap((step) =>
    step.calls.map((call, index) => {
      const result = step.results[index];
      return `- step ${step.index}: ${call.name} ${clip(JSON.stringify(call.input), 160, omission)} ${result?.isError ? 'failed' : 'ok'}`;
    }),
  );
  const changed = [...new Set(steps.flatMap((step) => step.results.flatMap((result) => result.changedFiles ?? [])))];
  const words = steps.findLast((step) => step.text !== '')?.text ?? 'none';
  const parts = [
    previous === '' ? '' : clip(previous, 6_000, omission),
    `DONE (a plain list; no summary could be written)\n${clip(acts.join('\n'), 6_000, omission)}`,
    `FILES CHANGED\n${clip(changed.join('\n'), 2_000, omission) || 'none'}`,
    `LAST WORDS OF THE AGENT\n${clip(words, 2_000, omission)}`,
  ];
  return parts.filter((part) => part !== '').join('\n\n');
}
