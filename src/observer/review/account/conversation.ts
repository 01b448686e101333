import { clip } from '../../../core/text/text.ts';
import type { NormalizedStep } from '../../step/normalized-step.ts';
import { clean } from './step-text.ts';

/** What was said between user and agent: the user's words, and with what each earlier turn ended. */
export type Conversation = {
  readonly add: (step: NormalizedStep) => void;
  /** In order; the beginning never changes while there is room, so that it is cached by providers. */
  readonly entries: () => readonly Entry[];
  /** All words of the user so far, for looking up names. */
  readonly userWords: () => string;
};

export type Entry = { readonly from: 'user' | 'agent'; readonly step: number; readonly text: string };

const userLimit = 5000;
const agentLimit = 500;
/** Of the user, for looking up names. */
const maxWords = 40_000;
/** Together. Above it the oldest after the first fall out until half of it is left, so that the beginning stays the same for a while. */
const room = 7000;

/** `task` comes first, also when the step that began with it is no longer at hand. */
export function createConversation(task: string): Conversation {
  const entries: Entry[] = [];
  let last: NormalizedStep | undefined;
  let words = task;
  if (task.trim() !== '') entries.push(userEntry(task, 0));

  function addClosing(): void {
    if (last !== undefined && last.text.trim() !== '')
      entries.push({ from: 'agent', step: last.index, text: clean(cut(last.text, agentLimit)) });
  }

  /** The first words and the newest stay. */
  function dropOldest(): void {
    const size = (): number => entries.reduce((sum, { text }) => sum + text.length, 0);
    if (size() <= room) return;
    while (entries.length > 2 && size() > room / 2 + (entries[0]?.text.length ?? 0)) entries.splice(1, 1);
  }

  return {
    add: (step) => {
      for (const text of step.userTexts) {
        if (text.trim() === task.trim() && entries.length <= 1) continue;
        words = `${words}\n${text}`.slice(-maxWords);
        addClosing();
        last = undefined;
        entries.push(userEntry(text, step.index));
      }
      dropOldest();
      last = step;
    },
    entries: () => entries,
    userWords: () => words,
  };
}

function userEntry(text: string, step: number): Entry {
  return { from: 'user', step, text: clean(cut(text, userLimit)) };
}

function cut(text: string, limit: number): string {
  return clip(text.trim(), limit, (omitted) => `${omitted} characters left out`);
}
