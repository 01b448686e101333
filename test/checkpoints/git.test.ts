import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { bundleOnce } from '../bundle.ts';
import { makeFolder } from '../program/program.ts';

it('a git that is not there and is aborted ends with an error, and signals nobody', async () => {
  const folder = await bundleOnce('git', { git: 'src/checkpoints/git.ts' });
  const program = join(makeFolder(), 'abort.mjs');
  writeFileSync(
    program,
    `import { runGit } from ${JSON.stringify(join(folder, 'git.js'))};
    const stopping = new AbortController();
    const running = runGit(['status'], { cwd: '/', env: { PATH: '/nowhere' }, signal: stopping.signal });
    stopping.abort();
    console.log(await running.catch((error) => error.name));`,
  );
  // In a process group of its own: the fault that this is about ends the whole group.
  const child = spawn(process.execPath, [program], { detached: true, stdio: ['ignore', 'pipe', 'inherit'] });
  let said = '';
  child.stdout.on('data', (data) => {
    said += data;
  });
  expect([await once(child, 'close'), said]).toEqual([[0, null], 'GitError\n']);
});
