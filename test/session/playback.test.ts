import { expect, it } from 'vitest';
import type { Reminder, Step } from '../../src/core/types.ts';
import { playBack, playBackSaved } from '../../src/session/screen/playback.ts';
import { reduce } from '../../src/ui/state/reduce.ts';
import { createView } from '../../src/ui/state/view.ts';

const step = (index: number): Step => ({
  type: 'step',
  index,
  at: '2026-01-01T00:00:00Z',
  notes: index === 0 ? [{ from: 'user', text: 'fix it', at: '2026-01-01T00:00:00Z' }] : [],
  text: `answer ${index}`,
  calls: [],
  results: [],
  usage: { inputTokens: 1, cachedInputTokens: 0, outputTokens: 1, costUsd: null },
  ms: 1,
  finish: 'stop',
});

const reminder: Reminder = {
  id: 'r1',
  episode: 'e1',
  category: 'repetition',
  class: 'infinite-loop',
  rung: 'redirect',
  text: 'Try another way.',
  step: 1,
  evidenceSteps: [0],
  evidence: 'the same call twice',
  mode: 'on',
};

it('a resumed session shows its words, answers and reminders in order, and nothing seems to go on', () => {
  const cards = [{ steps: 1, event: { type: 'reminder', mode: 'on', reminder } as const }];
  const info = { version: '0', model: 'm', cwd: '/', approval: 'ask', mode: 'on', winkHome: '/' } as const;
  const view = playBack([step(0), step(1)], cards).reduce(
    (before, event) => reduce(before, event, 0),
    createView(info),
  );
  expect(view.items.map(({ kind }) => kind)).toEqual(['welcome', 'user', 'text', 'reminder', 'text']);
  expect(view.live.phase).toBe('idle');
  expect(view.watch.reminders).toEqual([reminder]);
});

it('what the observer said after the last step is shown too', () => {
  const cards = [{ steps: 2, event: { type: 'reminder', mode: 'shadow', reminder } as const }];
  expect(playBack([step(0), step(1)], cards).map(({ type }) => type)).toEqual(['step', 'step', 'reminder']);
});

it('an answer that was cut off is said to be kept, however often its session is opened', () => {
  const cut: Step = { ...step(0), finish: 'cut' };
  const saved = { steps: [cut], cards: [], openNotes: [] };
  const told = (more: { cutStep?: Step }) => playBackSaved({ ...saved, ...more }).at(-1);
  expect(told({ cutStep: cut })).toMatchObject({ message: expect.stringContaining('kept as far as it came') });
  expect(told({})).toEqual(told({ cutStep: cut }));
});

it('what is left behind of a session is said behind its past, before how its last run ended', () => {
  const saved = { steps: [step(0)], cards: [], openNotes: [] };
  const told = playBackSaved(saved, ['A worktree is still there.']);
  expect(told.slice(1)).toMatchObject([
    { type: 'warning', message: 'A worktree is still there.' },
    { type: 'warning', message: expect.stringContaining('was cut off') },
  ]);
});
