import { makeSignal } from '../../signal.ts';
import { featuresOf } from '../../step/features.ts';
import { readPatch, replacementsOf } from '../../step/files/edit-texts.ts';
import type { Detector, NormalizedCall } from '../../step/normalized-step.ts';
import type { DetectorSettings } from '../detector-settings.ts';

type Missed = { readonly rounds: number[]; readonly steps: number[]; text: string; isRead: boolean; hasFired: boolean };

const rememberedFiles = 64;

/**
 * Edits of one file that miss the same lines again although the file was looked at in between: `times` within `window` rounds, with no
 * edit of that file succeeding (the codebook of our labels: two failures of one cause within a few steps). What is looked for is the
 * same, or has two lines in a row in common, but for white space, so the difference is one that a reading does not show: tabs, their number, line ends. Another text, an edit that changes
 * nothing, and a second try without a look are not meant.
 */
export function createMissedEdit(settings: DetectorSettings['missed-edit']): Detector {
  const missed = new Map<string, Missed>();
  let round = 0;

  const observe = (call: NormalizedCall, step: number) => {
    const file = fileOf(call);
    if (file === undefined) return [];
    const { failure } = featuresOf(call);
    if (!call.isError && failure === undefined) missed.delete(file);
    if (failure === undefined) return [];
    const text = missedText(call);
    if (failure.kind !== 'edit-mismatch' || text === undefined) return [];
    const entry = missed.get(file) ?? { rounds: [], steps: [], text, isRead: false, hasFired: false };
    missed.delete(file);
    missed.set(file, entry);
    if (missed.size > rememberedFiles) missed.delete(missed.keys().next().value!);
    if (entry.rounds.at(-1) === round) return [];
    const isAgain = entry.rounds.length === 0 || (entry.isRead && isAlike(entry.text, text));
    while (entry.rounds.length > 0 && (!isAgain || round - entry.rounds[0]! >= settings.window)) {
      entry.rounds.shift();
      entry.steps.shift();
    }
    entry.text = text;
    entry.isRead = false;
    entry.rounds.push(round);
    entry.steps.push(step);
    if (entry.hasFired || entry.rounds.length < settings.times) return [];
    entry.hasFired = true;
    return [describe(file, entry.steps, step)];
  };

  const noteLook = (call: NormalizedCall) => {
    const { path, command } = featuresOf(call);
    for (const [file, entry] of missed) {
      const name = file.replace(/^.*\//, '');
      entry.isRead ||= (path ?? '').endsWith(name) || (command ?? '').includes(name);
    }
  };

  return {
    name: 'missed-edit',
    feed: (step) => {
      if (step.calls.length === 0) return [];
      if (step.userTexts.length > 0) missed.clear();
      round += 1;
      for (const call of step.calls) if (featuresOf(call).isLook) noteLook(call);
      return step.calls.filter(({ act }) => act === 'edit').flatMap((call) => observe(call, step.index));
    },
  };
}

/** The lines that an edit looked for, without white space; undefined for one that would change nothing. */
function missedText(call: NormalizedCall): string | undefined {
  const { path } = featuresOf(call);
  const edits = path === undefined ? readPatch(patchOf(call) ?? '') : replacementsOf(call);
  const lines = edits
    .flatMap(({ before }) => before.slice(0, 20_000).split('\n'))
    .map((line) => line.replace(/\s+/g, ''))
    .filter((line) => line !== '');
  return lines.length === 0 || edits.every(({ before, after }) => before === after)
    ? undefined
    : lines.join('\n').slice(0, 20_000);
}

/** The same lines, or some of them: one text within the other, or two lines in a row that both look for. */
function isAlike(left: string, right: string): boolean {
  const [short, long] = left.length < right.length ? [left, right] : [right, left];
  const [begin, other] = [short.replaceAll('\n', ''), long.replaceAll('\n', '')];
  if (begin.length <= 10) return false;
  if (other.includes(begin) || other.slice(0, 40) === begin.slice(0, 40)) return true;
  const lines = short.split('\n');
  return lines.some((line, at) => {
    const two = `${line}\n${lines[at + 1]}`;
    return at + 1 < lines.length && two.length > 15 && `\n${long}\n`.includes(`\n${two}\n`);
  });
}

function patchOf(call: NormalizedCall): string | undefined {
  const patch = [call.input.patch, call.input.input, call.input.diff].find((value) => typeof value === 'string');
  return patch === undefined ? undefined : String(patch).slice(0, 100_000);
}

/** The file that an edit is about, also one that is named only in a patch. */
function fileOf(call: NormalizedCall): string | undefined {
  const { path } = featuresOf(call);
  if (path !== undefined) return path;
  return /^(?:\+\+\+ |\*\*\* Update File: )(?:b\/)?(\S+)/m.exec(patchOf(call) ?? '')?.[1];
}

function describe(file: string, steps: readonly number[], step: number) {
  return makeSignal({
    detector: 'missed-edit',
    class: 'tool-call-failure',
    step,
    confidence: 0.8,
    evidenceSteps: [...steps],
    evidence: `${steps.length} edits of ${file.replace(/^.*\//, '').slice(-100)} did not find the lines they look for, though the file was read in between`,
    streak: `${file.slice(-100)}:${steps[0]}`,
  });
}
