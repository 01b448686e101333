import type { Event } from '../../core/event.ts';
import type { RunResult } from '../../core/run/run-result.ts';
import { addUsage, type Note, noUsage, type Step, type Usage } from '../../core/types.ts';
import { shownWords } from '../text/shown-words.ts';
import {
  abortCalls,
  append,
  changeCall,
  finishedCall,
  flushCalls,
  keepPlan,
  startCall,
  withLive,
} from './reduce-calls.ts';
import { matchVoid, retry } from './reduce-retry.ts';
import { reduceWatch } from './reduce-watch.ts';
import { titleOfInput } from './title-of-input.ts';
import { type Action, blank, emptyWatch, type Item, idle, type Rest, type View } from './view.ts';

/** Characters of a running command's output that stay in the live region. */
const outputTail = 8_000;

/** The next view. Pure: `at` is the time of the event in milliseconds, for running times. */
export function reduce(view: View, event: Event | Action, at: number): View {
  const watch = reduceWatch(view.watch, event);
  const next = reduceConversation(view, event, at);
  return watch === view.watch ? next : { ...next, watch };
}

function reduceConversation(view: View, event: Event | Action, at: number): View {
  const { live } = view;
  switch (event.type) {
    case 'session.start':
      return { ...view, model: event.model, cwd: event.cwd, approval: event.approval };
    case 'note':
      return takeNote(view, event.note, at);
    case 'request':
      return withLive(view, { ...(live.phase === 'idle' && { ...idle, startedAt: at }), phase: 'waiting' });
    case 'text': {
      const text = live.text + event.delta;
      return matchVoid(withLive(foldReasoning(view, at), { phase: 'writing', retry: undefined, text }), false);
    }
    case 'reasoning':
      return withLive(view, {
        phase: 'thinking',
        retry: undefined,
        reasoning: live.reasoning + event.delta,
        reasoningStartedAt: live.reasoning === '' ? at : live.reasoningStartedAt,
      });
    case 'recast':
      return withLive(view, {
        phase: 'thinking',
        reasoning: live.reasoning + live.text.slice(live.printed),
        text: live.text.slice(0, live.printed),
      });
    case 'tool.start':
      return startCall(flushText(foldReasoning(view, at)), event, at);
    case 'tool.output':
      return changeCall(view, event.callId, (call) => ({
        ...call,
        output: (call.output + event.chunk).slice(-outputTail),
      }));
    case 'tool.end':
      return flushCalls(
        changeCall(keepPlan(view, event.result), event.callId, (call) => ({ ...call, result: event.result })),
      );
    case 'step':
      return finishStep(view, event.step, at);
    case 'retry':
      return retry(view, event, at);
    case 'reminder':
      return append(view, { kind: 'reminder', reminder: event.reminder });
    case 'recovery':
      return event.episode.outcome === 'recovered' && event.episode.mode === 'on'
        ? append(view, { kind: 'recovery', episode: event.episode })
        : view;
    case 'observer.lost':
      return append(view, {
        kind: 'notice',
        level: 'warn',
        text: `The observer was lost (${event.reason}); ${event.restarted ? 'it is being restarted' : 'the agent continues without it'}.`,
      });
    case 'compaction':
      return {
        ...append(view, { kind: 'compaction', compaction: event.compaction }),
        contextTokens: event.compaction.tokensAfter,
      };
    case 'warning':
      return append(view, { kind: 'notice', level: 'warn', text: event.message });
    case 'subagent':
      return event.event.type === 'step' ? addSubagentUsage(view, event.event.step.usage) : view;
    case 'review':
      return event.isUnderWay ? { ...view, live: idle } : view;
    case 'result':
      return finishRun(view, event.result, at);
    case 'answer.start':
    case 'signal':
    case 'verdict':
    case 'suppressed':
    case 'observer.usage':
    case 'approval':
    case 'question':
    case 'permission':
      return view;
    default:
      return reduceAction(view, event, at);
  }
}

/** What a subagent used is the run's, and no part of its context. */
function addSubagentUsage(view: View, usage: Usage): View {
  return { ...view, usage: addUsage(view.usage, usage), run: { ...view.run, usage: addUsage(view.run.usage, usage) } };
}

function reduceAction(view: View, action: Action, at: number): View {
  switch (action.type) {
    case 'screen.submit':
      return submit(view, action, at);
    case 'screen.queue':
      return { ...view, queued: [...view.queued, action.queued] };
    case 'screen.unqueue':
      return { ...view, queued: [] };
    case 'screen.print':
      return append(view, action.item);
    case 'screen.overflow':
      return overflow(view, action.characters, action.rest);
    case 'screen.approval':
      return { ...view, approval: action.approval };
    case 'screen.model':
      return { ...view, model: action.model };
    case 'screen.paid':
      return { ...view, usage: action.usage };
    case 'screen.wink':
      return view;
    case 'screen.reset':
      return { ...view, ...blank, items: [], watch: emptyWatch(view.watch.mode) };
    default:
      return action satisfies never;
  }
}

function submit(view: View, action: Extract<Action, { type: 'screen.submit' }>, at: number): View {
  const next = append(view, { kind: 'user', text: action.shown, images: action.images, step: view.watch.steps });
  return {
    ...next,
    announced: [...view.announced, { text: action.text }],
    // What was to be done in a turn that is over says nothing of this one.
    plan: view.result?.outcome === 'done' ? [] : view.plan,
    run: { usage: noUsage, steps: 0, declined: 0, startedAt: at },
    live: { ...idle, phase: 'waiting', startedAt: at },
  };
}

/**
 * The user's words are printed once: when they were sent, or when a step took what was queued. Reminders have a card of their own,
 * and the harness speaks in a quiet line.
 */
function takeNote(view: View, note: Note, at: number): View {
  if (note.from === 'observer') return view;
  if (note.from === 'harness') return append(view, { kind: 'notice', level: 'info', text: firstLine(note.text) });
  const known = view.announced.findIndex(({ text, at = note.at }) => text === note.text && at === note.at);
  // The same words may come again, at another time.
  const announced = [...view.announced.filter((_, index) => index !== known), { text: note.text, at: note.at }];
  if (known !== -1) return { ...view, announced };
  const place = view.queued.findIndex(({ text }) => text === note.text);
  const queued = view.queued.filter((_, index) => index !== place);
  const flushed = flushText(foldReasoning(view, at));
  const item: Item = {
    kind: 'user',
    text: shownWords(note.text),
    images: note.images?.length ?? 0,
    step: view.watch.steps,
  };
  return { ...append(flushed, item), queued, announced };
}

/** The harness gives the model whole files; the screen says only that it did. */
function firstLine(text: string): string {
  const [first = '', second = ''] = text.trim().split(/\n+/);
  const line = first.endsWith(':') ? `${first} ${second}` : first;
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

/** Reasoning is finished when anything else comes. */
function foldReasoning(view: View, at: number): View {
  const { reasoning, reasoningStartedAt } = view.live;
  if (reasoning === '') return view;
  return append(withLive(view, { reasoning: '' }), {
    kind: 'reasoning',
    text: reasoning,
    ms: Math.max(0, at - reasoningStartedAt),
  });
}

function flushText(unmatched: View): View {
  const view = matchVoid(unmatched, true);
  const { text, printed, rest } = view.live;
  const markdown = text.slice(printed);
  const flushed = withLive(view, { text: '', printed: 0, rest: idle.rest, void: '' });
  return markdown.trim() === '' ? flushed : append(flushed, partOf(markdown, rest));
}

/** Part of a long answer leaves the live region. */
function overflow(view: View, characters: number, rest: Rest): View {
  const { live } = view;
  const end = Math.min(live.text.length, live.printed + characters);
  const markdown = live.text.slice(live.printed, end);
  if (markdown === '') return view;
  return append(withLive(view, { printed: end, rest }), partOf(markdown, live.rest));
}

function partOf(markdown: string, rest: Rest): Item {
  return { kind: 'text', markdown, ...(rest !== idle.rest && { after: rest }) };
}

/** A step that nothing announced (a resumed session's) is printed from the step itself. */
function finishStep(view: View, step: Step, at: number): View {
  let next = view;
  for (const note of step.notes) if (note.from === 'user') next = takeNote(next, note, at);
  for (const result of step.results) next = keepPlan(next, result);
  next = foldReasoning(next, at);
  if (view.live.phase === 'idle') next = replay(next, step);
  next = flushCalls(flushText(next));
  return {
    ...withLive(next, { phase: view.live.phase === 'idle' ? 'idle' : 'waiting', calls: [] }),
    announced: [],
    usage: addUsage(next.usage, step.usage),
    run: {
      ...next.run,
      usage: addUsage(next.run.usage, step.usage),
      steps: next.run.steps + 1,
      declined: next.run.declined + step.results.filter(({ errorKind }) => errorKind === 'denied').length,
    },
    contextTokens: step.usage.inputTokens + step.usage.outputTokens || next.contextTokens,
  };
}

function replay(view: View, step: Step): View {
  const items: Item[] = [];
  if (step.reasoning) items.push({ kind: 'reasoning', text: step.reasoning, ms: 0 });
  if (step.text.trim() !== '') items.push({ kind: 'text', markdown: step.text });
  for (const [index, result] of step.results.entries()) {
    const input = step.calls[index]?.input ?? {};
    const title = result.view?.title ?? titleOfInput(input);
    items.push({ kind: 'call', call: finishedCall({ title, name: result.name, input }, result, true) });
  }
  return append(view, ...items);
}

function finishRun(view: View, result: RunResult, at: number): View {
  const flushed = flushCalls(flushText(foldReasoning(abortCalls(view, at), at)));
  const { run } = flushed;
  return {
    ...append(flushed, {
      kind: 'result',
      result,
      steps: run.steps,
      declined: run.declined,
      usage: run.usage,
      ms: run.startedAt === 0 ? result.durationMs : at - run.startedAt,
    }),
    live: idle,
    result,
  };
}
