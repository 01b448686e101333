import { describe, expect, it } from 'vitest';
import { explainDenial } from '../../src/sandbox/denial.ts';

const explain = (output: string, exitCode: number | null = 1, hasNetwork = false) =>
  explainDenial({ output, exitCode }, ['/work', '/tmp'], hasNetwork);

describe('explainDenial', () => {
  it.each([
    ["touch: cannot touch '/etc/x': Read-only file system", '/etc/x'],
    ['bash: /etc/x: Read-only file system', '/etc/x'],
    ["Error: EROFS: read-only file system, open '/etc/x'", '/etc/x'],
    ["OSError: [Errno 30] Read-only file system: '/etc/x'", '/etc/x'],
    ['touch: /etc/x: Operation not permitted', '/etc/x'],
  ])('recognises a refused write: %s', (output, path) => {
    expect(explain(output)).toContain(`The sandbox stopped a write to ${path}`);
  });

  it.each([
    'curl: (6) Could not resolve host: example.com',
    'npm error code EAI_AGAIN',
    'ping: connect: Network is unreachable',
    'dial tcp: lookup example.com: no such host',
  ])('recognises a missing network: %s', (output) => {
    expect(explain(output)).toContain('no network');
    expect(explain(output, 1, true)).toBeUndefined();
  });

  it('says nothing of successes and of ordinary failures', () => {
    expect(explain('touch: /etc/x: Read-only file system', 0)).toBeUndefined();
    expect(explain('AssertionError: expected 1 to be 2')).toBeUndefined();
    expect(explain('chown: /work/a: Operation not permitted')).toBeUndefined();
    expect(explain('cat: x: Permission denied')).toBeUndefined();
  });
});
