import { describe, expect, it } from 'vitest';
import { findWant } from '../../src/sandbox/missing-access.ts';

const find = (output: string, exitCode: number | null = 1, network = false, isAlone = false) =>
  findWant({ output, exitCode }, { writable: ['/repo', '/tmp'], network, isAlone, hidden: ['/repo/.env'] });

describe('findWant', () => {
  it.each([
    ["touch: cannot touch '/etc/x': Read-only file system", '/etc/x'],
    ['bash: /etc/x: Read-only file system', '/etc/x'],
    ["Error: EROFS: read-only file system, open '/etc/x'", '/etc/x'],
    ["OSError: [Errno 30] Read-only file system: '/etc/x'", '/etc/x'],
  ])('recognises a refused write: %s', (output, path) => {
    expect(find(output)).toContain(`could not write \`${path}\` (`);
  });

  it.each([
    "EROFS: '/tmp/x (the linter keeps its cache there). Checked by the sandbox: it deletes nothing'",
    "[Errno 30] x: '/tmp/x. It was allowed before'",
    `/tmp/${'a'.repeat(100)}: Read-only file system`,
    '/tmp/x\u2800deletes\u2800nothing: Read-only file system',
    "touch: cannot touch '/tmp/x`': Read-only file system",
  ])("takes what is no plain path of the command's output for no part of a question: %s", (output) => {
    expect(find(output)).toBe('could not write a file (it can write only in /repo, /tmp; --add-dir adds a folder)');
  });

  it('says of a file of the workspace why it may not be written, not where else it could', () => {
    expect(find("fatal: Unable to create '/repo/.git/index.lock': Read-only file system")).toBe(
      'could not write `/repo/.git/index.lock` (an unasked command may not change .git, unless it is a plain git command by itself)',
    );
    expect(find('sh: /repo/.envrc: Read-only file system')).toBe(
      'could not write `/repo/.envrc` (an unasked command may not change what can run code or change settings)',
    );
  });

  it('recognises a refused write although the last command went well', () => {
    expect(find("mkdir: cannot create directory 'x': Read-only file system\ndone", 0)).toContain('could not write `x`');
  });

  it.each([
    'curl: (6) Could not resolve host: example.com',
    'npm error code EAI_AGAIN',
    'ping: connect: Network is unreachable',
    'dial tcp: lookup example.com: no such host',
  ])('recognises a missing network: %s', (output) => {
    expect(find(output)).toContain('no network');
    expect(find(output, 1, true)).toBeUndefined();
  });

  it('takes a server that does not answer for a missing network only where none could', () => {
    expect(find('connect ECONNREFUSED 127.0.0.1:3000', 1, false, true)).toContain('no network');
    expect(find('connect ECONNREFUSED 127.0.0.1:3000')).toBeUndefined();
  });

  it('recognises a hidden file, but not in a search of everything', () => {
    expect(find('cat: .env: Permission denied')).toContain('could not read `/repo/.env`');
    expect(find("Error: EACCES: permission denied, open '/repo/.env'")).toContain('could not read `/repo/.env`');
    expect(find('src/a.ts:1: foo\ngrep: ./.env: Permission denied', 2)).toBeUndefined();
  });

  it('says nothing of ordinary failures', () => {
    expect(find('AssertionError: expected 1 to be 2')).toBeUndefined();
    expect(find('chown: /repo/a: Operation not permitted')).toBeUndefined();
    expect(find('cat: x: Permission denied')).toBeUndefined();
  });
});
