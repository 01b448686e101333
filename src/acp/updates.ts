import { isAbsolute, resolve } from 'node:path';
import type { SessionUpdate, ToolCallContent, ToolCallLocation, ToolKind } from '@agentclientprotocol/sdk';
import { classifyTool } from '../core/classify-tool.ts';
import type { Event } from '../core/event.ts';
import type { ResultView } from '../core/screen/result-view.ts';
import type { Episode, JsonObject, Note, Reminder, Step, ToolClass, ToolResult } from '../core/types.ts';

/** Characters of a running command's output that are shown while it runs: its end. */
const maxLiveLength = 8_000;
/** Milliseconds between two updates of a running command. */
const liveIntervalMs = 200;

const kinds: Readonly<Record<ToolClass, ToolKind>> = {
  read: 'read',
  search: 'search',
  edit: 'edit',
  write: 'edit',
  shell: 'execute',
  plan: 'think',
  other: 'other',
};

type Live = { output: string; sentAt: number };

/**
 * What an editor gets of each event of a run, in the words of the Agent Client Protocol. The observer's reminders are messages of their
 * own; their facts, and those of episodes, are in `_meta.wink`.
 */
export function createUpdates(cwd: string, now: () => number = Date.now): (event: Event) => SessionUpdate[] {
  const running = new Map<string, Live>();
  return (event) => {
    switch (event.type) {
      case 'text':
        return [{ sessionUpdate: 'agent_message_chunk', content: { type: 'text', text: event.delta } }];
      case 'reasoning':
        return [{ sessionUpdate: 'agent_thought_chunk', content: { type: 'text', text: event.delta } }];
      case 'tool.start':
        running.set(event.callId, { output: '', sentAt: now() });
        return [startCall(event.callId, event.name, event.title, event.input, cwd)];
      case 'tool.output': {
        const live = running.get(event.callId);
        if (live === undefined) return [];
        live.output = (live.output + event.chunk).slice(-maxLiveLength);
        if (now() - live.sentAt < liveIntervalMs) return [];
        live.sentAt = now();
        return [{ sessionUpdate: 'tool_call_update', toolCallId: event.callId, content: [textContent(live.output)] }];
      }
      case 'tool.end':
        running.delete(event.callId);
        return endCall(event.result);
      case 'reminder':
        return event.mode === 'on' ? [reminderMessage(event.reminder)] : [];
      case 'recovery':
        return [episodeMessage(event.episode)];
      case 'warning':
        return [message(`${event.message}\n\n`, { warning: event.message })];
      case 'retry':
        return event.discard
          ? [message(`\n\n(The answer broke off and is asked again: ${event.reason})\n\n`, { retry: event.attempt })]
          : [];
      default:
        return [];
    }
  };
}

/** The past of a session that is loaded: whole steps with the words that stood before them, and what the observer said as in the live run. */
export function pastUpdates(past: readonly Event[], cwd: string): SessionUpdate[] {
  const toUpdates = createUpdates(cwd);
  return past.flatMap((event) => {
    if (event.type === 'step') return stepUpdates(event.step, cwd);
    return event.type === 'note' ? userMessages([event.note]) : toUpdates(event);
  });
}

function userMessages(notes: readonly Note[]): SessionUpdate[] {
  return notes
    .filter(({ from }) => from === 'user')
    .map(({ text }) => ({ sessionUpdate: 'user_message_chunk', content: { type: 'text', text } }));
}

function stepUpdates(step: Step, cwd: string): SessionUpdate[] {
  const calls = step.calls.flatMap((call): SessionUpdate[] => {
    const result = step.results.find(({ callId }) => callId === call.id);
    const start = startCall(call.id, call.name, '', call.input, cwd);
    return result === undefined ? [start] : [start, ...endCall(result)];
  });
  return [
    ...userMessages(step.notes),
    ...(step.reasoning
      ? [{ sessionUpdate: 'agent_thought_chunk' as const, content: { type: 'text' as const, text: step.reasoning } }]
      : []),
    ...(step.text
      ? [{ sessionUpdate: 'agent_message_chunk' as const, content: { type: 'text' as const, text: step.text } }]
      : []),
    ...calls,
  ];
}

/** What kind of call an editor shows. */
export function kindOf(name: string, input: JsonObject): ToolKind {
  if (/^(web_?fetch|fetch|read_?url)$/i.test(name)) return 'fetch';
  return kinds[classifyTool(name, input)];
}

/** A diff as far as it was shown to the agent's user: the lines before and after. */
export function diffContent(view: Extract<ResultView, { kind: 'diff' }>, cwd: string): ToolCallContent {
  const side = (other: 'add' | 'remove') =>
    view.lines
      .filter(({ kind }) => kind !== other)
      .map(({ text }) => `${text}\n`)
      .join('');
  const isNew = view.lines.every(({ kind }) => kind === 'add');
  return {
    type: 'diff',
    path: absolute(view.path, cwd),
    oldText: isNew ? null : side('add'),
    newText: side('remove'),
  };
}

function startCall(callId: string, name: string, title: string, input: JsonObject, cwd: string): SessionUpdate {
  return {
    sessionUpdate: 'tool_call',
    toolCallId: callId,
    // A command says itself what it does; of a file the name alone does not.
    title: title === '' ? name : classifyTool(name, input) === 'shell' ? title : `${name} ${title}`,
    kind: kindOf(name, input),
    status: 'in_progress',
    locations: locationsOf(input, cwd),
    rawInput: input,
  };
}

/** A call's end, and the plan as the tool understood it, in whatever words the model gave it. */
function endCall(result: ToolResult): SessionUpdate[] {
  const { view } = result;
  const content = view?.kind === 'diff' && !result.isError ? diffContent(view, '/') : textContent(result.output);
  const update: SessionUpdate = {
    sessionUpdate: 'tool_call_update',
    toolCallId: result.callId,
    status: result.isError ? 'failed' : 'completed',
    content: [content],
    ...(result.changedFiles ? { locations: result.changedFiles.map((path) => ({ path })) } : {}),
    ...(result.errorKind ? { _meta: { wink: { errorKind: result.errorKind } } } : {}),
  };
  return view?.kind === 'list' && view.doing !== undefined ? [update, planOf(view)] : [update];
}

function locationsOf(input: JsonObject, cwd: string): ToolCallLocation[] {
  const { path, offset } = input;
  if (typeof path !== 'string' || path === '') return [];
  return [{ path: absolute(path, cwd), ...(typeof offset === 'number' ? { line: offset } : {}) }];
}

function planOf({ items, done, doing }: Extract<ResultView, { kind: 'list' }>): SessionUpdate {
  const entries = items.map((content, index) => ({
    content,
    priority: 'medium' as const,
    status: done?.[index] ? ('completed' as const) : doing?.[index] ? ('in_progress' as const) : ('pending' as const),
  }));
  return { sessionUpdate: 'plan', entries };
}

function reminderMessage(reminder: Reminder): SessionUpdate {
  const { id, episode, class: name, category, rung, step, evidence, evidenceSteps, text } = reminder;
  const quoted = text.replaceAll('\n', '\n> ');
  return message(`\n\n> **wink reminds** (${name}): ${quoted}\n\n`, {
    reminder: { id, episode, class: name, category, rung, step, evidence, evidenceSteps, text },
  });
}

function episodeMessage(episode: Episode): SessionUpdate {
  const outcome = episode.outcome ?? 'open';
  return message(`\n\n> wink: ${episode.class} ${outcome}\n\n`, { episode });
}

/** Words that are not the model's: a message of their own, told apart by `_meta.wink`. */
function message(text: string, wink: JsonObject): SessionUpdate {
  return { sessionUpdate: 'agent_message_chunk', content: { type: 'text', text }, _meta: { wink } };
}

function textContent(text: string): ToolCallContent {
  return { type: 'content', content: { type: 'text', text } };
}

function absolute(path: string, cwd: string): string {
  return isAbsolute(path) ? path : resolve(cwd, path);
}
