import { expect, test } from 'vitest';
import { createInbox } from '../../src/agent/inbox.ts';
import type { Event } from '../../src/core/event.ts';
import type { ReadingPort } from '../../src/core/observer-port.ts';
import type { Note } from '../../src/core/types.ts';

const note = (text: string, from: Note['from'] = 'user'): Note => ({ from, text, at: '2026-01-01T00:00:00.000Z' });
const observer: ReadingPort = {
  drain: () => ({ notes: [note('reminder', 'observer')] }),
  guard: () => undefined,
  watchStream: () => false,
  awaitSeen: async () => {},
  settle: async () => {},
};

test('what was given back stands before what was said since, and is reported to nobody twice', () => {
  const events: Event[] = [];
  const read: string[] = [];
  const inbox = createInbox((event) => events.push(event));
  const port = inbox.join({
    ...observer,
    drain: (said) => {
      read.push(...said.map(({ text }) => text));
      return observer.drain(said);
    },
  });
  inbox.say(note('first'));
  const handed = port.drain().notes;
  expect(handed.map(({ text }) => text)).toEqual(['reminder', 'first']);
  inbox.giveBack(handed);
  inbox.say(note('second'));
  expect(port.drain().notes.map(({ text }) => text)).toEqual(['reminder', 'first', 'reminder', 'second']);
  expect(port.drain().notes.map(({ text }) => text)).toEqual(['reminder']);
  expect([events.length, read]).toEqual([2, ['first', 'second']]);
});

test('what was given back without an answer is taken back with what waits, and the reminder before it stays', () => {
  const inbox = createInbox(() => {});
  const port = inbox.join(observer);
  inbox.say(note('fix @a.ts'), note('a.ts:', 'harness'));
  inbox.giveBack(port.drain().notes);
  inbox.say(note('second'));
  const { words, said } = inbox.takeBack();
  expect(words.map(({ text }) => text)).toEqual(['fix @a.ts', 'second']);
  expect(said.map(({ text }) => text)).toEqual(['fix @a.ts', 'a.ts:']);
  expect(port.drain().notes.map(({ text }) => text)).toEqual(['reminder', 'reminder']);
});

test('what a message names goes along with it, and is taken back with it', () => {
  const inbox = createInbox(() => {});
  const port = inbox.join({ ...observer, drain: () => ({ notes: [] }) });
  inbox.say(note('see @a'), note('a: ...', 'harness'));
  inbox.say(note('from a hook', 'harness'));
  expect(inbox.takeBack().words.map(({ text }) => text)).toEqual(['see @a']);
  expect(port.drain().notes.map(({ text }) => text)).toEqual(['from a hook']);
  inbox.say(note('see @b'), note('b: ...', 'harness'));
  expect(port.drain().notes.map(({ text }) => text)).toEqual(['see @b', 'b: ...']);
});
