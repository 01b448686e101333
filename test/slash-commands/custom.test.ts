import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { expandCommand, expandSlash, findCommands } from '../../src/slash-commands/custom.ts';
import { openGate } from '../context/open-gate.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wink-commands-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function find(isTrusted = true) {
  return findCommands({
    home: join(folder, 'home'),
    repository: join(folder, 'repository'),
    isTrusted,
    reserved: new Set(['help']),
    gate: openGate,
  });
}

function expand(body: string, argument: string): string {
  write('home/commands/x.md', body);
  const command = find().commands.find(({ name }) => name === 'x');
  if (command === undefined) throw new Error('no command');
  return expandCommand(command, argument);
}

test('Markdown files of the user and of a trusted repository are commands, folders become prefixes', () => {
  write('home/commands/fix.md', '---\ndescription: "Fix a test"\nargument-hint: [file]\n---\nFix $1.\n');
  write('home/commands/git/commit.md', '# Commit\nCommit with a good message.');
  write('repository/.wink/commands/review.md', 'Review this.');
  write('repository/.wink/commands/notes.txt', 'no command');
  const { commands, warnings } = find();
  expect(commands.map(({ name, description, hint, source }) => ({ name, description, hint, source }))).toEqual([
    { name: 'fix', description: 'Fix a test', hint: '[file]', source: 'user' },
    { name: 'git:commit', description: 'Commit', hint: undefined, source: 'user' },
    { name: 'review', description: 'Review this.', hint: undefined, source: 'repository' },
  ]);
  expect(warnings).toEqual([]);
});

test('an untrusted repository adds no command, and a line says so', () => {
  write('repository/.wink/commands/review.md', 'Review this.');
  const { commands, warnings } = find(false);
  expect(commands).toEqual([]);
  expect(warnings).toEqual([expect.stringContaining('you have not trusted this repository')]);
  rmSync(join(folder, 'repository'), { recursive: true });
  expect(find(false).warnings).toEqual([]);
});

test('neither a command of the program nor one of the user is replaced, and it is said', () => {
  write('home/commands/help.md', 'x');
  write('home/commands/a.md', 'mine');
  write('repository/.wink/commands/a.md', 'theirs');
  const { commands, warnings } = find();
  expect(commands.map(({ body }) => body)).toEqual(['mine']);
  expect(warnings).toHaveLength(2);
});

test.each([
  ["Run `git log | awk '{ print $1, $2 }'` for $1.", "Run `git log | awk '{ print $1, $2 }'` for words."],
  ["`perl -pe 's/(a)/$1/' $1`", "`perl -pe 's/(a)/$1/' words`"],
  ['awk "{ print \\$1 }" $1', 'awk "{ print \\$1 }" words'],
  ["Say '$1' and cost \\$1.", "Say 'words' and cost \\$1."],
])('$1 of a program that is quoted or escaped stays its own: %s', (body, expected) => {
  expect(expand(body, 'words')).toBe(expected);
});

test.each([
  ['a byte order mark', Buffer.from('\ufeff---\ndescription: d\n---\nDo it.')],
  ['UTF-16', Buffer.from('\ufeff---\ndescription: d\n---\nDo it.', 'utf16le')],
])('a command file with %s is read as what it says', (_name, bytes) => {
  mkdirSync(join(folder, 'home/commands'), { recursive: true });
  writeFileSync(join(folder, 'home/commands/x.md'), bytes);
  const command = find().commands.find(({ name }) => name === 'x');
  expect(command).toMatchObject({ description: 'd', body: 'Do it.' });
});

test('$ARGUMENTS is everything, $1 to $9 are words, quotes hold words together', () => {
  expect(expand('Do $ARGUMENTS now', 'a "b c"')).toBe('Do a "b c" now');
  expect(expand('$2 before $1, $3.', 'one "two words"')).toBe('two words before one, .');
});

test('arguments without a place in the text are put under it, and inserted text is not looked through again', () => {
  expect(expand('Fix the test.', 'in src/a.ts')).toBe('Fix the test.\n\nin src/a.ts');
  expect(expand('Say $1', '$2')).toBe('Say $2');
  expect(expand('Costs $10', '')).toBe('Costs $10');
});

test('a prompt of a run without a screen may be a command; other slashes stay', () => {
  write('home/commands/fix.md', 'Fix $ARGUMENTS.');
  const { commands } = find();
  expect(expandSlash('/fix the parser', commands)).toBe('Fix the parser.');
  expect(expandSlash('/usr/bin is full', commands)).toBe('/usr/bin is full');
  expect(expandSlash('/unknown x', commands)).toBe('/unknown x');
});
