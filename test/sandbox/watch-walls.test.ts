import { mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isProtected } from '../../src/core/disk/protected-files.ts';
import { looksSecret } from '../../src/core/disk/secret-paths.ts';
import type { Confinement } from '../../src/core/tool.ts';
import { createMarkFinder } from '../../src/sandbox/marks/marks.ts';
import { watchFixed, watchWalls } from '../../src/sandbox/watch-walls.ts';

function makeRoot() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'wink-walls-')));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  mkdirSync(join(root, 'app'));
  for (const name of ['.env', 'app/.env', '.mcp.json']) writeFileSync(join(root, name), 'old\n');
  /** As editors save. */
  const save = (name: string) => {
    writeFileSync(join(root, 'draft'), 'new\n');
    renameSync(join(root, 'draft'), join(root, name));
  };
  return { root, save };
}

async function begin(root: string, confinement: Confinement) {
  const warnings: string[] = [];
  let broken = 0;
  const look = createMarkFinder([root], { isHidden: looksSecret, isProtected });
  const before = await look();
  const temporary = () => join(root, 'tmp');
  const parts = { roots: [root], look, isHidden: looksSecret, confinement, temporary };
  const watch = watchWalls(before!, { ...parts, warn: (message) => void warnings.push(message) });
  const watched = watch(() => {
    broken += 1;
  });
  onTestFinished(watched.close);
  return { ...watched, warnings, broken: () => broken };
}

test.each(['read-only', 'workspace'] as const)(
  'a command (%s) is broken off when a secret that was hidden from it is replaced, and the user is told once',
  async (confinement) => {
    const { root, save } = makeRoot();
    const { check, warnings, broken } = await begin(root, confinement);
    writeFileSync(join(root, '.env'), 'written in place\n');
    renameSync(join(root, 'app/.env'), join(root, 'app/moved.env'));
    expect(await check()).toBeUndefined();
    save('.env');
    await expect.poll(broken, { timeout: 10_000 }).toBe(1);
    expect(await check()).toMatch(/^\.env was saved or replaced while this command ran, which could read it/);
    expect(warnings).toHaveLength(1);
  },
);

test('a new secret is looked for at the end of a command that can make none itself', async () => {
  for (const confinement of ['read-only', 'workspace'] as const) {
    const { root } = makeRoot();
    const { check } = await begin(root, confinement);
    writeFileSync(join(root, 'app/server.pem'), 'new\n');
    if (confinement === 'read-only') expect(await check()).toContain('app/server.pem was saved');
    else expect(await check()).toBeUndefined();
  }
});

test('a command that can write is broken off when what it may not change is replaced', async () => {
  const { root, save } = makeRoot();
  const { check, broken } = await begin(root, 'workspace');
  const reader = await begin(root, 'read-only');
  save('.mcp.json');
  await expect.poll(broken, { timeout: 10_000 }).toBe(1);
  expect(await check()).toContain('which could write to it');
  expect(await reader.check()).toBeUndefined();
});

test('of an allowed command the user is told', async () => {
  const { root, save } = makeRoot();
  const warnings: string[] = [];
  const watched = watchFixed([join(root, '.mcp.json')], [root], (message) => void warnings.push(message))(() => {});
  onTestFinished(watched.close);
  save('.mcp.json');
  await expect.poll(() => warnings, { timeout: 10_000 }).toHaveLength(1);
  save('.mcp.json');
  expect(await watched.check()).toBeUndefined();
});
