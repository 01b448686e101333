import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';

test('an observer that is only slow is asked once, and the hook is for when none listens', async () => {
  const home = mkdtempSync(join(tmpdir(), 'wink-'));
  const watch = join(home, 'watch');
  mkdirSync(watch);
  const log = join(home, 'hooked');
  writeFileSync(join(watch, 'hook.sh'), `cat >> '${log}'; echo '{"kind":"context","text":"by the hook"}'\n`);
  vi.stubEnv('WINK_HOME', home);
  vi.stubEnv('WINK_WATCH_SECONDS', '0.05');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { askObserver } = await import(join(import.meta.dirname, '../../plugins/ask-observer.js'));

  const silent = createServer(() => {});
  await new Promise<void>((listening) => silent.listen(join(watch, 'socket'), listening));
  expect(await askObserver('pi', { number: 1 })).toEqual({ kind: 'nothing' });
  silent.closeAllConnections();
  await new Promise((closed) => silent.close(closed));

  expect(await askObserver('pi', { number: 2 })).toEqual({ kind: 'context', text: 'by the hook' });
  expect(readFileSync(log, 'utf8')).toBe('{"number":2}');
});
