import { classifyTool } from '../../core/classify-tool.ts';
import type { Emit } from '../../core/event.ts';
import type { RunResult } from '../../core/run/run-result.ts';
import { type Note, noUsage, type Outcome, type Reminder, type Trajectory } from '../../core/types.ts';
import { targetsOf } from '../../observer/ledger/check/call-targets.ts';
import type { Observer } from '../../observer/observer.ts';
import { createTranscript } from '../agents/agent-transcript.ts';
import type { WatchEvent } from '../agents/read-event.ts';
import { createBoundedSettle } from './bounded-settle.ts';
import { createStepBatch } from './step-batch.ts';

/** What an agent is told in answer to an event; each agent has its own form for it. */
export type WatchAnswer =
  | { readonly kind: 'nothing' }
  /** Words that stand before its model in the next request. */
  | { readonly kind: 'context'; readonly text: string }
  /** The call must not act; the reason is what the model reads. */
  | { readonly kind: 'deny'; readonly reason: string }
  /** The user decides; the words are for them, and for the model when they say no. */
  | { readonly kind: 'ask'; readonly reason: string }
  /** The turn must not end yet; the reason is what the model reads. */
  | { readonly kind: 'go-on'; readonly reason: string }
  /** The ladder has ended: the agent stops, and its person decides. */
  | { readonly kind: 'stop'; readonly reason: string };

export type WatchSession = {
  /** Takes an event, and gives what the agent is told; to be called again only when it has resolved. */
  readonly handle: (event: WatchEvent) => Promise<WatchAnswer>;
  /** An answer that did not reach the agent: its words come with the next. */
  readonly giveBack: (answer: WatchAnswer) => void;
  readonly counts: () => { readonly steps: number; readonly reminders: number };
  /** The user's words so far; they hold for the agent's subagents too. */
  readonly userNotes: () => readonly Note[];
  /** The user calls a reminder wrong, the last one without an id; undefined when there isn't one. */
  readonly markWrong: (id?: string) => Reminder | undefined;
  readonly close: (outcome: Outcome) => Promise<void>;
};

export type WatchSessionOptions = {
  /** Its steps are those of before, where a session goes on; each new one is added. */
  readonly trajectory: Trajectory;
  /** What others were told before and holds here as well. */
  readonly inherited: readonly Note[];
  /** Gets what the session file of a run of ours would hold. */
  readonly emit: Emit;
  /** Made with the first words or the first call, since what the words forbid holds from then on. */
  readonly openObserver: (task: string) => Observer;
};

const nothing: WatchAnswer = { kind: 'nothing' };

/** One run of another agent, observed as a run of ours: its calls are steps, its prompts the user's words. In shadow nothing is answered. */
export function createWatchSession(options: WatchSessionOptions): WatchSession {
  const { trajectory, inherited, emit } = options;
  const transcript = createTranscript();
  const batch = createStepBatch();
  const lastLook = createBoundedSettle();
  let opened: Observer | undefined;
  let notes: Note[] = [];
  let said: readonly Note[] = trajectory.steps.flatMap(({ notes }) => notes.filter(({ from }) => from === 'user'));
  /** Words that are due and could not be said with the event that led to them. */
  let owed: string[] = [];
  let stop: string | undefined;
  let words = '';
  let isCompacted = false;

  const observer = (task = ''): Observer => {
    if (opened !== undefined) return opened;
    opened = options.openObserver(task);
    opened.readWords(inherited);
    return opened;
  };

  const noteCompaction = (): void => {
    observer().compacted();
    isCompacted = true;
  };

  const listen = (path: string | undefined): void => {
    if (path === undefined) return;
    const read = transcript.read(path);
    words = [words, read.words].filter((part) => part !== '').join('\n');
    if (read.isCompacted) noteCompaction();
  };

  const record = (text: string): void => {
    const step = batch.take(trajectory.steps.length, notes, text === '' ? words : text);
    [notes, words] = [[], ''];
    // Made first: the steps that are there then are those of before.
    const watching = observer();
    trajectory.steps.push(step);
    emit({ type: 'step', step });
    watching.step(step);
  };

  /** What the observer has to say now joins what is owed; it reads the words `given`, which the agent's model gets. */
  const collect = (given: readonly Note[] = []): void => {
    const inbox = observer().drain(given);
    owed.push(...inbox.notes.map(({ text }) => text));
    stop ??= inbox.stop?.reason;
  };

  const takeStep = async (text = ''): Promise<void> => {
    record(text);
    await observer().awaitSeen();
    collect();
  };

  const say = (kind: 'context' | 'go-on'): WatchAnswer => {
    if (stop !== undefined) {
      const reason = stop;
      stop = undefined;
      return { kind: 'stop', reason };
    }
    const carried = isCompacted && opened !== undefined ? carryOver(opened) : [];
    isCompacted = false;
    const text = [...carried, ...owed].join('\n\n');
    owed = [];
    if (text === '') return nothing;
    return kind === 'context' ? { kind, text } : { kind, reason: text };
  };

  const readWords = (text: string): void => {
    const note: Note = { from: 'user', text, at: new Date().toISOString() };
    observer(text);
    emit({ type: 'note', note });
    notes.push(note);
    said = [...said, note].slice(-200);
    collect([note]);
  };

  const endTurn = async (event: Extract<WatchEvent, { kind: 'stop' }>): Promise<WatchAnswer> => {
    const watching = observer();
    const before = owed.length;
    record(event.text);
    // What the rules have found is said now, also while a judge is still at it.
    const isLooked = await lastLook.begin(watching);
    collect();
    stop = undefined;
    if (owed.length === before) {
      if (isLooked) watching.finish('done');
      return nothing;
    }
    // What the turn was kept from ending for once, it is not kept for again: the words wait for the next one.
    return event.isAgain ? nothing : say('go-on');
  };

  const handleKind = async (event: WatchEvent): Promise<WatchAnswer> => {
    switch (event.kind) {
      case 'start':
        if (!event.isAfterCompaction) return nothing;
        isCompacted = true;
        return say('context');
      case 'prompt':
        if (event.text === '') return nothing;
        readWords(event.text);
        return say('context');
      case 'before-call': {
        const { name, input } = event;
        const call = { id: event.callId ?? name, name, input };
        const targets = targetsOf({ ...call, act: classifyTool(name, input), output: '', isError: false });
        const refusal = observer().guard({ call, prepared: { targets } }, trajectory.steps.length);
        const question = event.canAsk ? refusal?.question : undefined;
        if (refusal === undefined || question !== undefined) {
          batch.begin(event, question);
          return question === undefined ? nothing : { kind: 'ask', reason: question };
        }
        batch.refuse(event, refusal.output);
        return { kind: 'deny', reason: refusal.output };
      }
      case 'after-call': {
        const question = batch.end(event);
        if (question !== undefined) readWords(`Yes, when asked: ${question}`);
        if (!batch.isWhole()) return nothing;
        await takeStep();
        return say('context');
      }
      case 'stop':
        return endTurn(event);
      case 'compaction':
        noteCompaction();
        return nothing;
      case 'end':
        return nothing;
      default:
        return event satisfies never;
    }
  };

  return {
    handle: async (event) => {
      await lastLook.cut();
      listen(event.transcript);
      if ('words' in event && event.words) words = [words, event.words].filter(Boolean).join('\n');
      // Calls of the message before, the end of one of which was not reported.
      if (batch.hasCalls() && event.kind !== 'after-call') await takeStep();
      return handleKind(event);
    },
    giveBack: (answer) => {
      if (answer.kind === 'context') owed.unshift(answer.text);
      if (answer.kind === 'go-on') owed.unshift(answer.reason);
      if (answer.kind === 'stop') stop = answer.reason;
    },
    counts: () => ({ steps: trajectory.steps.length, reminders: opened?.summary().reminders ?? 0 }),
    userNotes: () => [...inherited, ...said],
    markWrong: (id) => opened?.markWrong(id),
    close: async (outcome) => {
      await lastLook.cut();
      opened?.finish(outcome);
      if (outcome === 'done' && opened !== undefined) emit({ type: 'result', result: resultOf(trajectory, opened) });
      await opened?.close();
    },
  };
}

/** What is known of a run of another agent when it is over. It was done when the agent had ended its turn. */
function resultOf({ session, cwd, steps }: Trajectory, observer: Observer): RunResult {
  const [first, last] = [steps[0], steps.at(-1)];
  return {
    type: 'result',
    outcome: last?.finish === 'stop' ? 'done' : 'aborted',
    result: last?.text ?? '',
    session,
    model: '',
    steps: steps.length,
    usage: noUsage,
    durationMs: first && last ? Date.parse(last.at) - Date.parse(first.at) : 0,
    cwd,
    filesChanged: [],
    wink: observer.summary(),
  };
}

/** After a compaction the user's own prohibitions are put back, in their words; in shadow nothing is. */
function carryOver(observer: Observer): string[] {
  if (observer.mode() !== 'on') return [];
  const held = [...observer.ledger(), ...observer.advice()].filter(({ source }) => source.startsWith('user'));
  const quotes = new Set(held.map(({ quote }) => quote));
  if (quotes.size === 0) return [];
  const lines = [...quotes].map((quote) => `- “${quote}”`).join('\n');
  return [`Before the conversation was compacted the user said, and it still holds:\n${lines}`];
}
