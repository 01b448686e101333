import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { afterAll, describe, expect, test } from 'vitest';
import { inSlices } from '../../src/core/process/in-slices.ts';
import { createMarkFinder } from '../../src/sandbox/marks/marks.ts';
import { removeFolder } from '../remove-folder.ts';

const root = realpathSync(mkdtempSync(join(tmpdir(), 'wink-marks-')));
afterAll(() => removeFolder(root));

const tests = {
  isHidden: (path: string) => path.endsWith('.env'),
  isProtected: (path: string) => /\/\.vscode(\/|$)/.test(path),
};

function makeFolder(name: string): string {
  const folder = join(root, name);
  mkdirSync(folder, { recursive: true });
  return folder;
}

describe('what must be hidden or left as it is', () => {
  test('is found in a folder whose own list of names is large, and when it comes later', async () => {
    const folder = makeFolder('large');
    const inner = makeFolder('large/inner');
    for (let count = 0; count < 900; count += 1) writeFileSync(join(folder, `${'long-name-'.repeat(18)}${count}`), '');
    writeFileSync(join(folder, '.env'), 'KEY=1');
    mkdirSync(join(folder, '.vscode'));
    symlinkSync('..', join(inner, 'up'));
    const find = createMarkFinder([folder], tests);
    const marks = {
      hidden: [join(folder, '.env')],
      fixed: [join(folder, '.vscode')],
      links: [],
      led: [],
      linked: [],
      pipes: [],
      unnamed: [],
    };
    expect(await find()).toEqual(marks);
    writeFileSync(join(inner, 'later.env'), 'KEY=2');
    expect(await find()).toEqual({ ...marks, hidden: [join(folder, '.env'), join(inner, 'later.env')] });
  });

  test('is not said to be known when there is too much to look through, or it lies too deep to be covered', async () => {
    const wide = makeFolder('wide');
    for (const name of ['a', 'b', 'c']) mkdirSync(join(wide, name));
    expect(await createMarkFinder([wide], tests, 3)()).toBeDefined();
    expect(await createMarkFinder([wide], tests, 2)()).toBeUndefined();
    const deep = makeFolder(`deep/${Array.from({ length: 16 }, () => 'd'.repeat(240)).join('/')}`);
    expect(deep.length).toBeGreaterThan(3_800);
    expect(await createMarkFinder([join(root, 'deep')], tests)()).toBeUndefined();
  });

  test('is hidden with the whole folder that may not be read or searched', () => {
    const outer = makeFolder('closed');
    for (const mode of [0o000, 0o600, 0o300]) writeFileSync(join(makeFolder(`closed/${mode}/in`), '.env'), '');
    const uid = process.getuid?.() === 0 ? 65_534 : undefined;
    const script = `
      import { chmodSync } from 'node:fs';
      import { createMarkFinder } from './src/sandbox/marks/marks.ts';
      const find = createMarkFinder([process.argv[1]], { isHidden: (path) => path.endsWith('.env'), isProtected: () => false });
      const modes = [0o000, 0o600, 0o300].map((mode) => [process.argv[1] + '/' + mode, mode]);
      const seen = [await find()];
      for (const [path, mode] of modes) chmodSync(path, mode);
      seen.push(await find());
      for (const [path] of modes) chmodSync(path, 0o700);
      console.log(JSON.stringify([...seen, await find()].map(({ hidden }) => hidden)));
    `;
    const stdin = { contents: script, resolveDir: process.cwd() };
    const code = buildSync({ stdin, bundle: true, platform: 'node', format: 'esm', write: false }).outputFiles[0]!.text;
    if (uid) spawnSync('chown', ['-R', String(uid), root]);
    const said = spawnSync(process.execPath, ['--input-type=module', '-e', code, outer], { encoding: 'utf8', uid });
    const folders = [0o000, 0o300, 0o600].map((mode) => join(outer, String(mode)));
    const inside = folders.map((path) => join(path, 'in/.env'));
    expect(JSON.parse(said.stdout || said.stderr)).toEqual([inside, folders, inside]);
  });

  test('is not the whole folder for a fault of our own', async () => {
    const folder = makeFolder('fault');
    writeFileSync(join(folder, 'file'), '');
    const isHidden = () => {
      throw new TypeError('a fault');
    };
    await expect(createMarkFinder([folder], { ...tests, isHidden })()).rejects.toThrow('a fault');
  });

  test('in a hidden folder is hidden with it', async () => {
    const outer = makeFolder('nested/keys.env/more');
    writeFileSync(join(outer, 'x.env'), '');
    writeFileSync(join(root, 'nested/keys.env-not'), '');
    const find = createMarkFinder([join(root, 'nested'), outer], tests);
    expect((await find())?.hidden).toEqual([join(root, 'nested/keys.env')]);
  });
});

test('long work lets other work have its turn wherever it yields', async () => {
  let turns = 0;
  function* work(): Generator<undefined, string> {
    setImmediate(() => {
      turns += 1;
    });
    for (const startedMs = performance.now(); performance.now() - startedMs < 10; );
    yield;
    return `done after ${turns}`;
  }
  expect(await inSlices(work())).toBe('done after 1');
});
