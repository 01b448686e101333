import type { Event } from '../core/event.ts';
import { type Note, noUsage, type Step, type ToolCall } from '../core/types.ts';
import type { DoneCall } from './session-lines.ts';

/**
 * Makes the lines for calls that were done while the next of the same step begins: that one may wait for an answer for hours, and what
 * was allowed and done before it must not be lost with the program. A step's only or last call needs none, its step follows at once.
 */
export function createDoneCalls(): (event: Event) => readonly DoneCall[] {
  const started = new Map<string, ToolCall>();
  let done: DoneCall[] = [];
  return (event) => {
    if (event.type === 'tool.start') {
      const lines = done;
      done = [];
      started.set(event.callId, { id: event.callId, name: event.name, input: event.input });
      return lines;
    }
    if (event.type === 'tool.end') {
      const call = started.get(event.callId);
      if (call) done.push({ type: 'call', at: new Date().toISOString(), call, result: event.result });
    }
    if (event.type === 'step') {
      started.clear();
      done = [];
    }
    return [];
  };
}

/** The step that a kill cut off, with the calls that were done; its text and what it cost are not known. */
export function stepOfCalls(index: number, notes: readonly Note[], lines: readonly DoneCall[]): Step {
  return {
    type: 'step',
    index,
    at: lines.at(-1)?.at ?? '',
    notes: [...notes],
    text: '',
    calls: lines.map(({ call }) => call),
    results: lines.map(({ result }) => result),
    usage: noUsage,
    ms: 0,
    finish: 'tool-calls',
  };
}
