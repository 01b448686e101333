import type { CompletionReport, CompletionRow, Evidence } from '../../core/run/task-report.ts';
import type { Signal, Verdict } from '../../core/types.ts';
import type { Constraint } from '../ledger/constraint.ts';
import { extractConstraints } from '../ledger/extract.ts';
import type { NormalizedStep } from '../step/normalized-step.ts';
import { changedCode, findEvidence, isPlainEdit, isSameFile } from './find-evidence.ts';
import { wordsOf } from './read-names.ts';
import { readRequirements } from './read-requirements.ts';
import type { Requirement } from './requirement.ts';
import { recordTurn, type TurnRecord } from './turn-record.ts';

/** What a report is written from. */
export type CompletionFacts = {
  /** What the user asked for in this task, in the order it was said. */
  readonly asked: readonly string[];
  readonly steps: readonly NormalizedStep[];
  readonly cwd: string;
  /** Files that the task changed by what the disk shows, relative to `cwd`. */
  readonly changedFiles: readonly string[];
  /** Breaches of the user's limits that the observer saw. */
  readonly signals: readonly Signal[];
  /** What the judge found in this task. */
  readonly verdicts: readonly Verdict[];
  readonly isReviewed: boolean;
};

/**
 * The report of a task: what was asked for, and what the transcript shows of each. undefined when fewer than two things were asked for. A
 * fact is listed only where it can be tied to one requirement; everything else is "no evidence found".
 */
export function writeCompletionReport(facts: CompletionFacts): CompletionReport | undefined {
  const text = facts.asked.join('\n\n');
  const requirements = facts.asked.flatMap((each) => readRequirements(each));
  const limits = extractConstraints(text, 'user');
  if (requirements.length === 0 || requirements.length + limits.length < 2) return undefined;
  const record = addDiskChanges(recordTurn(facts.steps, facts.cwd), facts.changedFiles);
  const rows = [...writeRows(requirements, record), ...limits.map((limit) => writeLimitRow(limit, facts, record))];
  return { rows: addFindings(rows, facts.verdicts), isReviewed: facts.isReviewed };
}

/** Whether a text asks for anything that a report would list. */
export function asksForSomething(text: string): boolean {
  return readRequirements(text).length > 0 || extractConstraints(text, 'user').length > 0;
}

/** Where an order in plain words is left without evidence, the files that no row speaks of are named: its work may be in them. */
function writeRows(requirements: readonly Requirement[], record: TurnRecord): CompletionRow[] {
  const rows = requirements.map((each) => writeRow(each, requirements, record));
  const told = new Set(
    rows.flatMap(({ evidence }) => evidence.flatMap((each) => (each.kind === 'file' ? each.path : []))),
  );
  const untied = changedCode(record).filter((path) => !told.has(path));
  if (untied.length === 0) return rows;
  return rows.map((row, at) => (row.status === 'none' && isPlainEdit(requirements[at]!) ? { ...row, untied } : row));
}

function writeRow(requirement: Requirement, all: readonly Requirement[], record: TurnRecord): CompletionRow {
  const { evidence, unchanged } = findEvidence(
    requirement,
    all.filter((other) => other !== requirement),
    record,
  );
  return {
    requirement: requirement.text,
    status: statusOf(evidence),
    evidence,
    ...(unchanged.length > 0 && { unchanged }),
  };
}

function statusOf(evidence: readonly Evidence[]): CompletionRow['status'] {
  const isAgainst = evidence.some(
    (each) => (each.kind === 'check' && each.result === 'failed') || each.kind === 'broken' || each.kind === 'review',
  );
  return isAgainst ? 'against' : evidence.length > 0 ? 'evidence' : 'none';
}

/** A limit is kept as far as the calls show, or broken by the first call that was seen to break it. */
function writeLimitRow(limit: Constraint, { signals }: CompletionFacts, { stepCount }: TurnRecord): CompletionRow {
  const breach = signals.find(
    (signal) =>
      signal.detector === 'constraint' &&
      signal.isRefused !== true &&
      signal.evidence.includes(limit.quote.slice(0, 60)),
  );
  const evidence: Evidence[] = [
    breach === undefined
      ? { kind: 'kept', stepsSeen: stepCount }
      : { kind: 'broken', what: breach.evidence.slice(0, 160), step: breach.step },
  ];
  return { requirement: limit.quote.slice(0, 160), status: statusOf(evidence), evidence };
}

/** Files that only the disk shows as changed: a program or a subagent made them. */
function addDiskChanges(record: TurnRecord, files: readonly string[]): TurnRecord {
  const unknown = files.filter((path) => !record.changes.some((change) => isSameFile(change.path, path)));
  const changes = unknown.map((path) => ({
    path,
    step: -1,
    how: 'changed' as const,
    added: '',
    removed: '',
    context: '',
  }));
  return { ...record, changes: [...record.changes, ...changes] };
}

/** The review's findings at the requirement whose words they quote. */
function addFindings(rows: readonly CompletionRow[], verdicts: readonly Verdict[]): CompletionRow[] {
  const result = [...rows];
  for (const verdict of verdicts) {
    if (verdict.source !== 'judge') continue;
    const at = bestRow(rows, `${verdict.against ?? ''} ${verdict.missing ?? ''} ${verdict.quote ?? ''}`);
    if (at === undefined) continue;
    const row = result[at]!;
    const evidence = [
      ...row.evidence,
      { kind: 'review' as const, finding: verdict.evidence.slice(0, 200), step: verdict.atStep },
    ];
    result[at] = { ...row, status: 'against', evidence };
  }
  return result;
}

/** The row that shares most of its words with a text; undefined when none shares half of them, or two do alike. */
function bestRow(rows: readonly CompletionRow[], text: string): number | undefined {
  const said = new Set(wordsOf(text));
  const shares = rows.map(({ requirement }) => {
    const words = wordsOf(requirement);
    return words.length === 0 ? 0 : words.filter((word) => said.has(word)).length / words.length;
  });
  const best = Math.max(...shares);
  return best >= 0.5 && shares.filter((share) => share === best).length === 1 ? shares.indexOf(best) : undefined;
}
