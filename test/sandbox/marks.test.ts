import { mkdirSync, mkdtempSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { inSlices } from '../../src/core/process/in-slices.ts';
import { createMarkFinder } from '../../src/sandbox/marks.ts';
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
    const marks = { hidden: [join(folder, '.env')], fixed: [join(folder, '.vscode')], links: [] };
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
