import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findSandbox } from '../../src/sandbox/sandbox.ts';
import { closeWorkspace } from '../../tools/file/workspace.ts';
import { makeHarness } from '../tools/harness.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-leftovers-')));
const home = join(base, 'home');
mkdirSync(home);

async function open() {
  const harness = makeHarness();
  const sandbox = await findSandbox({
    mode: 'auto',
    network: true,
    roots: [harness.cwd],
    home,
    winkHome: join(home, '.wink'),
    readable: [],
  });
  return { ...makeHarness({ wrapCommand: sandbox.wrapCommand, cwd: harness.cwd }), cwd: harness.cwd };
}

test('a process that a sandboxed command leaves lives until the session ends, and the result says so', async () => {
  const { call, workspace } = await open();
  const beat = 'while :; do date +%s%N > beat; sleep 0.05; done';
  for (const start of [`(${beat}) > /dev/null 2>&1 &`, `setsid sh -c '${beat}' > /dev/null 2>&1 & sleep 0.1`]) {
    const { output } = await call('shell', { command: start });
    if (!start.startsWith('setsid')) expect(output).toContain('a process of this command still runs');
    const later = await call('shell', { command: 'rm -f beat; sleep 0.5; ls beat' });
    expect(later.output).toContain('beat\n[exit code 0]');
  }
  await closeWorkspace(workspace);
  const { call: after } = await open();
  const seen = await after('shell', { command: `cd ${workspace.cwd}; rm -f beat; sleep 0.5; ls` });
  expect(seen.output).not.toContain('beat');
});

test('a sandboxed command that leaves nothing is never said to', async () => {
  const { call } = await open();
  const outputs = await Promise.all(
    Array.from({ length: 20 }, async (_, index) => (await call('shell', { command: `echo ${index} | cat` })).output),
  );
  expect(outputs).toEqual(outputs.map((_, index) => `${index}\n[exit code 0]`));
});
