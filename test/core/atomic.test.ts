import { execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  linkSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeFileAtomic } from '../../src/core/disk/atomic.ts';
import { rememberTemporaries } from '../../src/core/disk/temporaries.ts';

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

  it('gives all names of a file the new text, longer or shorter', async () => {
    const place = folder();
    writeFileSync(join(place, 'one'), 'old text');
    linkSync(join(place, 'one'), join(place, 'two'));
    for (const text of ['new', 'a longer text than before']) {
      await writeFileAtomic(join(place, 'one'), text);
      expect(readFileSync(join(place, 'two'), 'utf8')).toBe(text);
    }
    expect(statSync(join(place, 'one')).nlink).toBe(2);
    expect(readdirSync(place)).toEqual(['one', 'two']);
  });

  it.skipIf(!hasAttributes())('keeps extended attributes', async () => {
    const path = join(folder(), 'file');
    writeFileSync(path, 'old');
    python('os.setxattr(sys.argv[1], "user.origin", b"here")', path);
    await writeFileAtomic(path, 'new');
    expect(python('print(os.getxattr(sys.argv[1], "user.origin").decode())', path)).toBe('here\n');
    expect(readFileSync(path, 'utf8')).toBe('new');
    expect(Date.now() - statSync(path).mtimeMs).toBeLessThan(60_000);
  });

  it.each([1, 2])(
    'is never half written when the process is killed at any moment (%s names)',
    { timeout: 60_000 },
    async (names) => {
      const place = folder();
      const path = join(place, 'file');
      const list = join(folder(), 'temporaries');
      const [old, next] = ['a'.repeat(4_000_000), 'b'.repeat(4_000_000)];
      const script = `
      import { writeFileAtomic } from ${JSON.stringify(join(import.meta.dirname, '../../src/core/disk/atomic.ts'))};
      import { rememberTemporaries } from ${JSON.stringify(join(import.meta.dirname, '../../src/core/disk/temporaries.ts'))};
      rememberTemporaries(${JSON.stringify(list)});
      process.stdout.write('go');
      for (;;) { await writeFileAtomic(${JSON.stringify(path)}, 'b'.repeat(4_000_000)); await writeFileAtomic(${JSON.stringify(path)}, 'a'.repeat(4_000_000)); }`;
      const program = await bundle(script);
      writeFileSync(path, old);
      if (names === 2) linkSync(path, join(place, 'other'));
      for (let round = 0; round < 5; round++) {
        const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
        await new Promise((resolve) => child.stdout.once('data', resolve));
        const ended = new Promise((resolve) => child.once('close', resolve));
        await spin(Math.random() * 40);
        child.kill('SIGKILL');
        await ended;
        // What was written in place is finished by the next start.
        if (names === 2) await finishAtStart(list);
        const now = readFileSync(path, 'utf8');
        expect(now === old || now === next).toBe(true);
      }
      rememberTemporaries(list);
      expect(readdirSync(place)).toEqual(names === 2 ? ['file', 'other'] : ['file']);
      if (names === 2) expect(statSync(path).nlink).toBe(2);
    },
  );
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

  it('finishes a write in place that was cut short, and leaves alone what was changed later', () => {
    const place = folder();
    const list = join(place, 'list');
    mkdirSync(list);
    const entries = ['cut', 'repaired', 'untouched'].map((name, index) => {
      const temporary = join(place, `.wink-${String(index).repeat(12)}.tmp`);
      writeFileSync(temporary, 'the new text');
      writeFileSync(join(place, name), name === 'cut' ? 'the nld text that is longer' : name);
      return { temporary, target: join(place, name), at: Date.now() };
    });
    utimesSync(join(place, 'repaired'), new Date(), new Date(Date.now() + 60_000));
    utimesSync(join(place, 'untouched'), new Date(), new Date(Date.now() - 60_000));
    const name = `${hostname()}-${deadPid()}.list`;
    writeFileSync(join(list, name), entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''));
    expect(rememberTemporaries(list)).toBe(3);
    expect(readFileSync(join(place, 'cut'), 'utf8')).toBe('the new text');
    expect(readFileSync(join(place, 'repaired'), 'utf8')).toBe('repaired');
    expect(readFileSync(join(place, 'untouched'), 'utf8')).toBe('untouched');
    expect(readdirSync(place).filter((each) => each.endsWith('.tmp'))).toEqual([]);
  });

  it('is no error where nothing can be written', () => {
    writeFileSync(join(folder(), 'file'), '');
    const file = join(folder(), 'file');
    writeFileSync(file, '');
    expect(rememberTemporaries(join(file, 'below'))).toBe(0);
  });
});

/** Does at once what the next start of the program does with the lists of dead runs; in a process of its own, as there. */
async function finishAtStart(list: string): Promise<void> {
  const program = await bundle(`
    import { rememberTemporaries } from ${JSON.stringify(join(import.meta.dirname, '../../src/core/disk/temporaries.ts'))};
    rememberTemporaries(${JSON.stringify(list)});`);
  execFileSync(process.execPath, [program]);
}

function python(line: string, ...words: string[]): string {
  return execFileSync('python3', ['-c', `import os, sys; ${line}`, ...words], { encoding: 'utf8', stdio: 'pipe' });
}

/** Whether files of the temporary folder can have attributes here, and there is a python3 to set them. */
function hasAttributes(): boolean {
  try {
    const path = join(folder(), 'probe');
    writeFileSync(path, '');
    python('os.setxattr(sys.argv[1], "user.probe", b"1")', path);
    return true;
  } catch {
    return false;
  }
}

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
