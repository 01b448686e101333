import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder } from '../program.ts';
import { done, type Reply, runAlone, shell } from '../task.ts';

const call = (name: string, args: Readonly<Record<string, string | boolean>>): Reply => ({
  calls: [{ name, arguments: args }],
});
const read = (path: string) => call('read', { path });

test('instructions of any folder leave out what a rule on reading closes, and the user is told once', async () => {
  const { code, stderr, requests } = await runAlone({
    config: { permissions: { deny: ['read(private/**)'], ask: ['read(docs/asked.md)'] } },
    files: {
      'AGENTS.md': 'Be brief. @docs/style.md @docs/asked.md @private/plan.md @.env @missing.md @somebody',
      'docs/style.md': 'Use tabs.',
      'docs/asked.md': 'ASKED-WORDS',
      'private/plan.md': 'PLAN-WORDS',
      '.env': 'TOKEN=ENV-WORDS',
      'web/AGENTS.md': 'Web rules. @../private/plan.md',
      'web/b.txt': 'b',
      'web/c.txt': 'c',
    },
    replies: [read('web/b.txt'), read('web/c.txt'), done],
    flags: ['--approval', 'full'],
  });
  expect(code).toBe(0);
  const sent = JSON.stringify(requests.map(({ body }) => body.messages));
  expect(sent).toContain('Use tabs.');
  expect(sent).toContain('Web rules.');
  expect(sent).not.toMatch(/PLAN-WORDS|ASKED-WORDS|ENV-WORDS/);
  expect(stderr.match(/Left out of the instructions.*/g)).toEqual([
    'Left out of the instructions for the model: docs/asked.md (the ask rule read(docs/asked.md) covers it), private/plan.md (the deny rule read(private/**) covers it), .env (it looks like it holds secrets).',
  ]);
});

test('instructions that lead out of the repository are left out with a word, by link and by import', async () => {
  const elsewhere = makeFolder();
  writeFileSync(join(elsewhere, 'mine.md'), 'MINE-WORDS');
  const cwd = makeFolder();
  mkdirSync(join(cwd, '.git'));
  writeFileSync(join(cwd, 'AGENTS.md'), `Here. @~/notes.md @${elsewhere}/mine.md @linked.md`);
  symlinkSync(join(elsewhere, 'mine.md'), join(cwd, 'linked.md'));
  const home = makeFolder();
  writeFileSync(join(home, 'notes.md'), 'NOTES-WORDS');
  const { stderr, requests } = await runAlone({ place: { cwd, home } });
  const sent = JSON.stringify(requests[0]?.body.messages);
  expect(sent).toContain('Here.');
  expect(sent).not.toMatch(/MINE-WORDS|NOTES-WORDS/);
  expect(stderr.match(/it lies outside the repository/g)).toHaveLength(3);
});

test('what a deny rule on reading covers is named to the model nowhere by itself', async () => {
  const { requests } = await runAlone({
    config: { permissions: { deny: ['read(private/**)', 'read(hush.txt)'] } },
    files: { 'private/plan.md': 'x', 'hush.txt': 'x', 'src/hush.txt': 'x', 'src/open.ts': 'x' },
    prompt: 'look at @src',
  });
  const sent = JSON.stringify(requests[0]?.body.messages);
  expect(sent).toContain('open.ts');
  expect(sent).not.toMatch(/private|hush/);
});

test('no list of names and no search tells what a deny rule on reading covers, and what was left out is said', async () => {
  const { requests } = await runAlone({
    config: { permissions: { deny: ['read(private/**)', 'read(hush.txt)'], ask: ['read(notes/**)'] } },
    files: {
      'private/plan.md': 'needle',
      'hush.txt': 'needle',
      'src/hush.txt': 'needle',
      'src/open.ts': 'needle',
      'notes/asked.md': 'needle in the notes',
    },
    replies: [
      call('glob', { pattern: '*' }),
      call('glob', { pattern: '**/*.ts' }),
      call('grep', { pattern: 'needle', mode: 'files' }),
      read('src'),
      read('missing'),
      shell('cat */*.md *.txt; ls'),
      done,
    ],
  });
  const messages = requests.at(-1)!.body.messages as { role: string; content: string }[];
  const results = messages.filter(({ role }) => role === 'tool').map(({ content }) => content);
  const [names, scripts, found, folder, missing, command] = results;
  expect(names).toBe('a.txt\nnotes/\nsrc/\n[what deny rules of the user cover is left out]');
  expect(scripts).toBe('src/open.ts');
  expect(found).toContain('src/open.ts');
  expect(found).toContain('or that rules of the user ask about, were left out');
  expect(found).toContain('[what deny rules of the user cover is left out]');
  expect(found).not.toContain('notes');
  expect([folder, missing].join()).toMatch(/open\.ts.*a\.txt/s);
  expect([names, scripts, found, folder, missing].join()).not.toMatch(/private|hush/);
  expect(command).not.toContain('needle');
});

test('skills, commands and agents leave out what rules close, and a repository’s those that lead out of it', async () => {
  const home = makeFolder();
  const cwd = makeFolder();
  mkdirSync(join(cwd, '.git'));
  const put = (folder: string, name: string, text: string) => {
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, name), text);
  };
  const skill = (name: string) => `---\nname: ${name}\ndescription: DESCRIPTION-OF-${name}\n---\nBODY-OF-${name}`;
  put(join(home, 'notes'), 'private.md', '---\nname: led\ndescription: NOTES-WORDS\n---\nNOTES-WORDS');
  put(join(home, '.claude/skills/closed'), 'SKILL.md', skill('closed'));
  put(join(cwd, '.claude/skills/mine'), 'SKILL.md', skill('mine'));
  put(join(cwd, '.claude/skills/mine'), '.env', 'TOKEN=ENV-WORDS');
  for (const folder of ['.claude/skills/led', '.claude/agents', '.wink/commands'])
    mkdirSync(join(cwd, folder), { recursive: true });
  for (const name of ['.claude/skills/led/SKILL.md', '.claude/agents/led.md', '.wink/commands/led.md'])
    symlinkSync(join(home, 'notes/private.md'), join(cwd, name));
  const { stderr, requests } = await runAlone({
    place: { cwd, home },
    config: { permissions: { deny: ['read(~/.claude/skills/closed/**)'] } },
    flags: ['--trust'],
    replies: [call('skill', { name: 'mine' }), call('skill', { name: 'mine', file: '.env' }), done],
  });
  const sent = JSON.stringify(requests.map(({ body }) => body));
  expect(sent).toContain('BODY-OF-mine');
  expect(sent).not.toMatch(/OF-closed|NOTES-WORDS|ENV-WORDS/);
  expect(stderr).toContain('is left out: the deny rule read(~/.claude/skills/closed/**) covers it.');
  expect(stderr.match(/is left out: it is a link that leads out of the repository\./g)).toHaveLength(3);
});
