import { describe, expect, test } from 'vitest';
import { readWatchEvent } from '../../src/watch/agents/read-event.ts';
import { createWatchSessions } from '../../src/watch/resident/open-sessions.ts';
import type { WatchSession } from '../../src/watch/resident/watch-session.ts';

describe('runs that open and close', () => {
  const open = (opened: Promise<WatchSession>) =>
    createWatchSessions(
      () => opened,
      () => {},
    );
  const start = readWatchEvent(JSON.stringify({ session_id: 's1', hook_event_name: 'SessionStart' }))!;
  const end = readWatchEvent(JSON.stringify({ session_id: 's1', hook_event_name: 'SessionEnd' }))!;

  test('who asks for the counts waits for none that is still opening, nor for one that could not be opened', async () => {
    const never = open(new Promise(() => {}));
    void never.take('claude', start);
    expect(never.counts()).toEqual([]);
    const broken = open(Promise.reject(new Error('no')));
    const taken = broken.take('claude', start);
    expect(broken.counts()).toEqual([]);
    await expect(taken).rejects.toThrow('no');
  });

  test('one that comes back at once is opened when its last lines are written', async () => {
    const order: string[] = [];
    let write = () => {};
    const written = new Promise<void>((resolve) => {
      write = resolve;
    });
    const close = () => {
      order.push('closing');
      return written.then(() => void order.push('closed'));
    };
    const session = { handle: async () => ({ kind: 'nothing' }), close } as unknown as WatchSession;
    const openNext = async () => {
      order.push('opened');
      return session;
    };
    const sessions = createWatchSessions(openNext, () => {});
    await sessions.take('claude', start);
    const ended = sessions.take('claude', end);
    await expect.poll(() => order).toContain('closing');
    const again = sessions.take('claude', start);
    await Promise.resolve();
    write();
    await Promise.all([ended, again]);
    expect(order).toEqual(['opened', 'closing', 'closed', 'opened']);
  });
});
