import type { App } from '../app.ts';
import { type Draft, draftOf, putDraft } from '../input/composer.ts';
import type { LeftDrafts } from './kept-drafts.ts';

/** What is written and not sent, the composer's last. */
export function unsentDrafts({ panels, state }: App): Draft[] {
  const said = [state.question, panels.top()].map((panel): Draft => ({ text: panel?.unsaid?.() ?? '', folds: [] }));
  return [...said, ...state.setAside, draftOf(state.composer)].filter(({ text }) => text.trim() !== '');
}

/** Puts what an earlier program left into the composer; of several drafts the others come when it is free. */
export function restoreLeftDrafts(app: App, { drafts, at }: LeftDrafts): void {
  const latest = drafts.at(-1);
  if (latest === undefined) return;
  app.state.setAside = drafts.slice(0, -1);
  app.state.composer = putDraft(app.state.composer, latest);
  const others =
    drafts.length === 1
      ? ''
      : ` Behind it ${drafts.length === 2 ? 'comes another' : `come ${drafts.length - 1} others`}.`;
  app.notice(`Your draft from ${shortTime(at)} is back in the composer: Enter sends it, Esc twice clears it.${others}`);
}

/** The time of day, and the date of another day before it. */
function shortTime(at: Date): string {
  const two = (value: number) => String(value).padStart(2, '0');
  const time = `${two(at.getHours())}:${two(at.getMinutes())}`;
  const isToday = at.toDateString() === new Date().toDateString();
  return isToday ? time : `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())} ${time}`;
}
