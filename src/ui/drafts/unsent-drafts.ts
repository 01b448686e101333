import type { App } from '../app.ts';
import { cleared, type Draft, draftOf, joinDrafts, putDraft } from '../input/composer.ts';
import { callLater } from '../input/pauses/call-later.ts';
import { pauseMs } from '../input/unmarked-pastes.ts';
import type { LeftDrafts } from './kept-drafts.ts';

/** What is written and not sent, or sent and not yet taken by the agent; the composer's last. */
export function unsentDrafts({ panels, state }: App): Draft[] {
  const said = [state.question, panels.top()].map((panel): Draft => ({ text: panel?.unsaid?.() ?? '', folds: [] }));
  const queued = joinDrafts(state.view.queued.map(({ draft }) => draft));
  return [...said, ...state.setAside, queued, draftOf(state.composer)].filter(({ text }) => text.trim() !== '');
}

/**
 * A draft that came back is only taken for seen once it was on the screen for so long; keys before that, also those that may be a paste and
 * are held back for a moment, were meant for something else.
 */
const standMs = 1_000;

/** What an earlier program left, while it is not yet known whether the user has seen it. */
export type LeftOnScreen = {
  /** A key is about to be handled: a draft that has not stood for long enough goes out of its way, under Up. */
  readonly giveWay: () => void;
  /** It is on the screen from now on. */
  readonly stand: () => void;
};

/**
 * Puts what an earlier program left into the composer; of several drafts the others come when it is free. Keys that were typed before it was
 * there neither send it nor are joined with it: it is under Up then, and so is always what would be run.
 */
export function restoreLeftDrafts(app: App, { drafts, at }: LeftDrafts): LeftOnScreen {
  const running = drafts.filter(({ text }) => /^\s*[!/]/.test(text));
  const words = drafts.filter((draft) => !running.includes(draft));
  const time = shortTime(at);
  const keep = (some: readonly Draft[]) => {
    for (const draft of some) app.history.addAtEnd(draft);
  };
  keep(running);
  if (running.length > 0)
    app.notice(`Your draft from ${time} that begins with ! or / is not in the composer: Up brings it back.`);
  const latest = words.at(-1);
  if (latest === undefined) return { giveWay: () => undefined, stand: () => undefined };
  app.state.setAside = words.slice(0, -1);
  app.state.composer = putDraft(app.state.composer, latest);
  let isUnseen = true;
  const welcome = () => {
    if (!isUnseen || app.state.isLeaving) return;
    isUnseen = false;
    const count = words.length - 1;
    const others = count === 0 ? '' : ` Behind it ${count === 1 ? 'comes another' : `come ${count} others`}.`;
    app.notice(`Your draft from ${time} is back in the composer: Enter sends it, Esc twice clears it.${others}`);
  };
  return {
    giveWay: () => {
      if (!isUnseen) return;
      isUnseen = false;
      keep(words);
      app.state.setAside = [];
      app.state.composer = cleared(app.state.composer);
      const are = words.length === 1 ? 'draft' : `${words.length} drafts`;
      app.notice(
        `Keys came before your ${are} from ${time} could be read: not in the composer, Up brings ${words.length === 1 ? 'it' : 'them'} back.`,
      );
    },
    stand: () => callLater(standMs, () => callLater(pauseMs + 20, welcome)),
  };
}

/** The time of day, and the date of another day before it. */
function shortTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? time : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}
