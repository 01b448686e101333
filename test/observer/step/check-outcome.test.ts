import { describe, expect, it } from 'vitest';
import { checkOutcomeOf, runsNothing } from '../../../src/observer/step/checks/check-outcome.ts';
import { failedShell, shell } from '../detectors/steps.ts';

describe('checkOutcomeOf', () => {
  it.each([
    ['mise run all', 'ok  \tshop/cart\t0.3s\nok  \tshop/tax\t(cached)', 'green'],
    ['mise run all', 'ok  \tshop/cart\t0.3s\n--- FAIL: TestTax (0.00s)\nFAIL\tshop/tax\t0.1s\nFAIL', 'red'],
    ['./scripts/ci.sh', ' 1348 pass\n 3 fail\n 2939 expect() calls', 'red'],
    ['./scripts/ci.sh', ' 1351 pass\n 0 fail\n 2939 expect() calls', 'green'],
    ['node scratch.mjs | tail -5', '# pass 12\n# fail 0', 'green'],
    ['node scratch.mjs | tail -5', '# pass 11\n# fail 1', 'red'],
    ['just verify', ' Tests  1 failed | 20 passed (21)', 'red'],
    ['just verify', ' Tests  21 passed (21)', 'green'],
    ['just verify 2>&1 | tail', '===== 1 failed, 20 passed, 2 warnings in 0.41s =====', 'red'],
    ['just verify 2>&1 | tail', '===== 20 passed, 2 warnings in 0.41s =====', 'green'],
    ['./check', 'test result: FAILED. 5 passed; 1 failed; 0 ignored', 'red'],
    ['./check', 'test result: ok. 6 passed; 0 failed; 0 ignored', 'green'],
    ['./check', 'Ran 5 tests in 0.1s\n\nFAILED (failures=1)', 'red'],
    ['./check', 'not ok 2 - rounds\nok 3 - adds', 'red'],
    ['bin/check polys', '=== tests finished: 204 passed, in 3.46 seconds ===', 'green'],
    ['bin/check polys', '=== tests finished: 203 passed, 1 failed, in 3.46 seconds ===', 'red'],
    ['./all', 'ok | 5 passed (2 steps) | 0 failed (10ms)', 'green'],
    ['./all', 'FAILED | 4 passed | 1 failed (10ms)', 'red'],
    ['./all', '80% tests passed, 1 tests failed out of 5', 'red'],
    ['./all', '5 runs, 9 assertions, 0 failures, 0 errors, 0 skips', 'green'],
    ['./all', 'Executed 5 tests, with 1 failure (0 unexpected) in 0.1 seconds', 'red'],
    ['./all', 'Ran 13 tests in 0.1s\n\nOK (skipped=2)', 'green'],
    ['./mvnw -q verify', 'Tests run: 5, Failures: 0, Errors: 0', 'green'],
    ['git diff --name-only | xargs biome check', 'Checked 3 files in 5ms. No fixes applied.', 'green'],
    ['mise run lint', 'a.go:3:1: x is unused (unused)\n2 issues:\n* unused: 2', 'red'],
  ])('knows by the output of %s: %j', (command, output, verdict) => {
    expect(checkOutcomeOf(shell(command, output))?.verdict).toBe(verdict);
  });

  it('goes by the exit code where there are no counts, and says nothing of what a pipe hides', () => {
    expect(checkOutcomeOf(failedShell('npm test', 'boom'))?.verdict).toBe('red');
    expect(checkOutcomeOf(shell('npm test', ''))?.verdict).toBe('green');
    expect(checkOutcomeOf(shell('npm test 2>&1 | grep warn', 'warn: slow'))?.verdict).toBe('unknown');
    const reported = 'warn: slow\n[exit codes of the pipeline: 1 0]\n[exit code 0]';
    expect(checkOutcomeOf(shell('npm test 2>&1 | grep warn', reported))?.verdict).toBe('red');
  });

  it('takes a check that could not begin for none', () => {
    expect(
      checkOutcomeOf(failedShell('python3 -m pytest a', '/usr/bin/python3: No module named pytest')),
    ).toBeUndefined();
    expect(checkOutcomeOf(failedShell('npm test', 'sh: 1: jest: not found'))).toBeUndefined();
    expect(checkOutcomeOf(failedShell('pytest', "E   No module named 'shop.tax'"))?.verdict).toBe('red');
  });

  it('is not misled by expected errors in a green run', () => {
    const output = 'error: Database connection failed\n1 | throw new Error("Item 3 failed")\n\n 1351 pass\n 0 fail';
    expect(checkOutcomeOf(shell('bun run test', output))).toMatchObject({ verdict: 'green', isTest: true });
  });

  it('takes what is only read, listed or asked for its version for no check', () => {
    expect(checkOutcomeOf(shell('cat test.log', '20 passed in 0.4s'))).toBeUndefined();
    for (const command of ['pytest --version', 'pytest --collect-only', 'vitest --help']) {
      expect(runsNothing(command)).toBe(true);
      expect(checkOutcomeOf(shell(command, '12 tests collected'))).toBeUndefined();
    }
  });

  it('tells a run that did not come to an expectation', () => {
    expect(
      checkOutcomeOf(failedShell('go test ./...', 'a_test.go:3:2: undefined: Sum\nFAIL\tshop [build failed]')),
    ).toMatchObject({
      isBroken: true,
    });
  });
});
