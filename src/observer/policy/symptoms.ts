import { commandArgument, pathArgument } from '../step/files/argument-names.ts';
import type { NormalizedCall, NormalizedStep } from '../step/normalized-step.ts';
import { wrongCallKinds } from '../step/results/failure.ts';

/**
 * What made a misbehaviour visible, taken from its evidence steps, so that a later step can be asked "is it still there?" and
 * "has the agent moved on?" without the detector that found it.
 */
export type Symptom = {
  /** By which rule its presence is seen; `signal` means: only a new finding shows it. */
  readonly seenBy: 'calls' | 'errors' | 'silence' | 'signal';
  /** Calls of the evidence, name and arguments. */
  readonly calls: Set<string>;
  /** Places (a file, a command) that the evidence came back to three times or more. */
  readonly places: ReadonlySet<string>;
  /** Canonical errors and error kinds of the evidence. */
  readonly errors: Set<string>;
};

const repeatedPlaceCount = 3;
const mutations: ReadonlySet<string> = new Set(['edit', 'write']);
/** The symptom of a class, read from the steps that are its evidence. */
export function describeSymptom(className: string, evidence: readonly NormalizedStep[]): Symptom {
  const calls = evidence.flatMap((step) => step.calls);
  const errors = new Set(calls.flatMap(errorKeys));
  return {
    seenBy: kindOfSymptom(className, calls, errors),
    calls: new Set(calls.map(callKey)),
    places: repeated(calls.map(placeOf)),
    errors,
  };
}

function kindOfSymptom(
  className: string,
  calls: readonly NormalizedCall[],
  errors: ReadonlySet<string>,
): Symptom['seenBy'] {
  if (className === 'infinite-loop') return calls.length === 0 ? 'silence' : 'calls';
  if (className === 'tool-call-failure') return errors.size > 0 ? 'errors' : 'calls';
  return 'signal';
}

/** Whether the misbehaviour goes on in this step. */
export function isPresent(symptom: Symptom, step: NormalizedStep): boolean {
  switch (symptom.seenBy) {
    case 'silence':
      return step.calls.length === 0;
    case 'errors':
      return step.calls.some((call) => isWrongAgain(symptom, call));
    case 'calls':
      return step.calls.length > 0 && step.calls.every((call) => isRepeated(symptom, call));
    case 'signal':
      return false;
    default:
      return symptom.seenBy satisfies never;
  }
}

function isWrongAgain(symptom: Symptom, call: NormalizedCall): boolean {
  return isRefused(call) ? symptom.calls.has(callKey(call)) : errorKeys(call).some((key) => symptom.errors.has(key));
}

function isRepeated(symptom: Symptom, call: NormalizedCall): boolean {
  return (
    symptom.calls.has(callKey(call)) ||
    symptom.places.has(placeOf(call)) ||
    errorKeys(call).some((key) => symptom.errors.has(key))
  );
}

/** Whether this step moved the work on in a way that the evidence had not: a change that held, or a new call that succeeded. */
export function hasProgress(symptom: Symptom, step: NormalizedStep): boolean {
  return step.calls.some((call) => !call.isError && call.act !== 'plan' && !isRepeated(symptom, call));
}

/** Whether this step changed something by a call that is not part of the evidence: what ran before may then be run again. */
export function hasChange(symptom: Symptom, step: NormalizedStep): boolean {
  return step.calls.some((call) => !call.isError && mutations.has(call.act) && !isRepeated(symptom, call));
}

/** A call by name and arguments, the same for the same call. */
export function callKey(call: { readonly name: string; readonly input: NormalizedCall['input'] }): string {
  return `${call.name} ${JSON.stringify(call.input)}`;
}

/** Where a call goes: the file it names, or its command. */
export function placeOf(call: NormalizedCall): string {
  const path = pathArgument(call.input);
  if (path !== undefined) return `${call.act} ${path}`;
  const command = call.act === 'shell' ? commandArgument(call.input) : undefined;
  return command === undefined ? callKey(call) : `${call.act} ${command.trim().slice(0, 400)}`;
}

function errorKeys(call: NormalizedCall): string[] {
  if (!call.isError || isRefused(call)) return [];
  const kind = call.errorKind;
  const canonical = canonicalError(call.output);
  if (kind !== undefined && wrongCallKinds.has(kind)) return [`${call.name} ${kind}`, canonical];
  return [canonical];
}

function isRefused(call: NormalizedCall): boolean {
  return call.errorKind === 'blocked' || call.errorKind === 'denied';
}

/** The first line that says something, without what varies from one occurrence to the next: numbers, quoted text, paths. */
function canonicalError(output: string): string {
  const line = output.split('\n', 12).find((candidate) => /[a-z]{3}/i.test(candidate)) ?? '';
  return line
    .slice(0, 300)
    .replace(/"[^"]*"|'[^']*'|`[^`]*`/g, '""')
    .replace(/(?:\/[\w.@-]+)+/g, '/')
    .replace(/\d+/g, '0');
}

function repeated(keys: readonly string[]): Set<string> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return new Set([...counts].filter(([, times]) => times >= repeatedPlaceCount).map(([key]) => key));
}
