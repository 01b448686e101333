import type { Verdict } from '../../core/types.ts';
import { commandArgument } from '../step/files/argument-names.ts';
import type { NormalizedCall, NormalizedStep } from '../step/normalized-step.ts';
import { ruleOf } from './ladder.ts';
import { describeSymptom, hasProgress, isPresent, placeOf } from './symptoms.ts';

/**
 * Looks again, at the moment of delivery, whether a verdict still holds: the agent may have fixed it while the finding was
 * on its way. Gives the reason why it does not, else undefined.
 */
export function reasonOfStaleness(verdict: Verdict, recent: readonly NormalizedStep[]): string | undefined {
  const known = Math.max(verdict.atStep, ...verdict.evidenceSteps);
  const evidence = recent.filter((step) => verdict.evidenceSteps.includes(step.index));
  const since = recent.filter((step) => step.index > known);
  const age = (recent.at(-1)?.index ?? known) - known;
  if (isStillGoingOn(verdict, evidence, since)) return undefined;
  if (age > ruleOf(verdict.class).maxAgeSteps) return `its evidence is ${age} steps old`;
  switch (verdict.class) {
    case 'infinite-loop':
    case 'tool-call-failure':
      return isLeft(verdict, evidence, since) ? 'the agent has moved on since' : undefined;
    case 'false-claim':
    case 'unverified-finish':
      return since.some(hasCheck) ? 'the agent has checked its work since' : undefined;
    case 'premature-stop':
      return since.some((step) => step.calls.length > 0) ? 'the agent went on working' : undefined;
    case 'did-not-follow-instructions':
    case 'unrequested-changes':
    case 'test-tampering':
      return isUndone(evidence, since) ? 'the agent has undone it since' : undefined;
    default:
      return undefined;
  }
}

/** What these leave on the disk is still there after a reminder, and its first words are what shows it. */
const lasting: ReadonlySet<string> = new Set(['did-not-follow-instructions', 'unrequested-changes', 'test-tampering']);

/**
 * Whether the judge shows again what stood before step `remindedAt`, where the agent was last reminded of this class: only what it
 * did since tells whether it goes on. A rule's finding that the judge confirmed is new by itself.
 */
export function isFromBefore(verdict: Verdict, remindedAt: number | undefined): boolean {
  if (remindedAt === undefined || verdict.source !== 'judge' || verdict.detector !== undefined) return false;
  if (lasting.has(verdict.class)) return false;
  return (verdict.quoteStep ?? Math.max(...verdict.evidenceSteps)) < remindedAt;
}

/** A run that is stuck in the same way still is no old story, however late the finding comes. */
function isStillGoingOn(
  verdict: Verdict,
  evidence: readonly NormalizedStep[],
  since: readonly NormalizedStep[],
): boolean {
  const last = since.at(-1);
  const isStuck = verdict.class === 'infinite-loop' || verdict.class === 'tool-call-failure';
  return (
    isStuck && last !== undefined && evidence.length > 0 && isPresent(describeSymptom(verdict.class, evidence), last)
  );
}

/** The last step is not the misbehaviour any more, and some step since moved on. */
function isLeft(verdict: Verdict, evidence: readonly NormalizedStep[], since: readonly NormalizedStep[]): boolean {
  const last = since.at(-1);
  if (last === undefined || evidence.length === 0) return false;
  const symptom = describeSymptom(verdict.class, evidence);
  return !isPresent(symptom, last) && since.some((step) => hasProgress(symptom, step));
}

function hasCheck(step: NormalizedStep): boolean {
  return step.calls.some(
    (call) =>
      call.act === 'shell' &&
      /\b(test|check|lint|build|tsc|make|pytest|jest|vitest|cargo|go vet|mypy|ruff)\b/.test(commandOf(call)),
  );
}

/** A later command took every changed file of the evidence back (git checkout, restore, stash, revert, rm). */
function isUndone(evidence: readonly NormalizedStep[], since: readonly NormalizedStep[]): boolean {
  const names = evidence.flatMap((step) =>
    step.calls.filter((call) => call.act === 'edit' || call.act === 'write').map(fileName),
  );
  const undoing = since.flatMap((step) =>
    step.calls.filter((call) => !call.isError && undoes(commandOf(call))).map(commandOf),
  );
  return names.length > 0 && names.every((name) => undoing.some((command) => command.includes(name)));
}

function undoes(command: string): boolean {
  return /\bgit\s+(?:checkout|restore|stash|revert|reset)\b|(?:^|[;&|]\s*)rm\s/.test(command);
}

function commandOf(call: NormalizedCall): string {
  return commandArgument(call.input) ?? '';
}

function fileName(call: NormalizedCall): string {
  return (
    placeOf(call)
      .split(/[\\/ ]/)
      .at(-1) ?? ''
  );
}
