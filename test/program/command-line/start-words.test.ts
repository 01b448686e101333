import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import type { ModelServer } from '../../../src/demo/server.ts';
import { compiledCode } from '../../compiled-code.ts';
import { ended, makeFolder, run, serve } from '../program.ts';

const launcher = resolve(import.meta.dirname, '../../../bin/wink-agent.js');

function flagsFor(server: ModelServer): string[] {
  return ['--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--no-session'];
}

const answering = () => serve({ rules: [{ replies: [{ text: 'ok' }], after: 'repeat' }] });

/** The prompts that the model was given. */
function prompts(server: ModelServer): unknown[] {
  return server.requests.map(({ body }) => {
    const { messages } = body as { messages: { role: string; content: unknown }[] };
    return messages.filter(({ role }) => role === 'user').at(-1)?.content;
  });
}

/** Runs a line of bash in which $WINK is the program with its flags. */
function shell(line: string, place: { cwd: string; home: string }, server: ModelServer) {
  const wink = [process.execPath, launcher, ...flagsFor(server)].map((word) => `'${word}'`).join(' ');
  const env = { PATH: process.env.PATH, HOME: place.home, WINK_HOME: join(place.home, '.wink'), ...compiledCode };
  return ended(
    spawn('bash', ['-c', line.replaceAll('$WINK', wink)], { cwd: place.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] }),
  );
}

test.each(['- fix the test', '---\ntitle: x\n---\ndo it', '-1 is returned by f, why?', '--help me with this'])(
  'a prompt that begins with a dash and is not an option is a prompt: %j',
  async (prompt) => {
    const server = await answering();
    const { code } = await run(['-p', prompt, ...flagsFor(server)], { cwd: makeFolder(), home: makeFolder() });
    expect([code, ...prompts(server)]).toEqual([0, prompt]);
  },
);

test('a single word with a dash that is not an option is refused with a way out', async () => {
  const server = await answering();
  const place = { cwd: makeFolder(), home: makeFolder() };
  const refused = await run(['-p', '-fix', ...flagsFor(server)], place);
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('goes after `--`')]);
  await run(['-p', ...flagsFor(server), '--', '-fix'], place);
  expect(prompts(server)).toEqual(['-fix']);
});

test('resume takes a single word beside -p as words for the newest session where no session is called so', async () => {
  const server = await answering();
  const place = { cwd: makeFolder(), home: makeFolder() };
  const flags = flagsFor(server).filter((word) => word !== '--no-session');
  await run(['-p', 'first', '--session', 'mine', ...flags], place);
  await run(['resume', '-p', 'which?', ...flags], place);
  await run(['resume', '-p', 'continue', ...flags], place);
  await run(['resume', 'mine', '-p', 'by name', ...flags], place);
  expect(prompts(server)).toEqual(['first', 'which?', 'continue', 'by name']);
  const unknown = await run(['resume', 'other', '-p', 'words', ...flags], place);
  expect([unknown.code, unknown.stderr]).toEqual([2, expect.stringContaining('There is no session other')]);
});

test('a pipe that trickles is read to its end', async () => {
  const server = await answering();
  await shell("(echo one; sleep 1.5; echo two) | $WINK -p 'look'", { cwd: makeFolder(), home: makeFolder() }, server);
  expect(prompts(server)).toEqual(['look\n\none\ntwo']);
});

test.skipIf(process.platform !== 'linux')('the input of a loop is left to the loop', async () => {
  const server = await answering();
  const place = { cwd: makeFolder(), home: makeFolder() };
  writeFileSync(join(place.cwd, 'names'), 'a\nb\nc\n');
  const { stderr } = await shell('while read -r name; do $WINK -p "fix $name"; done < names', place, server);
  await shell('cat names | while read -r name; do $WINK -p "and $name"; done', place, server);
  expect(prompts(server)).toEqual(['fix a', 'fix b', 'fix c', 'and a', 'and b', 'and c']);
  expect(stderr).toContain('stdin is the input of the loop around this run, so it was not read; `-` reads it.');
});

test('a file or a pipe that is all ours completes the prompt, whoever started us', async () => {
  const server = await answering();
  const place = { cwd: makeFolder(), home: makeFolder() };
  writeFileSync(join(place.cwd, 'notes'), 'from a file\n');
  await shell('$WINK -p look < notes', place, server);
  await shell('cat notes | $WINK -p look', place, server);
  await shell(
    "cat notes | sh -c '$WINK -p look; true'".replace("'$WINK -p look; true'", '"$WINK -p look; true"'),
    place,
    server,
  );
  expect(prompts(server)).toEqual(Array(3).fill('look\n\nfrom a file'));
});
