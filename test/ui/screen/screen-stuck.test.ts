import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { ScenarioRule } from '../../../src/demo/server/scenario.ts';
import { fieldPauseMs } from '../../../src/ui/input/pauses/fresh-field.ts';
import { makePlace, open, serveRules, startBuilt, typeTask } from '../built.ts';

const spoil = {
  text: 'It must multiply.',
  calls: [
    { name: 'edit', arguments: { path: 'src/sum.js', edits: [{ oldText: 'return a - b', newText: 'return a * b' }] } },
  ],
};
const same = { text: 'Again.', calls: [{ name: 'shell', arguments: { command: 'node --check src/none.js' } }] };
/** The files were put back, or the user said something: it ends. */
const changed: ScenarioRule = {
  when: { kind: 'agent', user: { regex: 'has put these files back|only look' } },
  replies: [{ text: 'I take another way.' }],
  after: 'repeat',
};
const stuck: ScenarioRule = { when: { kind: 'agent' }, replies: [spoil, same], after: 'repeat' };

/** The built screen at the question what to do with an agent that is stuck. */
async function openStuck() {
  const place = makePlace();
  execFileSync('git', ['init', '-q', place.cwd]);
  const observer = { cooldownSteps: 2, graceSteps: 1, classes: { 'unverified-finish': { enabled: false } } };
  writeFileSync(join(place.home, '.wink/config.json'), JSON.stringify({ observer }));
  const screen = startBuilt(place, [...(await serveRules(changed, stuck)), '--approval', 'full']);
  await typeTask(screen, 'mend sum');
  await screen.shows('The agent seems stuck');
  const sum = () => readFileSync(join(place.cwd, 'src/sum.js'), 'utf8');
  expect(sum()).toContain('a * b');
  return { screen, sum };
}

const lastRequest = () =>
  JSON.stringify(open.servers[0]?.requests.filter(({ body }) => body.tools).at(-1)?.body.messages);

it('puts the files back, and the run goes on by another way with what was queued', async () => {
  const { screen, sum } = await openStuck();
  screen.press('and keep it short\r');
  await screen.shows('next: and keep it short');
  await screen.answers('b');
  await screen.printed('1 file put back: src/sum.js. It tries another way.');
  await screen.printed('I take another way.');
  await screen.shows('✓ done');
  expect(sum()).toContain('a - b');
  expect(lastRequest()).toMatch(/has put these files back[^"]*src\/sum\.js.*and keep it short/);
});

it('tells the model what to do instead, and the run goes on', async () => {
  const { screen, sum } = await openStuck();
  await screen.answers('1');
  await screen.shows('Tell it:');
  await wait(fieldPauseMs + 100);
  screen.press('\r');
  await screen.shows('Write what it should do, or press Esc.');
  screen.press('only look\r');
  await screen.shows('✓ done');
  expect(sum()).toContain('a * b');
  expect(lastRequest()).toContain('only look');
});

it('stops the run, and gives back what was queued', async () => {
  const { screen, sum } = await openStuck();
  screen.press('and keep it short\r');
  await screen.shows('next: and keep it short');
  await screen.answers('s');
  await screen.shows('Interrupted. What should it do instead?');
  await screen.shows('❯ and keep it short');
  expect(sum()).toContain('a * b');
});
