import { readCompactions } from '../../core/context-size.ts';
import type { JsonObject, Note, Step, Trajectory } from '../../core/types.ts';
import { joinWithBreakpoints, type WrittenMessage } from './breakpoints.ts';
import { toJson } from './request-json.ts';
import { type Form, projectNotes, projectOpening, projectStep } from './step-messages.ts';
import { bridgeRoles } from './strict-order.ts';

/** What the beginning of a written conversation depends on, apart from its steps. */
export type PrefixKey = { readonly compactions: number; readonly system: string; readonly version: number };

export type WrittenSteps = { readonly key: PrefixKey; steps: number; last: Step | undefined };

type Prefix = WrittenSteps & {
  json: string;
  /** The single messages, kept only where some of them carry breakpoints. */
  readonly written: WrittenMessage[];
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
    const prefix = known && isSamePrefix(known, trajectory, form) ? known : startPrefix(trajectory, form);
    prefixes.set(trajectory, prefix);
    extendPrefix(prefix, trajectory, form);
    const fresh = order(prefix, projectNotes(notes, form), form);
    return form.quirks?.cacheControl
      ? joinWithBreakpoints([...prefix.written, ...fresh.map(write)])
      : joinJson(prefix.json, fresh);
  };
}

/** `version` is that of the habits by which it is written. */
export function prefixKey({ compactions, system }: Trajectory, { habits }: Form): PrefixKey {
  return { compactions: compactions.length, system, version: habits?.version ?? 0 };
}

/** Whether what was written of a trajectory is still how it begins. */
export function isSamePrefix({ key, steps, last }: WrittenSteps, trajectory: Trajectory, form: Form): boolean {
  const now = prefixKey(trajectory, form);
  return (
    key.compactions === now.compactions &&
    key.system === now.system &&
    key.version === now.version &&
    (steps === 0 || trajectory.steps[steps - 1] === last)
  );
}

function startPrefix(trajectory: Trajectory, form: Form): Prefix {
  const window = readCompactions(trajectory.compactions);
  const opening = projectOpening(trajectory, window, form);
  return {
    key: prefixKey(trajectory, form),
    steps: 0,
    last: undefined,
    json: joinJson('', opening),
    written: form.quirks?.cacheControl ? opening.map(write) : [],
    lastRole: opening.at(-1)?.role,
  };
}

function extendPrefix(prefix: Prefix, trajectory: Trajectory, form: Form): void {
  if (prefix.steps === trajectory.steps.length) return;
  const window = readCompactions(trajectory.compactions);
  for (const step of trajectory.steps.slice(prefix.steps)) {
    if (step.index < window.fromStep) continue;
    const messages = order(prefix, projectStep(step, window, form), form);
    if (form.quirks?.cacheControl) prefix.written.push(...messages.map(write));
    else prefix.json = joinJson(prefix.json, messages);
    prefix.lastRole = messages.at(-1)?.role ?? prefix.lastRole;
  }
  prefix.steps = trajectory.steps.length;
  prefix.last = trajectory.steps.at(-1);
}

function order(prefix: Prefix, messages: JsonObject[], form: Form): JsonObject[] {
  return form.quirks?.strictOrder || form.habits?.wantsTurns ? bridgeRoles(prefix.lastRole, messages) : messages;
}

function write(message: JsonObject): WrittenMessage {
  return { message, json: toJson(message) };
}

function joinJson(json: string, values: readonly object[]): string {
  let joined = json;
  for (const value of values) joined += joined === '' ? toJson(value) : `,${toJson(value)}`;
  return joined;
}
