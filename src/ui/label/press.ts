import type { Code, CodedLabel, Severity } from '../../core/qualitative-coding.ts';
import {
  changeLabels,
  currentLabels,
  currentRun,
  currentStep,
  type LabelState,
  openRun,
  shownReadings,
  usableCodes,
} from './label-state.ts';

const pageSteps = 10;
const scrollRows = 8;

/** What a key does; `name` is the key's name or the character it writes. Unknown keys change nothing. */
export function pressLabelKey(state: LabelState, name: string): LabelState {
  const action = actions[name];
  if (state.isHelpShown && name !== ' ' && name !== 'b') return { ...state, isHelpShown: false, scroll: 0 };
  if (action !== undefined) return action(state);
  const digit = '1234567890'.indexOf(name);
  const code = name.length === 1 && digit !== -1 ? usableCodes(state)[digit] : undefined;
  return code === undefined ? state : addLabel(state, code.name);
}

type Action = (state: LabelState) => LabelState;

const actions: Readonly<Record<string, Action>> = {
  up: (state) => moveTo(state, state.cursor - 1),
  k: (state) => moveTo(state, state.cursor - 1),
  down: (state) => moveTo(state, state.cursor + 1),
  j: (state) => moveTo(state, state.cursor + 1),
  pageup: (state) => moveTo(state, state.cursor - pageSteps),
  pagedown: (state) => moveTo(state, state.cursor + pageSteps),
  home: (state) => moveTo(state, 0),
  g: (state) => moveTo(state, 0),
  end: (state) => moveTo(state, currentRun(state).steps.length - 1),
  G: (state) => moveTo(state, currentRun(state).steps.length - 1),
  ' ': (state) => ({ ...state, scroll: state.scroll + scrollRows }),
  b: (state) => ({ ...state, scroll: Math.max(0, state.scroll - scrollRows) }),
  tab: (state) => pick(state, 1),
  right: (state) => pick(state, 1),
  left: (state) => pick(state, -1),
  s: (state) => setRange(state, 'start'),
  v: (state) => setRange(state, 'visible'),
  e: (state) => setRange(state, 'end'),
  '+': (state) => changeConfidence(state, 0.1),
  '=': (state) => changeConfidence(state, 0.1),
  '-': (state) => changeConfidence(state, -0.1),
  l: (state) => changePicked(state, (label) => ({ ...label, severity: nextSeverity(label.severity) })),
  x: deletePicked,
  u: undo,
  t: (state) => (picked(state) ? { ...state, prompt: { kind: 'note', title: 'Note' } } : askForLabel(state)),
  c: (state) => ({ ...state, prompt: { kind: 'class', title: 'Class' } }),
  o: (state) => ({ ...state, prompt: { kind: 'code-name', title: 'Name of the new code' } }),
  m: askMerge,
  a: adoptReading,
  n: (state) => leaveRun(state, 1),
  p: (state) => leaveRun(state, -1),
  q: (state) => ({ ...state, isLeaving: true }),
  escape: (state) => ({ ...state, isLeaving: true }),
  '?': (state) => ({ ...state, isHelpShown: true, scroll: 0 }),
};

function moveTo(state: LabelState, position: number): LabelState {
  const last = currentRun(state).steps.length - 1;
  return { ...state, cursor: Math.max(0, Math.min(last, position)), scroll: 0, message: '' };
}

function picked(state: LabelState): CodedLabel | undefined {
  return currentLabels(state)[state.picked];
}

function askForLabel(state: LabelState): LabelState {
  return { ...state, message: 'There is no label yet: press the key of a class first.' };
}

function addLabel(state: LabelState, name: string): LabelState {
  const step = currentStep(state);
  const label: CodedLabel = {
    class: name,
    start: step,
    visible: step,
    end: step,
    confidence: 0.9,
    severity: 'medium',
    note: '',
  };
  const labels = [...currentLabels(state), label];
  return {
    ...changeLabels(state, labels, labels.length - 1),
    message: `${name} from step ${step}. s, v, e set its steps.`,
  };
}

function pick(state: LabelState, by: number): LabelState {
  const { length } = currentLabels(state);
  if (length === 0) return state;
  const next = (state.picked + by + length) % length;
  const run = currentRun(state);
  const position = run.steps.findIndex((step) => step.index === currentLabels(state)[next]!.start);
  return { ...moveTo(state, position === -1 ? state.cursor : position), picked: next };
}

function changePicked(state: LabelState, change: (label: CodedLabel) => CodedLabel): LabelState {
  const label = picked(state);
  if (label === undefined) return askForLabel(state);
  const labels = currentLabels(state).map((one, at) => (at === state.picked ? change(one) : one));
  return changeLabels(state, labels, state.picked);
}

/** Sets one end of the range; the others follow, so that start <= visible and start <= end always hold. */
function setRange(state: LabelState, part: 'start' | 'visible' | 'end'): LabelState {
  const step = currentStep(state);
  return changePicked(state, (label) => {
    const next = { ...label, [part]: step };
    if (part === 'start') return { ...next, visible: Math.max(step, label.visible), end: Math.max(step, label.end) };
    return { ...next, start: Math.min(step, label.start) };
  });
}

function changeConfidence(state: LabelState, by: number): LabelState {
  return changePicked(state, (label) => ({
    ...label,
    confidence: Math.round(Math.max(0, Math.min(1, label.confidence + by)) * 10) / 10,
  }));
}

function nextSeverity(severity: Severity): Severity {
  return severity === 'low' ? 'medium' : severity === 'medium' ? 'high' : 'low';
}

function deletePicked(state: LabelState): LabelState {
  if (picked(state) === undefined) return askForLabel(state);
  return changeLabels(
    state,
    currentLabels(state).filter((_, at) => at !== state.picked),
    Math.max(0, state.picked - 1),
  );
}

function undo(state: LabelState): LabelState {
  const before = state.past.at(-1);
  if (before === undefined) return { ...state, message: 'Nothing to take back in this run.' };
  const changed = changeLabels(state, before, before.length - 1);
  return { ...changed, past: state.past.slice(0, -1) };
}

function askMerge(state: LabelState): LabelState {
  const code = state.codes.find((candidate) => candidate.name === picked(state)?.class);
  if (!code?.isOpen)
    return { ...state, message: 'Only a code that was added can be merged; pick a label that has one.' };
  return { ...state, prompt: { kind: 'merge', title: `Merge ${code.name} into`, name: code.name } };
}

/** Takes the labels of the next coder as the settled ones; they can be changed from there. */
function adoptReading(state: LabelState): LabelState {
  const readings = shownReadings(state);
  if (readings.length === 0) return state;
  const next = (state.adopted + 1) % readings.length;
  const { coder, labels } = readings[next]!;
  return {
    ...changeLabels(state, labels, labels.length - 1),
    adopted: next,
    message: `These are ${coder}'s labels; a takes the next coder's.`,
  };
}

function markRead(state: LabelState): LabelState {
  const { key } = currentRun(state);
  return state.read.includes(key) ? state : { ...state, read: [...state.read, key] };
}

function leaveRun(state: LabelState, by: number): LabelState {
  const next = state.at + by;
  if (next < 0) return { ...state, message: 'This is the first run.' };
  if (next >= state.runs.length)
    return { ...markRead(state), message: 'This was the last run, and it is saved. q leaves.' };
  return openRun(markRead(state), next);
}

/** The line at the bottom was entered. An empty one changes nothing, but for a note, which it clears. */
export function submitPrompt(state: LabelState, text: string): LabelState {
  const { prompt, ...rest } = state;
  const words = text.trim();
  if (prompt === undefined || (words === '' && prompt.kind !== 'note')) return rest;
  switch (prompt.kind) {
    case 'note':
      return changePicked(rest, (label) => ({ ...label, note: words }));
    case 'class': {
      const code = findCode(rest, words);
      return code
        ? addLabel(rest, code.name)
        : { ...rest, message: `There is no class like "${words}"; o adds a code.` };
    }
    case 'code-name':
      return nameCode(rest, words);
    case 'code-summary':
      return addCode(rest, prompt.name!, words);
    case 'merge':
      return mergeCode(rest, prompt.name!, words);
    default:
      return prompt.kind satisfies never;
  }
}

function findCode(state: LabelState, words: string): Code | undefined {
  const codes = usableCodes(state);
  const wanted = words.toLowerCase();
  return codes.find((code) => code.name.startsWith(wanted)) ?? codes.find((code) => code.name.includes(wanted));
}

function nameCode(state: LabelState, words: string): LabelState {
  const name = words
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
  if (state.codes.some((code) => code.name === name)) return { ...state, message: `There is a code ${name} already.` };
  return { ...state, prompt: { kind: 'code-summary', title: `What ${name} is, in one sentence`, name } };
}

function addCode(state: LabelState, name: string, summary: string): LabelState {
  const codes = [...state.codes, { name, category: 'Open codes', summary, isOpen: true }];
  return addLabel({ ...state, codes }, name);
}

function mergeCode(state: LabelState, name: string, words: string): LabelState {
  const target = findCode(state, words);
  if (!target || target.name === name) return { ...state, message: `There is no other code like "${words}".` };
  const codes = state.codes.map((code) => (code.name === name ? { ...code, mergedInto: target.name } : code));
  const labels = currentLabels(state).map((label) => (label.class === name ? { ...label, class: target.name } : label));
  return {
    ...changeLabels({ ...state, codes }, labels, state.picked),
    message: `${name} counts as ${target.name} from now on.`,
  };
}
