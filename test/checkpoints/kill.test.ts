import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { expect, it } from 'vitest';
import { rememberTemporaries } from '../../src/core/disk/temporaries.ts';
import { checkpointsOf, commitFiles, fingerprint, makeSandpit, write } from './repository.ts';

const names = Array.from({ length: 300 }, (_, index) => `folder-${index % 7}/file-${index}.txt`);
const all = (content: string) => Object.fromEntries(names.map((name) => [name, content.repeat(2_000)]));

it('a kill in the middle of a restore leaves each file old or new, and the restore can be done again', {
  timeout: 60_000,
}, async () => {
  const sandpit = makeSandpit();
  commitFiles(sandpit.work, all('old\n'));
  const before = fingerprint(sandpit.work);
  const checkpoints = checkpointsOf(sandpit);
  const made = await checkpoints.snapshot('x', 0);
  write(sandpit.work, all('new\n'));
  await checkpoints.close();

  const program = join(sandpit.home, 'restore.mjs');
  const here = JSON.stringify(join(import.meta.dirname, '../../src'));
  const script = `
    import { createCheckpoints } from ${here.slice(0, -1)}/checkpoints/checkpoints.ts";
    import { rememberTemporaries } from ${here.slice(0, -1)}/core/disk/temporaries.ts";
    rememberTemporaries(${JSON.stringify(join(sandpit.home, 'temporaries'))});
    const checkpoints = createCheckpoints({ cwd: ${JSON.stringify(sandpit.work)}, home: ${JSON.stringify(sandpit.home)}, session: 's1' });
    await checkpoints.restore(${JSON.stringify(made!.id)}, { force: true });`;
  await build({
    stdin: { contents: script, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    logLevel: 'silent',
  });
  const child = spawn(process.execPath, [program], { stdio: 'ignore' });
  const over = new Promise((resolve) => child.once('close', resolve));
  await expect.poll(() => restored(sandpit.work), { interval: 1, timeout: 20_000 }).toBeGreaterThan(0);
  child.kill('SIGKILL');
  await over;

  const contents = new Set(names.map((name) => readFileSync(join(sandpit.work, name), 'utf8')));
  for (const content of contents) expect(['old\n'.repeat(2_000), 'new\n'.repeat(2_000)]).toContain(content);
  rememberTemporaries(join(sandpit.home, 'temporaries'));
  const again = checkpointsOf(sandpit);
  await again.restore(made!.id, { force: true });
  expect(fingerprint(sandpit.work)).toEqual(before);
  await again.close();
});

function restored(work: string): number {
  return names.filter((name) => readFileSync(join(work, name), 'utf8').startsWith('old')).length;
}
