import { classifyTool } from '../../core/classify-tool.ts';
import type { Note, Step, ToolResult } from '../../core/types.ts';
import type { NormalizedCall, NormalizedStep } from './normalized-step.ts';
import { isQuestion, wordsInResult } from './results/words-in-results.ts';

/** Characters of what the program said that are of use: an attached file or a subagent's answer can be long. */
const maxNotice = 4000;

/**
 * What the detectors see of one of our own steps. The observer's notes stay out, the harness's are no words of the user's; what the user
 * said in results of the step `before` is.
 */
export function normalizeStep(step: Step, before?: Step): NormalizedStep {
  const notices = step.notes.filter(({ from, text }) => from === 'harness' && text.trim() !== '');
  return {
    index: step.index,
    userTexts: [...wordsInResults(before), ...step.notes.filter((note) => note.from === 'user').map(wordsOf)],
    ...(notices.length > 0 && { notices: notices.map(({ text }) => text.slice(0, maxNotice)) }),
    text: step.text,
    reasoning: step.reasoning ?? '',
    calls: step.calls.map((call, position) => observeCall(call.name, call.input, step.results[position])),
    endsTurn: step.calls.length === 0 && step.finish === 'stop' && step.text.trim() !== '',
    isLossy: false,
  };
}

/** What the user said within the results of a step: why they declined a call, and what they answered when they were asked. */
export function wordsInResults(step: Step | undefined): string[] {
  const said = step?.results.filter(
    ({ name, isError, errorKind }) => errorKind === 'denied' || (!isError && isQuestion(name)),
  );
  return (said ?? []).flatMap(({ name, output }) => wordsInResult(name, output) ?? []);
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
