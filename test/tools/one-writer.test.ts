import { expect, test } from 'vitest';
import { makeHarness } from './harness.ts';

test('commands that nobody was asked about and that may write run one after the other, those that only read beside them', async () => {
  const { call } = makeHarness();
  const run = async (command: string, confinement: 'workspace' | 'read-only', signal = new AbortController().signal) =>
    (await call('shell', { command }, signal, { confinement })).output;
  const alone = 'mkdir busy && sleep 0.3 && ls && rmdir busy';
  const reading = run('until [ -d busy ]; do sleep 0.01; done; echo seen', 'read-only');
  const stopping = new AbortController();
  const outputs = [run(alone, 'workspace'), run(alone, 'workspace')];
  const stopped = run('touch never', 'workspace', stopping.signal);
  stopping.abort(new Error('stopped'));
  expect(await stopped).toContain('interrupted');
  outputs.push(run('ls', 'workspace'));
  const gave = (text: string) => `${text}\n[exit code 0]`;
  expect(await Promise.all(outputs)).toEqual([gave('busy'), gave('busy'), gave('(no output)')]);
  expect(await reading).toBe(gave('seen'));
});
