import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makePlace, serve, startBuilt, typeTask } from '../built.ts';

const hook = (command: string, matcher?: string) => ({
  ...(matcher ? { matcher } : {}),
  hooks: [{ type: 'command', command }],
});

it('Notification tells hooks that the user is asked, by its kind, and nobody waits for them', async () => {
  const place = makePlace();
  const hooks = {
    Notification: [
      hook('cat >> told.jsonl', 'permission_prompt'),
      hook('cat >> idle.jsonl', 'idle_prompt'),
      hook('sleep 100'),
      // What it answers changes nothing.
      hook('echo no >&2; exit 2'),
    ],
  };
  writeFileSync(join(place.home, '.wink/config.json'), JSON.stringify({ hooks }));
  const write = { calls: [{ name: 'write', arguments: { path: 'b.txt', content: 'x' } }] };
  const screen = startBuilt(place, await serve(write, { text: 'It is done.' }));
  await typeTask(screen, 'go');
  await screen.shows('Allow write?');
  const told = join(place.cwd, 'told.jsonl');
  await expect
    .poll(() => existsSync(told) && readFileSync(told, 'utf8').endsWith('\n'), { timeout: 20_000 })
    .toBe(true);
  expect(JSON.parse(readFileSync(told, 'utf8'))).toEqual({
    session_id: expect.stringMatching(/^\d{8}-/),
    transcript_path: expect.stringMatching(/\.jsonl$/),
    cwd: place.cwd,
    permission_mode: 'default',
    hook_event_name: 'Notification',
    message: expect.stringContaining('write'),
    notification_type: 'permission_prompt',
    title: 'wink-agent',
  });
  await screen.answers('y');
  await screen.shows('It is done.');
  expect([existsSync(join(place.cwd, 'b.txt')), existsSync(join(place.cwd, 'idle.jsonl'))]).toEqual([true, false]);
});
