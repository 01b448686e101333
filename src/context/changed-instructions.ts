import { loadPrompt } from '../core/prompt.ts';
import { neutralize } from '../core/text/neutralize.ts';
import type { Note } from '../core/types.ts';
import { formatInstructions, type Instruction } from './instructions.ts';

const opening = 'The instruction files have changed since this session began.';
const asBefore = 'The instruction files are again as they were when this session began.';

type Known = {
  /** The system prompt that the session began with, which it keeps so that prompt caches hold. */
  readonly system: string;
  readonly cwd: string;
  /** Takes out what is taken out of the saved prompt. */
  readonly redact: (text: string) => string;
};

/** What of the instructions of now is not as in the prompt that a session began with, in words for the model; undefined when all is. */
export function describeChanged(
  instructions: readonly Instruction[],
  { system, cwd, redact }: Known,
): string | undefined {
  const format = (some: readonly Instruction[]) => redact(neutralize(formatInstructions(some, cwd)));
  const changed = instructions.filter((each) => !system.includes(format([each])));
  const names = new Set(instructions.map((each) => format([each]).split('\n')[0]));
  const gone = system.split('\n').filter((line) => namesFile.test(line) && !names.has(line));
  if (changed.length === 0 && gone.length === 0) return undefined;
  return loadPrompt('session/instructions-changed', {
    gone: gone.length === 0 ? '' : ` No longer there: ${gone.map((line) => line.slice(3)).join(', ')}.`,
    files: changed.length === 0 ? '' : format(changed),
  }).trim();
}

/** The heading of a file of instructions, rather than one inside it. */
const namesFile = /^## (?:\S.*\/)?(?:(?:AGENTS|CLAUDE|GEMINI)\.md$|.+ \(imported by .+\)$)/;

/** The same as a message for a session that is taken up again; undefined when the model knows it, as the last of its notes say. */
export function tellChanged(words: string | undefined, notes: readonly Note[]): string | undefined {
  const told = notes.findLast(
    ({ from, text }) => from === 'harness' && (text.startsWith(opening) || text === asBefore),
  )?.text;
  if (words !== undefined) return words === told ? undefined : words;
  return told === undefined || told === asBefore ? undefined : asBefore;
}
