import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { makePlace, open, type Place, serve, serveRules, startBuilt, typeTask } from '../built.ts';

const write = (path: string) => ({ calls: [{ name: 'write', arguments: { path, content: 'export const x = 1;\n' } }] });

/** What the model answers when it is asked for a message. */
const writes = (text: string) => ({
  when: { system: 'message of one git commit' },
  replies: [{ text }],
  after: 'repeat' as const,
});

const hasSandbox = spawnSync('bwrap', ['--ro-bind', '/', '/', '--unshare-pid', '--proc', '/proc', 'true']).status === 0;

function writeProgram(path: string, script: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `#!/bin/sh\n${script}\n`);
  chmodSync(path, 0o755);
}

function gitPlace(): Place & { git: (...args: string[]) => string } {
  const place = makePlace();
  const git = (...args: string[]) =>
    execFileSync('git', args, { cwd: place.cwd, encoding: 'utf8', env: { ...process.env, HOME: place.home } });
  git('init', '-q', '-b', 'main');
  git('config', 'user.name', 'A');
  git('config', 'user.email', 'a@example.org');
  git('add', '.');
  git('commit', '-qm', 'Begin');
  return { ...place, git };
}

it('commits what the session changed and nothing else, with the repository’s hooks, after the message was shown', async () => {
  const place = gitPlace();
  const hook = join(place.cwd, '.git/hooks/pre-commit');
  mkdirSync(join(place.cwd, '.git/hooks'), { recursive: true });
  writeFileSync(hook, '#!/bin/sh\necho the hook says no\nexit 1\n');
  chmodSync(hook, 0o755);
  const model = await serveRules(writes('```\nAdd a number\n```'), {
    when: { kind: 'agent' },
    replies: [write('src/new.js'), { text: 'It is done.' }],
  });
  const screen = startBuilt(place, [...model, '--approval', 'edits']);
  await typeTask(screen, 'add a constant');
  await screen.shows('✓ done');
  writeFileSync(join(place.cwd, 'mine.txt'), 'mine\n');
  screen.press('/commit\r');
  await screen.shows('Commit this?');
  await screen.shows('1 file changed in this session');
  await screen.shows('Add a number');
  await screen.answers('y');
  await screen.shows('Nothing was committed. git says:');
  await screen.shows('the hook says no');
  expect(place.git('status', '--porcelain')).toBe('?? mine.txt\n?? src/new.js\n');

  writeFileSync(hook, '#!/bin/sh\necho it hangs\nsleep 60\n');
  screen.press('/commit\r');
  await screen.shows('Commit this?');
  await screen.answers('y');
  await screen.shows('it hangs');
  screen.press('\u001b');
  await screen.shows('and you stopped it');
  expect(place.git('status', '--porcelain')).toBe('?? mine.txt\n?? src/new.js\n');

  writeFileSync(hook, '#!/bin/sh\nexit 0\n');
  screen.press('/commit\r');
  await screen.shows('Commit this?');
  await screen.answers('n');
  await screen.hides('Commit this?');
  screen.press('/commit\r');
  await screen.shows('Commit this?');
  await screen.answers('e');
  await screen.hides('arrows and Enter');
  screen.press(' of mine\r');
  await screen.shows('Committed as');
  expect(place.git('log', '-1', '--format=%s', '--name-only')).toBe('Add a number of mine\n\nsrc/new.js\n');
  expect(place.git('status', '--porcelain')).toBe('?? mine.txt\n');
});

it('takes no word that is typed while the message is written for a yes', async () => {
  const place = gitPlace();
  writeFileSync(join(place.cwd, 'staged.txt'), 'one\n');
  place.git('add', 'staged.txt');
  const screen = startBuilt(place, await serveRules(writes('Add the staged file')));
  await screen.shows('Ask for something');
  screen.press('/commit');
  await screen.shows('❯ /commit');
  // In one piece with the words it would be a paste.
  screen.press('\r');
  await screen.hides('❯ /commit');
  screen.press('yes, and then');
  await screen.shows('Commit this?');
  await screen.shows('❯ yes, and then');
  await screen.shows('waits while you type');
  screen.press('\u0015');
  await screen.answers('\u0003');
  await screen.shows('Nothing was committed.');
  expect(place.git('status', '--porcelain')).toBe('A  staged.txt\n');
});

it('commits only what the user staged, with the message that the model wrote', async () => {
  const place = gitPlace();
  writeFileSync(join(place.cwd, 'staged.txt'), 'one\n');
  place.git('add', 'staged.txt');
  writeFileSync(join(place.cwd, 'other.txt'), 'two\n');
  const screen = startBuilt(place, await serveRules(writes('Add the staged file\n\nIt was missing.')));
  await screen.shows('Ask for something');
  screen.press('/commit\r');
  await screen.shows('Add the staged file');
  await screen.shows('1 file staged:');
  await screen.answers('y');
  await screen.shows('Committed as');
  expect(place.git('log', '-1', '--format=%B', '--name-only')).toBe(
    'Add the staged file\n\nIt was missing.\n\n\nstaged.txt\n',
  );
});

it('says in a sentence that there is nothing to commit or to review', async () => {
  const place = gitPlace();
  const screen = startBuilt(place, await serve({ text: 'x' }));
  await screen.shows('Ask for something');
  screen.press('/commit\r');
  await screen.shows('Nothing to commit');
  screen.press('/review branch\r');
  await screen.shows('No base branch was found');
});

it.skipIf(!hasSandbox)(
  'keeps what the repository’s hooks start from the user’s keys, which sign the commit all the same',
  async () => {
    const place = gitPlace();
    writeProgram(
      join(place.home, 'bin/sign'),
      'cat > /dev/null; echo "-----BEGIN PGP SIGNATURE-----"; cat "$HOME/.ssh/id"; echo "-----END PGP SIGNATURE-----"; echo "[GNUPG:] SIG_CREATED " >&2',
    );
    mkdirSync(join(place.home, '.ssh'));
    writeFileSync(join(place.home, '.ssh/id'), 'KEY\n');
    writeFileSync(
      join(place.home, '.gitconfig'),
      `[user]\nsigningKey = x\n[commit]\ngpgSign = true\n[gpg]\nprogram = ${join(place.home, 'bin/sign')}\n`,
    );
    // What the hook starts is a file that any command may have written.
    writeProgram(join(place.cwd, '.git/hooks/pre-commit'), 'sh tools/check.sh');
    writeProgram(
      join(place.cwd, 'tools/check.sh'),
      'cat "$HOME/.ssh/id" > seen; echo checked > report; git add report',
    );
    place.git('add', 'tools');
    const screen = startBuilt(place, await serveRules(writes('Add a check')));
    await screen.shows('Ask for something');
    screen.press('/commit\r');
    await screen.shows('git runs this repository’s hooks (pre-commit) in the sandbox.'.replace('’', "'"));
    await screen.answers('y');
    await screen.shows('Committed as');
    expect(readFileSync(join(place.cwd, 'seen'), 'utf8')).toBe('');
    expect(place.git('log', '-1', '--format=%an %s', '--name-only')).toBe('A Add a check\n\nreport\ntools/check.sh\n');
    expect(place.git('cat-file', 'commit', 'HEAD')).toMatch(/^gpgsig -----BEGIN.*\n KEY$/m);
    expect(place.git('status', '--porcelain')).toBe('?? seen\n');
  },
);

it.skipIf(!hasSandbox)(
  'offers the user’s rights where a hook needs them, and restores the index where it fails',
  async () => {
    const place = gitPlace();
    // A hook's own cache; in temporary folders it could write.
    const outside = mkdtempSync('/var/tmp/wink-hook-');
    open.folders.push(outside);
    writeProgram(join(place.cwd, '.git/hooks/pre-commit'), `echo x > more; git add more; echo tool > ${outside}/tool`);
    writeFileSync(join(place.cwd, 'staged.txt'), 'one\n');
    place.git('add', 'staged.txt');
    const screen = startBuilt(place, await serveRules(writes('Add a file')));
    await screen.shows('Ask for something');
    screen.press('/commit\r');
    await screen.shows('Commit this?');
    await screen.answers('y');
    await screen.shows('Commit once more, outside the sandbox?');
    await screen.shows('it could not write');
    expect(place.git('status', '--porcelain')).toBe('A  staged.txt\n?? more\n');
    expect(readdirSync(join(place.cwd, '.git')).filter((name) => name.includes('index'))).toEqual(['index']);
    await screen.answers('y');
    await screen.shows('Committed as');
    expect(readFileSync(join(outside, 'tool'), 'utf8')).toBe('tool\n');
  },
);

it('says what else lies in a file that it commits, and knows what a session changed before it was taken up again', async () => {
  const place = gitPlace();
  const path = 'src/sum.js';
  writeFileSync(join(place.cwd, path), '// mine\nexport function sum(a, b) {\n  return a - b;\n}\n');
  writeFileSync(join(place.cwd, 'mine.txt'), 'mine\n');
  const model = await serveRules(writes('Mend the sum'), {
    when: { kind: 'agent' },
    replies: [
      { calls: [{ name: 'read', arguments: { path } }] },
      { calls: [{ name: 'edit', arguments: { path, edits: [{ oldText: 'a - b', newText: 'a + b' }] } }] },
      { text: 'It is done.' },
      write('src/two.js'),
      { text: 'It is done, too.' },
    ],
  });
  const first = startBuilt(place, [...model, '--approval', 'edits']);
  await typeTask(first, 'mend it');
  await first.shows('It is done.');
  await first.shows('✓ done');
  first.press('/commit\r');
  await first.shows('1 file had uncommitted changes before the session, which are committed too:');
  await first.shows('1 other file with uncommitted changes is left out.');
  await first.answers('n');
  await first.shows('Nothing was committed.');
  first.press('\u0004');
  await first.exit();
  const second = startBuilt(place, [...model, '--approval', 'edits', '--continue']);
  await typeTask(second, 'and another');
  await second.shows('It is done, too.');
  await second.shows('✓ done');
  second.press('/commit\r');
  await second.shows('2 files changed in this session:');
  await second.answers('y');
  await second.shows('Committed as');
  expect(place.git('log', '-1', '--format=%s', '--name-only')).toBe('Mend the sum\n\nsrc/sum.js\nsrc/two.js\n');
});
