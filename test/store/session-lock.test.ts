import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { isProcessAlive } from '../../src/core/process/platform.ts';
import { lockSession } from '../../src/store/session-lock.ts';

const makeFolder = () => mkdtempSync(join(tmpdir(), 'wink-lock-'));
const writeLock = (folder: string, holder: object) => writeFileSync(join(folder, 's.lock'), JSON.stringify(holder));

test('a session is held until everybody in this process has let go of it', () => {
  const folder = makeFolder();
  const [first, second] = [lockSession(folder, 's'), lockSession(folder, 's')];
  expect(JSON.parse(readFileSync(join(folder, 's.lock'), 'utf8'))).toMatchObject({ pid: process.pid });
  first();
  first();
  expect(existsSync(join(folder, 's.lock'))).toBe(true);
  second();
  expect(readdirSync(folder)).toEqual([]);
});

test('a living process of this machine, and one of another machine that was heard lately, keep theirs', () => {
  const folder = makeFolder();
  writeLock(folder, { pid: process.ppid, host: hostname(), startedAt: startOf(process.ppid) });
  expect(() => lockSession(folder, 's')).toThrow(`is open in another wink-agent (process ${process.ppid})`);
  writeLock(folder, { pid: 4_000_000, host: 'elsewhere' });
  expect(() => lockSession(folder, 's')).toThrow('(process 4000000 on elsewhere)');
});

test('the lock of a dead process, of a number used again, of a silent machine, or one that says nothing, is taken over', () => {
  const dead = Number(
    execFileSync(process.execPath, ['-e', 'process.stdout.write(String(process.pid))'], { encoding: 'utf8' }),
  );
  const holders = [
    { pid: dead, host: hostname() },
    { pid: process.ppid, host: hostname(), startedAt: 'another time' },
    { pid: 4_000_000, host: 'elsewhere' },
    {},
  ];
  for (const holder of holders) {
    const folder = makeFolder();
    writeLock(folder, holder);
    utimesSync(join(folder, 's.lock'), new Date(0), new Date(0));
    lockSession(folder, 's')();
    expect(readdirSync(folder)).toEqual([]);
  }
});

test('the lock of a killed process that its parent has not asked about is taken over', async () => {
  const parent = spawn('/bin/sh', ['-c', 'sleep 0.1 & echo $!; exec sleep 60']);
  onTestFinished(() => void parent.kill('SIGKILL'));
  const [line] = await once(parent.stdout, 'data');
  const pid = Number(line);
  const folder = makeFolder();
  writeLock(folder, { pid, host: hostname(), startedAt: startOf(pid) });
  await expect.poll(() => isProcessAlive(pid), { timeout: 10_000 }).toBe(false);
  lockSession(folder, 's')();
  expect(readdirSync(folder)).toEqual([]);
});

test('where no file can be made there is no lock, and no error', () => {
  const folder = makeFolder();
  writeFileSync(join(folder, 'file'), '');
  lockSession(join(folder, 'file'), 's')();
  mkdirSync(join(folder, 'later'));
  expect(readdirSync(join(folder, 'later'))).toEqual([]);
});

function startOf(pid: number): string | undefined {
  if (!existsSync(`/proc/${pid}/stat`)) return undefined;
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}
