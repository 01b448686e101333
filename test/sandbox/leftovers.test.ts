import { mkdirSync, mkdtempSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findSandbox } from '../../src/sandbox/sandbox.ts';
import { closeWorkspace, createWorkspace } from '../../tools/file/workspace.ts';
import { shellTool } from '../../tools/shell.ts';
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
  return { ...makeHarness({ confine: { wrapCommand: sandbox.wrapCommand }, cwd: harness.cwd }), cwd: harness.cwd };
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

test.each([
  ['sleep 60 &', true],
  ['(sleep 60 >/dev/null) & echo $!', true],
  ['echo "a & b"; echo \'c & d\' 2>&1 && true &> /dev/null', false],
  ['echo a \\& b |& cat', false],
])('a command that nobody was asked about is ended with what it started, and says so: %s', async (command, isSaid) => {
  const cwd = realpathSync(mkdtempSync(join(base, 'work-')));
  const workspace = createWorkspace({ cwd, outputFolder: join(base, 'outputs') });
  const prepared = shellTool.prepare({ command }, cwd);
  if (typeof prepared === 'string') throw new Error(prepared);
  const context = {
    workspace,
    signal: new AbortController().signal,
    onOutput: () => {},
    confinement: 'workspace',
  } as const;
  const { output } = await prepared.run(context);
  expect(output.includes('was ended with it; for servers use background: true')).toBe(isSaid);
  await closeWorkspace(workspace);
});
