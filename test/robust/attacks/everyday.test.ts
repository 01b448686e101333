import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeArena } from './arena.ts';
import { runCalls } from './run-calls.ts';

/** How many of each may be asked about in mode ask; 27 of the second list write. */
const lists = [
  { name: 'everyday', commands: readCommands('everyday.commands'), most: 25 },
  { name: 'everyday-more', commands: readCommands('everyday-more.commands'), most: 28 },
];
const hasSandbox = spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', 'true']).status === 0;

/** The everyday commands that a user would be asked about, at once or after a try in the sandbox. */
async function findAsked(commands: readonly string[], mode: 'ask' | 'edits'): Promise<string[]> {
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

function readCommands(file: string): string[] {
  return readFileSync(join(import.meta.dirname, file), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line): string => (line.startsWith('"') ? JSON.parse(line) : line));
}

it('there are two lists of 120 everyday commands', () => {
  const all = lists.flatMap(({ commands }) => commands);
  expect(lists.map(({ commands }) => new Set(commands).size)).toEqual([120, 120]);
  expect(new Set(all).size).toBeGreaterThan(210);
});

// Two minutes of real commands a list: `npm run attacks` runs them.
it.runIf(hasSandbox && process.env.MODE === 'attacks').each(lists)(
  '$name: at most 10 are asked about in mode edits, at most $most in mode ask',
  { timeout: 300_000 },
  async ({ name, commands, most }) => {
    const [inEdits, inAsk] = [await findAsked(commands, 'edits'), await findAsked(commands, 'ask')];
    expect(inEdits.length, inEdits.join('\n')).toBeLessThanOrEqual(10);
    expect(inAsk.length, inAsk.join('\n')).toBeLessThanOrEqual(most);
    console.log(`${name}: asked ${inEdits.length} of 120 in edits, ${inAsk.length} in ask`);
    if (process.env.SHOW_ASKED) console.log(inEdits, inAsk);
  },
);
