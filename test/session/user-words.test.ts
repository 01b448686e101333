import { expect, test } from 'vitest';
import { createInbox } from '../../src/agent/inbox.ts';
import { type ApprovalMode, type Note, noUsage, type Step } from '../../src/core/types.ts';
import type { Permissions } from '../../src/permissions/permissions.ts';
import { createUserWords } from '../../src/session/run/user-words.ts';
import { openGate } from '../context/open-gate.ts';

const at = '2026-01-01T00:00:00.000Z';

function makeStep(index: number, finish: Step['finish'], notes: readonly Note[] = []): Step {
  return { type: 'step', index, at, notes, text: 'half a sen', calls: [], results: [], usage: noUsage, ms: 0, finish };
}

/** The words of a session with these steps, and what the model is told. */
function open(steps: Step[], approval: ApprovalMode = 'ask') {
  const told: string[] = [];
  let mode = approval;
  const words = createUserWords({
    cwd: '/',
    trajectory: { steps },
    inbox: { ...createInbox(() => {}), tell: (text) => void told.push(text) },
    permissions: { mode: () => mode } as Permissions,
    gate: openGate,
    extensions: { readResource: async () => undefined },
    emit: () => {},
    askPrompt: async () => undefined,
  });
  const setMode = (next: ApprovalMode) => {
    mode = next;
  };
  return { words, told, setMode };
}

test('a session that is continued knows from its steps what the model was last told of mode plan', () => {
  const first = open([], 'plan');
  first.words.sayPlanMode();
  first.words.sayPlanMode();
  expect(first.told).toEqual([expect.stringContaining('has set mode plan')]);
  const noteOf = (text = ''): Note => ({ from: 'harness', text, at });
  const steps = [makeStep(0, 'stop', [noteOf(first.told[0])]), makeStep(1, 'stop')];
  const still = open(steps, 'plan');
  still.words.sayPlanMode();
  expect(still.told).toEqual([]);
  const after = open(steps, 'edits');
  after.words.sayPlanMode();
  expect(after.told).toEqual([expect.stringContaining('Mode plan is over')]);
  const later = open([...steps, makeStep(2, 'stop', [noteOf(after.told[0])])], 'edits');
  later.words.sayPlanMode();
  later.setMode('plan');
  later.words.sayPlanMode();
  expect(later.told).toEqual(first.told);
});

test('that an answer was stopped is told once, however often the request after it fails, and of the next one again', () => {
  const steps = [makeStep(0, 'stop')];
  const { words, told } = open(steps);
  words.sayCutOff();
  expect(told).toEqual([]);
  steps.push(makeStep(1, 'cut'));
  for (let round = 0; round < 3; round += 1) words.sayCutOff();
  expect(told).toEqual([expect.stringContaining('was stopped before its end')]);
  steps.push(makeStep(2, 'cut'));
  words.sayCutOff();
  expect(told).toHaveLength(2);
});
