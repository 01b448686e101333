import type { CallGate } from '../calls/call-gate.ts';
import type { EditChecks } from '../calls/edit-checks.ts';
import type { Extensions } from '../calls/extensions.ts';
import type { WorkPlace } from '../calls/work-place.ts';
import type { ObserverSide } from './observer-side.ts';
import type { SessionBase } from './session-base.ts';
import type { Spending } from './spending.ts';

/** The parts of a session that its tools, its context and its subagents are made from. */
export type SessionParts = {
  readonly base: SessionBase;
  readonly extensions: Extensions;
  readonly place: WorkPlace;
  readonly gate: CallGate;
  readonly checks: EditChecks;
  readonly observerSide: ObserverSide;
  readonly spending: Spending;
  /** Called before anything changes: the turn's snapshot. */
  readonly beforeChange: () => Promise<void>;
};
