import { describe, expect, it } from 'vitest';
import { createFailingCalls } from '../../../src/observer/detectors/failures/failing-calls.ts';
import { createUnknownTools } from '../../../src/observer/detectors/failures/unknown-tools.ts';
import { createRepeatedError } from '../../../src/observer/detectors/loops/repeated-error.ts';
import { call, failedShell, firedAt, settings, shell, signalsOf, steps } from './steps.ts';

const missing = (path: string) =>
  call('read', { path }, { output: `no such file: ${path}`, isError: true, errorKind: 'missing-path' });
const mismatch = (text: string) =>
  call(
    'edit',
    { path: 'a.ts', old_string: text, new_string: '' },
    { output: 'text not found', isError: true, errorKind: 'edit-mismatch' },
  );
const works = call('read', { path: 'README.md' });

describe('failing-calls', () => {
  const make = () => createFailingCalls(settings['failing-calls']);

  it('speaks at the third call in a row that is wrong, whatever is wrong', () => {
    expect(firedAt(make(), steps(missing('a'), mismatch('x'), missing('b'), missing('c')))).toEqual([2]);
  });

  it('forgets when a call works', () => {
    expect(firedAt(make(), steps(missing('a'), missing('b'), works, missing('c'), missing('d')))).toEqual([]);
  });

  it('does not count what a program found', () => {
    const red = (n: number) =>
      failedShell(`pytest tests/test_${n}.py`, `FAILED tests/test_${n}.py::test_sum - assert 1 == 2`);
    expect(firedAt(make(), steps(red(1), red(2), red(3), red(4)))).toEqual([]);
  });

  it('does not count calls that the user declined or the ledger refused', () => {
    const declined = call('shell', { command: 'rm a' }, { output: 'declined', isError: true, errorKind: 'denied' });
    const refused = call('edit', { path: 'a' }, { output: 'refused', isError: true, errorKind: 'blocked' });
    expect(firedAt(make(), steps(declined, refused, declined, refused))).toEqual([]);
  });

  it('lets the agent look for a tool that is installed', () => {
    const absent = (name: string) => failedShell(name, `bash: ${name}: command not found`);
    expect(firedAt(make(), steps(absent('xxd'), absent('od'), absent('hexdump')))).toEqual([]);
    expect(firedAt(make(), steps(absent('jq .'), absent('jq .'), absent('jq .')))).toEqual([2]);
  });

  it('says how many and of what kind', () => {
    const [signal] = signalsOf(make(), steps(missing('a'), missing('b'), missing('c')));
    expect(signal?.evidence).toBe('3 calls in a row failed because the call was wrong (missing-path)');
  });
});

describe('repeated-error', () => {
  const make = () => createRepeatedError(settings['repeated-error']);
  const malformed = (n: number) =>
    call('fetch', { id: n }, { output: `InputValidationError: parameter \`url\` is missing (${n})`, isError: true });

  it('speaks at the second call that could not work for the same reason', () => {
    expect(firedAt(make(), steps(malformed(1), works, malformed(2)))).toEqual([2]);
  });

  it('lets two malformed calls far apart pass', () => {
    expect(firedAt(make(), steps(malformed(1), works, works, works, works, works, works, malformed(2)))).toEqual([]);
  });

  it('takes a shell line that no shell can read for malformed', () => {
    const line = (text: string) => failedShell(text, "bash: -c: line 1: syntax error near unexpected token `}'");
    expect(firedAt(make(), steps(line('} ls'), line('}; pwd')))).toEqual([1]);
  });

  it('waits for a third text that does not match', () => {
    expect(firedAt(make(), steps(mismatch('x'), works, mismatch('y'), works, mismatch('z')))).toEqual([4]);
  });

  it('finds a tool that refuses without an error flag', () => {
    const refused = (text: string) =>
      call('apply_change', { text }, { output: 'Your change did not target all lines. Nothing was written.' });
    expect(firedAt(make(), steps(refused('a'), refused('b'), refused('c'), refused('d')))).toEqual([3]);
  });

  it('speaks when one command fails with the same error though its noise differs', () => {
    const build = (noise: string) =>
      failedShell('cargo check', `Compiling ${noise}\nerror[E0038]: the trait \`Shape\` is not dyn compatible`);
    expect(firedAt(make(), steps(build('one v0.1'), build('two v0.2'), build('three v0.3')))).toEqual([2]);
  });

  it('takes errors about different things for progress', () => {
    const build = (name: string) =>
      failedShell('cargo check', `error[E0038]: the trait \`${name}\` is not dyn compatible`);
    expect(firedAt(make(), steps(build('Shape'), build('Form'), build('Body'), build('Face')))).toEqual([]);
  });

  it('only notes it when varied commands fail alike', () => {
    const guess = (word: string) => failedShell(`unlock ${word}`, 'ERROR: wrong password');
    const [signal] = signalsOf(make(), steps(guess('a'), guess('b'), guess('c'), guess('d')));
    expect(signal).toMatchObject({ step: 3, class: 'infinite-loop', confidence: 0.6 });
  });

  it('forgets what a program found once the code was changed', () => {
    const red = failedShell('npm test', 'Error: expected 1 to be 2');
    const edit = (n: number) => call('edit', { path: 'a.ts', old_string: `${n}`, new_string: 'x' });
    expect(firedAt(make(), steps(red, edit(1), red, edit(2), red, edit(3), red))).toEqual([]);
  });
});

describe('unknown-tools', () => {
  const unknown = (name: string) =>
    call(name, {}, { output: `Unknown tool ${name}`, isError: true, errorKind: 'unknown-tool' });

  it('speaks at the second tool that does not exist, whatever its name', () => {
    expect(
      firedAt(
        createUnknownTools(settings['unknown-tools']),
        steps(unknown('browse'), shell('ls', 'a'), unknown('surf')),
      ),
    ).toEqual([2]);
  });

  it('lets one slip pass', () => {
    expect(firedAt(createUnknownTools(settings['unknown-tools']), steps(unknown('browse'), works, works))).toEqual([]);
  });
});
