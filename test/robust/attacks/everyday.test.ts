import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeArena } from './arena.ts';
import { runCalls } from './run-calls.ts';

const commands = readFileSync(join(import.meta.dirname, 'everyday.commands'), 'utf8')
  .trimEnd()
  .split('\n')
  .map((line): string => (line.startsWith('"') ? JSON.parse(line) : line));
const hasSandbox = spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', 'true']).status === 0;

/** The everyday commands that a user would be asked about, at once or after a try in the sandbox. */
async function findAsked(mode: 'ask' | 'edits'): Promise<string[]> {
  const asked: string[] = [];
  for (let start = 0; start < commands.length; start += 60) {
    const arena = await makeArena();
    const batch = commands.slice(start, start + 60);
    const calls = batch.map((command) => ({ name: 'shell', input: { command, timeoutSeconds: 30 } }));
    await runCalls(arena, calls, { mode, sandbox: true }, (index, result) => {
      if (/^Not allowed|\[the sandbox: it/.test(result)) asked.push(batch[index]!);
    });
    arena.close();
    rmSync(arena.base, { recursive: true, force: true });
  }
  return asked;
}

it('there are 120 everyday commands', () => {
  expect(new Set(commands).size).toBe(120);
});

// Two minutes of real commands: `npm run attacks` runs them.
it.runIf(hasSandbox && process.env.MODE === 'attacks')(
  'at most 10 of them are asked about in mode edits, at most 25 in mode ask',
  { timeout: 300_000 },
  async () => {
    const [inEdits, inAsk] = [await findAsked('edits'), await findAsked('ask')];
    expect(inEdits.length, inEdits.join('\n')).toBeLessThanOrEqual(10);
    expect(inAsk.length, inAsk.join('\n')).toBeLessThanOrEqual(25);
    console.log(`asked: ${inEdits.length} of 120 in edits, ${inAsk.length} in ask`);
    if (process.env.SHOW_ASKED) console.log(inEdits, inAsk);
  },
);
