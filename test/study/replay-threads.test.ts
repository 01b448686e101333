import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import { execa } from 'execa';
import { beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/core/prompt.ts';
import { breakingRun, goodRun, stuckRun, temporaryFolder, writeDataset } from './runs.ts';

const folder = temporaryFolder();

/** The command and its thread as they are installed: bundled, prompts beside them. */
beforeAll(async () => {
  const root = packageRoot();
  const entry = join(folder, 'entry.ts');
  writeFileSync(
    entry,
    `import { runReplay } from '${join(root, 'src/study/replay/replay-command.ts')}';
     const { stdout, stderr, env } = process;
     process.exitCode = await runReplay(process.argv.slice(2), { stdout, stderr, env, cwd: process.cwd() });`,
  );
  symlinkSync(join(root, 'prompts'), join(folder, 'prompts'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  await build({
    absWorkingDir: root,
    entryPoints: { main: entry, 'replay-worker': 'src/study/replay/replay-worker.ts' },
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    nodePaths: [join(root, 'node_modules')],
    logLevel: 'error',
    banner: {
      js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
    },
  });
});

describe('replay on worker threads', () => {
  it('gives the same lines in the same order as on one thread', async () => {
    const runs = Array.from({ length: 600 }, (_, n) => ({
      ...[goodRun, stuckRun, breakingRun][n % 3],
      id: `run-${n}`,
    }));
    const files = ['a', 'b', 'c'].map((name) => writeDataset(join(folder, `${name}.jsonl.gz`), runs));
    const replay = (workers: string) =>
      execa('node', [join(folder, 'dist/main.js'), ...files, '--format', 'jsonl', '--workers', workers]);
    const [threads, single] = await Promise.all([replay('2'), replay('0')]);
    expect(threads.stdout.split('\n')).toHaveLength(1800);
    expect(threads.stdout).toBe(single.stdout);
  });

  it('ends with one sentence when a path does not exist', async () => {
    const { exitCode, stderr } = await execa('node', [join(folder, 'dist/main.js'), join(folder, 'nowhere')], {
      reject: false,
    });
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain('There is no file or folder');
  });
});
