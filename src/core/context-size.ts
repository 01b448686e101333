import { trimOutput } from './text/trim-output.ts';
import type { Compaction, Note, Step, Trajectory } from './types.ts';

export type ContextSize = {
  /** Tokens of the next request. */
  readonly tokens: number;
  /** false: no answer has come since the last compaction (or since the start), so it is estimated from characters alone. */
  readonly isMeasured: boolean;
};

/** What fills the context, in estimated tokens. */
export type ContextParts = {
  readonly system: number;
  readonly tools: number;
  readonly summary: number;
  readonly user: number;
  readonly reminders: number;
  readonly answers: number;
  readonly toolOutput: number;
};

export type ContextMeter = {
  /** The next request with these notes: the server's own count of the last one, and an estimate of what came since. */
  readonly read: (notes?: readonly Note[]) => ContextSize;
  /** Tokens for a number of characters, by the ratio that the server's counts have shown so far. */
  readonly estimate: (characters: number) => number;
  readonly parts: () => ContextParts;
  /** To be called after a compaction was added: a count from before it says nothing of the next request. */
  readonly forget: () => void;
};

/** About four characters a token in English and code, until the server has counted. */
const firstGuess = 0.25;
/** Tokens a character; what lies outside is an artefact (images, a server that counts otherwise). */
const plausible = { least: 0.12, most: 1 };
/** Steps between two looks at the ratio: a look costs time in the number of steps. */
const stepsBetweenLooks = 20;

/** Measures the context of a growing session. `toolCharacters`: length of the tool schemas as they are sent. A read takes the same time however long the session is. */
export function createContextMeter(trajectory: Trajectory, toolCharacters: number): ContextMeter {
  let ratio = firstGuess;
  let learntAt = Number.NEGATIVE_INFINITY;
  let validFrom = trajectory.compactions.length > 0 ? trajectory.steps.length : 0;

  const lastCounted = (): Step | undefined => {
    const last = trajectory.steps.at(-1);
    return last !== undefined && last.index >= validFrom && last.usage.inputTokens > 0 ? last : undefined;
  };
  const learn = (step: Step): void => {
    if (step.index - learntAt < stepsBetweenLooks) return;
    learntAt = step.index;
    const characters = toolCharacters + sizeOfContext(trajectory, step.index) + sizeOfNotes(step.notes);
    const seen = step.usage.inputTokens / characters;
    if (seen >= plausible.least && seen <= plausible.most) ratio = seen;
  };

  return {
    read: (notes = []) => {
      const last = lastCounted();
      if (last === undefined) {
        const characters = toolCharacters + sizeOfContext(trajectory, trajectory.steps.length) + sizeOfNotes(notes);
        return { tokens: Math.ceil(characters * ratio), isMeasured: false };
      }
      learn(last);
      const since = sizeOfAnswer(last) + sizeOfResults(last, false) + sizeOfNotes(notes);
      return { tokens: last.usage.inputTokens + Math.ceil(since * ratio), isMeasured: true };
    },
    estimate: (characters) => Math.ceil(characters * ratio),
    parts: () => countParts(trajectory, toolCharacters, ratio),
    forget: () => {
      validFrom = trajectory.steps.length;
    },
  };
}

/** What the compactions so far leave: steps from `fromStep` on are sent, the output of those before `thinBefore` is thinned. */
export function readCompactions(compactions: readonly Compaction[]): {
  fromStep: number;
  thinBefore: number;
  summary: string;
} {
  let state = { fromStep: 0, thinBefore: 0, summary: '' };
  for (const { kind, fromStep, summary } of compactions) {
    if (kind === 'summary') state = { ...state, fromStep, summary };
    else state = { ...state, thinBefore: Math.max(state.thinBefore, fromStep) };
  }
  return state;
}

/** Characters of system prompt, summary and the steps before `until` that are still sent. */
function sizeOfContext(trajectory: Trajectory, until: number): number {
  const { fromStep, thinBefore, summary } = readCompactions(trajectory.compactions);
  let size = trajectory.system.length + summary.length;
  for (let index = fromStep; index < until; index++) {
    const step = trajectory.steps[index];
    if (step !== undefined) size += sizeOfStep(step, index < thinBefore);
  }
  return size;
}

const sizes = new WeakMap<Step, { whole?: number; thinned?: number }>();

/** Characters that a step takes in a request; steps never change, so it is counted once. */
export function sizeOfStep(step: Step, isTrimmed: boolean): number {
  const known = sizes.get(step) ?? {};
  sizes.set(step, known);
  const key = isTrimmed ? 'thinned' : 'whole';
  known[key] ??= sizeOfNotes(step.notes) + sizeOfAnswer(step) + sizeOfResults(step, isTrimmed);
  return known[key];
}

function sizeOfNotes(notes: readonly Note[]): number {
  return notes.reduce((sum, note) => sum + note.text.length, 0);
}

function sizeOfAnswer(step: Step): number {
  return step.calls.reduce((sum, call) => sum + call.name.length + JSON.stringify(call.input).length, step.text.length);
}

function sizeOfResults(step: Step, isThinned: boolean): number {
  return step.results.reduce((sum, { output }) => sum + (isThinned ? trimOutput(output) : output).length, 0);
}

function countParts(trajectory: Trajectory, toolCharacters: number, ratio: number): ContextParts {
  const { fromStep, thinBefore, summary } = readCompactions(trajectory.compactions);
  const parts = {
    system: trajectory.system.length,
    tools: toolCharacters,
    summary: summary.length,
    user: 0,
    reminders: 0,
    answers: 0,
    toolOutput: 0,
  };
  for (const step of trajectory.steps.slice(fromStep)) {
    const user = sizeOfNotes(step.notes.filter((note) => note.from === 'user'));
    parts.user += user;
    parts.reminders += sizeOfNotes(step.notes) - user;
    parts.answers += sizeOfAnswer(step);
    parts.toolOutput += sizeOfResults(step, step.index < thinBefore);
  }
  const tokens = (characters: number) => Math.ceil(characters * ratio);
  return {
    system: tokens(parts.system),
    tools: tokens(parts.tools),
    summary: tokens(parts.summary),
    user: tokens(parts.user),
    reminders: tokens(parts.reminders),
    answers: tokens(parts.answers),
    toolOutput: tokens(parts.toolOutput),
  };
}

/** A rough count of tokens for planning (about four characters each in English and code); the server's own counts replace it. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 4);
}
