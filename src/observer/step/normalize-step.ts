import { classifyTool } from '../../core/classify-tool.ts';
import type { Note, Step, ToolResult } from '../../core/types.ts';
import type { NormalizedCall, NormalizedStep } from './normalized-step.ts';
import { wordsInResult } from './words-in-results.ts';

/**
 * What the detectors see of one of our own steps. The observer's and the harness's notes are not the user's words and
 * stay out; what the user said when they declined a call of the step `before` is.
 */
export function normalizeStep(step: Step, before?: Step): NormalizedStep {
  return {
    index: step.index,
    userTexts: [...wordsOfDenials(before), ...step.notes.filter((note) => note.from === 'user').map(wordsOf)],
    text: step.text,
    reasoning: step.reasoning ?? '',
    calls: step.calls.map((call, position) => observeCall(call.name, call.input, step.results[position])),
    endsTurn: step.calls.length === 0 && step.finish === 'stop' && step.text.trim() !== '',
    isLossy: false,
  };
}

/** What the user said with each call of a step that they declined. */
export function wordsOfDenials(step: Step | undefined): string[] {
  const denied = step?.results.filter(({ errorKind }) => errorKind === 'denied') ?? [];
  return denied.flatMap(({ name, output }) => wordsInResult(name, output) ?? []);
}

/** The words of a note; pictures, which detectors can't see, are said to be there. */
function wordsOf(note: Note): string {
  return [note.text, ...(note.images ?? []).map(() => '[image]')].filter(Boolean).join('\n');
}

function observeCall(
  name: string,
  input: Step['calls'][number]['input'],
  result: ToolResult | undefined,
): NormalizedCall {
  return {
    name,
    act: classifyTool(name, input),
    input,
    output: result?.output ?? '',
    isError: result?.isError ?? false,
    ...(result?.errorKind !== undefined && { errorKind: result.errorKind }),
    ...(result?.loopKey !== undefined && { loopKey: result.loopKey }),
    ...(result?.changedFiles !== undefined && { changedFiles: result.changedFiles }),
  };
}
