import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { makeCommit } from '../../src/git-work/make-commit.ts';
import { planCommit } from '../../src/git-work/plan-commit.ts';
import { removeFolder } from '../remove-folder.ts';

const gate = {
  whyClosed: (path: string) => (path.includes('/private/') ? 'a rule covers it' : undefined),
  isUnnamed: () => false,
};

test.each(['staged', 'of the session'])(
  'the diff of changes %s shows the model no file that may not be read',
  (which) => {
    const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'wink-commit-')));
    onTestFinished(() => removeFolder(cwd));
    const git = (...args: string[]) => execFileSync('git', args, { cwd, stdio: 'pipe' });
    const files = ['open.txt', 'private/plan.md', '.env', 'private/new [x].md'];
    const put = (path: string, text: string) => {
      mkdirSync(dirname(join(cwd, path)), { recursive: true });
      writeFileSync(join(cwd, path), text);
    };
    git('init', '-q');
    for (const path of files.slice(0, 3)) put(path, 'before\n');
    git('add', '.');
    git('-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'first');
    for (const path of files) put(path, `words of ${path}\n`);
    if (which === 'staged') git('add', '.');
    const plan = planCommit(
      cwd,
      { edited: files.map((path) => join(cwd, path)), meanwhile: [], dirtyBefore: [] },
      gate,
    );
    expect([...plan.files].sort()).toEqual([...files].sort());
    expect(plan.diff).toContain('words of open.txt');
    expect(plan.diff).not.toMatch(/words of (private|\.env)/);
    expect(plan.diff).toContain('(3 files that may not be read');
  },
);

test.each(['staged', 'session'] as const)(
  'makes no commit of what was changed since it was planned (%s)',
  async (kind) => {
    const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'wink-commit-')));
    onTestFinished(() => removeFolder(cwd));
    const git = (...args: string[]) => execFileSync('git', args, { cwd, encoding: 'utf8' });
    git('init', '-q');
    git('config', 'user.name', 't');
    git('config', 'user.email', 't@example.org');
    git('commit', '-q', '--allow-empty', '-m', 'first');
    const put = (text: string) => {
      writeFileSync(join(cwd, 'a.txt'), text);
      if (kind === 'staged') git('add', 'a.txt');
    };
    put('one\n');
    const plan = planCommit(cwd, { edited: [join(cwd, 'a.txt')], meanwhile: [], dirtyBefore: [] }, gate);
    expect(plan.kind).toBe(kind);
    const watch = { signal: new AbortController().signal, onOutput: () => {} } as never;
    const hold = async (program: unknown) => program as never;
    put('two\n');
    expect(await makeCommit(plan, 'Second', watch, hold)).toEqual({
      isDone: false,
      words: 'Nothing was committed: a.txt changed while the question stood. /commit asks again.',
    });
    put('one\n');
    expect((await makeCommit(plan, 'Second', watch, hold)).isDone).toBe(true);
    expect(git('show', 'HEAD:a.txt')).toBe('one\n');
  },
);
