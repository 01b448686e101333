import { type Draft, draftOf, putDraft, setText } from '../input/composer.ts';
import type { AppState } from './app-state.ts';

/** Puts another draft into the composer; what was being written comes back when that is sent or cleared. True when something was. */
export function replaceDraft(state: AppState, next: Draft): boolean {
  const written = draftOf(state.composer);
  const isWritten = written.text.trim() !== '';
  if (isWritten) state.setAside = [...state.setAside, written];
  state.composer = putDraft(setText(state.composer, ''), next);
  return isWritten;
}

/** The draft that was set aside last, back in the composer. */
export function restoreDraft(state: AppState): void {
  const latest = state.setAside.at(-1);
  if (latest === undefined) return;
  state.setAside = state.setAside.slice(0, -1);
  state.composer = putDraft(setText(state.composer, ''), latest);
}
