import { createBus } from '../../agent/event-bus.ts';
import { describeChanged } from '../../context/changed-instructions.ts';
import type { SystemPrompt } from '../../context/system-prompt.ts';
import type { Emit } from '../../core/event.ts';
import type { Run } from '../../core/run/run.ts';
import { createRedactor } from '../../core/text/redact.ts';
import type { Trajectory } from '../../core/types.ts';
import { secretsOf } from '../secrets.ts';
import { createModelSlot, type ModelSlot } from './model-slot.ts';
import { prepareSystem, prepareTrajectory, type RunOptions } from './prepare-parts.ts';
import { openSessionCheckpoints, type SessionCheckpoints } from './session-checkpoints.ts';
import { trackChanges } from './track-changes.ts';

/** What all parts of a session share: its events, its conversation and its model. */
export type SessionBase = {
  readonly options: RunOptions;
  readonly emit: Emit;
  readonly subscribe: Run['subscribe'];
  readonly warn: (message: string) => void;
  readonly system: SystemPrompt;
  /** How the instruction files differ from those that a session which is taken up again began with, in words for the model. */
  readonly changedInstructions: string | undefined;
  readonly trajectory: Trajectory;
  readonly model: ModelSlot;
  readonly changes: ReturnType<typeof trackChanges>;
  readonly sessionCheckpoints: SessionCheckpoints;
};

export function openBase(options: RunOptions): SessionBase {
  const { setup, choice } = options;
  const { emit, subscribe } = createBus();
  const system = prepareSystem(options);
  return {
    options,
    emit,
    subscribe,
    warn: (message) => emit({ type: 'warning', message }),
    system,
    changedInstructions: choice.saved && changedSince(options, choice.saved.header.system, system),
    trajectory: prepareTrajectory(options, system.text),
    model: createModelSlot(options.models, options.ownModel),
    changes: trackChanges(setup.cwd, choice.saved?.steps ?? []),
    sessionCheckpoints: openSessionCheckpoints(setup, choice.id, emit),
  };
}

function changedSince(options: RunOptions, began: string, { instructions }: SystemPrompt): string | undefined {
  const { cwd } = options.setup;
  // Where nothing is kept of it, the prompt is the one of now.
  return began === ''
    ? undefined
    : describeChanged(instructions, { system: began, cwd, redact: createRedactor(secretsOf(options)) });
}

/** The warnings of the opening, which nobody could listen to yet; `end` stops collecting. */
export function collectWarnings({ subscribe }: SessionBase) {
  const notices: string[] = [];
  const end = subscribe((event) => {
    if (event.type === 'warning') notices.push(event.message);
  });
  return { notices, end };
}
