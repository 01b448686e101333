import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { jsonLines, makeFolder, run } from '../program.ts';
import { type SlotReply, serveOneSlot } from './one-slot-server.ts';

const open: (() => void)[] = [];
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const change = (name: string): SlotReply => ({ command: `echo 1 >> ${name}` });
const commit: SlotReply = { command: 'git add -A && git -c user.name=a -c user.email=a@b.c commit -qm next' };
const red: SlotReply = { command: 'npm test || echo "1 failing: expected 3 but got 4"; exit 1' };

/** Thirty steps with what the judge is asked about in the middle of a turn: commits, and checks that stay red over a change. */
const longRun: readonly SlotReply[] = [
  ...[change('a.js'), commit, red, change('a.js'), red, change('b.js'), red, change('a.js'), red],
  ...Array.from({ length: 7 }, (_, at) => [change(`c${at}.js`), { command: `wc -l c${at}.js` }, commit]).flat(),
  { text: 'All of it is done.' },
];

async function work(replies: readonly SlotReply[], judgeMs: number, more: { slots?: number; judge?: object } = {}) {
  const server = await serveOneSlot(replies, judgeMs);
  open.push(server.close);
  const [cwd, home] = [makeFolder(), makeFolder()];
  mkdirSync(join(home, '.wink'));
  const { slots, judge = {} } = more;
  const observer = { finalWaitSeconds: 2, judge: { level: 'thorough', ...judge } };
  const config = { providers: { custom: { slots } }, observer };
  writeFileSync(join(home, '.wink', 'config.json'), JSON.stringify(config));
  const git = { PATH: process.env.PATH, HOME: home };
  const words = ['-p', 'Do it.', '--model', 'small', '--base-url', server.url, '--approval', 'full'];
  await (await import('execa')).execa('git', ['init', '-q'], { cwd, env: git });
  const ended = await run([...words, '--output-format', 'json'], { cwd, home });
  expect(ended.code, ended.stderr).toBe(0);
  return { counts: server.counts, result: jsonLines(ended.stdout)[0] };
}

describe('a local server with one slot, shared by agent and judge', () => {
  it('is never waited for and never loses its prompt cache to the judge, who is asked at the end of the turn', async () => {
    // However slow the machine, no command counts as one that runs for long.
    // What could not be asked before takes nothing of the few calls that the usual level allows.
    const { counts, result } = await work(longRun, 40, { judge: { idleSeconds: 600, level: 'standard' } });
    expect(result).toMatchObject({ outcome: 'done', steps: 31 });
    expect(counts).toMatchObject({ agent: 31, waits: 0, misses: 0, midway: 0 });
    expect(counts.judge).toBeGreaterThan(0);
  });

  it('would be both if the user said that it has two slots', async () => {
    const { counts } = await work(longRun, 40, { slots: 2 });
    expect(counts.misses).toBeGreaterThan(2);
    expect(counts.midway).toBeGreaterThan(2);
  });

  it('is asked while a tool runs for long, for one lost prompt cache at most', async () => {
    const replies = [change('a.md'), commit, { command: 'sleep 3' }, { command: 'ls' }, { text: 'Done.' }];
    const { counts } = await work(replies, 40, { judge: { idleSeconds: 0.5 } });
    expect(counts).toMatchObject({ waits: 0, misses: 1, cut: 0 });
    expect(counts.midway).toBeGreaterThan(0);
  });

  it('is not asked while a subagent is at work', async () => {
    const replies = [
      change('a.md'),
      commit,
      { task: 'Write the notes.' },
      ...[change('b.md'), { command: 'sleep 3' }, { text: 'The notes are written.' }],
      { text: 'Done.' },
    ];
    const { counts, result } = await work(replies, 40, { judge: { idleSeconds: 0.5 } });
    expect(result).toMatchObject({ outcome: 'done', subagents: [{ outcome: 'done', steps: 3 }] });
    expect(counts).toMatchObject({ waits: 0, midway: 0 });
  });

  it('is left as soon as the agent asks', async () => {
    const replies = [change('a.md'), commit, { command: 'sleep 3' }, { text: 'Done.' }];
    const { counts, result } = await work(replies, 60_000, { judge: { idleSeconds: 0.5, timeoutSeconds: 1000 } });
    expect(counts.cut).toBeGreaterThan(0);
    expect(result).toMatchObject({ outcome: 'done', steps: 4 });
  });
});
