import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import type { RunResult } from '../../src/core/run/run-result.ts';
import { openArtifact } from '../../src/modes/artifact.ts';
import { runHeadless } from '../../src/modes/headless.ts';

let cwd = '';

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'wink-artifact-'));
});

afterEach(() => rmSync(cwd, { recursive: true, force: true }));

test('an artifact whose patch could not be taken is written without one, and says so', async () => {
  const [file, sessionFile] = [join(cwd, 'run.jsonl'), join(cwd, 's.jsonl')];
  writeFileSync(sessionFile, '{"type":"header"}\n');
  const artifact = openArtifact({ file, cwd, sessionFile });
  await artifact.collect(() => Promise.reject(new UserError('The checkpoint is gone.')));
  expect(await artifact.write()).toBe('The artifact has no patch. The checkpoint is gone.');
  expect(readFileSync(file, 'utf8')).toBe('{"type":"header"}\n');
});

test('an artifact of a session whose file is gone is a sentence, not a failure', async () => {
  const artifact = openArtifact({ file: join(cwd, 'run.jsonl'), cwd, sessionFile: join(cwd, 'gone.jsonl') });
  expect(await artifact.write()).toMatch(
    /^The artifact could not be written: the session's file can't be read \(ENOENT/,
  );
});

test('a run is closed, and its signals are left alone again, whatever fails before', async () => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const before = signals.map((name) => process.listenerCount(name));
  let isClosed = false;
  const ended = runHeadless({
    run: {
      session: 's',
      subscribe: () => () => {},
      submit: async () => ({ outcome: 'done' }) as RunResult,
      say: () => {},
      stop: () => {},
      close: async () => {
        isClosed = true;
      },
    },
    ...{ prompt: 'go', format: 'text', verbose: false, env: {}, warnings: [] },
    beforeClose: () => Promise.reject(new Error('no')),
  });
  await expect(ended).rejects.toThrow('no');
  expect(isClosed).toBe(true);
  expect(signals.map((name) => process.listenerCount(name))).toEqual(before);
});
