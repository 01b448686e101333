import type { ChildProcess } from 'node:child_process';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { ScriptedReply } from '../../src/demo/server/scenario.ts';
import type { Place, Trial } from './trial.ts';

const late: readonly ScriptedReply[] = [{ text: 'All done.', firstByteDelayMs: 1500 }];
const done: readonly ScriptedReply[] = [{ text: 'All done.' }];

/** Waits until the file is written and the model was asked again, or the program has ended before. */
async function untilMidway(child: ChildProcess, at: Place): Promise<void> {
  await expect
    .poll(() => at.server.requests.length > 1 || child.exitCode !== null, { timeout: 120_000, interval: 10 })
    .toBe(true);
}

const signal = (name: NodeJS.Signals) => async (child: ChildProcess, at: Place) => {
  await untilMidway(child, at);
  child.kill(name);
};

const trials: readonly Trial[] = [
  { fault: 'SIGKILL midway', replies: late, said: /^$/, code: null, disturb: signal('SIGKILL') },
  { fault: 'SIGINT midway', replies: late, said: /aborted/, code: 130, disturb: signal('SIGINT') },
  { fault: 'SIGTERM midway', replies: late, said: /aborted/, code: 143, disturb: signal('SIGTERM') },
  { fault: 'SIGHUP midway', replies: late, said: /aborted/, code: 129, disturb: signal('SIGHUP') },
  {
    fault: 'stopped and continued',
    replies: late,
    said: /^$/,
    code: 0,
    disturb: async (child, at) => {
      await untilMidway(child, at);
      child.kill('SIGSTOP');
      child.kill('SIGCONT');
    },
  },
  { fault: 'stdout closed', replies: done, said: /^$/, code: 0, shell: '$WINK >&-' },
  { fault: 'stdin closed', replies: done, said: /^$/, code: 0, shell: '$WINK <&-' },
  { fault: 'stderr closed', replies: done, said: /^$/, code: 0, shell: '$WINK 2>&-' },
  { fault: 'stdout without room', replies: done, said: /ENOSPC/, code: 1, shell: '$WINK >/dev/full' },
  {
    fault: 'files above 64 kB refused by the system',
    replies: async () => ({
      replies: [{ calls: [{ name: 'write', arguments: { path: 'big.txt', content: 'x'.repeat(200_000) } }] }, ...done],
      losses: (at) => (existsSync(join(at.cwd, 'big.txt')) ? ['half of a file is left'] : []),
    }),
    said: /session is not being saved.*EFBIG.*continues/,
    code: 0,
    shell: 'ulimit -f 128; $WINK',
    hasNoSession: true,
  },
  {
    fault: 'a home folder that can not be made',
    replies: done,
    said: /session is not being saved.*continues/,
    code: 0,
    hasNoSession: true,
    prepare: ({ home }) => {
      rmSync(join(home, '.wink'), { recursive: true });
      writeFileSync(join(home, '.wink'), 'a file');
    },
  },
  {
    fault: 'a session folder that can not be written',
    replies: done,
    said: /session is not being saved.*continues/,
    code: 0,
    hasNoSession: true,
    prepare: ({ home }) => writeFileSync(join(home, '.wink/sessions'), 'a file'),
  },
  {
    fault: 'the working folder deleted midway',
    replies: [
      { text: 'I look.', calls: [{ name: 'glob', arguments: { pattern: '**' } }], firstByteDelayMs: 800 },
      ...done,
    ],
    said: /^$/,
    code: 0,
    hasNoSession: true,
    disturb: async (child, at) => {
      await untilMidway(child, at);
      rmSync(at.cwd, { recursive: true });
    },
  },
  {
    fault: 'a configuration that is no JSON',
    replies: done,
    said: /config\.json/,
    code: 2,
    isLostFromStart: true,
    prepare: ({ home }) => writeFileSync(join(home, '.wink/config.json'), '{ "model": '),
  },
];

/** Faults of the machine, of the terminal and of whoever stops the program. */
export const machineTrials = trials.filter(({ shell }) => !shell?.includes('/dev/full') || existsSync('/dev/full'));
