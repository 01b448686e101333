import { type Compactor, createCompactor } from '../../agent/compact.ts';
import { watchNestedInstructions } from '../../context/nested-instructions.ts';
import { realPaths } from '../../context/system-prompt.ts';
import { type ContextMeter, createContextMeter } from '../../core/context-size.ts';
import type { Tool } from '../../core/tool.ts';
import { sessionGate } from '../session-gate.ts';
import { describeCarryover } from './compaction-carryover.ts';
import type { SessionParts } from './session-parts.ts';

export type ContextWindow = { readonly meter: ContextMeter; readonly compactor: Compactor };

/** What fills the model's window: its measure, its compaction, and instructions of folders that the agent comes to. */
export function openContextWindow(parts: SessionParts, tools: readonly Tool[]): ContextWindow {
  const { base, place, observerSide, gate, spending } = parts;
  const { points } = gate;
  const { options, emit, subscribe, trajectory, model, changes } = base;
  const { observer, say } = observerSide;
  const { setup } = options;
  const { atFraction, keepSteps } = setup.loaded.config.compaction;
  const sent = tools.flatMap(({ schema, isDeferred }) => (isDeferred ? [] : [schema]));
  const meter = createContextMeter(trajectory, JSON.stringify(sent).length);
  const compactor = createCompactor({
    trajectory,
    meter,
    ask: model.ask,
    window: () => model.current().contextWindow,
    findWindow: model.findWindow,
    atFraction,
    keepSteps,
    carry: () =>
      [describeCarryover(observer, place.workspace.todos), base.changedInstructions ?? ''].join('\n\n').trim(),
    emit,
    onUsage: spending.spend,
    mayCompact: points.askCompaction,
  });
  const nested = watchNestedInstructions({
    cwd: setup.cwd,
    repository: setup.loaded.repository,
    given: realPaths(base.system.instructions),
    leftOut: base.system.leftOut,
    gate: sessionGate(setup),
    warn: base.warn,
  });
  subscribe((event) => {
    if (event.type === 'step') say(nested(changes.note(event.step)));
    if (event.type !== 'compaction') return;
    observer.compacted();
    if (event.compaction.kind !== 'summary') return;
    nested.forget();
    points.begin('compact', model.current().name);
  });
  return { meter, compactor };
}
