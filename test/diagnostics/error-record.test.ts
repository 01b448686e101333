import { expect, test } from 'vitest';
import { readCheckerOutput } from '../../src/diagnostics/checker-output.ts';
import { createErrorRecord } from '../../src/diagnostics/error-record.ts';
import { describeErrors } from '../../src/diagnostics/found-error.ts';

const error = (message: string, line = 1) => ({ line, column: 1, message, code: '' });

test('only errors that the edits have brought are new, wherever lines have moved to', () => {
  const record = createErrorRecord();
  expect(record.findNew([error('a')])).toEqual([]);
  record.accept([error('a', 3), error('b', 4)]);
  expect(record.findNew([error('a', 9), error('b', 10), error('c')])).toEqual([error('c')]);
  expect(record.findNew([error('a', 9), error('a', 12)])).toEqual([error('a', 12)]);
  record.accept([error('a'), error('c')]);
  expect(record.findNew([error('a'), error('c')])).toEqual([]);
  // What stood there before the first edit is none of the agent's making, also when it was away for a while.
  expect(record.findNew([error('b')])).toEqual([]);
  record.accept([]);
  expect(record.findNew([error('c')])).toEqual([error('c')]);
  record.accept([error('c')]);
  record.takeBack();
  expect(record.findNew([error('c')])).toEqual([error('c')]);
});

test('what checkers print is read: tsc, gcc, mypy, eslint, ruff, go; warnings and notes are none', () => {
  const output = [
    "src/a.ts(3,5): error TS2304: Cannot find name 'x'.",
    'src/a.c:7:9: error: expected ; before }',
    'src/a.c:7:9: note: declared here',
    'src/a.c:8:1: warning: unused variable',
    'pkg/b.py:12: error: Name "y" is not defined  [name-defined]',
    '/root/repo/src/c.js:1:2: Unexpected token [Error/no-undef]',
    '/root/repo/src/c.js:2:2: Missing semicolon. [Warning/semi]',
    'pkg/d.py:4:1: F821 Undefined name `z`',
    './e.go:9:2: undefined: foo',
    'Found 3 errors in 2 files.',
    'npm error code 1',
  ].join('\r\n');
  const found = readCheckerOutput(output, '/root/repo');
  expect([...found].map(([path, errors]) => [path, errors.map(({ line, message }) => `${line} ${message}`)])).toEqual([
    ['/root/repo/src/a.ts', ["3 Cannot find name 'x'."]],
    ['/root/repo/src/a.c', ['7 expected ; before }']],
    ['/root/repo/pkg/b.py', ['12 Name "y" is not defined  [name-defined]']],
    ['/root/repo/src/c.js', ['1 Unexpected token [Error/no-undef]']],
    ['/root/repo/pkg/d.py', ['4 F821 Undefined name `z`']],
    ['/root/repo/e.go', ['9 undefined: foo']],
  ]);
});

test('the model is told of the first ones and of how many there are', () => {
  const many = Array.from({ length: 10 }, (_, n) => ({ line: n + 1, column: 2, message: `no\n ${n}`, code: '2304' }));
  expect(describeErrors('typescript', 'src/a.ts', many.slice(0, 1))).toBe(
    '[typescript finds a new error since your edit:\nsrc/a.ts:1:2 no 0 (2304)]',
  );
  expect(describeErrors('typescript', 'src/a.ts', many)).toMatch(/finds 10 new errors[\s\S]*and 2 more\]$/);
});
