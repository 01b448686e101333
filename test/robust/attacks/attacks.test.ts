import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { runAttacks } from './attack.ts';
import { readTables } from './corpus.ts';

// `npm run attacks` runs all of them; every test run takes some of each table.
const isWhole = process.env.MODE === 'attacks';
const share = 16;
const shareOfSamples = 6;
const hasSandbox = spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', 'true']).status === 0;
const tables = readTables();

describe.each([
  ...(hasSandbox ? [{ title: 'with the sandbox of this machine', sandbox: true }] : []),
  { title: 'without a sandbox', sandbox: false },
])('attacks on commands and tools, $title', ({ sandbox }) => {
  it.each(tables)('$name', { timeout: 600_000 }, async (table) => {
    const every = isWhole ? 1 : table.name === 'samples' ? shareOfSamples : share;
    const chosen = table.attacks.filter((_, index) => index % every === 0);
    expect(await runAttacks(table, chosen, sandbox)).toEqual([]);
  });
});

it('there are at least 500 attacks, none twice in a table', () => {
  expect(tables.flatMap(({ attacks }) => attacks).length).toBeGreaterThanOrEqual(500);
  for (const { name, attacks } of tables)
    expect([name, new Set(attacks.map(({ text }) => text)).size]).toEqual([name, attacks.length]);
});
