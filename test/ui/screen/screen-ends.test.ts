import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePlace, open, serve, startBuilt as start, typeTask } from '../built.ts';

const shell = (command: string) => ({ calls: [{ name: 'shell', arguments: { command } }] });

it('a run that failed is not said to have been cut off when its session goes on: its error is said again', async () => {
  const place = makePlace();
  const words = await serve({ fault: { kind: 'status', status: 401 } }, { text: 'All is well.' });
  const screen = start(place, words);
  await typeTask(screen, 'hello');
  await screen.shows('! failed');
  await expect
    .poll(() => screen.text().replace(/\s+/g, ' '))
    .toContain('The key comes from the environment variable OPENAI_API_KEY; set the right one there.');
  await screen.shows(/back in the composer[\s\S]*❯ hello/);
  screen.press('\u0003\u0003');
  await screen.exit();
  const again = start(place, ['--continue', ...words]);
  await again.printed(/The last run of this session failed: \S+ refused the API key/);
  expect(again.all().join('\n')).not.toContain('cut off');
  await typeTask(again, 'once more');
  await again.shows('All is well.');
  again.press('\u0004');
  await again.exit();
  const later = start(place, ['--continue', ...words]);
  await later.printed('All is well.');
  expect(later.all().join('\n')).not.toContain('The last run');
});

it('a run that the user interrupted is said to have been interrupted, and one that was killed to be cut off', async () => {
  const place = makePlace();
  const silence = { fault: { kind: 'silence', at: 'before' } } as const;
  const words = await serve(silence, silence);
  const screen = start(place, words);
  await typeTask(screen, 'hello');
  await screen.shows('waiting for the model');
  screen.press('\u001b');
  await screen.shows('Interrupted. What should it do instead?');
  screen.press('\u0003\u0003');
  await screen.exit();
  const again = start(place, ['--continue', ...words]);
  await again.printed('The last run of this session was interrupted.');
  await typeTask(again, 'once more');
  const asked = () => JSON.stringify(open.servers[0]?.requests.map(({ body }) => body.messages));
  await expect.poll(asked, { timeout: 20_000 }).toContain('once more');
  again.kill('SIGKILL');
  await again.exit();
  const later = start(place, ['--continue', ...words]);
  await later.printed('The last run of this session was cut off');
});

it('the end of a run says how many calls were declined', async () => {
  const place = makePlace();
  const words = await serve(shell('touch one'), shell('touch two'), { text: 'Neither.' }, shell('touch three'), {
    text: 'Nor that.',
  });
  const screen = start(place, [...words, '--approval', 'plan']);
  await typeTask(screen, 'touch both');
  await screen.printed('done; 2 calls were declined · 3 steps');
  await typeTask(screen, 'another');
  await screen.printed('done; one call was declined · 2 steps');
});

it('a run that a hook ends is not said to be done', async () => {
  const place = makePlace();
  const hooks = { UserPromptSubmit: [{ hooks: [{ type: 'command', command: 'echo not today >&2; exit 2' }] }] };
  writeFileSync(join(place.home, '.wink/config.json'), JSON.stringify({ hooks }));
  const screen = start(place, await serve({ text: 'Never asked.' }));
  await typeTask(screen, 'hello');
  await screen.printed('! stopped by a hook');
  await screen.printed('A hook of the user did not take the prompt: not today');
});

it('while a request is tried again, a narrow window shows how to stop it, and below it why', async () => {
  const fault = { kind: 'status', status: 503, headers: { 'retry-after': '100' } } as const;
  const words = await serve({ fault: { ...fault, message: 'All of the machines are busy with other work' } });
  const screen = start(makePlace(), words, { columns: 60 });
  await typeTask(screen, 'hello');
  await screen.shows(/asking again in \d+ s, try 1 .*Esc interrupts\n {2}127\.0\.0\.1:\d+ answered with status 503/);
});
