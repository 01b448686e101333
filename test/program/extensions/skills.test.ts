import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScriptedReply } from '../../../src/demo/server/scenario.ts';
import { makeFolder, run, serve } from '../program.ts';

function writeSkill(folder: string, text: string, files: Readonly<Record<string, string>> = {}) {
  mkdirSync(join(folder, 'scripts'), { recursive: true });
  writeFileSync(join(folder, 'SKILL.md'), text);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
}

function places() {
  const cwd = makeFolder();
  const home = makeFolder();
  mkdirSync(join(cwd, '.git'));
  return { cwd, home };
}

async function runTask(
  place: { cwd: string; home: string },
  replies: readonly ScriptedReply[],
  prompt = 'go',
  more: readonly string[] = [],
) {
  const server = await serve(replies);
  const ended = await run(
    ['-p', prompt, '--model', 'scripted', '--base-url', server.url, '--wink', 'off', ...more],
    place,
  );
  // A large context has the endpoint asked for the model's window, too.
  const asked = server.requests.filter(({ body }) => Array.isArray(body.tools)).map(({ body }) => body);
  return {
    ...ended,
    tools: JSON.stringify(asked[0]?.tools),
    said: JSON.stringify(asked.at(-1)?.messages),
    first: JSON.stringify(asked[0]?.messages),
  };
}

const use = (input: object): ScriptedReply => ({ calls: [{ name: 'skill', arguments: { ...input } }] });
const done: ScriptedReply = { text: 'Done.' };

test('skills of every place are named in the request, and their text, files and scripts are there when they are used', async () => {
  const place = places();
  writeSkill(
    join(place.home, '.wink/skills/release'),
    "---\nname: release\ndescription: Cuts a release: tags and notes. Use when: a version is due.\n---\nTag it by `awk '{print $1}'`. Details in notes.md.",
    { 'notes.md': 'Write them in haiku.' },
  );
  writeSkill(
    join(place.home, '.claude/skills/review'),
    '\uFEFF---\ndescription: >\n  Reads a change\n  with care.\n---\nLook twice.',
  );
  writeSkill(
    join(place.cwd, '.agents/skills/group/deploy'),
    '---\nname: deploy\ndescription: Puts it live.\n---\nRun scripts/go.sh for $ARGUMENTS.',
    { 'scripts/go.sh': 'echo live' },
  );
  writeSkill(join(place.cwd, '.claude/skills/review'), '---\nname: review\ndescription: Theirs.\n---\nNo.');
  symlinkSync('/etc/passwd', join(place.cwd, '.agents/skills/group/deploy/outside'));
  const { code, tools, said, stderr } = await runTask(
    place,
    [
      use({ name: 'release' }),
      use({ name: 'release', file: 'notes.md' }),
      // As Claude Code calls a skill.
      use({ skill: 'deploy', args: 'staging' }),
      use({ name: 'deploy', file: 'outside' }),
      use({ name: 'nothing' }),
      done,
    ],
    'go',
    ['--trust'],
  );
  expect(code).toBe(0);
  for (const line of [
    'release: Cuts a release: tags and notes. Use when: a version is due.',
    'review: Reads a change with care.',
    'deploy: Puts it live.',
  ])
    expect(tools).toContain(line);
  expect(tools).not.toContain('Look twice.');
  expect(stderr).toContain('there is another review in');
  expect(said).toContain("Tag it by `awk '{print $1}'`.");
  expect(said).toContain('Its files: notes.md');
  expect(said).toContain('Write them in haiku.');
  expect(said).toContain('Run scripts/go.sh for staging.');
  expect(said).toContain('outside lies outside of the skill deploy.');
  expect(said).toContain('there is no skill \\"nothing\\"');
});

test('a skill’s files are read without a question, its scripts run under the permissions', async () => {
  const place = places();
  const folder = join(place.home, '.agents/skills/release');
  writeSkill(folder, '---\nname: release\ndescription: d\n---\nx', { 'scripts/go.sh': 'touch made' });
  const shell: ScriptedReply = { calls: [{ name: 'shell', arguments: { command: `sh ${folder}/scripts/go.sh` } }] };
  const read = await runTask(
    place,
    [{ calls: [{ name: 'read', arguments: { path: join(folder, 'scripts/go.sh') } }] }, shell, done],
    'go',
    ['--deny', 'shell'],
  );
  expect(read.said).toContain('touch made');
  expect(read.code).toBe(7);
});

test('a skill that the user names by /NAME is used; one that is for the user alone is not offered', async () => {
  const place = places();
  writeSkill(
    join(place.home, '.wink/skills/commit'),
    '---\nname: commit\ndescription: Makes commits small.\ndisable-model-invocation: true\n---\nCommit in small steps.',
  );
  const { first, tools } = await runTask(place, [done], '/commit the parser');
  expect(first).toContain('Commit in small steps.');
  expect(first).toContain('It is used for: the parser');
  expect(tools).not.toContain('Makes commits small.');
});

test('skills of a repository that is not trusted are ignored, and a line says so; many are bounded', async () => {
  const place = places();
  writeSkill(join(place.cwd, '.claude/skills/theirs'), '---\nname: theirs\ndescription: Theirs.\n---\nx');
  for (let index = 0; index < 120; index++)
    writeSkill(
      join(place.home, `.wink/skills/s${index}`),
      `---\nname: s${index}\ndescription: ${'many words '.repeat(90)}\n---\nx`,
    );
  const { tools, stderr } = await runTask(place, [done]);
  expect(stderr).toContain('are ignored because you have not trusted this repository');
  expect(tools).not.toContain('theirs: Theirs.');
  expect(tools).toContain('- s119: many words');
  const text: unknown = JSON.parse(tools);
  const skill = (Array.isArray(text) ? text : []).find((tool) => tool.function.name === 'skill');
  expect(skill.function.description.length).toBeLessThan(9_000);
});
