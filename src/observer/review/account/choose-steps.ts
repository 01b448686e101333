import { featuresOf } from '../../step/features.ts';
import type { NormalizedCall, NormalizedStep } from '../../step/normalized-step.ts';
import { readCheck } from './check-result.ts';
import { bulkChange } from './file-facts.ts';
import { type Detail, describeChanges, describeStep, type RepeatedOutputs } from './step-text.ts';

/** A step as it is shown. */
export type StepText = { readonly index: number; readonly text: string };

/** How much of the room the one-line forms may take; what is older falls out. */
const lineShare = 0.5;
/** Of the steps that the question is about, so many are kept however old they are, and so many, the newest and the oldest, go before all else. */
const maxFocus = 10;
const shortFocus = 3;
const oldestFocus = 2;
/** Of the steps for which there is no room, so many that changed files are shown by their changes: what was done is judged, however it was found. */
const maxChanges = 8;
const changesRoom = 1500;

/**
 * The steps that fit into `room` characters: all in one line at least as far back as there is room, the newest whole, or the most of it, then those
 * that the question is about, those that changed something or failed, and the rest from the end.
 */
export function chooseSteps(
  steps: readonly NormalizedStep[],
  focus: ReadonlySet<number>,
  room: number,
  terms: readonly string[],
): StepText[] {
  const shown = fitLines(steps, focus, room * lineShare);
  const texts = new Map(shown.map((step) => [step, describeStep(step, 'line')]));
  let left = room - [...texts.values()].reduce((sum, text) => sum + text.length + 1, 0);
  const repeated = repeatedOutputs(shown);
  for (const { step, detail } of upgrades(shown, focus, terms)) {
    const text = describeStep(step, detail, terms, repeated);
    const more = text.length - texts.get(step)!.length;
    if (more <= 0 || more > left) continue;
    left -= more;
    texts.set(step, text);
  }
  return [...texts, ...olderChanges(steps, shown)].map(([step, text]) => ({ index: step.index, text }));
}

/** The newest of the changes that are older than what is shown, in room of their own. */
function olderChanges(
  steps: readonly NormalizedStep[],
  shown: readonly NormalizedStep[],
): (readonly [NormalizedStep, string])[] {
  const changes = steps.filter((step) => !shown.includes(step) && hasChanged(step)).slice(-maxChanges);
  const chosen: (readonly [NormalizedStep, string])[] = [];
  let left = changesRoom;
  for (const step of changes.toReversed()) {
    const text = describeChanges(step);
    left -= text.length + 1;
    if (left < 0) break;
    chosen.push([step, text]);
  }
  return chosen;
}

/** The newest, and those that the question is about, however old they are. */
function fitLines(
  steps: readonly NormalizedStep[],
  focus: ReadonlySet<number>,
  room: number,
): readonly NormalizedStep[] {
  const lengthOf = (step: NormalizedStep): number => describeStep(step, 'line').length + 1;
  const kept = new Set(steps.filter(({ index }) => focus.has(index)).slice(-maxFocus));
  let left = room - [...kept].reduce((sum, step) => sum + lengthOf(step), 0);
  for (const step of steps.toReversed()) {
    if (kept.has(step)) continue;
    left -= lengthOf(step);
    if (left < 0 && step !== steps.at(-1)) break;
    kept.add(step);
  }
  return steps.filter((step) => kept.has(step));
}

function upgrades(
  steps: readonly NormalizedStep[],
  focus: ReadonlySet<number>,
  terms: readonly string[],
): { step: NormalizedStep; detail: Detail }[] {
  const newest = steps.toReversed();
  const telling = newest.filter(isTelling);
  const named = byNames(newest, terms);
  const inFocus = newest.filter(({ index }) => focus.has(index));
  const oldest = inFocus.slice(shortFocus).slice(-oldestFocus);
  const all = (chosen: readonly NormalizedStep[], detail: Detail) => chosen.map((step) => ({ step, detail }));
  return [
    ...all(newest.slice(0, 1), 'last'),
    ...all([...inFocus.slice(0, shortFocus), ...oldest], 'short'),
    ...all(newest.slice(0, 1), 'whole'),
    ...all(oldest, 'whole'),
    ...all(inFocus, 'whole'),
    ...all(newest.slice(3).filter(hasChanged).slice(0, 3), 'short'),
    ...all(newest.slice(1, 3), 'whole'),
    ...all(telling, 'short'),
    ...all(named.slice(0, 4), 'whole'),
    ...all(newest.slice(0, 12), 'short'),
    ...all(telling, 'whole'),
    ...all(newest, 'short'),
    ...all(newest, 'whole'),
  ];
}

/** The newest steps are shown whole: an older output that is the same as one of theirs needs no second printing. */
const newestCount = 3;
const minRepeated = 300;

function repeatedOutputs(steps: readonly NormalizedStep[]): RepeatedOutputs {
  const newest = steps.slice(-newestCount);
  const repeated = new Map<NormalizedCall, number>();
  for (const step of steps)
    for (const call of step.calls) {
      if (call.output.length < minRepeated) continue;
      const { result } = featuresOf(call);
      const later = newest.findLast(
        ({ index, calls }) => index > step.index && calls.some((other) => featuresOf(other).result.isSame(result)),
      );
      if (later !== undefined) repeated.set(call, later.index);
    }
  return repeated;
}

/** Those whose calls and outputs name most of the terms, first. */
function byNames(steps: readonly NormalizedStep[], terms: readonly string[]): NormalizedStep[] {
  const counted = steps.map((step) => {
    const text = step.calls
      .map(({ input, output }) => `${JSON.stringify(input)}\n${output.slice(0, 20_000)}`)
      .join('\n');
    return { step, count: terms.filter((term) => text.includes(term)).length };
  });
  return counted
    .filter(({ count }) => count > 0)
    .sort((left, right) => right.count - left.count)
    .map(({ step }) => step);
}

/** It changed something, or went wrong. */
function isTelling(step: NormalizedStep): boolean {
  return hasChanged(step) || step.calls.some((call) => call.isError || readCheck(call)?.color === 'red');
}

function hasChanged({ calls }: NormalizedStep): boolean {
  return calls.some((call) => featuresOf(call).isChange || bulkChange.test(featuresOf(call).command ?? ''));
}
