import { linkSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { run } from '../program/program.ts';
import type { Place, Trial } from './trial.ts';

const done = { text: 'All done.' };
const textOf = (at: Place, name: string) => readFileSync(join(at.cwd, name), 'utf8');
const lostUnless = (isKept: boolean, what: string) => (isKept ? [] : [what]);

/** Answers of tools, as the last request has them. */
const results = (at: Place) => JSON.stringify(at.server.requests.at(-1)?.body.messages ?? []);

const edit = (path: string, oldText: string, newText: string) => ({
  calls: [{ name: 'edit', arguments: { path, edits: [{ oldText, newText }] } }],
});
const shell = (command: string) => ({ calls: [{ name: 'shell', arguments: { command } }] });

/** What everyday work does to files, commands and sessions. */
export const hardUseTrials: readonly Trial[] = [
  {
    fault: 'a file with two names is edited',
    replies: async () => ({
      replies: [edit('one.txt', 'old', 'new'), done],
      losses: (at) => lostUnless(textOf(at, 'two.txt') === 'new\n', 'the second name of the file'),
    }),
    said: /^$/,
    code: 0,
    prepare: ({ cwd }) => {
      writeFileSync(join(cwd, 'one.txt'), 'old\n');
      linkSync(join(cwd, 'one.txt'), join(cwd, 'two.txt'));
    },
  },
  {
    fault: 'a formatter changes a file between reading and editing',
    replies: async () => ({
      replies: [
        { calls: [{ name: 'read', arguments: { path: 'b.txt' } }] },
        shell("sed -i 's/x  =/x =/' b.txt"),
        edit('b.txt', 'y = 2', 'y = 3'),
        done,
      ],
      losses: (at) => lostUnless(textOf(at, 'b.txt') === 'x = 1\r\ny = 3\r\n', 'the edit, or what the formatter did'),
    }),
    said: /^$/,
    code: 0,
    prepare: ({ cwd }) => writeFileSync(join(cwd, 'b.txt'), 'x  = 1\r\ny = 2\r\n'),
  },
  {
    fault: 'a command prints Latin-1 and leaves a process behind',
    replies: async () => ({
      replies: [shell("printf 'Gr\\374\\337e\\n'; sleep 30 > /dev/null 2>&1 &"), done],
      losses: (at) => [
        ...lostUnless(results(at).includes('Grüße'), 'what the output says'),
        ...lostUnless(results(at).includes('still runs'), 'a word about the process'),
      ],
    }),
    said: /^$/,
    code: 0,
  },
  {
    fault: 'a second program on the same session',
    replies: [{ ...done, firstByteDelayMs: 6000 }],
    said: /^$/,
    code: 0,
    disturb: async (child, at) => {
      await expect
        .poll(() => at.server.requests.length > 1 || child.exitCode !== null, { timeout: 120_000, interval: 10 })
        .toBe(true);
      const second = await run(['-p', '--continue', 'go on', ...at.flags], at);
      expect([second.code, second.stderr]).toEqual([2, expect.stringContaining('is open in another wink-agent')]);
    },
  },
];
