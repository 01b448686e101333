import { readCompactions } from '../core/context-size.ts';
import type { JsonObject, Note, Step, Trajectory } from '../core/types.ts';
import { toJson } from './json.ts';
import { type Form, projectNotes, projectOpening, projectStep } from './messages.ts';
import { bridgeRoles } from './strict-order.ts';

type Prefix = {
  readonly compactions: number;
  readonly system: string;
  /** Of the habits by which it was written. */
  readonly version: number;
  steps: number;
  last: Step | undefined;
  json: string;
  /** Of the last message. */
  lastRole: unknown;
};

/**
 * Serialises a trajectory's messages to the inside of a JSON array. What was serialised for a trajectory is kept, so a turn
 * costs its own step and not the whole history, and the earlier part of a request never changes by a byte (prompt caches hold).
 * A trajectory that was compacted, rewound or resumed is serialised anew.
 */
export function createSerializer(form: Form): (trajectory: Trajectory, notes: readonly Note[]) => string {
  const prefixes = new WeakMap<Trajectory, Prefix>();
  return (trajectory, notes) => {
    const known = prefixes.get(trajectory);
    const prefix = known && isPrefixOf(known, trajectory, form) ? known : startPrefix(trajectory, form);
    prefixes.set(trajectory, prefix);
    extendPrefix(prefix, trajectory, form);
    return joinJson(prefix.json, order(prefix, projectNotes(notes, form), form));
  };
}

function isPrefixOf(prefix: Prefix, trajectory: Trajectory, { habits }: Form): boolean {
  const { steps, compactions, system } = trajectory;
  return (
    prefix.compactions === compactions.length &&
    prefix.system === system &&
    prefix.version === (habits?.version ?? 0) &&
    (prefix.steps === 0 || steps[prefix.steps - 1] === prefix.last)
  );
}

function startPrefix(trajectory: Trajectory, form: Form): Prefix {
  const window = readCompactions(trajectory.compactions);
  const opening = projectOpening(trajectory, window, form);
  return {
    compactions: trajectory.compactions.length,
    system: trajectory.system,
    version: form.habits?.version ?? 0,
    steps: 0,
    last: undefined,
    json: joinJson('', opening),
    lastRole: opening.at(-1)?.role,
  };
}

function extendPrefix(prefix: Prefix, trajectory: Trajectory, form: Form): void {
  if (prefix.steps === trajectory.steps.length) return;
  const window = readCompactions(trajectory.compactions);
  for (const step of trajectory.steps.slice(prefix.steps)) {
    if (step.index < window.fromStep) continue;
    const messages = order(prefix, projectStep(step, window, form), form);
    prefix.json = joinJson(prefix.json, messages);
    prefix.lastRole = messages.at(-1)?.role ?? prefix.lastRole;
  }
  prefix.steps = trajectory.steps.length;
  prefix.last = trajectory.steps.at(-1);
}

function order(prefix: Prefix, messages: JsonObject[], form: Form): JsonObject[] {
  return form.quirks?.strictOrder || form.habits?.wantsTurns ? bridgeRoles(prefix.lastRole, messages) : messages;
}

function joinJson(json: string, values: readonly object[]): string {
  let joined = json;
  for (const value of values) joined += joined === '' ? toJson(value) : `,${toJson(value)}`;
  return joined;
}
