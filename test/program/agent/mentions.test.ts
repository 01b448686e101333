import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, run, serve } from '../program.ts';

test('a file named with @ is attached only where reading it is allowed without a question, and the user is told', async () => {
  const server = await serve([{ text: 'Seen.' }]);
  const cwd = makeFolder();
  writeFileSync(join(cwd, 'notes.md'), 'plain words\n');
  writeFileSync(join(cwd, 'closed.md'), 'closed words\n');
  writeFileSync(join(cwd, '.env'), 'TOKEN=secret-of-the-test\n');
  const { code, stderr } = await run(
    [
      '-p',
      'look at @notes.md, @closed.md and @.env',
      '--model',
      'scripted',
      '--base-url',
      server.url,
      '--deny',
      'read(closed.md)',
    ],
    { cwd, home: makeFolder() },
  );
  expect(code).toBe(0);
  const sent = JSON.stringify(server.requests[0]?.body.messages);
  expect(sent).toContain('plain words');
  expect(sent).not.toContain('closed words');
  expect(sent).not.toContain('secret-of-the-test');
  expect(stderr).toContain('@closed.md was not attached.');
  expect(stderr).toContain('@.env was not attached.');
});
