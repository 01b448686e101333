import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { findRipgrep } from '../../tools/search/ripgrep.ts';
import { type Harness, makeHarness } from './harness.ts';

const emptyFolder = mkdtempSync(join(tmpdir(), 'wink-no-tools-'));
afterAll(() => rmSync(emptyFolder, { recursive: true }));

const ways = findRipgrep() === undefined ? (['built in'] as const) : (['ripgrep', 'built in'] as const);

describe.each(ways)('with %s', (way) => {
  const setUp = (): Harness => {
    const harness = makeHarness();
    if (way === 'built in') {
      const path = process.env.PATH;
      process.env.PATH = emptyFolder;
      onTestFinished(() => {
        process.env.PATH = path;
      });
    }
    harness.put('.gitignore', 'out/\n*.log\n');
    harness.put('src/b.ts', 'import a\nconst needle = 1;\nlast\n');
    harness.put('src/a.ts', 'one\ntwo\nNeedle two\nfour\nfive\nsix\nseven\neight needle\n');
    harness.put('src/deep/c.js', 'nothing\n');
    harness.put('src.txt', 'needle in text\r\n');
    harness.put('out/x.ts', 'needle ignored\n');
    harness.put('debug.log', 'needle ignored\n');
    harness.put('.hidden/h.ts', 'needle hidden\n');
    harness.put('.git/config', 'needle in git\n');
    return harness;
  };

  test('glob lists files by pattern, sorted, without ignored and hidden ones', async () => {
    const { call } = setUp();
    expect((await call('glob', { pattern: '**/*' })).output).toBe('src/a.ts\nsrc/b.ts\nsrc/deep/c.js\nsrc.txt');
    expect((await call('glob', { pattern: 'src/*.ts' })).output).toBe('src/a.ts\nsrc/b.ts');
    expect((await call('glob', { pattern: '**/*.{js,txt}' })).output).toBe('src/deep/c.js\nsrc.txt');
    expect((await call('glob', { pattern: '*.ts', path: 'src' })).output).toBe('src/a.ts\nsrc/b.ts');
    expect((await call('glob', { pattern: '**/*.ts', hidden: true })).output).toBe('.hidden/h.ts\nsrc/a.ts\nsrc/b.ts');
  });

  test('glob of * lists a folder with its folders', async () => {
    const { call } = setUp();
    expect((await call('glob', {})).output).toBe('src/\nsrc.txt');
    expect((await call('glob', { path: 'src' })).output).toBe('src/a.ts\nsrc/b.ts\nsrc/deep/');
    expect((await call('glob', { pattern: 'src/a.ts' })).output).toBe('src/a.ts');
  });

  test('glob without a match says what it looked at and what would match', async () => {
    const { call } = setUp();
    expect(await call('glob', { pattern: '*.js' })).toMatchObject({
      isError: false,
      output:
        'No file matches *.js (4 files looked at; what .gitignore names and hidden files left out). **/*.js matches 1 file.',
    });
    expect(await call('glob', { pattern: 'nowhere/*.js' })).toMatchObject({ errorKind: 'missing-path' });
  });

  test('grep gives lines under their file, sorted', async () => {
    const { call } = setUp();
    expect((await call('grep', { pattern: 'needle' })).output).toBe(
      'src/a.ts\n8:eight needle\n\nsrc/b.ts\n2:const needle = 1;\n\nsrc.txt\n1:needle in text',
    );
  });

  test('grep takes context, case, glob, path and hidden', async () => {
    const { call } = setUp();
    expect((await call('grep', { pattern: 'needle', ignoreCase: true, context: 1, path: 'src/a.ts' })).output).toBe(
      'src/a.ts\n2-two\n3:Needle two\n4-four\n--\n7-seven\n8:eight needle',
    );
    expect((await call('grep', { pattern: 'needle', glob: '*.txt' })).output).toBe('src.txt\n1:needle in text');
    expect((await call('grep', { pattern: 'needle', glob: 'src/*.ts', mode: 'files' })).output).toBe(
      'src/a.ts\nsrc/b.ts',
    );
    expect((await call('grep', { pattern: 'needle', glob: '!*.ts' })).output).toBe('src.txt\n1:needle in text');
    expect((await call('grep', { pattern: 'needle', path: 'src', mode: 'count', ignoreCase: true })).output).toBe(
      'src/a.ts: 2\nsrc/b.ts: 1',
    );
    expect((await call('grep', { pattern: 'needle', mode: 'files_with_matches', hidden: true })).output).toBe(
      '.hidden/h.ts\nsrc/a.ts\nsrc/b.ts\nsrc.txt',
    );
  });

  test('grep without a match says what was left out', async () => {
    const { call } = setUp();
    expect(await call('grep', { pattern: 'haystack', glob: '*.ts' })).toMatchObject({
      isError: false,
      output:
        'Nothing in . (files like *.ts) matches haystack (hidden files and what .gitignore names were left out). Try ignoreCase: true or no glob.',
    });
  });

  test('a pattern that is none is bad-arguments with the reason', async () => {
    const { call } = setUp();
    expect(await call('grep', { pattern: 'a(b' })).toMatchObject({
      errorKind: 'bad-arguments',
      output: expect.stringMatching(/unclosed|unterminated/i),
    });
    expect(await call('grep', { pattern: 'x', mode: 'nonsense' })).toMatchObject({ errorKind: 'bad-arguments' });
  });

  test('missing places, FIFOs, binaries, links and strange names do no harm', async () => {
    const { call, put, cwd } = setUp();
    put('bin', Buffer.from('\0\0needle\0\0\0'));
    put('odd\nname.txt', 'odd needle\n');
    symlinkSync('src.txt', join(cwd, 'link.txt'));
    symlinkSync('..', join(cwd, 'src/up'));
    execFileSync('/usr/bin/mkfifo', [join(cwd, 'pipe')]);
    mkdirSync(join(cwd, 'empty'));
    expect((await call('grep', { pattern: 'needle', mode: 'files' })).output).toBe(
      '"odd\\nname.txt"\nsrc/a.ts\nsrc/b.ts\nsrc.txt',
    );
    expect(await call('grep', { pattern: 'needle', path: 'pipe' })).toMatchObject({ errorKind: 'unreadable' });
    expect(await call('grep', { pattern: 'needle', path: 'src/x.ts' })).toMatchObject({ errorKind: 'missing-path' });
    expect((await call('glob', { pattern: '**/*.txt' })).output).toBe('"odd\\nname.txt"\nsrc.txt');
  });

  test('very many and very long lines are clipped with advice', async () => {
    const { call, put } = setUp();
    put('many.txt', 'row of needle\n'.repeat(5000));
    put('long.txt', `${'z'.repeat(2_000_000)}needle\nneedle${'y'.repeat(100_000)}\n`);
    const many = (await call('grep', { pattern: 'needle', path: 'many.txt' })).output;
    expect(many.split('\n')).toHaveLength(302);
    expect(many).toContain('[… there are more; narrow with path');
    const long = (await call('grep', { pattern: '^needle', path: 'long.txt' })).output;
    expect(long).toBe(`long.txt\n2:needle${'y'.repeat(394)} […]`);
  });

  test('UTF-16 files are searched', async () => {
    const { call, put } = setUp();
    put('wide.txt', Buffer.from('\ufefffirst\nthe needle é\n', 'utf16le'));
    expect((await call('grep', { pattern: 'needle', path: 'wide.txt' })).output).toBe('wide.txt\n2:the needle é');
  });
});

test('the built-in search gives up a pattern that backtracks without end', async () => {
  const { call, put } = makeHarness();
  put('a.txt', `${'a'.repeat(40)}b\n`);
  const path = process.env.PATH;
  process.env.PATH = emptyFolder;
  onTestFinished(() => {
    process.env.PATH = path;
  });
  expect(await call('grep', { pattern: '^(a+)+$' })).toMatchObject({
    errorKind: 'bad-arguments',
    output: expect.stringContaining('backtrack without end'),
  });
});
