import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { makeFolder } from '../program.ts';

const launcher = join(import.meta.dirname, '../../../bin/wink-agent.cjs');

it('keeps the compiled code for the next start, and starts whatever has become of it', () => {
  const home = makeFolder();
  const place = join(home, 'compiled');
  const start = (more: NodeJS.ProcessEnv = {}) =>
    execFileSync(process.execPath, [launcher, '--version'], {
      env: { PATH: process.env.PATH, WINK_HOME: home, ...more },
      encoding: 'utf8',
    });
  const version = start();
  expect(existsSync(place), 'a first start leaves nothing').toBe(false);
  const chosen = join(home, 'chosen');
  start({ NODE_COMPILE_CACHE: chosen });
  expect(readdirSync(chosen)).not.toEqual([]);
  expect(existsSync(place)).toBe(false);
  const sub = join(home, 'repository/sub');
  mkdirSync(join(home, 'repository/.git'), { recursive: true });
  mkdirSync(sub);
  const open = join(home, 'open');
  mkdirSync(open);
  chmodSync(open, 0o777);
  for (const [other, cwd] of [
    ['here', home],
    [join(home, 'here'), home],
    [join(home, 'repository/here'), sub],
    [open, undefined],
  ] as const)
    execFileSync(process.execPath, [launcher, '--version'], {
      env: { PATH: process.env.PATH, WINK_HOME: home, NODE_COMPILE_CACHE: other },
      cwd,
    });
  expect(
    [existsSync(join(home, 'here')), readdirSync(join(home, 'repository')), readdirSync(open)],
    'code is taken from no folder of others',
  ).toEqual([false, ['.git', 'sub'], []]);
  mkdirSync(join(home, 'sessions'));
  expect(start()).toBe(version);
  const [name = ''] = readdirSync(place);
  expect(name).not.toBe('');
  // Newer Nodes keep it in a form of their own.
  if (!process.version.startsWith('v20.')) return;
  const file = join(place, name);
  const kept = readFileSync(file);
  expect(start()).toBe(version);
  expect(readFileSync(file), 'what was taken back is not written again').toEqual(kept);
  const broken = Buffer.from(kept);
  broken[broken.length >> 1] = 255 - (broken[broken.length >> 1] ?? 0);
  for (const bytes of [broken, kept.subarray(0, 100), Buffer.alloc(0)]) {
    writeFileSync(file, bytes);
    expect(start()).toBe(version);
    const anew = readFileSync(file);
    expect(anew.equals(bytes)).toBe(false);
    expect(start()).toBe(version);
    expect(readFileSync(file).equals(anew), 'what was written anew is taken back').toBe(true);
  }
});

it('leaves code that imports later as it is: taken back, it could not', () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'late.cjs'), "exports.late = () => import('node:os'); // `import('x')` in words\n");
  writeFileSync(join(folder, 'early.cjs'), "exports.words = 'write `import(it)`';\n");
  const cache = JSON.stringify(new URL('../../../bin/code-cache.cjs', import.meta.url).href);
  const script = `
    import { keepCompiledCode } from ${cache};
    import { createRequire } from 'node:module';
    keepCompiledCode(${JSON.stringify(folder)}, ${JSON.stringify(join(folder, 'kept'))});
    const require = createRequire(${JSON.stringify(join(folder, 'x.js'))});
    const { words } = require('./early.cjs');
    const { EOL } = await require('./late.cjs').late();
    console.log(words, EOL === '\\n' || EOL);`;
  for (const _ of ['kept', 'taken back'])
    expect(execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' })).toBe(
      'write `import(it)` true\n',
    );
  const kept = readFileSync(join(folder, 'kept'), 'latin1');
  expect([kept.includes('early.cjs'), kept.includes('"/late.cjs"')]).toEqual([true, false]);
});
