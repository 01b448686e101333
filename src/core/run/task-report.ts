import { count } from '../text/count.ts';
import { stepRange } from '../text/step-range.ts';

/** A fact of the transcript that speaks for or against something that was asked for. `step`, `steps`: indexes of steps. */
export type Evidence =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly change: 'changed' | 'created' | 'deleted';
      /** Empty where only the disk shows the change (a program or a subagent made it). */
      readonly steps: readonly number[];
      /** Words of the requirement that appear in the changed lines. */
      readonly words: readonly string[];
    }
  | {
      readonly kind: 'check';
      readonly command: string;
      readonly result: 'passed' | 'failed' | 'unclear';
      readonly step: number;
      /** Code was changed after this run. */
      readonly isBeforeLastChange: boolean;
    }
  /** A command that ran and did not fail. */
  | { readonly kind: 'command'; readonly command: string; readonly step: number }
  /** A limit that no call was seen to break. */
  | { readonly kind: 'kept'; readonly stepsSeen: number }
  | { readonly kind: 'broken'; readonly what: string; readonly step: number }
  /** The judge's review of the turn names this requirement. */
  | { readonly kind: 'review'; readonly finding: string; readonly step: number };

/** One thing that was asked for. */
export type CompletionRow = {
  /** In the user's words, at most 160 characters. */
  readonly requirement: string;
  /** `none` says that no evidence was found, not that nothing was done; `evidence` says what was seen, not that all is done. */
  readonly status: 'evidence' | 'against' | 'none';
  readonly evidence: readonly Evidence[];
  /** Files that the requirement names for a change and that nothing was seen to change. */
  readonly unchanged?: readonly string[];
  /** Files that were changed and are no row's evidence, where the requirement names none: its work may be in them. */
  readonly untied?: readonly string[];
};

/** What was asked for in a task, and what the transcript shows of each. */
export type CompletionReport = {
  readonly rows: readonly CompletionRow[];
  /** Whether the judge reviewed the end of the turn. */
  readonly isReviewed: boolean;
};

const shownFiles = 3;
const shownSteps = 4;

/** The evidence of a row as one line of plain text. */
export function describeRow({ evidence, unchanged = [], untied = [] }: CompletionRow): string {
  const files = evidence.filter(({ kind }) => kind === 'file');
  const others = evidence.filter(({ kind }) => kind !== 'file');
  const parts = [...files.slice(0, shownFiles), ...others].map(describeEvidence);
  if (files.length > shownFiles) parts.splice(shownFiles, 0, `${count(files.length - shownFiles, 'more file')}`);
  if (unchanged.length > 0) parts.push(`no change seen of ${unchanged.slice(0, shownFiles).join(', ')}`);
  if (evidence.length > 0) return parts.join('; ');
  if (untied.length > 0) return `not tied to a change; may be in ${listed(untied)}`;
  return ['no evidence found', ...parts].join('; ');
}

function listed(paths: readonly string[]): string {
  const rest = paths.length - shownFiles;
  return [...paths.slice(0, shownFiles), ...(rest > 0 ? [count(rest, 'more file')] : [])].join(', ');
}

/** One fact in words. */
export function describeEvidence(evidence: Evidence): string {
  switch (evidence.kind) {
    case 'file': {
      const words = evidence.words.length === 0 ? '' : ` (${evidence.words.join(', ')})`;
      return `${evidence.path} ${evidence.change}${words}${inSteps(evidence.steps)}`;
    }
    case 'check': {
      const result = { passed: 'passed', failed: 'failed', unclear: 'ran, result not known' }[evidence.result];
      return `${evidence.command} ${result}${evidence.isBeforeLastChange ? ' before the last change' : ''}${inSteps([evidence.step])}`;
    }
    case 'command':
      return `${evidence.command} ran${inSteps([evidence.step])}`;
    case 'kept':
      return `nothing seen that breaks it in ${count(evidence.stepsSeen, 'step')}`;
    case 'broken':
      return `broken by ${evidence.what}${inSteps([evidence.step])}`;
    case 'review':
      return `the review: ${evidence.finding}`;
    default:
      return evidence satisfies never;
  }
}

function inSteps(steps: readonly number[]): string {
  return steps.length === 0 ? '' : `, ${stepRange(steps, shownSteps)}`;
}

/** How many rows have evidence, have some against them, have none: one sentence for the report's head. */
export function summarizeRows({ rows, isReviewed }: CompletionReport): string {
  const number = (status: CompletionRow['status']) => rows.filter((row) => row.status === status).length;
  const open = rows.filter(({ status, untied = [] }) => status === 'none' && untied.length > 0).length;
  const parts = [
    `${count(rows.length, 'thing')} asked for`,
    `evidence for ${number('evidence')}`,
    ...(number('against') > 0 ? [`against ${number('against')}`] : []),
    ...(open > 0 ? [`${open} that may be in other changes`] : []),
    ...(number('none') > open ? [`none found for ${number('none') - open}`] : []),
  ];
  return `${parts.join(', ')}${isReviewed ? '; the turn was reviewed' : ''}`;
}
