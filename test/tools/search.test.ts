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

  test('where a .gitignore is a pipe, searches and listings end, and what holds them up is named', async () => {
    const { call, put, cwd } = setUp();
    put('sub/a.ts', 'needle\n');
    execFileSync('/usr/bin/mkfifo', [join(cwd, 'sub/.gitignore')]);
    for (const [name, input] of [
      ['grep', { pattern: 'needle' }],
      ['glob', { pattern: '**/*.ts' }],
    ] as const) {
      const { output } = await call(name, input);
      if (way === 'ripgrep') expect(output).toMatch(/given up.*: sub\/\.gitignore is a pipe/);
      else expect(output).toContain('sub/a.ts');
    }
    expect((await call('grep', { pattern: 'needle', path: 'src' })).output).toContain('b.ts');
  }, 20_000);

  test('a beginning that exists on disk is literal, whatever signs are in it, in glob and in grep', async () => {
    const { call, put } = setUp();
    const names = [
      'app/(auth)/in',
      'app/[...slug]',
      'app/[id]',
      'app/[[...opt]]',
      'app/{a,b}',
      'app/(..)photo',
      'app/!x',
    ];
    for (const name of names) put(`${name}/page.tsx`, 'a needle here\n');
    put('app/i/page.tsx', 'a needle here\n');
    put('routes/$a.($b).c.tsx', 'a needle here\n');
    for (const name of names) {
      for (const pattern of [`${name}/**`, `${name}/*.tsx`, `${name}/page.tsx`]) {
        expect((await call('glob', { pattern })).output).toBe(`${name}/page.tsx`);
        const { output } = await call('grep', { pattern: 'needle', glob: pattern });
        expect(output).toBe(`${name}/page.tsx\n1:a needle here`);
      }
      expect((await call('glob', { pattern: '*.tsx', path: name })).output).toBe(`${name}/page.tsx`);
    }
    expect((await call('glob', { pattern: 'routes/$a.($b).*' })).output).toBe('routes/$a.($b).c.tsx');
    expect((await call('glob', { pattern: 'app/[hij]/*' })).output).toBe('app/i/page.tsx');
  });

  test('extended patterns mean the same in glob and in grep', async () => {
    const { call } = setUp();
    expect((await call('glob', { pattern: 'src/!(b).ts' })).output).toBe('src/a.ts');
    expect((await call('glob', { pattern: '**/*.@(js|txt)' })).output).toBe('src/deep/c.js\nsrc.txt');
    expect((await call('grep', { pattern: 'eedle', glob: '*.@(txt|js)', mode: 'files' })).output).toBe('src.txt');
    expect((await call('grep', { pattern: 'eedle', glob: 'src/!(a).ts', mode: 'files' })).output).toBe('src/b.ts');
  });

  test('a folder that is named is searched, ignored or not, and what is ignored in it is had by asking', async () => {
    const { call, put } = setUp();
    put('.gitignore', '/plans/*\nout/\n*.log\n');
    put('plans/x/p.md', 'needle in a plan\n');
    put('plans/debug.log', 'needle in a log\n');
    const note = '[what is in plans is named in a .gitignore above it; it was searched since it was named]';
    const named = await call('glob', { pattern: '**/*.md', path: 'plans' });
    expect(named.output).toBe(`plans/x/p.md\n${note}`);
    expect((await call('grep', { pattern: 'needle in a plan', path: 'plans' })).output).toBe(
      `plans/x/p.md\n1:needle in a plan\n${note}`,
    );
    expect((await call('glob', { pattern: 'out/*.ts' })).output).toContain('out/x.ts');
    expect((await call('glob', { pattern: '*.log' })).output).toContain('ignored: true includes it');
    expect((await call('glob', { pattern: '*.log', ignored: true })).output).toBe('debug.log');
    expect((await call('grep', { pattern: 'ignored', ignored: true, mode: 'files' })).output).toBe(
      'debug.log\nout/x.ts',
    );
  });

  test('names and lines in other encodings and with composed or decomposed accents are found and read', async () => {
    const { call, put } = setUp();
    put('notes/caf\u00e9.txt', Buffer.from('caf\xe9 needle\n', 'latin1'));
    put('notes/re\u0301sume\u0301.txt', 'needle\n');
    expect((await call('grep', { pattern: 'needle', path: 'notes' })).output).toContain('1:café needle');
    put('notes/parted.txt', 'a cafe\u0301\n');
    const found = await call('grep', { pattern: 'caf\u00e9', path: 'notes', mode: 'files' });
    expect(found.output.split('\n').sort()).toEqual(['notes/caf\u00e9.txt', 'notes/parted.txt']);
    expect((await call('grep', { pattern: '(?<=a )cafe\u0301', path: 'notes' })).output).toContain('parted.txt');
    expect((await call('glob', { pattern: 'notes/r\u00e9sum\u00e9.*' })).output).toContain('sume\u0301.txt');
    expect((await call('glob', { pattern: 'notes/cafe\u0301.txt' })).output).toContain('caf\u00e9.txt');
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
        'No file matches *.js (4 files looked at; left out: what .gitignore names (ignored: true includes it) and hidden files). **/*.js matches 1 file.',
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
        'Nothing in . (files like *.ts) matches haystack (left out: hidden files and what .gitignore names (ignored: true includes it)). Try no glob.',
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
