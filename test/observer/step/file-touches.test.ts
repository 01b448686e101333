import { describe, expect, it } from 'vitest';
import { fileTouchesOf } from '../../../src/observer/step/files/file-touches.ts';
import { call } from '../steps.ts';

const touched = (...args: Parameters<typeof call>) =>
  fileTouchesOf(call(...args)).map(({ path, how, by }) => [path, how, by]);

describe('what a call does to files', () => {
  it('is read from the arguments of an edit, a list of edits and a patch', () => {
    expect(touched('edit', { file_path: 'src/a.ts', old: 'a', new: 'b' })).toEqual([['src/a.ts', 'change', 'edit']]);
    expect(touched('write', { path: 'new.ts', content: 'x' })).toEqual([['new.ts', 'write', 'edit']]);
    expect(touched('edit', { edits: [{ path: 'a.ts' }, { path: 'b.ts' }] })).toEqual([
      ['a.ts', 'change', 'edit'],
      ['b.ts', 'change', 'edit'],
    ]);
    const patch =
      '*** Begin Patch\n*** Update File: a.ts\n-a\n+b\n*** Add File: b.ts\n+c\n*** Delete File: c.ts\n*** End Patch';
    expect(touched('edit', { input: patch })).toEqual([
      ['a.ts', 'change', 'edit'],
      ['b.ts', 'write', 'edit'],
      ['c.ts', 'delete', 'edit'],
    ]);
  });

  it('is read from a shell line, in the folder that the call names', () => {
    expect(touched('shell', { command: 'rm a.ts && sed -i s/a/b/ b.ts', workdir: 'packages/one' })).toEqual([
      ['packages/one/a.ts', 'delete', 'command'],
      ['packages/one/b.ts', 'change', 'command'],
    ]);
    expect(fileTouchesOf(call('shell', { command: 'git stash' }))).toMatchObject([{ how: 'restore', isStashed: true }]);
    expect(touched('shell', { command: 'git stash pop; cat a.ts' })).toEqual([]);
  });

  it('is what the result reports beyond that, once each, and nothing for a call that reads', () => {
    const changedFiles = ['/repo/src/a.ts', '/repo/src/b.ts'];
    expect(touched('edit', { path: 'src/a.ts' }, { changedFiles })).toEqual([
      ['src/a.ts', 'change', 'edit'],
      ['/repo/src/b.ts', 'change', 'report'],
    ]);
    expect(touched('read', { path: 'src/a.ts' })).toEqual([]);
  });
});
