import type { Step } from '../../core/types.ts';
import type { Hooks } from '../../hooks/hooks.ts';

/** How often in a row hooks may keep a turn from ending. */
const maxStopBlocks = 10;

type Parts = {
  readonly hooks: Hooks;
  /** Words for the model's next request. */
  readonly say: (text: string) => void;
  readonly warn: (message: string) => void;
};

/** Asks whether a turn that ends with this step may end; a hook's no is words for the model, ten times in a row at most. */
export function createStopHooks({
  hooks,
  say,
  warn,
}: Parts): (last: Step | undefined, signal: AbortSignal) => Promise<void> {
  let blocks = 0;
  return async (step, signal) => {
    if (signal.aborted || !hooks.has('Stop')) return;
    // A run that a limit stopped: the agent didn't want to end its turn.
    if (step === undefined || step.calls.length > 0) return;
    const common = { stop_hook_active: blocks > 0, last_assistant_message: step.text };
    const { decision, reason, stop: ending, by } = await hooks.ask('Stop', [], { common });
    if (ending !== undefined || decision !== 'block' || reason === '') {
      blocks = 0;
      return;
    }
    if (++blocks > maxStopBlocks) {
      warn(
        `A Stop hook has kept the turn from ending ${maxStopBlocks} times in a row, so it is not asked again: ${reason}`,
      );
      blocks = 0;
      return;
    }
    say(`${by.decision} keeps the turn from ending: ${reason}`);
  };
}
