import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { rememberTemporaries, writeFileAtomic } from '../../src/core/atomic.ts';

const folder = () => mkdtempSync(join(tmpdir(), 'wink-atomic-'));

describe('writeFileAtomic', () => {
  it('replaces a file, keeps its mode, and leaves nothing beside it', async () => {
    const place = folder();
    const path = join(place, 'run.sh');
    writeFileSync(path, 'old');
    chmodSync(path, 0o750);
    await writeFileAtomic(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(statSync(path).mode & 0o777).toBe(0o750);
    expect(readdirSync(place)).toEqual(['run.sh']);
  });

  it('gives a new file the mode asked for', async () => {
    const path = join(folder(), 'secret');
    await writeFileAtomic(path, 'x', 0o600);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('writes through links, dangling ones too, and keeps the link', async () => {
    const place = folder();
    writeFileSync(join(place, 'real'), 'old');
    symlinkSync('real', join(place, 'link'));
    symlinkSync('not-yet', join(place, 'dangling'));
    await writeFileAtomic(join(place, 'link'), 'new');
    await writeFileAtomic(join(place, 'dangling'), 'made');
    expect(readFileSync(join(place, 'real'), 'utf8')).toBe('new');
    expect(readFileSync(join(place, 'not-yet'), 'utf8')).toBe('made');
    expect(lstatSync(join(place, 'link')).isSymbolicLink()).toBe(true);
  });

  it('leaves the old file and no temporary one when it fails', async () => {
    const place = folder();
    mkdirSync(join(place, 'is-a-folder'));
    await expect(writeFileAtomic(join(place, 'is-a-folder'), 'x')).rejects.toThrow(/EISDIR|ENOTEMPTY|EEXIST|EPERM/);
    await expect(writeFileAtomic(join(place, 'missing', 'x'), 'x')).rejects.toThrow('ENOENT');
    expect(readdirSync(place)).toEqual(['is-a-folder']);
  });

  it('is never half written when the process is killed at any moment', { timeout: 60_000 }, async () => {
    const place = folder();
    const path = join(place, 'file');
    const list = join(folder(), 'temporaries');
    const [old, next] = ['a'.repeat(4_000_000), 'b'.repeat(4_000_000)];
    const script = `
      import { rememberTemporaries, writeFileAtomic } from ${JSON.stringify(join(import.meta.dirname, '../../src/core/atomic.ts'))};
      rememberTemporaries(${JSON.stringify(list)});
      process.stdout.write('go');
      for (;;) { await writeFileAtomic(${JSON.stringify(path)}, 'b'.repeat(4_000_000)); await writeFileAtomic(${JSON.stringify(path)}, 'a'.repeat(4_000_000)); }`;
    const program = await bundle(script);
    writeFileSync(path, old);
    for (let round = 0; round < 5; round++) {
      const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
      await new Promise((resolve) => child.stdout.once('data', resolve));
      const ended = new Promise((resolve) => child.once('close', resolve));
      await spin(Math.random() * 40);
      child.kill('SIGKILL');
      await ended;
      const now = readFileSync(path, 'utf8');
      expect(now === old || now === next).toBe(true);
    }
    rememberTemporaries(list);
    expect(readdirSync(place)).toEqual(['file']);
  });
});

describe('rememberTemporaries', () => {
  it('removes what a dead run has left and only that', () => {
    const place = folder();
    const list = join(place, 'list');
    mkdirSync(list);
    const left = join(place, '.wink-0123456789ab.tmp');
    const precious = join(place, 'precious.txt');
    writeFileSync(left, 'half');
    writeFileSync(precious, 'mine');
    writeFileSync(
      join(list, `${hostname()}-${deadPid()}.list`),
      `${JSON.stringify(left)}\n${JSON.stringify(precious)}\n{"broken`,
    );
    expect(rememberTemporaries(list)).toBe(1);
    expect(existsSync(left)).toBe(false);
    expect(existsSync(precious)).toBe(true);
    expect(readdirSync(list)).toEqual([]);
  });

  it('is no error where nothing can be written', () => {
    writeFileSync(join(folder(), 'file'), '');
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(rememberTemporaries(join(file, 'below'))).toBe(0);
  });
});

function deadPid(): number {
  return Number(
    execFileSync(process.execPath, ['-e', 'process.stdout.write(String(process.pid))'], { encoding: 'utf8' }),
  );
}

async function bundle(script: string): Promise<string> {
  const { build } = await import('esbuild');
  const out = join(folder(), 'program.mjs');
  await build({
    stdin: { contents: script, resolveDir: import.meta.dirname, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: out,
    logLevel: 'silent',
  });
  return out;
}

/** Lets the event loop turn until so many milliseconds of clock have passed. */
async function spin(ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) await new Promise((resolve) => setImmediate(resolve));
}
