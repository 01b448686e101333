import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { checkpointsOf, commitFiles, fingerprint, git, makeSandpit, type Sandpit, write } from './repository.ts';

const places: readonly (readonly [string, (sandpit: Sandpit) => void])[] = [
  ['a folder without git', ({ work }) => write(work, { 'a.txt': 'a\n', 'src/b.txt': 'b\n' })],
  ['a clean repository', ({ work }) => commitFiles(work, { 'a.txt': 'a\n', 'src/b.txt': 'b\n' })],
  [
    'a repository with a dirty tree',
    ({ work }) => {
      commitFiles(work, { 'a.txt': 'committed\n', 'src/b.txt': 'b\n', 'gone.txt': 'x\n' });
      write(work, { 'a.txt': 'a\n', 'new.txt': 'mine\n' });
      rmSync(join(work, 'gone.txt'));
      write(work, { 'staged.txt': 'staged\n' });
      git(work, 'add', 'staged.txt');
    },
  ],
  [
    'a linked worktree',
    ({ work, home }) => {
      const main = join(home, '..', 'main');
      mkdirSync(main);
      commitFiles(main, { 'a.txt': 'a\n', 'src/b.txt': 'b\n' });
      rmSync(work, { recursive: true });
      git(main, 'worktree', 'add', '-q', work);
    },
  ],
  [
    'a repository with converted line ends',
    ({ work }) => {
      commitFiles(work, { '.gitattributes': '* text=auto\n', 'a.txt': 'a\n', 'src/b.txt': 'b\n' });
      write(work, { 'crlf.txt': 'one\r\ntwo\r\n' });
      git(work, 'add', '-A');
      git(work, 'commit', '-qm', 'second');
    },
  ],
  ['an empty folder', () => {}],
];

describe.each(places)('checkpoints in %s', (_, prepare) => {
  it('take back every change, byte for byte, and bring it forth again', async () => {
    const sandpit = makeSandpit();
    prepare(sandpit);
    const checkpoints = checkpointsOf(sandpit);
    const before = fingerprint(sandpit.work);
    const made = await checkpoints.snapshot('first turn', 0);
    expect(checkpoints.problem()).toBeUndefined();
    changeEverything(sandpit.work);
    const changed = await checkpoints.finishTurn(3);
    expect(changed).toContain(join(sandpit.work, 'a.txt'));
    expect(await checkpoints.finishTurn(3)).toEqual([]);
    // Nothing has been done since; what the user writes now is theirs. Another step is the agent's again.
    writeFileSync(join(sandpit.work, 'later.txt'), 'x\n');
    expect(await checkpoints.finishTurn(3)).toEqual([]);
    rmSync(join(sandpit.work, 'later.txt'));
    expect(await checkpoints.finishTurn(4)).toContain(join(sandpit.work, 'a.txt'));
    const after = fingerprint(sandpit.work);
    const undone = await checkpoints.undo();
    expect(undone?.kept).toEqual([]);
    expect(undone?.failed).toEqual([]);
    expect(fingerprint(sandpit.work)).toEqual(before);
    await checkpoints.redo();
    expect(fingerprint(sandpit.work)).toEqual(after);
    await checkpoints.restore(made!.id);
    expect(fingerprint(sandpit.work)).toEqual(before);
    await checkpoints.close();
  });
});

function changeEverything(work: string): void {
  write(work, {
    'a.txt': 'changed\n',
    'src/new.txt': 'new\n',
    'deep/er/file.txt': 'x\n',
    'name with\nbreak "quoted" é': 'odd\n',
    '-rf': 'dash\n',
  });
  rmSync(join(work, 'src/b.txt'), { force: true });
  if (existsSync(join(work, 'crlf.txt'))) writeFileSync(join(work, 'crlf.txt'), 'one\ntwo\n');
  chmodSync(join(work, 'a.txt'), 0o755);
  symlinkSync('a.txt', join(work, 'link'));
  writeFileSync(Buffer.concat([Buffer.from(work), Buffer.from('/latin-\xe9', 'latin1')]), 'bytes\n');
}

describe('checkpoints', () => {
  it('follow a file that became a folder, a folder that became a file or a link, and back', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { file: 'f\n', 'folder/a': 'a\n', 'folder/b': 'b\n', 'other/c': 'c\n' });
    const checkpoints = checkpointsOf(sandpit);
    const before = fingerprint(sandpit.work);
    await checkpoints.snapshot('x', 0);
    rmSync(join(sandpit.work, 'file'));
    write(sandpit.work, { 'file/inside': 'x\n' });
    rmSync(join(sandpit.work, 'folder'), { recursive: true });
    writeFileSync(join(sandpit.work, 'folder'), 'now a file\n');
    renameSync(join(sandpit.work, 'other'), join(sandpit.work, 'moved'));
    symlinkSync('moved', join(sandpit.work, 'other'));
    await checkpoints.finishTurn(1);
    const after = fingerprint(sandpit.work);
    await checkpoints.undo();
    expect(fingerprint(sandpit.work)).toEqual(before);
    await checkpoints.redo();
    expect(fingerprint(sandpit.work)).toEqual(after);
  });

  it("never touch the user's repository", async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'a.txt': 'a\n' });
    write(sandpit.work, { 'a.txt': 'stashed\n' });
    git(sandpit.work, 'stash');
    write(sandpit.work, { 'a.txt': 'dirty\n', '.git/hooks/post-index-change': '#!/bin/sh\ntouch hooked\n' });
    chmodSync(join(sandpit.work, '.git/hooks/post-index-change'), 0o755);
    const before = fingerprint(join(sandpit.work, '.git'), []);
    const checkpoints = checkpointsOf(sandpit);
    await checkpoints.snapshot('x', 0);
    write(sandpit.work, { 'a.txt': 'agent\n', 'b.txt': 'agent\n' });
    await checkpoints.finishTurn(1);
    await checkpoints.undo();
    await checkpoints.close();
    expect(fingerprint(join(sandpit.work, '.git'), [])).toEqual(before);
    expect(existsSync(join(sandpit.work, 'hooked'))).toBe(false);
  });

  it('do not follow the GIT_ variables of the caller', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'a.txt': 'a\n' });
    process.env.GIT_INDEX_FILE = join(sandpit.home, 'elsewhere');
    try {
      const checkpoints = checkpointsOf(sandpit);
      expect(await checkpoints.snapshot('x', 0)).toBeDefined();
      expect(existsSync(join(sandpit.home, 'elsewhere'))).toBe(false);
    } finally {
      delete process.env.GIT_INDEX_FILE;
    }
  });

  it('keep what is in submodules and other repositories inside, those without a commit too', async () => {
    const sandpit = makeSandpit();
    const library = join(sandpit.home, '..', 'library');
    mkdirSync(library);
    commitFiles(library, { 'lib.txt': 'lib\n' });
    commitFiles(sandpit.work, { 'a.txt': 'a\n' });
    git(sandpit.work, 'submodule', 'add', '-q', library, 'vendor/library');
    git(sandpit.work, 'commit', '-qm', 'with a submodule');
    mkdirSync(join(sandpit.work, 'fresh'));
    git(join(sandpit.work, 'fresh'), 'init', '-q');
    write(sandpit.work, { 'fresh/x.txt': 'x\n' });
    const checkpoints = checkpointsOf(sandpit);
    const before = fingerprint(sandpit.work);
    await checkpoints.snapshot('x', 0);
    expect(checkpoints.problem()).toBeUndefined();
    write(sandpit.work, {
      'a.txt': 'b\n',
      'vendor/library/lib.txt': 'changed\n',
      'fresh/x.txt': 'changed\n',
      'fresh/y.txt': 'y\n',
    });
    const preview = await checkpoints.preview(checkpoints.list()[0]!.id);
    expect(preview.changes.map(({ path, kind }) => `${kind} ${path.slice(sandpit.work.length + 1)}`).sort()).toEqual([
      'change a.txt',
      'change fresh/x.txt',
      'change vendor/library/lib.txt',
      'delete fresh/y.txt',
    ]);
    await checkpoints.undo();
    expect(fingerprint(sandpit.work)).toEqual(before);
  });

  it('respect .gitignore, .git/info/exclude, and the limit of size', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { '.gitignore': 'out/\n*.log\n', 'big-tracked.bin': 'x'.repeat(5000) });
    write(sandpit.work, {
      '.git/info/exclude': 'private\n',
      'out/x': '1',
      'a.log': '1',
      private: '1',
      'big.bin': 'x'.repeat(5000),
    });
    const checkpoints = checkpointsOf(sandpit, 's1', { maxBytes: 1000 });
    const made = await checkpoints.snapshot('x', 0);
    expect(made?.left).toEqual(['big.bin']);
    write(sandpit.work, {
      'out/x': '2',
      'a.log': '2',
      private: '2',
      'big.bin': 'y'.repeat(5000),
      'big-tracked.bin': 'y'.repeat(5000),
    });
    const undone = await checkpoints.undo();
    expect(undone?.changed).toEqual([]);
    expect(undone?.kept).toEqual([join(sandpit.work, 'big-tracked.bin')]);
    expect(readFileSync(join(sandpit.work, 'big-tracked.bin'), 'utf8')[0]).toBe('y');
    await checkpoints.redo();
    await checkpoints.undo({ force: true });
    expect(readFileSync(join(sandpit.work, 'big-tracked.bin'), 'utf8')[0]).toBe('x');
  });

  it('do not overwrite what the user edited meanwhile unless forced, and say which it is', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'a.txt': 'a\n', 'b.txt': 'b\n', 'c.txt': 'c\n' });
    const checkpoints = checkpointsOf(sandpit);
    const first = await checkpoints.snapshot('one', 0);
    write(sandpit.work, { 'a.txt': 'agent\n', 'b.txt': 'agent\n' });
    await checkpoints.finishTurn(1);
    write(sandpit.work, { 'a.txt': 'agent and user\n' });
    await checkpoints.snapshot('two', 2);
    write(sandpit.work, { 'c.txt': 'agent\n' });
    await checkpoints.finishTurn(3);
    write(sandpit.work, { 'd.txt': 'user\n' });
    const preview = await checkpoints.preview(first!.id);
    expect(
      preview.changes.filter(({ isEdited }) => isEdited).map(({ path }) => path.slice(sandpit.work.length + 1)),
    ).toEqual(['a.txt']);
    const restored = await checkpoints.restore(first!.id);
    expect(restored.kept.map((path) => path.slice(sandpit.work.length + 1))).toEqual(['a.txt']);
    expect(readFileSync(join(sandpit.work, 'a.txt'), 'utf8')).toBe('agent and user\n');
    expect(readFileSync(join(sandpit.work, 'c.txt'), 'utf8')).toBe('c\n');
    await checkpoints.restore(first!.id, { force: true, paths: ['a.txt'] });
    expect(readFileSync(join(sandpit.work, 'a.txt'), 'utf8')).toBe('a\n');
    expect(existsSync(join(sandpit.work, 'd.txt'))).toBe(true);
  });

  it('undo means a turn until all of it was taken back, and never one that a later turn has taken the place of', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'a.txt': '0\n', 'b.txt': '0\n' });
    let checkpoints = checkpointsOf(sandpit);
    const work = async (turn: number, files: Record<string, string>) => {
      await checkpoints.snapshot(`turn ${turn}`, turn);
      write(sandpit.work, files);
      await checkpoints.finishTurn(turn);
    };
    const state = () => ['a.txt', 'b.txt'].map((name) => readFileSync(join(sandpit.work, name), 'utf8').trim()).join();
    const next = async () => (await checkpoints.nextUndo())?.checkpoint.label;
    const resume = async () => {
      await checkpoints.close();
      checkpoints = checkpointsOf(sandpit);
    };
    await work(1, { 'b.txt': '1\n' });
    await work(2, { 'a.txt': '2\n' });
    write(sandpit.work, { 'a.txt': 'mine\n', 'mine.txt': 'mine\n' });
    for (let times = 0; times < 2; times++)
      expect(await checkpoints.undo()).toMatchObject({ changed: [], kept: [join(sandpit.work, 'a.txt')] });
    expect([state(), await next()]).toEqual(['mine,1', 'turn 2']);
    const blocked = (await checkpoints.nextUndo())!.checkpoint.id;
    expect((await checkpoints.nextUndo(blocked))?.checkpoint.label).toBe('turn 1');
    await checkpoints.undo({ force: true });
    expect([state(), await next()]).toEqual(['0,1', 'turn 1']);
    await resume();
    // What was overwritten is no edit any more, and comes back as the user's.
    expect((await checkpoints.nextUndo())?.changes.map(({ isEdited }) => isEdited)).toEqual([false]);
    expect(await checkpoints.redo()).toMatchObject({ kept: [] });
    expect(state()).toBe('mine,1');
    expect(await checkpoints.undo()).toMatchObject({ changed: [], kept: [join(sandpit.work, 'a.txt')] });
    await checkpoints.undo({ force: true });
    await work(3, { 'a.txt': '3\n' });
    expect(await checkpoints.nextRedo()).toBeUndefined();
    await checkpoints.undo();
    await resume();
    expect([state(), await next()]).toEqual(['0,1', 'turn 1']);
    await checkpoints.undo();
    expect([state(), await next()]).toEqual(['0,0', undefined]);
    expect(readFileSync(join(sandpit.work, 'mine.txt'), 'utf8')).toBe('mine\n');
  });

  it('go on in a resumed session, several turns back', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'a.txt': '0\n' });
    const earlier = checkpointsOf(sandpit);
    for (const turn of [1, 2, 3]) {
      await earlier.snapshot(`turn ${turn}`, turn);
      write(sandpit.work, { 'a.txt': `${turn}\n` });
      await earlier.finishTurn(turn);
    }
    await earlier.close();
    const resumed = checkpointsOf(sandpit);
    expect(resumed.list().map(({ label }) => label)).toEqual(['turn 1', 'turn 2', 'turn 3']);
    const contents = [];
    for (let depth = 0; depth < 4; depth++)
      contents.push((await resumed.undo()) ? readFileSync(join(sandpit.work, 'a.txt'), 'utf8') : 'none');
    expect(contents).toEqual(['2\n', '1\n', '0\n', 'none']);
    for (let depth = 0; depth < 4; depth++)
      contents.push((await resumed.redo()) ? readFileSync(join(sandpit.work, 'a.txt'), 'utf8') : 'none');
    expect(contents.slice(4)).toEqual(['1\n', '2\n', '3\n', 'none']);
  });

  it('keep the state in which the checks were green beside those before each turn, and undo as ever', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'a.txt': 'first\n' });
    const checkpoints = checkpointsOf(sandpit);
    await checkpoints.snapshot('turn', 0);
    write(sandpit.work, { 'a.txt': 'green\n' });
    await checkpoints.keepBetween('green', 'checks green: npm test', 2);
    write(sandpit.work, { 'a.txt': 'red\n' });
    const read = () => readFileSync(join(sandpit.work, 'a.txt'), 'utf8');
    const green = checkpoints.list().at(-1)!;
    expect(checkpoints.list().map(({ kind }) => kind)).toEqual(['before', 'green']);
    await checkpoints.restore(green.id);
    expect(read()).toBe('green\n');
    await checkpoints.undo();
    expect(read()).toBe('first\n');
  });

  it('show the difference since a checkpoint', async () => {
    const sandpit = makeSandpit();
    commitFiles(sandpit.work, { 'a.txt': 'old\n' });
    const checkpoints = checkpointsOf(sandpit);
    const made = await checkpoints.snapshot('x', 0);
    write(sandpit.work, { 'a.txt': 'new\n' });
    const { patch, files, root } = await checkpoints.diffSince(made!.id);
    expect(patch).toContain('-old\n+new');
    expect(root).toBe(sandpit.work);
    expect(files).toEqual([join(sandpit.work, 'a.txt')]);
  });

  it('give a patch that git applies, whatever the files hold and in whichever repository they are', async () => {
    const sandpit = makeSandpit();
    const { work } = sandpit;
    const long = 'one\ntwo\nthree\n';
    commitFiles(work, { 'a.txt': 'a\n', 'gone.txt': 'gone\n', 'text.txt': long, 'app/old.txt': 'old\n' });
    write(work, { '.gitattributes': '*.txt diff=php\n' });
    writeFileSync(join(work, 'latin.txt'), Buffer.from('na\xefve\n', 'latin1'));
    writeFileSync(join(work, 'picture.bin'), Buffer.from([0, 1, 2]));
    mkdirSync(join(work, 'inside é'));
    commitFiles(join(work, 'inside é'), { 'x.txt': long, 'y.txt': 'y\n' });
    const copy = `${work}-copy`;
    cpSync(work, copy, { recursive: true });
    const checkpoints = checkpointsOf(sandpit);
    const made = await checkpoints.snapshot('turn', 0);
    writeFileSync(join(work, 'picture.bin'), Buffer.from([0, 1, 3, 255]));
    writeFileSync(join(work, 'latin.txt'), Buffer.from('na\xefvet\xe9\n', 'latin1'));
    writeFileSync(join(work, 'new latin.txt'), Buffer.alloc(200, '\xe9\n', 'latin1'));
    writeFileSync(join(work, 'new.bin'), Buffer.from([0, 9]));
    write(work, { 'a.txt': 'grün\n', 'inside é/y.txt': 'no newline' });
    rmSync(join(work, 'gone.txt'));
    renameSync(join(work, 'text.txt'), join(work, 'moved text.txt'));
    renameSync(join(work, 'inside é/x.txt'), join(work, 'inside é/z.txt'));
    symlinkSync('a.txt', join(work, 'link'));
    chmodSync(join(work, 'app/old.txt'), 0o755);
    mkdirSync(join(work, 'made'));
    git(join(work, 'app'), 'init', '-q');
    commitFiles(join(work, 'made'), { 'new.txt': 'new\n' });
    const { patch } = await checkpoints.diffSince(made!.id, 'toApply');
    expect(patch).toContain('+grün');
    writeFileSync(`${work}.patch`, patch);
    git(copy, 'apply', `${work}.patch`);
    expect(fingerprint(copy)).toEqual(fingerprint(work));
    const { patch: toRead } = await checkpoints.diffSince(made!.id);
    expect(toRead).toContain('+++ b/inside é/y.txt');
    expect(toRead).toContain('Binary files a/picture.bin and b/picture.bin differ');
    expect(toRead).not.toContain('GIT binary patch');
  });
});

it('several agents that open the store of one folder at the same moment all get their snapshot', async () => {
  for (let round = 0; round < 5; round++) {
    const sandpit = makeSandpit();
    write(sandpit.work, { 'a.txt': 'a\n' });
    const agents = ['one', 'two', 'three', 'four'].map((session) => checkpointsOf(sandpit, session));
    const made = await Promise.all(agents.map((agent) => agent.snapshot('turn', 0)));
    expect(agents.map((agent) => agent.problem())).toEqual(agents.map(() => undefined));
    expect(made.every(Boolean)).toBe(true);
    await Promise.all(agents.map((agent) => agent.close()));
  }
});

it.each(places.slice(0, 2))('asks git only once for the repository of %s', async (_, prepare) => {
  const sandpit = makeSandpit();
  prepare(sandpit);
  const log = join(sandpit.work, '..', 'asked');
  const program = join(sandpit.work, '..', 'bin/git');
  write(join(sandpit.work, '..'), { 'bin/git': `#!/bin/sh\necho "$*" >> ${log}\nexec ${findGit()} "$@"\n` });
  chmodSync(program, 0o755);
  // Without a sandbox, in which it could not write its list.
  vi.stubEnv('PATH', dirname(program));
  const checkpoints = checkpointsOf(sandpit);
  await checkpoints.snapshot('first turn', 0);
  await checkpoints.close();
  vi.unstubAllEnvs();
  expect(readFileSync(log, 'utf8').match(/--show-toplevel/g)).toHaveLength(1);
});

function findGit(): string {
  return execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
}
