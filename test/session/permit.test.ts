import { expect, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { ApprovalChoice, ApprovalRequest } from '../../src/core/questions/approval.ts';
import type { PreparedCall, ReadyCall, Tool, Workspace } from '../../src/core/tool.ts';
import { emptyAnswer } from '../../src/hooks/hook-answer.ts';
import type { Hooks } from '../../src/hooks/hooks.ts';
import { createPermit } from '../../src/session/calls/permit.ts';
import { makePlace, permissionsOf } from '../permissions/workspace.ts';

const place = makePlace();
const hooks: Hooks = { has: () => false, ask: async () => emptyAnswer, tell: () => {}, close: async () => {} };

/** Asks about a command; each answer is given once, the last for ever. */
async function ask(command: string, more: Partial<PreparedCall>, ...answers: readonly ApprovalChoice[]) {
  const events: Event[] = [];
  const requests: ApprovalRequest[] = [];
  const permissions = permissionsOf(place, { sandbox: () => ({ canConfine: true }) });
  const permit = createPermit({
    ...{ permissions, hooks, workspace: { cwd: place.cwd } as Workspace },
    emit: (event) => void events.push(event),
    ready: async () => {},
    say: () => {},
    stop: () => {},
    notify: () => {},
    askUser: async (request) => {
      requests.push(request);
      return answers[Math.min(requests.length, answers.length) - 1]!;
    },
  });
  const prepared = { title: command, targets: [{ kind: 'command', command }], ...more } as unknown as PreparedCall;
  const tool = { name: 'shell', act: 'shell' } as Tool;
  const ready: ReadyCall = {
    call: { id: '1', name: 'shell', input: { command } } as ReadyCall['call'],
    tool,
    prepared,
  };
  const { allowed } = await permit(ready, new AbortController().signal);
  const asked = events.filter(({ type }) => type === 'permission').length;
  return { allowed, asked, reasons: requests.map(({ reason }) => reason) };
}

const rule = (text: string): ApprovalChoice => ({ kind: 'session', rule: text });

test('a rule that does not cover the call is no yes, and each time it is asked the program that answers is told', async () => {
  const end = await ask('rm src/a.ts', {}, rule('shell(npm test)'), { kind: 'once' });
  expect(end).toMatchObject({ allowed: true, asked: 2 });
  expect(end.reasons[1]).toContain('does not cover this call');
  expect(await ask('rm src/a.ts', {}, rule('shell(rm:*)'))).toMatchObject({ allowed: true, asked: 1 });
});

test('who gives the same rule again is declined', async () => {
  expect(await ask('rm src/a.ts', {}, rule('shell(npm test)'))).toMatchObject({ allowed: false, asked: 2 });
});

test('that a command may run confined does not cover it with all its effects', async () => {
  const wants = { wants: 'needed the network' };
  expect(await ask('node x.js', wants, rule('shell(npm test)'), { kind: 'deny' })).toMatchObject({ allowed: false });
  expect(await ask('node x.js', wants, rule('shell(node x.js)'))).toMatchObject({ allowed: true, asked: 1 });
});
