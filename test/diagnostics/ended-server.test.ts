import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { withoutKeys } from '../../src/core/process/child-environment.ts';
import type { HoldProgram } from '../../src/core/process/held-program.ts';
import { isProcessAlive } from '../../src/core/process/platform.ts';
import { createLanguageService } from '../../src/diagnostics/language-service.ts';

const hold: HoldProgram = async ({ file, args, env }) => ({ file, args, env: withoutKeys(env) });

const server = resolve(import.meta.dirname, '../fixtures/language-server.mjs');

function open(command: readonly string[], cwd: string) {
  const warnings: string[] = [];
  const [file = ''] = command;
  const settings = { name: 'fake', command, languages: { txt: 'text' } };
  const onWarning = (message: string) => void warnings.push(message);
  const service = createLanguageService({ settings, file, cwd, env: process.env, hold, onFound: () => {}, onWarning });
  return { service, warnings, path: join(cwd, 'a.txt') };
}

test('a server that dies over the first text of a file is reported once, and closing after it fails nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wink-'));
  const { service, warnings, path } = open([process.execPath, server, join(folder, 'log')], folder);
  service.edited(path, 'DIE', 'fine');
  await expect.poll(() => warnings, { timeout: 15_000 }).toHaveLength(1);
  service.edited(path, 'fine', 'finer');
  await expect(service.close()).resolves.toBeUndefined();
  expect(warnings[0]).toContain('exit code 3');
}, 20_000);

test('the end of a session does not wait for a server that has not answered yet, and leaves none behind', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wink-'));
  const started = join(folder, 'started');
  const { service, warnings, path } = open(['/bin/sh', '-c', `echo $$ > ${started}; exec sleep 60`], folder);
  service.edited(path, 'old', 'new');
  await expect.poll(() => existsSync(started) && readFileSync(started, 'utf8'), { timeout: 15_000 }).toMatch(/\d+\n/);
  await service.close();
  await expect.poll(() => isProcessAlive(Number(readFileSync(started, 'utf8')))).toBe(false);
  expect(warnings).toEqual([]);
}, 20_000);
