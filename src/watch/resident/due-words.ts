import type { Inbox } from '../../core/observer-port.ts';
import type { Observer } from '../../observer/observer.ts';
import { nothingToSay, type WatchAnswer } from './watch-answer.ts';

/** What the observer has to say and could not say with the event that led to it. */
export type DueWords = {
  readonly add: (inbox: Inbox) => void;
  readonly count: () => number;
  /** The agent's conversation was compacted: the user's own prohibitions come first in the next answer. */
  readonly noteCompaction: () => void;
  /** Everything that is due, as one answer; nothing is due afterwards. */
  readonly say: (kind: 'context' | 'go-on', observer: Observer | undefined) => WatchAnswer;
  /** An answer that did not reach the agent is due again. */
  readonly giveBack: (answer: WatchAnswer) => void;
  /** The agent has ended its turn by itself. */
  readonly dropStop: () => void;
};

export function createDueWords(): DueWords {
  let due: string[] = [];
  let stop: string | undefined;
  let isCompacted = false;
  return {
    add: (inbox) => {
      due.push(...inbox.notes.map(({ text }) => text));
      stop ??= inbox.stop?.reason;
    },
    count: () => due.length,
    noteCompaction: () => {
      isCompacted = true;
    },
    say: (kind, observer) => {
      if (stop !== undefined) {
        const reason = stop;
        stop = undefined;
        return { kind: 'stop', reason };
      }
      const carried = isCompacted && observer !== undefined ? carryOver(observer) : [];
      isCompacted = false;
      const text = [...carried, ...due].join('\n\n');
      due = [];
      if (text === '') return nothingToSay;
      return kind === 'context' ? { kind, text } : { kind, reason: text };
    },
    giveBack: (answer) => {
      if (answer.kind === 'context') due.unshift(answer.text);
      if (answer.kind === 'go-on') due.unshift(answer.reason);
      if (answer.kind === 'stop') stop = answer.reason;
    },
    dropStop: () => {
      stop = undefined;
    },
  };
}

/** After a compaction the user's own prohibitions are put back, in their words; in shadow nothing is. */
function carryOver(observer: Observer): string[] {
  if (observer.mode() !== 'on') return [];
  const held = [...observer.ledger(), ...observer.advice()].filter(({ source }) => source.startsWith('user'));
  const quotes = new Set(held.map(({ quote }) => quote));
  if (quotes.size === 0) return [];
  const lines = [...quotes].map((quote) => `- “${quote}”`).join('\n');
  return [`Before the conversation was compacted the user said, and it still holds:\n${lines}`];
}
