import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isObject } from '../../../src/core/text/json.ts';
import { jsonLines, makeFolder, run, serve } from '../program.ts';

const look = { calls: [{ name: 'read', arguments: { path: 'a.txt' } }], firstByteDelayMs: 200 };
// No model answers at once: the observer's thread has the time to start that it has with any.
const firstLook = { ...look, firstByteDelayMs: 1000 };

/** Three runs that read one file again and again, in a home whose configuration withholds this share. */
async function work(home: string, holdback: number, more: readonly string[] = []) {
  const cwd = makeFolder();
  writeFileSync(join(cwd, 'a.txt'), 'one\n');
  writeFileSync(join(cwd, 'b.txt'), 'two\n');
  mkdirSync(join(home, '.wink'), { recursive: true });
  writeFileSync(join(home, '.wink', 'config.json'), JSON.stringify({ experiment: { holdback } }));
  const other = { calls: [{ name: 'read', arguments: { path: 'b.txt' } }] };
  const server = await serve({
    rules: [
      { when: { kind: 'agent' }, replies: [firstLook, ...Array(4).fill(look), other, { text: 'Read.' }] },
      { replies: [{ text: '{"findings":[]}' }], after: 'repeat' },
    ],
  });
  const words = ['-p', 'Read it.', '--model', 'm', '--base-url', server.url, '--output-format', 'json', ...more];
  const { stdout, stderr, code } = await run(words, { cwd, home });
  expect(code, stderr).toBe(0);
  const messages = server.requests.flatMap(({ body }) =>
    Array.isArray(body.tools) && Array.isArray(body.messages) ? body.messages : [],
  );
  const isReminded = messages.some(({ role, content }) => role === 'user' && content.includes('<system-reminder'));
  return { wink: jsonLines(stdout)[0]?.wink, isReminded, stderr };
}

describe('experiment.holdback', () => {
  it('withholds reminders, says so, and lets report compare them with those that were said', async () => {
    const home = makeFolder();
    const withheld = await work(home, 1);
    expect(withheld).toMatchObject({
      isReminded: false,
      wink: { reminders: 0, withheld: 1, episodes: [{ mode: 'shadow', withheld: true, interventions: 0 }] },
    });
    expect(withheld.stderr).toContain('wink withholds, at random');
    const said = await work(home, 1e-12);
    expect(said).toMatchObject({ isReminded: true, wink: { reminders: 1, episodes: [{ mode: 'on' }] } });
    expect(said.wink).not.toHaveProperty('withheld');
    const report = async (...words: string[]) => (await run(['report', ...words], { cwd: home, home })).stdout;
    const parsed: unknown = JSON.parse(await report('--format', 'json'));
    const rows = isObject(parsed) ? parsed.holdOut : undefined;
    expect(rows).toMatchObject([
      { key: 'recurrence' },
      { key: 'stepsAfter', said: { n: 1 }, withheld: { n: 1, value: expect.any(Number) } },
      { key: 'tokensAfter', said: { n: 1 }, withheld: { n: 1 } },
    ]);
    expect(await report()).toContain('Reminders sent against withheld at random');
    expect(await report('--format', 'html')).toContain('What reminders do');
  });

  it('withholds nothing in a run whose mode was given on the command line', async () => {
    expect(await work(makeFolder(), 1, ['--wink', 'on'])).toMatchObject({ isReminded: true });
  });

  it('is refused when it is not a share', async () => {
    const home = makeFolder();
    mkdirSync(join(home, '.wink'));
    writeFileSync(join(home, '.wink', 'config.json'), '{ "experiment": { "holdback": 2 } }');
    const ended = await run(['-p', 'x', '--model', 'm'], { cwd: home, home });
    expect(ended).toMatchObject({ code: 2, stderr: expect.stringContaining('holdback') });
  });
});
