import type { Emit } from '../core/event.ts';
import type { ObserverPort, ReadingPort } from '../core/observer-port.ts';
import type { Note } from '../core/types.ts';

/** The loop's inbox: the observer's reminders first, then the user's words, so that these are the last thing the model reads. */
export type UserInbox = {
  /** Words that come before the next request, with the note on what they name (it is taken back with them). */
  readonly say: (note: Note, attached?: Note) => void;
  /** Puts notes that were handed over, and are in no step, before the next request again. They are reported to nobody twice. */
  readonly giveBack: (notes: readonly Note[]) => void;
  /** Words of the program that stand before the next request; reported to nobody. */
  readonly tell: (text: string) => void;
  /** Takes back the user's words that no answer was had to, in order; what they name goes with them. */
  readonly takeBack: () => TakenBack;
  /** The port as the loop knows it, over the observer's. */
  readonly join: (observer: ReadingPort) => ObserverPort;
};

/** `said`: notes that had been reported to the listeners and are void now. */
export type TakenBack = { readonly words: readonly Note[]; readonly said: readonly Note[] };

/** Notes are reported to the listeners and read by the observer when they are handed over: what was taken back has never been said. */
export function createInbox(emit: Emit): UserInbox {
  let returned: readonly Note[] = [];
  let waiting: { readonly note: Note; readonly attached?: Note | undefined }[] = [];
  /** What the words of a turn that had no answer name. */
  const attachedTo = new WeakMap<Note, Note>();
  return {
    giveBack: (notes) => {
      returned = [...notes, ...returned];
    },
    tell: (text) => {
      returned = [...returned, { from: 'harness', text, at: new Date().toISOString() }];
    },
    say: (note, attached) => {
      waiting.push({ note, attached });
      if (attached) attachedTo.set(note, attached);
    },
    takeBack: () => {
      const unanswered = returned.filter(isUsers);
      const named = unanswered.flatMap((note) => attachedTo.get(note) ?? []);
      const said = returned.filter((note) => isUsers(note) || named.includes(note));
      const taken = waiting.map(({ note }) => note).filter(isUsers);
      returned = returned.filter((note) => !said.includes(note));
      waiting = waiting.filter(({ note }) => !isUsers(note));
      return { words: [...unanswered, ...taken], said };
    },
    join: (observer) => ({
      ...observer,
      drain: () => {
        const before = returned;
        const said = waiting.flatMap(({ note, attached }) => (attached ? [note, attached] : [note]));
        returned = [];
        waiting = [];
        const inbox = observer.drain(said);
        for (const note of said) emit({ type: 'note', note });
        return { ...inbox, notes: [...before, ...inbox.notes, ...said] };
      },
    }),
  };
}

function isUsers({ from }: Note): boolean {
  return from === 'user';
}
