import { chmodSync, linkSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHarness } from './harness.ts';

test('creates a file and the folders on its way', async () => {
  const { call, get, cwd } = makeHarness();
  const result = await call('write', { file_path: 'a/b/c.txt', content: 'one\ntwo\n' });
  expect(result).toMatchObject({
    isError: false,
    output: 'Created a/b/c.txt (2 lines).',
    changedFiles: [join(cwd, 'a/b/c.txt')],
    view: { kind: 'diff', added: 2, removed: 0 },
  });
  expect(get('a/b/c.txt')).toBe('one\ntwo\n');
  expect(readdirSync(join(cwd, 'a/b'))).toEqual(['c.txt']);
});

test('a file that exists must have been read, and read again when it changed', async () => {
  const { call, put, get } = makeHarness();
  const path = put('a', 'mine\n');
  expect(await call('write', { path: 'a', content: 'new' })).toMatchObject({
    errorKind: 'stale-file',
    output: expect.stringContaining('Read it first'),
  });
  await call('read', { path: 'a' });
  writeFileSync(path, 'mine again\n');
  expect(await call('write', { path: 'a', content: 'new' })).toMatchObject({
    errorKind: 'stale-file',
    output: expect.stringContaining('changed on disk'),
  });
  expect(get('a')).toBe('mine again\n');
  await call('read', { path: 'a' });
  expect(await call('write', { path: 'a', content: 'new\n' })).toMatchObject({
    isError: false,
    output: 'Replaced a (1 line).',
  });
  expect((await call('write', { path: 'a', content: 'newer\n' })).isError).toBe(false);
  expect((await call('write', { path: 'a', content: 'newer\n' })).output).toContain('nothing was written');
});

test('keeps CRLF, encoding and mode of what it replaces, and says so', async () => {
  const { call, put, bytes } = makeHarness();
  const path = put('a', Buffer.from('\ufeffone\r\n', 'utf16le'));
  chmodSync(path, 0o700);
  await call('read', { path: 'a' });
  expect((await call('write', { path: 'a', content: 'two\nthree\n' })).output).toContain(
    'CRLF line endings were kept. Its encoding was kept: UTF-16 little-endian with a byte order mark.',
  );
  expect(bytes('a')).toEqual(Buffer.from('\ufefftwo\r\nthree\r\n', 'utf16le'));
  expect(statSync(path).mode & 0o777).toBe(0o700);
  put('latin', Buffer.from('caf\xe9\n', 'latin1'));
  await call('read', { path: 'latin' });
  expect((await call('write', { path: 'latin', content: '漢\n' })).output).toContain('is UTF-8 now');
});

test('writes through links, also dangling ones, and refuses folders and files on the way', async () => {
  const { call, put, get, cwd } = makeHarness();
  symlinkSync('target', join(cwd, 'link'));
  await call('write', { path: 'link', content: 'x' });
  expect(get('target')).toBe('x');
  put('file', '');
  expect(await call('write', { path: '.', content: 'x' })).toMatchObject({ errorKind: 'unreadable' });
  expect(await call('write', { path: 'file/below', content: 'x' })).toMatchObject({
    errorKind: 'missing-path',
    output: expect.stringContaining('a file in the way'),
  });
});

test('half a character is refused', async () => {
  const { call } = makeHarness();
  expect(await call('write', { path: 'a', content: '\ud83d' })).toMatchObject({
    errorKind: 'bad-arguments',
    output: expect.stringContaining('lone surrogate'),
  });
});

test('the preview shows what would change and writes nothing; of what is refused in any case there is none', async () => {
  const { workspace, cwd, put } = makeHarness();
  const { writeTool } = await import('../../tools/write.ts');
  const prepared = writeTool.prepare({ path: 'new', content: 'x\n' }, cwd);
  if (typeof prepared === 'string') throw new Error(prepared);
  expect(prepared.targets).toEqual([{ kind: 'path', access: 'write', path: join(cwd, 'new') }]);
  expect(
    await prepared.preview?.({ workspace, signal: new AbortController().signal, onOutput: () => {} }),
  ).toMatchObject({ kind: 'diff', added: 1 });
  expect(readdirSync(cwd)).toEqual([]);
  const unread = writeTool.prepare({ path: put('old', 'x\n'), content: 'y\n' }, cwd);
  if (typeof unread === 'string') throw new Error(unread);
  const asked = unread.preview?.({ workspace, signal: new AbortController().signal, onOutput: () => {} });
  await expect(asked).rejects.toThrow(/was not read in this session/);
});

test('a file with several names stays one file, and the result says so', async () => {
  const { call, put, get, cwd } = makeHarness();
  linkSync(put('a', 'one\n'), join(cwd, 'b'));
  const edited = await call('edit', { path: 'a', edits: [{ oldText: 'one', newText: 'two' }] });
  expect(edited.output).toContain('a has 2 names (hard links), which all hold the new text.');
  expect(get('b')).toBe('two\n');
  expect((await call('write', { path: 'a', content: 'three\n' })).output).toContain('a has 2 names (hard links)');
  expect(get('b')).toBe('three\n');
});

test.each([
  ['one\r\ntwo\r\n', 'x\r\ny\n', 'x\r\ny\r\n', 'Its CRLF line endings were kept.'],
  ['one\ntwo\n', 'x\r\ny\n', 'x\ny\n', 'Its LF line endings were kept.'],
  ['one\r\ntwo\n', 'x\r\ny\n', 'x\r\ny\n', 'Replaced a (2 lines).'],
])('keeps the line endings of what it replaces: %j', async (before, content, after, said) => {
  const { call, put, get } = makeHarness();
  put('a', before);
  await call('read', { path: 'a' });
  expect((await call('write', { path: 'a', content })).output).toContain(said);
  expect(get('a')).toBe(after);
});
