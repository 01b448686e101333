import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { createCheckpoints } from '../../src/checkpoints/checkpoints.ts';
import type { Target } from '../../src/core/tool.ts';
import { permissionsOf } from './workspace.ts';

const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-unkept-')));
const soon = Date.now() + 60_000;
const why = 'ignored by git, too large, or where none is made';

/** A folder with files, by their names; those of `big` are above the limit. */
function makeFolder(name: string, files: readonly string[], big: readonly string[] = []): string {
  const cwd = join(base, name);
  for (const file of [...files, ...big]) {
    mkdirSync(join(cwd, file, '..'), { recursive: true });
    writeFileSync(join(cwd, file), big.includes(file) ? Buffer.alloc(11_000_000) : 'x');
  }
  return cwd;
}

/** Decides in mode edits, with the checkpoint of the turn where there is to be one. */
function decider(cwd: string, { isKept = true, addDir = cwd } = {}) {
  const checkpoints = createCheckpoints({ cwd, home: join(base, `home-${cwd.split('/').at(-1)}`), session: 's' });
  afterAll(checkpoints.close);
  let made: Promise<unknown> | undefined;
  const keptFolders = async () => {
    made ??= checkpoints.snapshot('turn', 0);
    await made;
    return checkpoints.keptFolders();
  };
  return async (target: string | Target, startedAtMs = soon, canConfine = true) =>
    permissionsOf(
      { cwd, home: join(base, 'nobody'), outside: '' },
      {
        ...{ mode: 'edits', cwd, roots: [cwd, addDir], startedAtMs, sandbox: () => ({ canConfine }) },
        ...(isKept ? { keptFolders } : {}),
      },
    ).decide(typeof target === 'string' ? { name: 'shell', act: 'shell' } : { name: 'write', act: 'edit' }, [
      typeof target === 'string' ? { kind: 'command', command: target } : target,
    ]);
}

const ignored = ['dev.sqlite', 'other.sqlite', 'data/notes', 'node_modules/x.sqlite', 'app/in.sqlite', 'out.log'];
const repository = makeFolder('repository', [...ignored, 'src/a.ts', 'app/b.ts'], ['big.bin']);
for (const cwd of [repository, join(repository, 'app')]) {
  execFileSync('git', ['init', '-q'], { cwd });
  writeFileSync(join(cwd, '.gitignore'), '*.sqlite\n/data/\nnode_modules/\n*.log\n');
}

describe('in mode edits, what no checkpoint could bring back', () => {
  const decide = decider(repository);

  it.each([
    ['rm -rf data', 'data'],
    ['rm other.*', 'other.sqlite'],
    ["cd src && find .. -name 'dev*' -delete", '../dev.sqlite'],
    ['truncate -s 0 big.bin', 'big.bin'],
    ['rm app/in.sqlite', 'app/in.sqlite'],
    ['rm -rf app', 'app/in.sqlite'],
    ['find . -name "in.*" -delete', 'app/in.sqlite'],
    ['ls dev.sqlite | xargs rm', 'dev.sqlite'],
    ['find . -name "dev*" | xargs rm -f', 'dev.sqlite'],
    ['> dev.sqlite', 'dev.sqlite'],
    [': > dev.sqlite', 'dev.sqlite'],
    ['echo x > dev.sqlite', 'dev.sqlite'],
    ['rm src/a.ts dev.sqlite other.sqlite', 'dev.sqlite and 1 more'],
    ['cp /dev/null dev.sqlite', 'dev.sqlite'],
    ['mv src/a.ts dev.sqlite', 'dev.sqlite'],
    ['mv src/notes data', 'data/notes'],
    ['cd data && rm notes', 'notes'],
    ['install src/a.ts dev.sqlite', 'dev.sqlite'],
    ['ln -sf src/a.ts dev.sqlite', 'dev.sqlite'],
    ['echo x | tee dev.sqlite', 'dev.sqlite'],
    ['sed -i s/x/y/ dev.sqlite', 'dev.sqlite'],
    ['dd if=/dev/null of=dev.sqlite', 'dev.sqlite'],
    ["sed -n 's/a/b/w dev.sqlite' src/a.ts", 'dev.sqlite'],
    ['sort -o dev.sqlite src/a.ts', 'dev.sqlite'],
    ['git archive -o dev.sqlite HEAD', 'dev.sqlite'],
    ['git diff --output=dev.sqlite', 'dev.sqlite'],
    ['git bundle create dev.sqlite HEAD', 'dev.sqlite'],
  ])('is asked about: %s', async (command, named) => {
    const { ruling, reason } = await decide(command);
    expect(ruling).toBe('ask');
    expect(reason).toContain(`that no checkpoint brings back (${named}: ${why})`);
  });

  it.each([
    'rm -rf node_modules',
    'rm src/a.ts',
    'rm in.*',
    'rm src/*',
    'echo x >> dev.sqlite',
    'npm run dump > dev.sqlite',
    'rm -f none',
    'cat dev.sqlite',
    'rm $X',
    'sed s/x/y/ dev.sqlite',
    'cp dev.sqlite copy.sqlite',
    'cp -n src/a.ts dev.sqlite',
    'mv dev.sqlite src',
    'echo x | tee -a dev.sqlite',
    'npm run build > out.log',
    ': > out.log',
    'ls dev.sqlite | xargs wc',
    'cp src/a.ts app/b.ts',
  ])('%s is not', async (command) => {
    expect((await decide(command)).ruling).toBe('allow');
  });

  it.each([
    'mv dev.sqlite dist',
    'mkdir -p dist && mv data/notes dist/x',
    'mv -t node_modules dev.sqlite',
    'mv dev.sqlite src/a.ts',
    'gzip dev.sqlite',
  ])('is asked about before it is moved to where it could be deleted unasked: %s', async (command) => {
    const { ruling, reason } = await decide(command);
    expect(ruling).toBe('ask');
    expect(reason).toContain('moves what no checkpoint holds (');
  });

  it('is asked about whatever git ignores by now, and wherever it was moved', async () => {
    const cwd = makeFolder('moving', ['dev.sqlite', 'mine.sqlite', 'a.ts']);
    execFileSync('git', ['init', '-q'], { cwd });
    writeFileSync(join(cwd, '.gitignore'), '*.sqlite\n');
    const decideThere = decider(cwd);
    expect((await decideThere('rm a.ts')).ruling).toBe('allow');
    writeFileSync(join(cwd, '.gitignore'), '');
    mkdirSync(join(cwd, 'new'));
    renameSync(join(cwd, 'mine.sqlite'), join(cwd, 'new/moved.txt'));
    const later = statSync(join(cwd, 'new')).birthtimeMs;
    for (const [command, named] of [
      ['rm dev.sqlite', 'dev.sqlite'],
      ['rm new/moved.txt', 'new/moved.txt'],
      ['rm -r new', 'new/moved.txt'],
    ] as const)
      expect([command, (await decideThere(command, later)).reason]).toEqual([
        command,
        expect.stringContaining(`(${named}:`),
      ]);
  });

  it('nor is what came into being since the session began', async () => {
    expect((await decide('rm dev.sqlite', Date.now() - 3_600_000)).ruling).toBe('allow');
  });

  it('is asked about where no sandbox holds a command that replaces it, too', async () => {
    expect((await decide('cp src/a.ts dev.sqlite', soon, false)).ruling).toBe('ask');
    expect((await decide('cp src/a.ts app/b.ts', soon, false)).ruling).toBe('allow');
  });

  it('is asked about when a tool replaces it, unless a rule allows that', async () => {
    const write = (path: string) => decide({ kind: 'path', access: 'write', path });
    expect(await write('dev.sqlite')).toMatchObject({
      ruling: 'ask',
      reason: `No checkpoint could bring dev.sqlite back as it is now (${why}); mode edits asks first.`,
    });
    expect((await write('src/a.ts')).ruling).toBe('allow');
    expect((await write('new.sqlite')).ruling).toBe('allow');
    expect((await decide({ kind: 'path', access: 'read', path: 'dev.sqlite' })).ruling).toBe('allow');
  });
});

describe('in mode edits, where there is no repository', () => {
  const folder = makeFolder('plain', ['notes.txt'], ['big.bin']);

  it('files above the limit are asked about, and others are not', async () => {
    const decide = decider(folder);
    expect((await decide('rm big.bin')).ruling).toBe('ask');
    expect((await decide('find . -name "big*" -delete')).ruling).toBe('ask');
    expect((await decide('rm b*.bin')).ruling).toBe('ask');
    expect((await decide('rm notes.txt')).ruling).toBe('allow');
  });

  it('everything is asked about that no checkpoint is made of', async () => {
    const decide = decider(folder, { isKept: false });
    for (const command of ['rm notes.txt', 'rm n*.txt', 'find . -name "n*" -delete', 'rm -rf .', ': > notes.txt'])
      expect((await decide(command)).reason).toContain('that no checkpoint brings back');
    expect((await decide('rm x*.txt')).ruling).toBe('allow');
  });
});

it('in mode edits, of an added folder only what its own git has as it is needs no question', async () => {
  const added = makeFolder('added', ['kept.txt', 'changed.txt', 'new.txt']);
  const git = (...words: string[]) => execFileSync('git', words, { cwd: added });
  git('init', '-q');
  git('add', 'kept.txt', 'changed.txt');
  writeFileSync(join(added, 'changed.txt'), 'other');
  const decide = decider(makeFolder('beside', ['a.txt']), { addDir: added });
  expect((await decide(`rm ${added}/kept.txt`)).ruling).toBe('allow');
  for (const name of ['changed.txt', 'new.txt', 'n*', '*'])
    expect((await decide(`rm ${added}/${name}`)).ruling).toBe('ask');
});

it('in mode edits, a folder that holds too much for a checkpoint is asked about', async () => {
  const names = Array.from({ length: 5_100 }, (_, at) => `many/${at}.txt`);
  const decide = decider(makeFolder('crowded', ['a.txt', ...names]));
  for (const command of ['rm -rf many', 'rm many/7.txt', 'rm many/1*.txt', 'find . -name "1*" -delete'])
    expect((await decide(command)).ruling).toBe('ask');
  expect((await decide('rm a.txt')).ruling).toBe('allow');
});

describe('in mode edits, a git command that brings a file in the place of one that git ignores', () => {
  const cwd = makeFolder('branches', ['a.txt']);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd, stdio: 'pipe' });
  git('init', '-qb', 'main');
  writeFileSync(join(cwd, '.gitignore'), '*.db\n');
  git('add', '-A');
  git('commit', '-qm', 'first');
  git('checkout', '-qb', 'topic');
  writeFileSync(join(cwd, 'data.db'), 'theirs');
  writeFileSync(join(cwd, 'b.txt'), 'b');
  git('add', '-f', 'data.db', 'b.txt');
  git('commit', '-qm', 'second');
  git('checkout', '-q', 'main');
  const decide = decider(cwd);

  it.each([
    'restore --source=--output=OUT .',
    'cherry-pick topic --output=OUT',
    'merge --output=OUT',
    'checkout --output=OUT topic',
  ])('asks git with no word of the command as an option: git %s', async (words) => {
    const out = join(cwd, 'out');
    await decide(`git ${words.replace('OUT', out)}`);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    'git switch topic',
    'git checkout topic',
    'git merge topic',
    'git cherry-pick topic',
    'git checkout topic -- data.db',
    'git restore --source=topic data.db',
  ])('is asked about where that file is there: %s', async (command) => {
    rmSync(join(cwd, 'data.db'), { force: true });
    expect(await decide(command)).toMatchObject({ ruling: 'allow' });
    writeFileSync(join(cwd, 'data.db'), 'PRECIOUS');
    const { ruling, reason } = await decide(command);
    expect(ruling).toBe('ask');
    expect(reason).toBe(
      `\`${command}\` replaces files that no checkpoint brings back (data.db: ${why}); mode edits asks first.`,
    );
  });
});

describe('in mode edits, what git puts back over uncommitted changes', () => {
  const cwd = makeFolder('thrown', ['a.txt', 'b.txt', 'sub/c.txt']);
  const git = (...args: string[]) =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { cwd, stdio: 'pipe' });
  git('init', '-qb', 'main');
  git('add', '-A');
  git('commit', '-qm', 'first');
  git('branch', 'feature');
  for (const name of ['a.txt', 'sub/c.txt']) writeFileSync(join(cwd, name), 'precious');
  const bare = decider(cwd, { isKept: false });
  const kept = decider(cwd);

  it.each([
    ['git checkout a.txt', 'a.txt'],
    ['git checkout -- .', 'a.txt and 1 more'],
    ['git checkout HEAD a.txt', 'a.txt'],
    ['cd sub && git checkout c.txt', 'c.txt'],
    ['git restore sub', 'sub/c.txt'],
    ['git restore -SW a.txt', 'a.txt'],
    ['git restore -s HEAD a.txt', 'a.txt'],
    ['git stash', 'a.txt and 1 more'],
    ['git stash push -m aside a.txt', 'a.txt'],
    ['git rm -f a.txt', 'a.txt'],
    ['git checkout-index -f -a', 'a.txt and 1 more'],
    ['git diff | git apply -R', 'a.txt and 1 more'],
    ['git merge --abort', 'a.txt and 1 more'],
  ])('is asked about where there is no checkpoint: %s', async (command, named) => {
    const { ruling, reason } = await bare(command);
    expect([ruling, reason]).toEqual([
      'ask',
      expect.stringContaining(`that no checkpoint brings back (${named}: ${why})`),
    ]);
    expect((await kept(command)).ruling).toBe('allow');
    expect((await bare(command, 0)).ruling).toBe('allow');
  });

  it.each(['git checkout -f', 'git switch --discard-changes feature', 'git read-tree --reset -u HEAD'])(
    'is asked about anyway: %s',
    async (command) => expect((await bare(command)).ruling).toBe('ask'),
  );

  it.each([
    'git checkout b.txt',
    'git checkout feature',
    'git checkout -b fix',
    'git switch -c fix',
    'git restore --staged a.txt',
    'git stash list',
    'git add a.txt',
    'git commit -am x',
    'git apply --check -R x.patch',
  ])('is not where nothing is thrown away: %s', async (command) =>
    expect(await bare(command)).toMatchObject({ ruling: 'allow' }),
  );
});
