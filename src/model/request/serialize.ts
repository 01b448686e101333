import type { JsonObject, Note, Trajectory } from '../../core/types.ts';
import { joinWithBreakpoints, type WrittenMessage } from './breakpoints.ts';
import { keepPrefixes } from './kept-prefix.ts';
import { toJson } from './request-json.ts';
import { type Form, projectNotes, projectOpening, projectStep } from './step-messages.ts';
import { bridgeRoles } from './strict-order.ts';

type Prefix = {
  json: string;
  /** The single messages, kept only where some of them carry breakpoints. */
  readonly written: WrittenMessage[];
  /** Of the last message. */
  lastRole: unknown;
};

/** Serialises a trajectory's messages to the inside of a JSON array. */
export function createSerializer(form: Form): (trajectory: Trajectory, notes: readonly Note[]) => string {
  const hasBreakpoints = form.quirks?.cacheControl;
  const prefixOf = keepPrefixes<Prefix>(form, {
    open: (trajectory, window) => {
      const opening = projectOpening(trajectory, window, form);
      const written = hasBreakpoints ? opening.map(write) : [];
      return { json: joinJson('', opening), written, lastRole: opening.at(-1)?.role };
    },
    add: (prefix, step, window) => {
      const messages = order(prefix, projectStep(step, window, form), form);
      if (hasBreakpoints) prefix.written.push(...messages.map(write));
      else prefix.json = joinJson(prefix.json, messages);
      prefix.lastRole = messages.at(-1)?.role ?? prefix.lastRole;
    },
  });
  return (trajectory, notes) => {
    const prefix = prefixOf(trajectory);
    const fresh = order(prefix, projectNotes(notes, form), form);
    return hasBreakpoints
      ? joinWithBreakpoints([...prefix.written, ...fresh.map(write)])
      : joinJson(prefix.json, fresh);
  };
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
