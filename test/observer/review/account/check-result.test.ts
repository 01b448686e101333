import { describe, expect, it } from 'vitest';
import { readCheck } from '../../../../src/observer/review/account/check-result.ts';
import { call } from '../../steps.ts';

const check = (command: string, output: string, isError = false) =>
  readCheck(call('shell', { command }, { output, isError }));

describe('what a check showed', () => {
  const cases: [string, string, boolean, 'green' | 'red' | 'unclear'][] = [
    ['npx vitest run', ' Test Files  1 failed | 3 passed (4)\n      Tests  2 failed | 30 passed (32)', true, 'red'],
    ['npx jest', 'Tests:       12 passed, 12 total', false, 'green'],
    ['pytest -q | tail', '=== 3 failed, 10 passed in 1.2s ===', false, 'red'],
    ['python -m unittest', 'Ran 5 tests in 0.1s\n\nOK', false, 'green'],
    ['go test ./... | head', 'ok  \tpkg/a\t0.1s\nFAIL\tpkg/b\t0.2s', false, 'red'],
    ['cargo test', 'test result: ok. 5 passed; 0 failed; 0 ignored', false, 'green'],
    ['golangci-lint run', '0 issues.', false, 'green'],
    ['npx tsc --noEmit', '', false, 'unclear'],
    ['npx tsc --noEmit', "src/a.ts(1,2): error TS2345: Argument of type 'x'", true, 'red'],
    ['node --test', '# tests 4\n# pass 4\n# fail 0', false, 'green'],
    ['mvn test', '[INFO] BUILD FAILURE', true, 'red'],
  ];
  it.each(cases)('%s: %j', (command, output, isError, color) => {
    expect(check(command, output, isError)?.color).toBe(color);
  });

  it('is no matter of commands that only look, and of calls that never ran', () => {
    expect(check('cat test/sum.test.ts', '2 failed')).toBeUndefined();
    expect(readCheck(call('shell', { command: 'npm test' }, { isError: true, errorKind: 'denied' }))).toBeUndefined();
  });

  it('is no matter of options in whose names a check is only one word of several', () => {
    expect(check('pip install --disable-pip-version-check a', 'Successfully installed a')).toBeUndefined();
    expect(check('pip install --no-build-isolation -e .', 'Successfully installed a')).toBeUndefined();
    expect(check('docker compose up --build', 'done')).toBeDefined();
  });

  it('names what failed beside the counts, and tells a red one behind a pipe', () => {
    const result = check(
      'go test ./... | tail',
      '--- FAIL: TestSum (0.00s)\n    sum_test.go:8: got 3\nFAIL\tpkg\t0.1s',
    );
    expect(result?.lines.join()).toContain('--- FAIL: TestSum');
    expect(result?.isRedHidden).toBe(true);
  });
});
