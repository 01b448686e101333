import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createHooks, type HookSettings } from '../../src/hooks/hooks.ts';
import { makeFolder } from '../program/program.ts';

const none: HookSettings = { sessionStart: [], beforeTool: [], afterTool: [], sessionEnd: [] };
const hook = (command: string, match?: string, timeoutSeconds = 20) => ({ command, match, timeoutSeconds });

function setUp(settings: Partial<HookSettings>) {
  const cwd = makeFolder();
  const faults: string[] = [];
  return { cwd, faults, hooks: createHooks({ ...none, ...settings }, cwd, (message) => faults.push(message)) };
}

test('exit 2 refuses a call, with what the hook printed as the reason', async () => {
  const { hooks } = setUp({ beforeTool: [hook('echo "no edits today" >&2; exit 2', 'edit|write')] });
  expect(await hooks.beforeTool('edit', {})).toBe('no edits today');
  expect(await hooks.beforeTool('read', {})).toBeUndefined();
});

test('a hook gets the facts as one line of JSON on stdin', async () => {
  const { cwd, hooks } = setUp({ beforeTool: [hook('cat > seen.json')] });
  await hooks.beforeTool('shell', { input: { command: 'ls' } });
  expect(JSON.parse(readFileSync(join(cwd, 'seen.json'), 'utf8'))).toEqual({
    hook: 'beforeTool',
    tool: 'shell',
    input: { command: 'ls' },
  });
});

test('a hook that fails or never ends is told and changes nothing', async () => {
  const { faults, hooks } = setUp({ beforeTool: [hook('exit 7'), hook('sleep 100', undefined, 0.2)] });
  expect(await hooks.beforeTool('shell', {})).toBeUndefined();
  expect(faults).toHaveLength(2);
  expect(faults[0]).toContain('ended with 7');
  expect(faults[1]).toContain('did not end within 0.2 s');
});

test('nobody waits for the other hooks, and closing ends what still runs', async () => {
  const { cwd, hooks } = setUp({
    afterTool: [hook('touch started; sleep 100; touch ended')],
    sessionEnd: [hook('touch end')],
  });
  hooks.tell('afterTool', { tool: 'read' });
  hooks.tell('sessionEnd', {});
  await expect.poll(() => existsSync(join(cwd, 'started')) && existsSync(join(cwd, 'end'))).toBe(true);
  await hooks.close(0);
  expect(existsSync(join(cwd, 'ended'))).toBe(false);
});
