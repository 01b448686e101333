import type { Emit } from '../../core/event.ts';
import type { Note, Trajectory } from '../../core/types.ts';
import type { Observer } from '../../observer/observer.ts';
import { createTranscript } from '../agents/agent-transcript.ts';
import { createStepBatch, type StepBatch } from './step-batch.ts';

/** Makes steps of an agent's calls and words, and gives them to the observer. */
export type WatchedSteps = {
  /** Calls of the step that is under way. */
  readonly batch: StepBatch;
  /** Reads what the agent said since the last look into its transcript; true when its conversation was compacted meanwhile. */
  readonly readTranscript: (path: string) => boolean;
  /** Words that the agent said before its next call. */
  readonly addWords: (words: string) => void;
  /** The user's words, or a notice of the agent's program, which the step after them has seen. */
  readonly addNote: (note: Note) => void;
  /** Ends the step. `text`: the agent's words in it; empty: those that came meanwhile. */
  readonly record: (text: string) => void;
};

type Parts = { readonly trajectory: Trajectory; readonly emit: Emit; readonly observer: () => Observer };

export function createWatchedSteps({ trajectory, emit, observer }: Parts): WatchedSteps {
  const transcript = createTranscript();
  const batch = createStepBatch();
  let notes: Note[] = [];
  let words = '';
  const addWords = (more: string) => {
    words = [words, more].filter((part) => part !== '').join('\n');
  };
  return {
    batch,
    readTranscript: (path) => {
      const read = transcript.read(path);
      addWords(read.words);
      return read.isCompacted;
    },
    addWords,
    addNote: (note) => {
      notes.push(note);
    },
    record: (text) => {
      const step = batch.take(trajectory.steps.length, notes, text === '' ? words : text);
      [notes, words] = [[], ''];
      // Made first: the steps that are there then are those of before.
      const watching = observer();
      trajectory.steps.push(step);
      emit({ type: 'step', step });
      watching.step(step);
    },
  };
}
