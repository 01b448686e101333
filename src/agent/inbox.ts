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
  /** Takes back what no request has had yet, in order. */
  readonly takeBack: () => readonly Note[];
  /** The port as the loop knows it, over the observer's. */
  readonly join: (observer: ReadingPort) => ObserverPort;
};

/** Notes are reported to the listeners and read by the observer when they are handed over: what was taken back has never been said. */
export function createInbox(emit: Emit): UserInbox {
  let returned: readonly Note[] = [];
  let waiting: { readonly note: Note; readonly attached?: Note | undefined }[] = [];
  return {
    giveBack: (notes) => {
      returned = [...notes, ...returned];
    },
    tell: (text) => {
      returned = [...returned, { from: 'harness', text, at: new Date().toISOString() }];
    },
    say: (note, attached) => {
      waiting.push({ note, attached });
    },
    takeBack: () => {
      const taken = waiting.filter(({ note }) => note.from === 'user');
      waiting = waiting.filter(({ note }) => note.from !== 'user');
      return taken.map(({ note }) => note);
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
