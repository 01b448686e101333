import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { classifyTool } from '../core/classify-tool.ts';
import type { Event } from '../core/event.ts';
import type { JsonObject, Outcome, Step } from '../core/types.ts';
import type { ObserverConfig } from '../observer/config.ts';
import { createGuard, type Guard } from '../observer/guard.ts';
import { targetsOf } from '../observer/ledger/call-targets.ts';
import { normalizeStep } from '../observer/step/normalize-step.ts';
import { createStepObserver, type Observed, type StepObserver } from '../observer/step-observer.ts';
import type { WatchEvent } from './events.ts';

/** What an agent is told in answer to an event; each agent has its own form for it. */
export type WatchAnswer =
  | { readonly kind: 'nothing' }
  /** Words that stand before its model in the next request. */
  | { readonly kind: 'context'; readonly text: string }
  /** The call must not act; the reason is what the model reads. */
  | { readonly kind: 'deny'; readonly reason: string }
  /** The turn must not end yet; the reason is what the model reads. */
  | { readonly kind: 'go-on'; readonly reason: string }
  /** The ladder has ended: the agent stops, and its person decides. */
  | { readonly kind: 'stop'; readonly reason: string };

export type WatchSession = {
  readonly handle: (event: WatchEvent) => WatchAnswer;
  readonly counts: () => { readonly steps: number; readonly reminders: number };
  readonly close: (outcome: Outcome) => void;
};

export type WatchSessionOptions = {
  readonly cwd: string;
  readonly mode: 'on' | 'shadow';
  readonly config: ObserverConfig;
  /** Gets what the session file of a run of ours would hold. */
  readonly record: (event: Event) => void;
};

const nothing: WatchAnswer = { kind: 'nothing' };
const instructionNames = ['AGENTS.md', 'CLAUDE.md', 'GEMINI.md', '.github/copilot-instructions.md'];
const maxInstructionBytes = 100_000;
/** Characters of a call's output that are looked at: the head and the tail. */
const maxOutputLength = 20_000;

/**
 * One run of another agent, observed: its calls are steps, its prompts the user's words. The observer is made with the first prompt, since
 * what it forbids holds from then on. In shadow everything is recorded and nothing is answered.
 */
export function createWatchSession({ cwd, mode, config, record }: WatchSessionOptions): WatchSession {
  const instructions = readInstructions(cwd);
  let observer: StepObserver | undefined;
  let guard: Guard | undefined;
  let pending: string[] = [];
  let index = 0;
  let reminders = 0;

  const open = (task: string): StepObserver => {
    const facts = { task, cwd, dirtyFiles: [], instructions };
    guard = createGuard(facts, config.instructionFiles);
    for (const each of instructions) guard.instruct(each);
    observer = createStepObserver({ config, mode, facts, hasJudge: false });
    return observer;
  };

  const note = (observed: Observed): Observed => {
    for (const signal of observed.signals) record({ type: 'signal', signal });
    for (const suppressed of observed.suppressed) record({ type: 'suppressed', suppressed });
    for (const reminder of observed.reminders) record({ type: 'reminder', mode: reminder.mode, reminder });
    reminders += observed.reminders.filter((reminder) => reminder.mode === 'on').length;
    return observed;
  };

  const observe = (step: Step, isTurnEnd: boolean): Observed => {
    const watching = observer ?? open(pending[0] ?? '');
    record({ type: 'step', step });
    const normalized = normalizeStep(step);
    guard?.learn(normalized);
    watching.observe(normalized, isTurnEnd);
    pending = [];
    index++;
    return note(watching.deliver(normalized, isTurnEnd));
  };

  const before = (name: string, input: JsonObject): WatchAnswer => {
    const watching = observer ?? open(pending[0] ?? '');
    const call = { name, act: classifyTool(name, input), input, output: '', isError: false };
    const finding = guard?.check(targetsOf(call), index);
    const isEnabled = config.detectors.constraint?.enabled !== false;
    if (mode === 'on' && isEnabled && finding?.isFirm) {
      record({ type: 'signal', signal: finding.signal });
      return { kind: 'deny', reason: finding.refusal.output };
    }
    const refusal = watching.refuse({ name, input });
    return refusal === undefined ? nothing : { kind: 'deny', reason: refusal };
  };

  const words = ({ reminders: said, stop }: Observed, isTurnEnd: boolean): WatchAnswer => {
    if (mode === 'shadow') return nothing;
    if (stop) return { kind: 'stop', reason: stop.reason };
    const text = said.map((reminder) => reminder.text).join('\n\n');
    if (text === '') return nothing;
    return isTurnEnd ? { kind: 'go-on', reason: text } : { kind: 'context', text };
  };

  return {
    counts: () => ({ steps: index, reminders }),
    handle: (event) => {
      switch (event.kind) {
        case 'start':
          return event.isAfterCompaction && mode === 'on' ? carryOver(guard) : nothing;
        case 'prompt': {
          if (event.text === '') return nothing;
          pending.push(event.text);
          const at = new Date().toISOString();
          if (observer === undefined) open(event.text);
          else guard?.readConstraints({ from: 'user', text: event.text, at });
          record({ type: 'note', note: { from: 'user', text: event.text, at } });
          return nothing;
        }
        case 'before-call':
          return before(event.name, event.input);
        case 'after-call':
          return words(observe(stepOf(index, pending, event), false), false);
        case 'stop': {
          const observed = observe(textStep(index, pending, event.text), true);
          return event.isAgain ? nothing : words(observed, true);
        }
        case 'compaction':
          return nothing;
        case 'end':
          return nothing;
        default:
          return event satisfies never;
      }
    },
    close: (outcome) => {
      if (observer === undefined) return;
      note(observer.finish(outcome));
      for (const episode of observer.episodes()) record({ type: 'recovery', episode });
    },
  };
}

/** After a compaction the user's own prohibitions are put back, in their words. */
function carryOver(guard: Guard | undefined): WatchAnswer {
  const held = guard?.constraints().filter(({ source }) => source === 'user') ?? [];
  if (held.length === 0) return nothing;
  const lines = held.map(({ quote }) => `- “${quote}”`).join('\n');
  return {
    kind: 'context',
    text: `Before the conversation was compacted the user said, and it still holds:\n${lines}`,
  };
}

function readInstructions(cwd: string): { source: string; text: string }[] {
  return instructionNames
    .map((source) => ({ source, path: join(cwd, source) }))
    .filter(({ path }) => existsSync(path) && statSync(path).isFile() && statSync(path).size <= maxInstructionBytes)
    .map(({ source, path }) => ({ source, text: readFileSync(path, 'utf8') }));
}

function stepOf(index: number, said: readonly string[], event: Extract<WatchEvent, { kind: 'after-call' }>): Step {
  const id = `call-${index}`;
  const { name, input, output, isError } = event;
  return {
    ...emptyStep(index, said),
    calls: [{ id, name, input }],
    results: [{ callId: id, name, output: clipOutput(output), isError, ms: 0 }],
    finish: 'tool-calls',
  };
}

function textStep(index: number, said: readonly string[], text: string): Step {
  return { ...emptyStep(index, said), text };
}

function emptyStep(index: number, said: readonly string[]): Step {
  const at = new Date().toISOString();
  return {
    type: 'step',
    index,
    at,
    notes: said.map((text) => ({ from: 'user', text, at })),
    text: '',
    calls: [],
    results: [],
    usage: { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: null },
    ms: 0,
    finish: 'stop',
  };
}

function clipOutput(output: string): string {
  if (output.length <= maxOutputLength) return output;
  const half = maxOutputLength / 2;
  return `${output.slice(0, half)}\n[… ${output.length - maxOutputLength} characters left out …]\n${output.slice(-half)}`;
}
