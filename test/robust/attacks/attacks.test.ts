import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runAttacks } from './attack.ts';
import { readTables, type Table } from './corpus.ts';

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

/** Every so many attacks of each table; those of one mode and the same flags are run together. */
function choose(every: number): Table[] {
  const chosen = tables.map((table) => {
    const step = isWhole ? 1 : every * (table.name === 'samples' ? shareOfSamples : share);
    return { ...table, attacks: table.attacks.filter((_, index) => index % step === 0) };
  });
  const kindOf = ({ mode, flags }: Table) => [mode, ...flags].join(' ');
  return [...new Set(chosen.map(kindOf))].map((kind) => {
    const alike = chosen.filter((table) => kindOf(table) === kind);
    return {
      ...alike[0]!,
      name: alike.map(({ name }) => name).join(', '),
      attacks: alike.flatMap(({ attacks }) => attacks),
    };
  });
}

describe.each([
  ...(hasBubblewrap ? [{ title: 'with bubblewrap', sandbox: true, env: {}, every: 1 }] : []),
  ...(hasUnshare
    ? [{ title: 'with unshare', sandbox: true, env: { PATH: withoutBubblewrap() }, every: slowness }]
    : []),
  { title: 'without a sandbox', sandbox: false, env: {}, every: 1 },
])('attacks on commands and tools, $title', ({ sandbox, env, every }) => {
  it.each(choose(every))('$name', { timeout: 900_000 }, async (table) => {
    expect(await runAttacks(table, { sandbox, env })).toEqual([]);
  });
});

/** A folder of links to all programs but one. */
function withoutBubblewrap(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wink-programs-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const folders = [dirname(process.execPath), '/usr/local/bin', '/usr/bin', '/bin', '/usr/sbin', '/sbin'];
  // Of two programs of one name the first counts, as in a PATH.
  for (const from of new Set(folders.filter((path) => existsSync(path)).map((path) => realpathSync(path))))
    spawnSync('cp', ['--recursive', '--symbolic-link', '--no-clobber', `${from}/.`, folder]);
  rmSync(join(folder, 'bwrap'));
  return folder;
}

it('there are at least 500 attacks, none twice in a table', () => {
  expect(tables.flatMap(({ attacks }) => attacks).length).toBeGreaterThanOrEqual(500);
  for (const { name, attacks } of tables)
    expect([name, new Set(attacks.map(({ text }) => text)).size]).toEqual([name, attacks.length]);
});
