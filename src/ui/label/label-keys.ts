import type { CodedLabel, LabelScreenOptions } from '../../core/qualitative-coding.ts';
import type { TerminalKey } from '../input/key-parser.ts';
import { createLineInput, type LineInput } from '../input/line-input.ts';
import { splitGraphemes } from '../text/span.ts';
import { currentLabels, currentRun, type LabelState } from './label-state.ts';
import { pressLabelKey, submitPrompt } from './press.ts';

/** A line that is being written, if any, and the state. */
export type LabelMoment = readonly [LabelState, LineInput | undefined];

/** One key: into the line that is being written, or as a command. Ctrl+C leaves, as q does; a line first. */
export function pressKey([state, input]: LabelMoment, key: TerminalKey): LabelMoment {
  if (key.type === 'key' && key.isCtrl && key.name === 'c')
    return input ? putAside(state, input) : [pressLabelKey({ ...state, isHelpShown: false }, 'q'), undefined];
  if (input !== undefined) return pressInPrompt(state, input, key);
  if (key.type !== 'key' || key.isCtrl || key.isAlt) return [state, undefined];
  return pressCommands(state, key.text === '' ? [key.name] : splitGraphemes(key.text));
}

/** Keys typed fast arrive as one text: each is a command, until one asks for a line, which gets the rest. */
function pressCommands(state: LabelState, names: readonly string[]): LabelMoment {
  let next = state;
  for (const [at, name] of names.entries()) {
    next = pressLabelKey(next, name);
    if (next.isLeaving) break;
    if (next.prompt !== undefined)
      return [next, createLineInput(`${writtenBefore(next)}${names.slice(at + 1).join('')}`)];
  }
  return [next, undefined];
}

function pressInPrompt(state: LabelState, input: LineInput, key: TerminalKey): LabelMoment {
  if (key.type === 'key' && key.name === 'escape') return putAside(state, input);
  if (key.type !== 'key' || key.name !== 'return') {
    input.press(key);
    return [state, input];
  }
  const next = submitPrompt(state, input.text());
  const isTaken = next.prompt !== undefined || next.codes !== state.codes || next.labels !== state.labels;
  const drafts = { ...state.drafts, [placeOf(state)]: isTaken ? '' : input.text() };
  return [{ ...next, drafts }, next.prompt === undefined ? undefined : createLineInput('')];
}

/** The line is closed and changes nothing; its words wait in case it is opened again. */
function putAside(state: LabelState, input: LineInput): LabelMoment {
  const { prompt: _, ...rest } = state;
  return [{ ...rest, drafts: { ...rest.drafts, [placeOf(state)]: input.text() } }, undefined];
}

/** What a line begins with: what was put aside there, else the note that is to be changed. */
function writtenBefore(state: LabelState): string {
  const note = state.prompt?.kind === 'note' ? currentLabels(state)[state.picked]?.note : undefined;
  return state.drafts[placeOf(state)] || note || '';
}

function placeOf(state: LabelState): string {
  return `${state.prompt?.kind} ${currentRun(state).key} ${state.picked}`;
}

/** A run that was read is saved when it is left, one that is half read as a draft; so are codes that changed. */
export function keepChanges(
  before: LabelState,
  after: LabelState,
  options: LabelScreenOptions,
  saved: Map<string, readonly CodedLabel[]>,
): void {
  if (before.codes !== after.codes) options.onCodes(after.codes);
  const run = currentRun(before);
  const labels = after.labels[run.key] ?? [];
  const isRead = after.read.includes(run.key);
  const becameRead = isRead && !before.read.includes(run.key);
  const isLeft = after.at !== before.at || after.isLeaving;
  const isChanged =
    labels !== (saved.get(run.key) ?? run.mine ?? labels) ||
    (!saved.has(run.key) && run.mine === undefined && labels.length > 0);
  if (!becameRead && !(isLeft && isChanged)) return;
  saved.set(run.key, labels);
  options.onSave(run, labels, !isRead);
}
