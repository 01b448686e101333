import type { Event } from '../../core/event.ts';
import type { ToolResult } from '../../core/types.ts';
import type { FinishedCall, Item, Live, LiveCall, View } from './view.ts';

/** The view with items added to what is printed. */
export function append(view: View, ...items: Item[]): View {
  return items.length === 0 ? view : { ...view, items: [...view.items, ...items] };
}

/** The view with another live region. */
export function withLive(view: View, live: Live | ((live: Live) => Live)): View {
  return { ...view, live: typeof live === 'function' ? live(view.live) : live };
}

/** The live region once the model answers again. */
export function withoutRetry(live: Live): Live {
  if (live.retry === undefined) return live;
  const { retry: _, ...rest } = live;
  return rest;
}

/** A call begins: it is in the live region until it and those before it have ended. */
export function startCall(view: View, event: Extract<Event, { type: 'tool.start' }>, at: number): View {
  const call: LiveCall = {
    callId: event.callId,
    name: event.name,
    title: event.title,
    input: event.input,
    startedAt: at,
    output: '',
  };
  return withLive(view, (live) => ({ ...withoutRetry(live), phase: 'tools', calls: [...live.calls, call] }));
}

/** A running call's change; one that has its result stays as it is. */
export function changeCall(view: View, callId: string, change: (call: LiveCall) => LiveCall): View {
  return withLive(view, (live) => ({
    ...live,
    calls: live.calls.map((call) => (call.callId === callId && !call.result ? change(call) : call)),
  }));
}

/** Finished calls are printed in the order they were made, so one waits for those before it. */
export function flushCalls(view: View): View {
  const { calls } = view.live;
  const running = calls.findIndex((call) => call.result === undefined);
  const done = running === -1 ? calls : calls.slice(0, running);
  if (done.length === 0) return view;
  const items = done.flatMap((call): Item[] =>
    call.result ? [{ kind: 'call', call: finished(call, call.result) }] : [],
  );
  return append(withLive(view, { ...view.live, calls: calls.slice(done.length) }), ...items);
}

function finished(call: Pick<LiveCall, 'title' | 'name' | 'input'>, result: FinishedCall['result']): FinishedCall {
  return { title: call.title, name: call.name, input: call.input, result };
}

/** A list that says what is being worked on is the agent's plan. */
export function keepPlan(view: View, { view: shown }: Pick<ToolResult, 'view'>): View {
  if (shown?.kind !== 'list' || shown.doing === undefined) return view;
  const plan = shown.items.map((text, index) => ({
    text,
    state: shown.done?.[index] ? ('done' as const) : shown.doing?.[index] ? ('doing' as const) : ('open' as const),
  }));
  return { ...view, plan };
}
