import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runAttacks } from './attack.ts';
import { readTables } from './corpus.ts';

// `npm run attacks` runs all of them; every test run takes some of each table.
const isWhole = process.env.MODE === 'attacks';
const share = 16;
const shareOfSamples = 6;
const hasBubblewrap =
  spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', 'true']).status === 0;
const hasUnshare =
  spawnSync('unshare', ['--user', '--map-root-user', '--mount', 'mount', '-t', 'tmpfs', 'tmpfs', '/mnt']).status === 0;
/** Each command costs more there, so a run of all tests takes fewer. */
const slowness = 12;
const tables = readTables();

describe.each([
  ...(hasBubblewrap ? [{ title: 'with bubblewrap', sandbox: true, env: {}, every: 1 }] : []),
  ...(hasUnshare
    ? [{ title: 'with unshare', sandbox: true, env: { PATH: withoutBubblewrap() }, every: slowness }]
    : []),
  { title: 'without a sandbox', sandbox: false, env: {}, every: 1 },
])('attacks on commands and tools, $title', ({ sandbox, env, every }) => {
  it.each(tables)('$name', { timeout: 900_000 }, async (table) => {
    const step = isWhole ? 1 : every * (table.name === 'samples' ? shareOfSamples : share);
    const chosen = table.attacks.filter((_, index) => index % step === 0);
    expect(await runAttacks(table, chosen, { sandbox, env })).toEqual([]);
  });
});

/** A folder of links to all programs but one. */
function withoutBubblewrap(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wink-programs-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  for (const from of [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'])
    for (const name of existsSync(from) ? readdirSync(from) : [])
      if (name !== 'bwrap' && !existsSync(join(folder, name))) linkTo(join(from, name), join(folder, name));
  return folder;
}

function linkTo(aim: string, path: string): void {
  if (existsSync(aim)) symlinkSync(aim, path);
}

it('there are at least 500 attacks, none twice in a table', () => {
  expect(tables.flatMap(({ attacks }) => attacks).length).toBeGreaterThanOrEqual(500);
  for (const { name, attacks } of tables)
    expect([name, new Set(attacks.map(({ text }) => text)).size]).toEqual([name, attacks.length]);
});
