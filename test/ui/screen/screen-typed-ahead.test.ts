import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePlace, open, type Place, serve, startBuilt as start, typeTask } from '../built.ts';

/** The terminal marks pastes: several keys in one piece are keys that were typed ahead. */
const marksPastes = '\u001b[?2004;1$y';

/** What a program that was killed left for this folder. */
function leaveDrafts({ home, cwd }: Place, ...texts: readonly string[]): void {
  mkdirSync(join(home, '.wink/drafts'));
  const drafts = texts.map((text) => ({ text }));
  const file = { cwd, at: new Date().toISOString(), host: hostname(), pid: 99_999_999, drafts };
  writeFileSync(join(home, '.wink/drafts/left.json'), JSON.stringify(file));
}

const lastRequest = () => JSON.stringify(open.servers[0]?.requests.at(-1)?.body.messages);

it('Enter typed behind the choice of an earlier message sends that, and not what was being written', async () => {
  const screen = start(makePlace(), await serve({ text: 'One.' }, { text: 'Two.' }));
  await typeTask(screen, 'the first words');
  await screen.printed('One.');
  screen.press(`${marksPastes}a draft`);
  await screen.shows('❯ a draft');
  screen.press('\u0012\r\r');
  await screen.printed('Two.');
  expect(lastRequest()).not.toContain('a draft');
  await screen.shows('❯ a draft');
});

it('Enter typed behind the key of the editor sends what was written there', async () => {
  const place = makePlace();
  const editor = join(place.home, 'editor.sh');
  writeFileSync(editor, '#!/bin/sh\nprintf "from the editor" > "$1"\n', { mode: 0o755 });
  const screen = start(place, await serve({ text: 'One.' }), { env: { EDITOR: editor, VISUAL: '' } });
  await screen.shows('Ask for something');
  screen.press(`${marksPastes}a draft`);
  await screen.shows('❯ a draft');
  screen.press('\u0007\r');
  await screen.printed('One.');
  expect(lastRequest()).toContain('from the editor');
});

it('words typed behind /clear are the first of the new session', async () => {
  const place = makePlace();
  const screen = start(place, await serve({ text: 'One.' }, { text: 'Two.' }));
  await typeTask(screen, 'the first words');
  await screen.printed('One.');
  screen.press(`${marksPastes}/clear\rthe next words\r`);
  await screen.printed('Two.');
  expect(lastRequest()).not.toContain('the first words');
  const folder = join(place.home, '.wink/sessions');
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.jsonl'));
  const withFirst = files.filter((name) => readFileSync(join(folder, name), 'utf8').includes('the first words'));
  expect(withFirst).toHaveLength(1);
  expect(readFileSync(join(folder, withFirst[0] ?? ''), 'utf8')).not.toContain('the next words');
});

it('Enter typed behind /resume takes the first session of the list', async () => {
  const place = makePlace();
  const flags = await serve({ text: 'One.' });
  const first = start(place, flags);
  await typeTask(first, 'the first words');
  await first.printed('✓ done');
  first.press('\u0004');
  await first.exit();
  const screen = start(place, flags);
  await screen.shows('Ask for something');
  screen.press(`${marksPastes}/resume\r\r`);
  await screen.printed(/Session \S+ continues/);
});

it('words typed before the screen is there are sent without the draft of an earlier program, which is under Up', async () => {
  const place = makePlace();
  leaveDrafts(place, 'an older thought', 'half a thought');
  const screen = start(place, await serve({ text: 'One.' }));
  screen.press('the first words\r');
  await screen.printed('One.');
  expect(lastRequest()).toContain('the first words');
  expect(lastRequest()).not.toContain('thought');
  await screen.printed('Keys came before your 2 drafts');
  await screen.shows('Ask for something');
  screen.press('\u001b[A\u001b[A');
  await screen.shows('❯ half a thought');
  screen.press('\u001b[A');
  await screen.shows('❯ an older thought');
});

it('a draft that would be run is under Up at the next start, and no words that are typed then run it', async () => {
  const place = makePlace();
  const made = join(place.home, 'made');
  leaveDrafts(place, `!touch ${made}`);
  const screen = start(place, await serve({ text: 'One.' }));
  await screen.printed('that begins with ! or / is not in the composer: Up brings it back.');
  await typeTask(screen, 'the first words');
  await screen.printed('One.');
  expect(existsSync(made)).toBe(false);
  screen.press('\u001b[A\u001b[A');
  await screen.shows(`touch ${made}`);
  screen.press('\r');
  await expect.poll(() => existsSync(made), { timeout: 20_000 }).toBe(true);
});
