import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  closeSync,
  mkdirSync,
  openSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeHarness } from './harness.ts';

test('gives numbered lines and nothing else for a small file', async () => {
  const { call, put } = makeHarness();
  put('a.ts', 'one\n\ttwo\n');
  expect((await call('read', { path: 'a.ts' })).output).toBe('1\tone\n2\t\ttwo');
});

test('gives a window and says where to go on', async () => {
  const { call, put } = makeHarness();
  put('a.txt', Array.from({ length: 50 }, (_, index) => `line ${index + 1}\n`).join(''));
  const { output } = await call('read', { file_path: 'a.txt', offset: '10', limit: 2 });
  expect(output).toBe('10\tline 10\n11\tline 11\n[lines 10-11 of 50; go on with offset 12]');
});

test('an offset past the end says how many lines there are', async () => {
  const { call, put } = makeHarness();
  put('a.txt', 'one\ntwo');
  expect(await call('read', { path: 'a.txt', offset: 9 })).toMatchObject({
    errorKind: 'bad-arguments',
    output: 'a.txt has only 2 lines; offset 9 is past its end.',
  });
});

test('says that a file is empty and that a final newline is missing', async () => {
  const { call, put } = makeHarness();
  put('empty', '');
  put('open', 'end');
  expect((await call('read', { path: 'empty' })).output).toBe('(empty is empty.)');
  expect((await call('read', { path: 'open' })).output).toBe('1\tend\n[no newline at the end of the file]');
});

test('decodes and names encodings: BOM, UTF-16 with and without mark, Latin-1, invalid UTF-8, CRLF', async () => {
  const { call, put } = makeHarness();
  put('bom', '\ufeffhé\n');
  put('wide', Buffer.from('\ufeffhé\r\nyou\r\n', 'utf16le'));
  put('bare', Buffer.from('plain text\nmore\n', 'utf16le'));
  put('big', Buffer.from('\ufeffhé\n', 'utf16le').swap16());
  put('latin', Buffer.from('caf\xe9\n', 'latin1'));
  put('mixed', Buffer.concat([Buffer.from('é\n'), Buffer.from([0xff, 0x0a])]));
  expect((await call('read', { path: 'bom' })).output).toBe('1\thé\n[UTF-8 with a byte order mark]');
  expect((await call('read', { path: 'wide' })).output).toBe(
    '1\thé\n2\tyou\n[UTF-16 little-endian with a byte order mark; CRLF line endings]',
  );
  expect((await call('read', { path: 'bare' })).output).toBe('1\tplain text\n2\tmore\n[UTF-16 little-endian]');
  expect((await call('read', { path: 'big' })).output).toBe('1\thé\n[UTF-16 big-endian with a byte order mark]');
  expect((await call('read', { path: 'latin' })).output).toBe('1\tcafé\n[Latin-1 (Windows-1252)]');
  expect((await call('read', { path: 'mixed' })).output).toBe('1\té\n2\t�\n[UTF-8 with invalid bytes, shown as �]');
});

test('tells images with their size and binaries with their kind', async () => {
  const { call, put } = makeHarness();
  const png = Buffer.alloc(33);
  Buffer.from('89504e470d0a1a0a0000000d49484452000000050000000700', 'hex').copy(png);
  put('a.png', png);
  put('a.gif', Buffer.from('GIF89a\x03\x00\x04\x00\x00\x00\x00', 'latin1'));
  put('a.jpg', Buffer.from('ffd8ffe00004aabbffc0000b080010002003ffffff', 'hex'));
  put('a.zip', Buffer.from('504b030400000000', 'hex'));
  put('a.bin', Buffer.from([1, 2, 0, 3, 4, 5, 0, 0, 7]));
  expect(await call('read', { path: 'a.png' })).toMatchObject({
    isError: false,
    output: expect.stringContaining('PNG, 5 x 7 pixels, 33 bytes'),
  });
  expect((await call('read', { path: 'a.gif' })).output).toContain('GIF, 3 x 4 pixels');
  expect((await call('read', { path: 'a.jpg' })).output).toContain('JPEG, 32 x 16 pixels');
  expect(await call('read', { path: 'a.zip' })).toMatchObject({
    isError: true,
    errorKind: 'unreadable',
    output: expect.stringContaining('ZIP archive'),
  });
  expect((await call('read', { path: 'a.bin' })).output).toContain('binary data, 9 bytes');
});

test('refuses folders, FIFOs, sockets and devices at once and says what they are', async () => {
  const { call, cwd } = makeHarness();
  mkdirSync(join(cwd, 'folder/inner'), { recursive: true });
  execFileSync('mkfifo', [join(cwd, 'pipe')]);
  const server = createServer().listen(join(cwd, 'socket'));
  onTestFinished(() => void server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  expect(await call('read', { path: 'folder' })).toMatchObject({
    errorKind: 'unreadable',
    output: 'folder is a folder, not a file. It holds: inner/. List folders with glob.',
  });
  expect(await call('read', { path: 'pipe' })).toMatchObject({
    errorKind: 'unreadable',
    output: expect.stringContaining('a FIFO'),
  });
  expect(await call('read', { path: 'socket' })).toMatchObject({
    errorKind: 'unreadable',
    output: expect.stringContaining('a socket'),
  });
  expect(await call('read', { path: '/dev/zero' })).toMatchObject({
    errorKind: 'unreadable',
    output: expect.stringContaining('a character device'),
  });
  for (const tool of ['edit', 'write']) {
    const input = { path: 'pipe', content: 'x', edits: [{ oldText: 'a', newText: 'b' }] };
    expect(await call(tool, input)).toMatchObject({
      errorKind: 'unreadable',
      output: expect.stringContaining('a FIFO'),
    });
  }
});

test('a missing path names the nearest real ones', async () => {
  const { call, put } = makeHarness();
  put('src/tools/reader.ts', 'x');
  put('lib/other.ts', 'x');
  expect(await call('read', { path: 'src/tools/raeder.ts' })).toMatchObject({
    errorKind: 'missing-path',
    output: 'src/tools/raeder.ts does not exist. Did you mean src/tools/reader.ts?',
  });
  expect((await call('read', { path: 'reader.ts' })).output).toContain('Did you mean src/tools/reader.ts?');
  expect((await call('read', { path: 'SRC/Tools/reader.ts' })).output).toContain(
    'The folder SRC/Tools does not exist. Did you mean src/tools/reader.ts?',
  );
  expect((await call('read', { path: 'lib/zzz' })).output).toContain('lib holds: other.ts.');
});

test('dangling links, loops of links and overlong names are told apart', async () => {
  const { call, cwd } = makeHarness();
  symlinkSync('nowhere', join(cwd, 'dangling'));
  symlinkSync('b', join(cwd, 'a'));
  symlinkSync('a', join(cwd, 'b'));
  expect(await call('read', { path: 'dangling' })).toMatchObject({
    errorKind: 'missing-path',
    output: 'dangling is a link to nowhere, which does not exist.',
  });
  expect(await call('read', { path: 'a' })).toMatchObject({
    errorKind: 'unreadable',
    output: 'a is a link that leads in a circle.',
  });
  expect(await call('read', { path: 'x'.repeat(5000) })).toMatchObject({ errorKind: 'missing-path' });
  expect(await call('read', { path: 'a\0b' })).toMatchObject({ errorKind: 'bad-arguments' });
});

test('names with line breaks and escape sequences are shown quoted', async () => {
  const { call, put } = makeHarness();
  put('bad\n\u001b[31mname', '');
  expect((await call('read', { path: 'bad\n\u001b[31mname' })).output).toBe('("bad\\n\\u001b[31mname" is empty.)');
});

test('a file of 5 GB is read at its beginning without reading it all', async () => {
  const { call, put } = makeHarness();
  const path = put('huge', 'first\n'.repeat(20_000));
  truncateSync(path, 5 * 1024 ** 3);
  const { output } = await call('read', { path: 'huge', limit: 2 });
  expect(output).toBe('1\tfirst\n2\tfirst\n[lines 1-2 of more (5368709120 bytes); go on with offset 3]');
});

test('a sparse file of 5 GB of NULs is told as binary', async () => {
  const { call, put } = makeHarness();
  truncateSync(put('zeros', ''), 5 * 1024 ** 3);
  expect(await call('read', { path: 'zeros' })).toMatchObject({
    errorKind: 'unreadable',
    output: expect.stringContaining('5368709120 bytes'),
  });
});

test('the last of 1,000,000 lines is reached', async () => {
  const { call, put } = makeHarness();
  const path = put('lines', '');
  const block = 'x\n'.repeat(100_000);
  for (let round = 0; round < 10; round += 1) appendFileSync(path, block);
  const { output } = await call('read', { path: 'lines', offset: 999_999 });
  expect(output).toBe('999999\tx\n1000000\tx\n[lines 999999-1000000 of 1000000]');
});

test('one line of 100 MB is cut, its length is told, and the memory stays bounded', async () => {
  const { call, put } = makeHarness();
  const path = put('line', '');
  const file = openSync(path, 'w');
  const piece = Buffer.alloc(1024 * 1024, 'y');
  for (let round = 0; round < 100; round += 1) writeSync(file, piece);
  closeSync(file);
  expect(statSync(path).size).toBe(100 * 1024 * 1024);
  const before = process.memoryUsage();
  const { output } = await call('read', { path: 'line' });
  expect(output.length).toBeLessThan(3000);
  expect(output).toContain('[… cut: the line has 104857600 characters]');
  expect(output).toContain('cut -c2001-');
  expect(process.memoryUsage().arrayBuffers - before.arrayBuffers).toBeLessThan(20 * 1024 * 1024);
});

test('two ways to one file share the stamp', async () => {
  const { call, put, cwd, workspace } = makeHarness();
  put('real', 'x\n');
  symlinkSync('real', join(cwd, 'link'));
  await call('read', { path: 'link' });
  expect([...workspace.stamps.keys()]).toEqual([join(cwd, 'real')]);
});
