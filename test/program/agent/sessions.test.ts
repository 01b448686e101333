import { mkdirSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ModelServer } from '../../../src/demo/server.ts';
import { ended, makeFolder, run, serve, start } from '../program.ts';

function flagsFor(server: ModelServer): string[] {
  return ['--model', 'scripted', '--base-url', server.url, '--approval', 'full', '--wink', 'off'];
}

/** What the user's words were in the last request. */
function lastWords(server: ModelServer): unknown[] {
  const { messages } = server.requests.at(-1)!.body as { messages: { role: string; content: unknown }[] };
  return messages.filter(({ role }) => role === 'user').map(({ content }) => content);
}

test('words that had no answer stand in the next request, once, however often it failed', async () => {
  const refused = { fault: { kind: 'status', status: 401 } } as const;
  const server = await serve([refused, refused, refused, { text: 'An answer.' }, { text: 'Another.' }]);
  const place = { cwd: makeFolder(), home: makeFolder() };
  const words = ['one', 'two', 'three', 'four', 'five'];
  for (const [index, word] of words.entries())
    await run(['-p', word, ...(index === 0 ? [] : ['--continue']), ...flagsFor(server)], place);
  expect(server.requests.map(() => 0)).toHaveLength(5);
  expect(lastWords(server)).toEqual(words);
});

test('the end of mode plan and other instructions are told in the session that goes on, once', async () => {
  const server = await serve([{ text: 'The plan.' }, { text: 'Done.' }, { text: 'Done, too.' }]);
  const place = { cwd: makeFolder(), home: makeFolder() };
  const flags = ['--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--approval'];
  writeFileSync(join(place.cwd, 'AGENTS.md'), 'Use npm.');
  await run(['-p', 'plan it', ...flags, 'plan'], place);
  writeFileSync(join(place.cwd, 'AGENTS.md'), 'Use pnpm.');
  await run(['-c', '-p', 'go on', ...flags, 'edits'], place);
  await run(['-c', '-p', 'and on', ...flags, 'edits'], place);
  expect(JSON.stringify(lastWords(server))).toMatch(
    /has set mode plan.*plan it.*Mode plan is over(?!.*Mode plan is over).*go on.*and on/,
  );
  expect(JSON.stringify(lastWords(server))).toMatch(/files have changed.*Use pnpm(?!.*Use pnpm).*go on.*and on/);
  const prompts = server.requests.map(({ body }) => JSON.stringify(body.messages).includes('Use npm.'));
  expect(prompts).toEqual([true, true, true]);
});

test('the second program on a session is refused in a sentence, and no step is lost', async () => {
  const server = await serve({
    rules: [
      {
        when: { lastUser: 'slow' },
        replies: [{ calls: [{ name: 'write', arguments: { path: 'a', content: 'x' } }] }, { text: 'Done.' }],
      },
      { replies: [{ text: 'ok' }], after: 'repeat' },
    ],
  });
  const place = { cwd: makeFolder(), home: makeFolder() };
  await run(['-p', 'first', '--session', 'shared', ...flagsFor(server)], place);
  const both = await Promise.all([
    run(['-p', 'slow', '--session', 'shared', ...flagsFor(server)], place),
    run(['-p', 'slow', '--session', 'shared', ...flagsFor(server)], place),
    run(['-p', 'slow', '--continue', ...flagsFor(server)], place),
  ]);
  const refused = both.filter(({ code }) => code === 2);
  for (const { stderr } of refused)
    expect(stderr).toMatch(/session shared is open in another wink-agent \(process \d+\)/);
  await run(['-p', 'last', '--session', 'shared', ...flagsFor(server)], place);
  const went = both.filter(({ code }) => code === 0).length;
  expect([went + refused.length, went > 0]).toEqual([3, true]);
  expect(lastWords(server)).toEqual(['first', ...Array(went).fill('slow'), 'last']);
  const folder = join(place.home, '.wink/sessions');
  const left = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.includes('.lock'));
  expect(left).toEqual([]);
});

test('a session that is named is found after its folder was moved, with a line for the user and one for the model', async () => {
  const server = await serve([{ text: 'ok' }, { text: 'BLUE' }, { text: 'BLUE' }]);
  const home = makeFolder();
  const root = makeFolder();
  mkdirSync(join(root, 'old'));
  await run(['-p', 'remember BLUE', '--session', 's1', ...flagsFor(server)], { cwd: join(root, 'old'), home });
  renameSync(join(root, 'old'), join(root, 'new'));
  for (const words of [
    ['-p', 'which?', '--session', 's1'],
    ['resume', 's1', '-p', 'and?'],
  ]) {
    const { code, stderr } = await run([...words, ...flagsFor(server)], { cwd: join(root, 'new'), home });
    expect([code, stderr]).toEqual([
      0,
      expect.stringMatching(/The session s1 began in .*old and continues in .*new\./),
    ]);
  }
  const words = lastWords(server);
  expect(words).toEqual([
    'remember BLUE',
    expect.stringMatching(/begun in .*old\. From now on the working folder is .*new;/),
    'which?',
    'and?',
  ]);
});

test('a session that goes on with other tools says which, since the prompt cache can not be read then', async () => {
  const server = await serve([{ text: 'One.' }, { text: 'Two.' }, { text: 'Three.' }]);
  const place = { cwd: makeFolder(), home: makeFolder() };
  await run(['-p', 'first', ...flagsFor(server)], place);
  const same = await run(['-p', 'second', '--continue', ...flagsFor(server)], place);
  expect(same.stderr).not.toContain('other tools');
  writeFileSync(join(place.cwd, 'own.json'), '{ "subagents": { "enabled": false } }');
  const other = await run(['-p', 'third', '--continue', '--config', 'own.json', ...flagsFor(server)], place);
  expect(other.stderr).toContain('different tools than it began with (removed: task)');
});

test('a run that is killed in the middle of an answer keeps its words; the next one knows them, and that its jobs have ended', async () => {
  const background = { name: 'shell', arguments: { command: 'sleep 600', background: true } };
  const server = await serve([
    { calls: [background] },
    { text: 'I have looked at all of it. The fault lies in the till.', midwayDelayMs: 600_000, fragmentLength: 4 },
    { text: 'Going on.' },
    { text: 'And on.' },
  ]);
  const place = { cwd: makeFolder(), home: makeFolder() };
  const child = start(['-p', 'look', '--session', 'cut', ...flagsFor(server)], place);
  const folder = () =>
    readdirSync(join(place.home, '.wink'), { recursive: true }).filter((name) => String(name).endsWith('cut.words'));
  await expect.poll(() => folder().length, { timeout: 30_000 }).toBe(1);
  child.kill('SIGKILL');
  await ended(child);
  await run(['-p', 'go on', '--session', 'cut', ...flagsFor(server)], place);
  const { messages } = server.requests.at(-1)!.body as { messages: { role: string; content: string }[] };
  expect(messages.filter(({ role }) => role === 'assistant').at(-1)?.content).toMatch(/^I have looked/);
  expect(lastWords(server)).toEqual([
    'look',
    expect.stringContaining('stopped before its end'),
    expect.stringMatching(/taken up again.*ended with it: job-1 \(sleep 600\)/),
    'go on',
  ]);
  expect(folder()).toEqual([]);
  await run(['-p', 'again', '--session', 'cut', ...flagsFor(server)], place);
  expect(lastWords(server).at(-1)).toBe('again');
  expect(JSON.stringify(lastWords(server)).match(/taken up again/g)).toHaveLength(1);
  const last = server.requests.at(-1)!.body as { messages: { role: string; content: string }[] };
  expect(last.messages.filter(({ content }) => content?.startsWith('I have looked'))).toHaveLength(1);
});
