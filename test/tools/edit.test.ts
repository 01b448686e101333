import { chmodSync, lstatSync, readdirSync, rmSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeHarness } from './harness.ts';

test('makes several replacements at once and shows them as a diff with line numbers', async () => {
  const { call, put, get, cwd } = makeHarness();
  put('a.ts', 'one\ntwo\nthree\nfour\n');
  const result = await call('edit', {
    path: 'a.ts',
    edits: [
      { oldText: 'two', newText: 'TWO\n2' },
      { oldText: 'four', newText: 'FOUR' },
    ],
  });
  expect(get('a.ts')).toBe('one\nTWO\n2\nthree\nFOUR\n');
  expect(result).toMatchObject({
    isError: false,
    output: 'Changed a.ts: 2 replacements at lines 2-3, 5.',
    changedFiles: [join(cwd, 'a.ts')],
    view: { kind: 'diff', added: 3, removed: 2 },
  });
  expect(result.view).toMatchObject({
    lines: expect.arrayContaining([
      { kind: 'remove', old: 2, text: 'two' },
      { kind: 'add', new: 3, text: '2' },
      { kind: 'same', old: 3, new: 4, text: 'three' },
    ]),
  });
});

test('makes none when one can not be made, and names each that failed', async () => {
  const { call, put, get } = makeHarness();
  put('a.ts', 'one\ntwo\ntwo\n');
  const result = await call('edit', {
    path: 'a.ts',
    edits: [
      { oldText: 'one', newText: '1' },
      { oldText: 'two', newText: '2' },
      { oldText: 'zwölf elephants', newText: '3' },
    ],
  });
  expect(get('a.ts')).toBe('one\ntwo\ntwo\n');
  expect(result).toMatchObject({ errorKind: 'edit-ambiguous' });
  expect(result.output).toBe(
    'Nothing was changed in a.ts. edits[1].oldText is in 2 places (lines 2, 3). Add neighbouring lines so that it fits one of them, or set all: true to change every one.\n' +
      'edits[2].oldText was not found. Nothing in the file is like it; read the file.',
  );
});

test('never guesses between two places, also when they differ in white space only', async () => {
  const { call, put } = makeHarness();
  put('a.py', 'if a:\n    go()\nelse:\n        go()\n');
  expect(await call('edit', { path: 'a.py', old_string: '\tgo()', new_string: '\tstop()' })).toMatchObject({
    errorKind: 'edit-ambiguous',
    output: expect.stringContaining('lines 2, 4'),
  });
  put('b', 'aaa');
  expect(await call('edit', { path: 'b', old_string: 'aa', new_string: 'b' })).toMatchObject({
    errorKind: 'edit-ambiguous',
  });
});

test('all changes every place', async () => {
  const { call, put, get } = makeHarness();
  put('a', 'x y x\nx\n');
  await call('edit', { path: 'a', edits: [{ oldText: 'x', newText: 'zz', all: 'true' }] });
  expect(get('a')).toBe('zz y zz\nzz\n');
});

test('a near miss changes nothing and shows the nearest lines with visible white space', async () => {
  const { call, put, get } = makeHarness();
  put('a.ts', 'function add(a, b) {\n\treturn a + b;\n}\n');
  const result = await call('edit', { path: 'a.ts', edits: [{ oldText: 'return a * b;', newText: 'return a - b;' }] });
  expect(result).toMatchObject({ errorKind: 'edit-mismatch' });
  expect(result.output).toContain('2\t→return·a·+·b;');
  expect(get('a.ts')).toContain('return a + b;');
  expect(
    (await call('edit', { path: 'a.ts', edits: [{ oldText: '2\t\treturn a + b;', newText: 'x' }] })).output,
  ).toContain('line numbers of read; leave them out');
});

test('forgives line endings and keeps those of the file', async () => {
  const { call, put, get } = makeHarness();
  put('a', 'one\r\ntwo\r\nthree\r\n');
  expect((await call('edit', { path: 'a', edits: [{ oldText: 'one\ntwo', newText: '1\n2\n2b' }] })).output).toContain(
    'apart from line endings',
  );
  expect(get('a')).toBe('1\r\n2\r\n2b\r\nthree\r\n');
  await call('edit', { path: 'a', edits: [{ oldText: 'three', newText: '3\n4' }] });
  expect(get('a')).toBe('1\r\n2\r\n2b\r\n3\r\n4\r\n');
});

test('forgives trailing blanks, but not in the middle of a line', async () => {
  const { call, put, get } = makeHarness();
  put('a', 'foo  \nbar\t\nbaz\n');
  await call('edit', { path: 'a', edits: [{ oldText: 'foo\nbar', newText: 'foo\nBAR' }] });
  expect(get('a')).toBe('foo  \nBAR\t\nbaz\n');
  put('b', 'foobar\n');
  expect(await call('edit', { path: 'b', edits: [{ oldText: 'foo  ', newText: 'x' }] })).toMatchObject({
    errorKind: 'edit-mismatch',
  });
});

test('forgives Unicode punctuation and leaves what was not to change as it was', async () => {
  const { call, put, get } = makeHarness();
  put('a', 'say “hi” – to\u00a0x… now\n');
  await call('edit', { path: 'a', edits: [{ oldText: 'say "hi" - to x... now', newText: 'say "hi" - to y... now' }] });
  expect(get('a')).toBe('say “hi” – to\u00a0y… now\n');
});

test('forgives indentation and shifts the new text alike', async () => {
  const { call, put, get } = makeHarness();
  put('a', 'class A {\n    f() {\n        return 1;\n    }\n}\n');
  await call('edit', {
    path: 'a',
    edits: [{ oldText: 'f() {\n    return 1;\n}\n', newText: 'f() {\n    if (x) {\n        return 2;\n    }\n}\n' }],
  });
  expect(get('a')).toBe('class A {\n    f() {\n        if (x) {\n            return 2;\n        }\n    }\n}\n');
  put('tabs', 'if x:\n\tif y:\n\t\tgo()\n');
  await call('edit', {
    path: 'tabs',
    edits: [{ oldText: '  if y:\n    go()', newText: '  if z:\n    go()\n    if w:\n      stop()' }],
  });
  expect(get('tabs')).toBe('if x:\n\tif z:\n\t\tgo()\n\t\tif w:\n\t\t\tstop()\n');
});

test('lines that are shifted differently are no match', async () => {
  const { call, put } = makeHarness();
  put('a', 'if a:\n    b()\nc()\n');
  expect(await call('edit', { path: 'a', edits: [{ oldText: 'if a:\n  b()\n  c()', newText: 'x' }] })).toMatchObject({
    errorKind: 'edit-mismatch',
  });
});

test.each([
  ['a\r\nb\r\nc\r\n', 'b\r\n', 'b1\nb2\n', 'a\r\nb1\r\nb2\r\nc\r\n'],
  ['a\r\nb\r\n', 'a\nb', 'a\r\nx\nb', 'a\r\nx\r\nb\r\n'],
  ['a\r\nb\r\n', '\nb', '\nc\nd', 'a\r\nc\r\nd\r\n'],
  ['a\nb\n', 'a', 'a\r\nx', 'a\nx\nb\n'],
  ['a\nb\n', 'a\r\nb', 'a\r\nx\r\nb', 'a\nx\nb\n'],
  // A file of both kinds: what stays is not touched, what is new is like its place.
  ['a\r\nb\nc\r\nd\r\n', 'b\nc', 'B\nc', 'a\r\nB\nc\r\nd\r\n'],
  ['a\r\nb\nc\r\nd\r\n', 'b', 'b\r\nx', 'a\r\nb\nx\nc\r\nd\r\n'],
  ['a\r\nb\nc\r\nd\r\n', 'b\nc', 'b\r\nc', 'a\r\nb\r\nc\r\nd\r\n'],
])('line endings: %j, %j to %j', async (before, oldText, newText, after) => {
  const { call, put, get } = makeHarness();
  put('a', before);
  expect(await call('edit', { path: 'a', edits: [{ oldText, newText }] })).toMatchObject({ isError: false });
  expect(get('a')).toBe(after);
});

test('a change of nothing but line endings is refused in words', async () => {
  const { call, put } = makeHarness();
  put('a', 'one\r\ntwo\r\n');
  const { output } = await call('edit', { path: 'a', edits: [{ oldText: 'one\r\n', newText: 'one\n' }] });
  expect(output).toContain('its line breaks are kept as they are (CRLF)');
});

test('a file that others changed is edited where the edit still fits, with a note, and not replaced whole before it is read', async () => {
  const { call, put, get } = makeHarness();
  const path = put('a', 'x  =  1\ny = 2\nz = 3\n');
  await call('read', { path: 'a' });
  writeFileSync(path, 'x = 1\ny = 2\nz = 3\n');
  expect(await call('edit', { path: 'a', edits: [{ oldText: 'y = 2', newText: 'y = 3' }] })).toMatchObject({
    isError: false,
    output: expect.stringContaining('a had changed on disk since it was read; the edit fits'),
  });
  const next = await call('edit', { path: 'a', edits: [{ oldText: 'z = 3', newText: 'z = 4' }] });
  expect(next.output).toBe('Changed a: 1 replacement at line 3.');
  expect(get('a')).toBe('x = 1\ny = 3\nz = 4\n');
  expect(await call('write', { path: 'a', content: 'new\n' })).toMatchObject({ errorKind: 'stale-file' });
  await call('read', { path: 'a' });
  expect(await call('write', { path: 'a', content: 'new\n' })).toMatchObject({ isError: false });
});

test('an edit that no longer fits a changed file says that it changed and shows what is there now', async () => {
  const { call, put } = makeHarness();
  const path = put('a', 'x  =  1\ny = 2\n');
  await call('read', { path: 'a' });
  writeFileSync(path, 'x = 17\ny = 2\n');
  const { output, errorKind } = await call('edit', {
    path: 'a',
    edits: [{ oldText: 'x  =  1\n', newText: 'x = 2\n' }],
  });
  expect(errorKind).toBe('edit-mismatch');
  expect(output).toContain('Nothing was changed in a, which changed on disk since it was read.');
  expect(output).toContain('x·=·17');
});

test('a file that was only touched, or went away and came back the same, has not changed', async () => {
  const { call, put } = makeHarness();
  const path = put('a', 'one\ntwo\n');
  await call('read', { path: 'a' });
  utimesSync(path, new Date(), new Date(0));
  const edited = await call('edit', { path: 'a', edits: [{ oldText: 'two', newText: '2' }] });
  expect(edited.output).toBe('Changed a: 1 replacement at line 2.');
  rmSync(path);
  put('a', 'one\n2\n');
  expect(await call('write', { path: 'a', content: 'three\n' })).toMatchObject({ isError: false });
});

test('a file whose size and time stayed the same has changed when its bytes have', async () => {
  const { call, put } = makeHarness();
  const path = put('a', 'one\n');
  utimesSync(path, new Date(0), new Date(0));
  await call('read', { path: 'a' });
  writeFileSync(path, 'two\n');
  utimesSync(path, new Date(0), new Date(0));
  expect(await call('write', { path: 'a', content: 'x\n' })).toMatchObject({ errorKind: 'stale-file' });
});

test('several edits in a row need no reading between', async () => {
  const { call, put, get } = makeHarness();
  put('a', 'one two\n');
  await call('read', { path: 'a' });
  await call('edit', { path: 'a', edits: [{ oldText: 'one', newText: '1' }] });
  await call('edit', { path: 'a', edits: [{ oldText: 'two', newText: '2' }] });
  expect(get('a')).toBe('1 2\n');
});

test('keeps mode, byte order mark, missing final newline and encoding', async () => {
  const { call, put, bytes } = makeHarness();
  const path = put('bom', '\ufeffone\r\nend');
  chmodSync(path, 0o755);
  await call('edit', { path: 'bom', edits: [{ oldText: 'one', newText: '1' }] });
  expect(bytes('bom')).toEqual(Buffer.from('\ufeff1\r\nend'));
  expect(statSync(path).mode & 0o777).toBe(0o755);
  put('wide', Buffer.from('\ufeffone\n', 'utf16le'));
  await call('edit', { path: 'wide', edits: [{ oldText: 'one', newText: 'é€' }] });
  expect(bytes('wide')).toEqual(Buffer.from('\ufeffé€\n', 'utf16le'));
  put('latin', Buffer.from('caf\xe9 one\n', 'latin1'));
  await call('edit', { path: 'latin', edits: [{ oldText: 'one', newText: 'ö' }] });
  expect(bytes('latin')).toEqual(Buffer.from('caf\xe9 \xf6\n', 'latin1'));
  expect(await call('edit', { path: 'latin', edits: [{ oldText: 'ö', newText: '漢' }] })).toMatchObject({
    errorKind: 'bad-arguments',
  });
});

test('keeps bytes that are no UTF-8', async () => {
  const { call, put, bytes } = makeHarness();
  put('mixed', Buffer.concat([Buffer.from('é one '), Buffer.from([0xff, 0xc3, 0x0a])]));
  await call('edit', { path: 'mixed', edits: [{ oldText: 'one', newText: 'two' }] });
  expect(bytes('mixed')).toEqual(Buffer.concat([Buffer.from('é two '), Buffer.from([0xff, 0xc3, 0x0a])]));
});

test('writes through a link to its target and leaves no temporary file', async () => {
  const { call, put, get, cwd } = makeHarness();
  put('real', 'one\n');
  symlinkSync('real', join(cwd, 'link'));
  await call('edit', { path: 'link', edits: [{ oldText: 'one', newText: '1' }] });
  expect(lstatSync(join(cwd, 'link')).isSymbolicLink()).toBe(true);
  expect(get('real')).toBe('1\n');
  expect(readdirSync(cwd).sort()).toEqual(['link', 'real']);
});

test('an empty oldText gets advice instead of a guess', async () => {
  const { call, put } = makeHarness();
  put('a', 'x');
  expect(await call('edit', { path: 'new.ts', old_string: '', new_string: 'x' })).toMatchObject({
    errorKind: 'missing-path',
    output: expect.stringContaining('Create it with write.'),
  });
  expect(await call('edit', { path: 'a', old_string: '', new_string: 'x' })).toMatchObject({
    errorKind: 'bad-arguments',
    output: expect.stringContaining('To insert'),
  });
});

test.each<[string, string, { oldText: string; newText: string; all?: boolean }[], string]>([
  [
    'a text that ends in what the file repeats',
    '\n'.repeat(400_000),
    [{ oldText: `x${'\n'.repeat(100_000)}`, newText: 'y' }],
    'oldText was not found',
  ],
  [
    'lines that are all alike',
    'a\n'.repeat(200_000),
    [{ oldText: '  a\n'.repeat(50_000), newText: 'y', all: true }],
    'oldText was not found',
  ],
  [
    'every line of a long file',
    'a\n'.repeat(50_000),
    [{ oldText: 'a', newText: 'b', all: true }],
    '50000 replacements',
  ],
  [
    'more places than anybody means',
    'a '.repeat(500_000),
    [{ oldText: 'a ', newText: 'b ', all: true }],
    'in more than 100000 places, which are too many for this tool; change them with a command',
  ],
  [
    'more edits than a file of its size can take at once',
    'line\n'.repeat(20_000),
    Array.from({ length: 6_000 }, (_, index) => ({ oldText: `${index}`, newText: 'x' })),
    'these are 6000 edits, and in a file of this size 5000 can be made at once',
  ],
])('what repeats itself is searched without comparing it again and again: %s', async (_, text, edits, answer) => {
  const { call, put } = makeHarness();
  put('a', text);
  await call('read', { path: 'a' });
  expect((await call('edit', { path: 'a', edits })).output).toContain(answer);
});

test('edits without effect, overlapping edits and binaries are refused', async () => {
  const { call, put } = makeHarness();
  put('a', 'one two\n');
  put('b', Buffer.from([0, 1, 2, 3, 0, 0, 0]));
  expect(await call('edit', { path: 'a', old_string: 'one', new_string: 'one' })).toMatchObject({
    errorKind: 'bad-arguments',
  });
  const overlapping = [
    { oldText: 'one two', newText: 'x' },
    { oldText: 'two', newText: 'y' },
  ];
  expect(await call('edit', { path: 'a', edits: overlapping })).toMatchObject({
    errorKind: 'bad-arguments',
    output: expect.stringContaining('edits[0] and edits[1] both change line 1'),
  });
  expect(await call('edit', { path: 'b', old_string: 'one', new_string: 'two' })).toMatchObject({
    errorKind: 'unreadable',
  });
});

test('takes the forms in which other agents write edits', async () => {
  const { call, put, get } = makeHarness();
  put('a', 'one\n');
  await call('edit', { file_path: 'a', old_str: 'one', new_str: '1', command: 'str_replace' });
  await call('edit', { path: 'a', edits: '[{"oldText":"1","newText":"2"}]' });
  await call('edit', { path: 'a', edits: { old_string: '2', new_string: '3', replace_all: true } });
  expect(get('a')).toBe('3\n');
  expect(await call('edit', { path: 'a', command: 'view' })).toMatchObject({
    errorKind: 'bad-arguments',
    output: expect.stringContaining('use read to view'),
  });
  expect(await call('edit', { path: 'a', edits: [] })).toMatchObject({
    errorKind: 'bad-arguments',
    output: 'edits: give at least one edit',
  });
});
