import type { Event } from '../../core/event.ts';
import type { ResultView } from '../../core/screen/result-view.ts';
import type { ToolResult } from '../../core/types.ts';
import type { FinishedCall, Item, Live, LiveCall, PlanItem, View } from './view.ts';

/** The view with items added to what is printed. */
export function append(view: View, ...items: Item[]): View {
  return items.length === 0 ? view : { ...view, items: [...view.items, ...items] };
}

/** The view with a change of the live region. */
export function withLive(view: View, change: Partial<Live>): View {
  return { ...view, live: { ...view.live, ...change } };
}

/** A call begins: it is in the live region until it and those before it have ended. */
export function startCall(view: View, event: Extract<Event, { type: 'tool.start' }>, at: number): View {
  const { callId, name, title, input } = event;
  const call: LiveCall = { callId, name, title, input, startedAt: at, output: '' };
  return withLive(view, { phase: 'tools', retry: undefined, calls: [...view.live.calls, call] });
}

/** A running call's change; one that has its result stays as it is. */
export function changeCall(view: View, callId: string, change: (call: LiveCall) => LiveCall): View {
  const calls = view.live.calls.map((call) => (call.callId === callId && !call.result ? change(call) : call));
  return withLive(view, { calls });
}

/** Finished calls are printed in the order they were made, so one waits for those before it. */
export function flushCalls(view: View): View {
  const { calls } = view.live;
  const running = calls.findIndex((call) => call.result === undefined);
  const done = running === -1 ? calls : calls.slice(0, running);
  if (done.length === 0) return view;
  const items = done.flatMap((call): Item[] =>
    call.result ? [{ kind: 'call', call: finishedCall(call, call.result) }] : [],
  );
  return append(withLive(view, { calls: calls.slice(done.length) }), ...items);
}

/** Calls that run when the run ends have what they had printed for a result. */
export function abortCalls(view: View, at: number): View {
  const calls = view.live.calls.map(
    (call): LiveCall => ({
      ...call,
      result: call.result ?? {
        callId: call.callId,
        name: call.name,
        output: call.output === '' ? 'Interrupted.' : call.output,
        isError: true,
        errorKind: 'aborted',
        ms: Math.round(at - call.startedAt),
      },
    }),
  );
  return withLive(view, { calls });
}

/** A call and its result as a person reads them. `isPast`: its session was closed, and what it had left running ended with that. */
export function finishedCall(
  { title, name, input }: Pick<LiveCall, 'title' | 'name' | 'input'>,
  result: ToolResult,
  isPast = false,
): FinishedCall {
  const isJob = result.view?.kind === 'command' && result.view.isRunning === true;
  const job = isJob ? /^Started as (\S+)\. See/.exec(result.output)?.[1] : undefined;
  const output = isPast
    ? `${job} ended with its session.`
    : `${job}: /jobs shows its output and can end it; it ends with the session.`;
  return {
    ...{ title, name, input },
    result: job === undefined ? result : { ...result, output },
    ...(isJob && isPast ? { isPast } : {}),
  };
}

/** A list that says what is being worked on is the agent's plan. */
export function keepPlan(view: View, { view: shown }: Pick<ToolResult, 'view'>): View {
  if (shown?.kind !== 'list' || shown.doing === undefined) return view;
  return { ...view, plan: planItems(shown) };
}

/** The entries of a list, each with how far it is. */
export function planItems({ items, done, doing }: Extract<ResultView, { kind: 'list' }>): PlanItem[] {
  return items.map((text, index) => ({ text, state: done?.[index] ? 'done' : doing?.[index] ? 'doing' : 'open' }));
}
