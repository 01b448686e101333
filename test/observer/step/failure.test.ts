import { describe, expect, it } from 'vitest';
import { featuresOf } from '../../../src/observer/step/features.ts';
import { failureOf } from '../../../src/observer/step/results/failure.ts';
import { call, failedShell, shell } from '../detectors/steps.ts';

describe('failureOf', () => {
  it('believes a tool that says what went wrong', () => {
    const failure = failureOf(call('edit', { path: 'a' }, { output: 'x', isError: true, errorKind: 'edit-mismatch' }));
    expect(failure).toMatchObject({ kind: 'edit-mismatch', isWrongCall: true, isMalformed: false });
  });

  it.each([
    [call('Foo', {}, { output: "Error: unknown tool 'Foo'", isError: true }), 'unknown-tool'],
    [call('Read', {}, { output: 'InputValidationError: `file_path` is missing', isError: true }), 'bad-arguments'],
    [call('Read', { path: 'x' }, { output: 'File does not exist.', isError: true }), 'missing-path'],
    [call('Edit', { path: 'x' }, { output: 'String to replace not found in file.', isError: true }), 'edit-mismatch'],
    [call('Edit', { path: 'x' }, { output: 'Found 3 matches of the text', isError: true }), 'edit-ambiguous'],
    [call('Edit', { path: 'x' }, { output: 'File has not been read yet. Read it first.', isError: true }), undefined],
    [call('Bash', { command: 'x' }, { output: 'PreToolUse:Bash hook error: no', isError: true }), undefined],
    [failedShell('fooctl up', 'bash: line 1: fooctl: command not found'), 'command-not-found'],
    [failedShell('cat x', 'cat: x: No such file or directory'), 'missing-path'],
    [failedShell('grep --wat', "grep: unrecognized option '--wat'"), 'bad-arguments'],
    [failedShell('npm test', 'AssertionError: 1 != 2'), 'command-failed'],
  ])('reads other agents: %#', (one, kind) => expect(failureOf(one)?.kind).toBe(kind));

  it('takes missed edits for one cause, whatever text they echo, and pages that are missing at other addresses for several', () => {
    const missed = (text: string) =>
      failureOf(
        call('Edit', { path: 'x' }, { output: `String to replace not found in file.\nString: ${text}`, isError: true }),
      );
    expect(missed('throw new Error("failed")')?.looseCause).toBe(missed('const a = 1;')?.looseCause);
    const page = (url: string) =>
      failureOf(call('WebFetch', { url }, { output: 'Request failed with status code 404', isError: true }))?.cause;
    expect(page('https://a.example/one')).toBe(page('https://a.example/one'));
    expect(page('https://a.example/one')).not.toBe(page('https://a.example/two'));
  });

  it('tells a malformed line from a command that is not installed', () => {
    expect(failureOf(failedShell(', ls', 'bash: line 1: ,: command not found'))).toMatchObject({
      kind: 'bad-arguments',
      isMalformed: true,
    });
    expect(failureOf(failedShell('jq', 'bash: line 1: jq: command not found'))).toMatchObject({
      kind: 'command-not-found',
      isMalformed: false,
    });
    const own = shell('} ls', "bash: -c: line 1: syntax error near unexpected token `}'\n[exit code 2]", {
      isError: true,
      errorKind: 'command-failed',
    });
    expect(failureOf(own)?.isMalformed).toBe(true);
  });

  it('takes a search that finds nothing for no failure', () => {
    expect(failureOf(shell('grep x a', '', { isError: true }))).toBeUndefined();
    expect(
      failureOf(shell('grep x a', '(no output)\n[exit code 1]', { isError: true, errorKind: 'command-failed' })),
    ).toBeUndefined();
  });

  it('takes what was read for content, whatever it says', () => {
    const source = call(
      'read',
      { path: 'errors.ts' },
      { output: `Error: could not find the file\n${'code\n'.repeat(200)}` },
    );
    expect(failureOf(source)).toBeUndefined();
    expect(failureOf(call('read', { path: 'gone.ts' }, { output: 'ENOENT: no such file or directory' }))?.kind).toBe(
      'missing-path',
    );
  });

  it('takes a decision of the user for no failure', () => {
    expect(failureOf(call('x', {}, { output: 'The user declined this call', isError: true }))).toBeUndefined();
    expect(failureOf(call('x', {}, { output: 'no', isError: true, errorKind: 'denied' }))).toBeUndefined();
  });

  it('gives varied arguments the same loose cause, and different errors different ones', () => {
    const missing = (path: string) =>
      failureOf(failedShell(`cat ${path}`, `cat: '${path}': No such file or directory`));
    expect(missing('/a/b')?.looseCause).toBe(missing('/c/d')?.looseCause);
    expect(missing('/a/b')?.cause).not.toBe(missing('/c/d')?.cause);
  });
});

describe('featuresOf', () => {
  it('knows an empty result in the words of many harnesses', () => {
    for (const output of [
      '',
      '(no output)',
      '(no output)\n[exit code 0]',
      '(Bash completed with no output)',
      '<returncode>0</returncode>\n<output>\n</output>',
    ]) {
      expect(featuresOf(shell('true', output)).isEmptyResult).toBe(true);
    }
    expect(featuresOf(shell('ls', 'a.ts')).isEmptyResult).toBe(false);
  });
});
