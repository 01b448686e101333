import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createHooks, type Hooks } from '../../src/commands/hooks.ts';
import type { PreparedCall, Tool } from '../../src/core/tool.ts';

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'wink-hooks-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function create(hooks: Partial<Hooks>) {
  const warnings: string[] = [];
  const notes: string[] = [];
  const runner = createHooks({
    hooks: { sessionStart: [], beforeTool: [], afterTool: [], sessionEnd: [], ...hooks },
    session: 's1',
    cwd,
    env: process.env,
    onWarning: (message) => warnings.push(message),
    onNote: (text) => notes.push(text),
  });
  return { runner, warnings, notes };
}

const hook = (command: string, match?: string, timeoutSeconds = 10) => ({
  command,
  timeoutSeconds,
  ...(match === undefined ? {} : { match }),
});

const tool: Tool = {
  name: 'edit',
  act: 'edit',
  aliases: [],
  schema: { name: 'edit', description: '', parameters: {} },
  prepare: () => '',
};
const prepared: PreparedCall = { title: '', targets: [], run: async () => ({ output: '' }) };
const call = { id: 'c', name: 'edit', input: { path: 'a.ts' } };
const { signal } = new AbortController();
const allow = async () => ({ allowed: true, reason: 'yes' });

test('a hook gets the call as JSON and lets it pass with exit 0', async () => {
  const { runner, warnings } = create({ beforeTool: [hook('cat > seen.json', 'edit|write')] });
  expect(await runner.guard(allow)(call, tool, prepared, signal)).toEqual({ allowed: true, reason: 'yes' });
  expect(JSON.parse(readFileSync(join(cwd, 'seen.json'), 'utf8'))).toEqual({
    event: 'beforeTool',
    session: 's1',
    cwd,
    tool: 'edit',
    input: { path: 'a.ts' },
  });
  expect(warnings).toEqual([]);
});

test('exit 2 refuses the call with the hook’s words', async () => {
  const { runner, warnings } = create({ beforeTool: [hook('echo "not on Fridays" >&2; exit 2')] });
  expect(await runner.guard(allow)(call, tool, prepared, signal)).toEqual({
    allowed: false,
    reason: "A hook of the user's refused it: not on Fridays",
  });
  expect(warnings).toEqual([]);
});

test('a hook can refuse but never allow what permissions denied', async () => {
  const { runner } = create({ beforeTool: [hook('touch asked')] });
  expect(await runner.guard(async () => ({ allowed: false, reason: 'no' }))(call, tool, prepared, signal)).toEqual({
    allowed: false,
    reason: 'no',
  });
  expect(existsSync(join(cwd, 'asked'))).toBe(false);
});

test('a hook for other tools is not run; a star matches any letters', async () => {
  const { runner } = create({ beforeTool: [hook('exit 2', 'shell|mcp__*'), hook('touch ran', 'ed*')] });
  expect((await runner.guard(allow)(call, tool, prepared, signal)).allowed).toBe(true);
  expect(existsSync(join(cwd, 'ran'))).toBe(true);
});

test('a hook that fails or takes too long is told and changes nothing', async () => {
  const { runner, warnings } = create({
    beforeTool: [hook('echo broken >&2; exit 1'), hook('sleep 60 & wait', undefined, 0.2)],
  });
  expect((await runner.guard(allow)(call, tool, prepared, signal)).allowed).toBe(true);
  expect(warnings).toEqual([
    'The beforeTool hook `echo broken >&2; exit 1` failed with exit code 1: broken',
    'The beforeTool hook `sleep 60 & wait` was ended after 0.2 s',
  ]);
});

test('what a start hook prints, and what an after hook prints with exit 2, becomes a note for the model', async () => {
  const { runner, notes } = create({
    sessionStart: [hook('echo "deploy freeze"')],
    afterTool: [hook('echo "format it" >&2; exit 2', 'edit'), hook('echo quiet')],
    sessionEnd: [hook('touch ended')],
  });
  await runner.start();
  runner.listen({ type: 'tool.start', callId: 'c', name: 'edit', input: {}, title: '' });
  runner.listen({
    type: 'tool.end',
    callId: 'c',
    result: { callId: 'c', name: 'edit', output: 'ok', isError: false, ms: 1 },
  });
  await runner.end();
  expect(notes).toEqual(['deploy freeze', "A hook of the user's says after edit: format it"]);
  expect(existsSync(join(cwd, 'ended'))).toBe(true);
});

test('an interrupt ends a hook that runs', async () => {
  const { runner } = create({ beforeTool: [hook('touch started; sleep 60')] });
  const stop = new AbortController();
  const asked = runner.guard(allow)(call, tool, prepared, stop.signal);
  await expect.poll(() => existsSync(join(cwd, 'started'))).toBe(true);
  stop.abort();
  expect((await asked).allowed).toBe(true);
});
