import { describe, expect, it } from 'vitest';
import { createFailingProgram } from '../../../src/observer/detectors/failures/failing-program.ts';
import { call, failedShell, firedAt, settings, shell, steps } from './steps.ts';

const fired = (...run: Parameters<typeof steps>) =>
  firedAt(createFailingProgram(settings['failing-program']), steps(...run));
const gh = (flags: string) => failedShell(`gh api repos/x ${flags}`, `unknown flag: ${flags}`);

describe('failing-program', () => {
  it('finds one program and verb that fails three times within four rounds, called in different ways', () => {
    expect(fired(gh('--a'), gh('--b'), gh('--c'))).toEqual([2]);
    expect(fired(gh('--a'), shell('ls', 'x'), gh('--b'), gh('--c'), gh('--d'))).toEqual([3]);
  });

  it('leaves checks, runs of the code and looks alone', () => {
    for (const line of ['npm test', 'node src/a.js', './run.sh all', 'cargo build', 'grep -r x .', 'python -m shop'])
      expect(fired(...[1, 2, 3].map((count) => failedShell(`${line} --try=${count}`, 'error: no')))).toEqual([]);
  });

  it('leaves what a program finds wrong with the password or the packages it was given', () => {
    const wrong = (word: string) =>
      failedShell(`7z x a.7z -p${word}`, 'ERROR: Data Error in encrypted file. Wrong password?');
    expect(fired(wrong('a'), wrong('b'), wrong('c'))).toEqual([]);
    const install = (name: string) => failedShell(`pip install ${name}`, 'error: subprocess-exited-with-error');
    expect(fired(install('a==1'), install('a==2'), install('a'))).toEqual([]);
  });

  it('is silent when it works once, when something was changed, and for calls that never ran', () => {
    expect(fired(gh('--a'), shell('gh api repos/x', '{}'), gh('--b'), gh('--c'))).toEqual([]);
    expect(
      fired(gh('--a'), gh('--b'), call('edit', { path: 'a.ts', old_string: 'a', new_string: 'b' }), gh('--c')),
    ).toEqual([]);
    const cancelled = shell('gh api x', 'Sibling tool call errored', { isError: true, errorKind: 'cancelled' });
    expect(fired(cancelled, cancelled, cancelled)).toEqual([]);
  });

  it('counts another verb of the same program apart', () => {
    expect(fired(gh('--a'), failedShell('gh pr view', 'no'), gh('--b'))).toEqual([]);
  });
});
