import { classifyTool } from '../../core/classify-tool.ts';
import type { Emit } from '../../core/event.ts';
import type { Note, Trajectory } from '../../core/types.ts';
import { targetsOf } from '../../observer/ledger/check/call-targets.ts';
import type { Observer } from '../../observer/observer.ts';
import { noticesIn, withoutNotices } from '../../observer/step/person-words.ts';
import type { WatchEvent } from '../agents/read-event.ts';
import type { BoundedSettle } from './bounded-settle.ts';
import type { DueWords } from './due-words.ts';
import { nothingToSay, type WatchAnswer } from './watch-answer.ts';
import { createWatchedSteps, type WatchedSteps } from './watched-steps.ts';

type EventOf<Kind extends WatchEvent['kind']> = Extract<WatchEvent, { kind: Kind }>;

type Parts = {
  readonly trajectory: Trajectory;
  readonly emit: Emit;
  /** The observer, opened for `task` when it isn't yet. */
  readonly observer: (task?: string) => Observer;
  readonly isOpen: () => boolean;
  readonly due: DueWords;
  readonly lastLook: BoundedSettle;
};

export type EventHandler = {
  readonly handle: (event: WatchEvent) => Promise<WatchAnswer>;
  /** What the user has said, the last 200 of it. */
  readonly userNotes: () => readonly Note[];
};

const maxUserNotes = 200;

/** What each event of an agent means to the observer, and what the agent is told. One per session. */
export function createEventHandler(parts: Parts): EventHandler {
  const { trajectory, emit, observer, isOpen, due, lastLook } = parts;
  const steps = createWatchedSteps(parts);
  let userNotes: readonly Note[] = trajectory.steps.flatMap(({ notes }) => notes.filter(({ from }) => from === 'user'));
  const say = (kind: 'context' | 'go-on'): WatchAnswer => due.say(kind, isOpen() ? observer() : undefined);

  const noteCompaction = (): void => {
    observer().compacted();
    due.noteCompaction();
  };

  const takeStep = async (): Promise<void> => {
    steps.record('');
    await observer().awaitSeen();
    due.add(observer().drain([]));
  };

  const readWords = (text: string): void => {
    const note: Note = { from: 'user', text, at: new Date().toISOString() };
    observer(text);
    emit({ type: 'note', note });
    steps.addNote(note);
    userNotes = [...userNotes, note].slice(-maxUserNotes);
    due.add(observer().drain([note]));
  };

  /** What the agent's program tells it in the place of its user, for instance that a background command has ended, is nobody's wish. */
  const readPrompt = (text: string): void => {
    for (const notice of noticesIn(text)) {
      const note: Note = { from: 'harness', text: notice, at: new Date().toISOString() };
      emit({ type: 'note', note });
      steps.addNote(note);
    }
    // All else was typed, whatever tags a user writes.
    const words = withoutNotices(text);
    if (words !== '') readWords(words);
  };

  const endCall = async (event: EventOf<'after-call'>): Promise<WatchAnswer> => {
    const question = steps.batch.end(event);
    if (question !== undefined) readWords(`Yes, when asked: ${question}`);
    if (!steps.batch.isWhole()) return nothingToSay;
    await takeStep();
    return say('context');
  };

  const endTurn = async (event: EventOf<'stop'>): Promise<WatchAnswer> => {
    const before = due.count();
    steps.record(event.text);
    // What the rules have found is said now, also while a judge is still at it.
    const isLooked = await lastLook.begin(observer());
    due.add(observer().drain([]));
    due.dropStop();
    if (due.count() === before) {
      if (isLooked) observer().finish('done');
      return nothingToSay;
    }
    // What the turn was kept from ending for once, it is not kept for again: the words wait for the next one.
    return event.isAgain ? nothingToSay : say('go-on');
  };

  const answer = async (event: WatchEvent): Promise<WatchAnswer> => {
    switch (event.kind) {
      case 'start':
        if (!event.isAfterCompaction) return nothingToSay;
        due.noteCompaction();
        return say('context');
      case 'prompt':
        if (event.text === '') return nothingToSay;
        readPrompt(event.text);
        return say('context');
      case 'before-call':
        return checkCall(steps, observer(), trajectory.steps.length, event);
      case 'after-call':
        return endCall(event);
      case 'stop':
        return endTurn(event);
      case 'compaction':
        noteCompaction();
        return nothingToSay;
      case 'end':
        return nothingToSay;
      default:
        return event satisfies never;
    }
  };

  return {
    handle: async (event) => {
      if (event.transcript !== undefined && steps.readTranscript(event.transcript)) noteCompaction();
      if ('words' in event && event.words) steps.addWords(event.words);
      // Calls of the message before, the end of one of which was not reported.
      if (steps.batch.hasCalls() && event.kind !== 'after-call') await takeStep();
      return answer(event);
    },
    userNotes: () => userNotes,
  };
}

/** Checks a call before it acts, as one of our own agent: it may act, the user is asked, or it is refused. */
function checkCall(
  { batch }: WatchedSteps,
  observer: Observer,
  stepIndex: number,
  event: EventOf<'before-call'>,
): WatchAnswer {
  const { name, input } = event;
  const call = { id: event.callId ?? name, name, input };
  const targets = targetsOf({ ...call, act: classifyTool(name, input), output: '', isError: false });
  const refusal = observer.guard({ call, prepared: { targets } }, stepIndex);
  const question = event.canAsk ? refusal?.question : undefined;
  if (refusal === undefined || refusal.onlyAsks || question !== undefined) {
    batch.begin(event, question);
    return question === undefined ? nothingToSay : { kind: 'ask', reason: question };
  }
  batch.refuse(event, refusal.output);
  return { kind: 'deny', reason: refusal.output };
}
