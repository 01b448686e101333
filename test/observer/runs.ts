import { expect } from 'vitest';
import { createInbox } from '../../src/agent/inbox.ts';
import type { Event } from '../../src/core/event.ts';
import type { Refusal } from '../../src/core/observer-port.ts';
import type { Target } from '../../src/core/tool.ts';
import type { JsonObject, Note, Step, ToolCall, ToolResult, Trajectory } from '../../src/core/types.ts';
import type { Observer, ObserverOptions } from '../../src/observer/observer.ts';
import { observerSchema } from '../../src/observer/observer-schema.ts';
import { startObserver } from '../../src/observer/start-observer.ts';
import { normalizeStep } from '../../src/observer/step/normalize-step.ts';
import type { NormalizedStep } from '../../src/observer/step/normalized-step.ts';

/** A run without a model: steps are made here, everything of the observer is real. */
export type TestRun = {
  readonly observer: Observer;
  readonly events: Event[];
  readonly trajectory: Trajectory;
  /** The user's words, handed to the model (and read by the observer) at once; they are in the next step. */
  readonly say: (text: string) => void;
  /** Drains as the loop does, then finishes a step with one call. Gives the notes that stood before it. */
  readonly act: (name: string, input: JsonObject, result?: Partial<ToolResult>) => readonly Note[];
  /** Drains, then finishes a step that only speaks. */
  readonly speak: (text: string) => readonly Note[];
};

export function startRun(config: Record<string, unknown> = {}, parts: Partial<ObserverOptions> = {}): TestRun {
  const events: Event[] = [];
  const trajectory: Trajectory = parts.trajectory ?? {
    session: 's',
    cwd: '/repo',
    system: '',
    steps: [],
    compactions: [],
  };
  const observer = startObserver({
    mode: 'on',
    config: observerSchema.parse(config),
    facts: { task: 'Fix the failing test', cwd: '/repo', dirtyFiles: [] },
    trajectory,
    emit: (event) => events.push(event),
    ...parts,
  });

  const inbox = createInbox((event) => events.push(event));
  const port = inbox.join(observer);
  const handed: Note[] = [];

  function record(
    text: string,
    call?: { name: string; input: JsonObject; result?: Partial<ToolResult> },
  ): readonly Note[] {
    const notes = [...handed.splice(0), ...port.drain().notes];
    const step = makeStep(trajectory.steps.length, text, notes, call);
    trajectory.steps.push(step);
    observer.step(step);
    return notes;
  }

  return {
    observer,
    events,
    trajectory,
    say: (text) => {
      inbox.say(userNote(text));
      handed.push(...port.drain().notes);
    },
    act: (name, input, result = {}) => record('', { name, input, result }),
    speak: (text) => record(text),
  };
}

/** What the observer says to a call before it acts, at the step that is under way. */
export function checkCall(run: TestRun, call: ToolCall, targets: readonly Target[]): Refusal | undefined {
  return run.observer.guard({ call, prepared: { targets } }, run.trajectory.steps.length);
}

export function makeStep(
  index: number,
  text: string,
  notes: readonly Note[] = [],
  call?: { name: string; input: JsonObject; result?: Partial<ToolResult> },
): Step {
  const id = `call-${index}`;
  return {
    type: 'step',
    index,
    at: '2026-01-01T00:00:00.000Z',
    notes,
    text,
    calls: call === undefined ? [] : [{ id, name: call.name, input: call.input }],
    results:
      call === undefined ? [] : [{ callId: id, name: call.name, output: 'ok', isError: false, ms: 1, ...call.result }],
    usage: { inputTokens: 10, cachedInputTokens: 0, outputTokens: 5, costUsd: 0 },
    ms: 10,
    finish: call === undefined ? 'stop' : 'tool-calls',
  };
}

/** The same step as the detectors and the digest see it. */
export function observed(...parts: Parameters<typeof makeStep>): NormalizedStep {
  return normalizeStep(makeStep(...parts));
}

/** Polls long enough for a machine that is busy with other tests. */
export function eventually<Value>(read: () => Value): ReturnType<typeof expect.poll<Value>> {
  return expect.poll(read, { timeout: 20_000 });
}

export function userNote(text: string): Note {
  return { from: 'user', text, at: '2026-01-01T00:00:00.000Z' };
}

export function eventsOf<Type extends Event['type']>(
  events: readonly Event[],
  type: Type,
): Extract<Event, { type: Type }>[] {
  return events.filter((event): event is Extract<Event, { type: Type }> => event.type === type);
}
