import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { makePlace } from './place.ts';

test('an observer that is only slow is asked once, one that stays so is looked at by the hook, which is also for when none listens', async () => {
  const home = mkdtempSync(join(tmpdir(), 'wink-'));
  const watch = join(home, 'watch');
  mkdirSync(watch);
  const log = join(home, 'hooked');
  writeFileSync(
    join(watch, 'hook.sh'),
    `[ "$1" = late ] && exec touch '${home}/late'; cat >> '${log}'; echo '{"kind":"context","text":"by the hook"}'\n`,
  );
  vi.stubEnv('WINK_HOME', home);
  vi.stubEnv('WINK_WATCH_SECONDS', '0.02');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { askObserver } = await import(join(import.meta.dirname, '../../plugins/ask-observer.js'));

  const silent = createServer(() => {});
  await new Promise<void>((listening) => silent.listen(join(watch, 'socket'), listening));
  for (let n = 0; n < 10; n++) expect(await askObserver('pi', { number: 1 })).toEqual({ kind: 'nothing' });
  await expect.poll(() => existsSync(join(home, 'late'))).toBe(true);
  silent.closeAllConnections();
  await new Promise((closed) => silent.close(closed));

  expect(await askObserver('pi', { number: 2 })).toEqual({ kind: 'context', text: 'by the hook' });
  expect(readFileSync(log, 'utf8')).toBe('{"number":2}');
});

test('a plugin that came as a package keeps the first events and starts the program', async () => {
  const place = makePlace();
  vi.stubEnv('WINK_HOME', place.wink);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { default: extension } = await import(join(import.meta.dirname, '../../dist/plugins/pi.js'));
  const listeners = new Map<string, (event: object, context: object) => Promise<unknown>>();
  extension({ on: listeners.set.bind(listeners) });
  const context = { cwd: place.cwd, sessionManager: { getSessionId: () => 's1' } };
  await listeners.get('session_start')!({ reason: 'startup' }, context);
  await listeners.get('before_agent_start')!({ prompt: 'Fix the test.' }, context);
  await expect
    .poll(place.records, { timeout: 20_000 })
    .toContainEqual(expect.objectContaining({ type: 'note', text: 'Fix the test.' }));
});
