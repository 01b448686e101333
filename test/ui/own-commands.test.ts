import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePlace, open, serve, startBuilt } from './built.ts';

it('a command of the user’s own takes the place of /review, whose name many have in use', async () => {
  const place = makePlace();
  mkdirSync(join(place.home, '.wink/commands'), { recursive: true });
  writeFileSync(join(place.home, '.wink/commands/review.md'), 'Look for $ARGUMENTS as our team does.');
  const screen = startBuilt(place, await serve({ text: 'Looked.' }, { text: 'Freshened.' }));
  await screen.shows('Ask for something');
  screen.press('/review races');
  await screen.shows('/review races');
  screen.press('\r');
  await screen.printed('Looked.');
  const sent = JSON.stringify(open.servers[0]?.requests.map(({ body }) => body.messages));
  expect(sent).toContain('Look for races as our team does.');
  // A file that was made meanwhile counts at once; a skill does not, which is said.
  writeFileSync(join(place.home, '.wink/commands/fresh.md'), 'Freshen $ARGUMENTS.');
  mkdirSync(join(place.home, '.wink/skills/tidy'), { recursive: true });
  writeFileSync(join(place.home, '.wink/skills/tidy/SKILL.md'), '---\nname: tidy\ndescription: Tidies.\n---\nTidy.');
  screen.press('/fresh air');
  await screen.shows('/fresh air');
  screen.press('\r');
  await screen.printed('Freshened.');
  expect(JSON.stringify(open.servers[0]?.requests.at(-1)?.body.messages)).toContain('Freshen air.');
  screen.press('/tidy up');
  await screen.shows('/tidy up');
  screen.press('\r');
  await screen.shows('There is no command /tidy; skills are read when a session begins');
});
