import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScriptedReply } from '../../src/demo/server/scenario.ts';
import { startModelServer } from '../../src/demo/server.ts';
import { builtInCommands } from '../../src/slash-commands/built-in.ts';
import { makePlace, open, type Place, startBuilt, typeTask } from './built.ts';
import type { TestScreen } from './driver.ts';

type Session = { readonly screen: TestScreen; readonly place: Place };

const isSent = async (words: string) => {
  await expect.poll(() => open.servers[0]?.requests.some(({ rawBody }) => rawBody.includes(words))).toBe(true);
};
const isThere = (path: string, expected: boolean) => expect.poll(() => existsSync(path)).toBe(expected);
const made = ({ place }: Session) => join(place.cwd, 'made.txt');

/**
 * For each slash command, in an order that suits one session: what is typed, and what shows that it did it. The session begins with a turn
 * that wrote `made.txt` and started a command in the background. A command without a proof fails the last test.
 */
const proofs: Readonly<Record<string, { readonly type: string; readonly prove: (session: Session) => Promise<void> }>> =
  {
    help: { type: '/help', prove: ({ screen }) => screen.printed('writes in $EDITOR') },
    shadow: { type: '/shadow', prove: ({ screen }) => screen.printed('only notes what it would have said') },
    wink: { type: '/wink on', prove: ({ screen }) => screen.printed('The observer speaks to the model') },
    cost: { type: '/cost', prove: ({ screen }) => screen.printed(/observer \(\d+ judge calls?\)/) },
    context: { type: '/context', prove: ({ screen }) => screen.printed('tool output') },
    vim: {
      type: '/vim',
      prove: async ({ screen }) => {
        await screen.printed("Vim's keys are on: Esc for commands");
        screen.press('/vim\r');
        await screen.printed("Vim's keys are off.");
      },
    },
    copy: { type: '/copy', prove: ({ screen }) => screen.printed('Copied 1 line') },
    export: { type: '/export talk.md', prove: ({ place }) => isThere(join(place.cwd, 'talk.md'), true) },
    theme: {
      type: '/theme light',
      prove: async ({ screen, place }) => {
        await screen.printed('The theme is light now');
        expect(readFileSync(join(place.home, '.wink/config.json'), 'utf8')).toContain('light');
      },
    },
    diff: {
      type: '/diff',
      prove: async ({ screen }) => {
        await screen.shows('made.txt');
        screen.press('q');
      },
    },
    undo: { type: '/undo', prove: (session) => isThere(made(session), false) },
    redo: { type: '/redo', prove: (session) => isThere(made(session), true) },
    jobs: {
      type: '/jobs',
      prove: async ({ screen }) => {
        await screen.shows('1 background command; Enter shows the output');
        screen.press('\r');
        await screen.shows('x ends the command');
        screen.press('q');
      },
    },
    aside: {
      type: '/aside',
      prove: ({ screen }) => screen.shows('A command runs in the background, and might change it'),
    },
    rules: {
      type: '/rules',
      prove: async ({ screen }) => {
        await screen.shows('allow shell(npm test:*)');
        screen.press('\u001b');
      },
    },
    skills: { type: '/skills', prove: ({ screen }) => screen.printed('tells where the till is') },
    // It is started anew from time to time, so it may be seen in between.
    mcp: { type: '/mcp', prove: ({ screen }) => screen.printed(/broken: (?:down|starting)/) },
    learn: {
      type: '/learn never push to main',
      prove: async ({ screen }) => {
        await screen.shows('+ - Never push to main.');
        await screen.answers('n');
        await screen.printed('Nothing was written.');
      },
    },
    model: {
      type: '/model second',
      prove: ({ screen }) =>
        screen.printed("The next request goes to second. It is not in the endpoint's own list; /model shows that."),
    },
    init: {
      type: '/init',
      prove: async ({ screen }) => {
        await isSent('Write a file AGENTS.md in the root');
        expect(open.servers[0]?.requests.at(-1)?.body.model).toBe('second');
        await screen.printed('It is written.');
      },
    },
    review: {
      type: '/review',
      prove: async ({ screen }) => {
        await isSent('Read the whole change');
        await screen.printed('It is reviewed.');
      },
    },
    commit: {
      type: '/commit',
      prove: async ({ screen, place }) => {
        await screen.shows('Commit this?');
        await screen.shows('Add what was made');
        await screen.answers('y');
        await screen.printed('Committed as');
        expect(git(place, 'log', '--format=%s', '-1')).toBe('Add what was made\n');
      },
    },
    compact: {
      type: '/compact keep the till',
      prove: async ({ screen }) => {
        await screen.printed('too short for a summary to save anything');
      },
    },
    rewind: {
      type: '/rewind',
      prove: async ({ screen }) => {
        await screen.shows('Go back to before a message');
        screen.press('\u001b');
      },
    },
    approval: {
      type: '/approval plan',
      prove: ({ screen }) => screen.printed('Approval plan: reads and plans, changes nothing.'),
    },
    clear: { type: '/clear', prove: ({ screen }) => screen.printed('A new session has begun; the old one is saved') },
    sessions: { type: '/sessions', prove: ({ screen }) => screen.printed('make it') },
    resume: {
      type: '/resume',
      prove: async ({ screen }) => {
        await screen.shows('Resume a session');
        screen.press('\r');
        await screen.printed(/Session \S+ continues\./);
      },
    },
    quit: { type: '/quit', prove: async ({ screen }) => expect(await screen.exit()).toBe(0) },
  };

function git({ cwd, home }: Place, ...args: string[]): string {
  return execFileSync('git', args, { cwd, encoding: 'utf8', env: { ...process.env, HOME: home } });
}

function placeWithExtensions(): Place {
  const place = makePlace();
  git(place, 'init', '-q', '-b', 'main');
  git(place, 'config', 'user.name', 'A');
  git(place, 'config', 'user.email', 'a@example.org');
  git(place, 'add', '.');
  git(place, 'commit', '-qm', 'Begin');
  const skill = join(place.home, '.wink/skills/till');
  mkdirSync(skill, { recursive: true });
  writeFileSync(join(skill, 'SKILL.md'), '---\nname: till\ndescription: tells where the till is\n---\nIt is here.\n');
  writeFileSync(
    join(place.home, '.wink/config.json'),
    JSON.stringify({
      compaction: { keepSteps: 1 },
      permissions: { allow: ['shell(npm test:*)'] },
      mcpServers: { broken: { command: process.execPath, args: ['-e', 'process.exit(1)'] } },
      observer: { judge: { level: 'off' }, classes: { 'unverified-finish': { enabled: false } } },
    }),
  );
  return place;
}

test('each slash command does what its help says, in the built program', async () => {
  const place = placeWithExtensions();
  const replies: ScriptedReply[] = [
    { calls: [{ name: 'write', arguments: { path: 'made.txt', content: 'made\n' } }] },
    { calls: [{ name: 'shell', arguments: { command: 'sleep 600', background: true } }] },
    { text: 'It is made.' },
    { text: 'It is written.' },
    { text: 'It is reviewed.' },
  ];
  const server = await startModelServer({
    scenario: {
      rules: [
        { when: { kind: 'agent' }, replies },
        { when: { system: 'message of one git commit' }, replies: [{ text: 'Add what was made' }] },
        { when: { kind: 'compaction' }, replies: [{ text: 'The till was made.' }] },
      ],
    },
  });
  open.servers.push(server);
  const flags = ['--model', 'scripted', '--base-url', server.url];
  const screen = startBuilt(place, [...flags, '--approval', 'full']);
  await typeTask(screen, 'make it');
  await screen.printed('It is made.');
  for (const [name, { type, prove }] of Object.entries(proofs)) {
    await screen.shows('Ask for something');
    screen.press(type);
    await screen.shows(`❯ ${type}`);
    screen.press('\r');
    await prove({ screen, place }).catch((error: unknown) => {
      throw new Error(`/${name}: ${screen.text()}`, { cause: error });
    });
  }
}, 90_000);

test('each slash command has its proof', () => {
  expect(
    [...builtInCommands].filter((name) => !(name in proofs)),
    'without a proof above',
  ).toEqual([]);
});
