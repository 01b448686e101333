import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEtcCopy } from '../../src/sandbox/etc-copy.ts';

function open() {
  const base = mkdtempSync(join(tmpdir(), 'wink-etc-'));
  const [from, store] = [join(base, 'from'), join(base, 'home', 'etc')];
  mkdirSync(join(from, 'certs'), { recursive: true });
  writeFileSync(join(from, 'hosts'), 'one');
  const mounts = [
    { path: '/etc/hosts', from: join(from, 'hosts') },
    { path: '/etc/ssl/certs', from: join(from, 'certs') },
    { path: '/etc/zone', from: '/usr/share/zoneinfo/UTC', isLink: true },
  ];
  return { from, store, mounts };
}

test('files of /etc are one mount, its folders one each, and after a change there is another copy of all', () => {
  const { from, store, mounts } = open();
  const copy = createEtcCopy(mounts, store);
  const [etc, ...others] = copy();
  const aim = etc?.from ?? '';
  expect(etc?.path).toBe('/etc');
  expect(others).toEqual([mounts[1]]);
  expect(readdirSync(aim).sort()).toEqual(['hosts', 'ssl', 'zone']);
  expect(lstatSync(join(aim, 'zone')).isSymbolicLink()).toBe(true);
  writeFileSync(join(from, 'hosts'), 'another');
  const changed = copy()[0]?.from ?? '';
  expect(readFileSync(join(changed, 'hosts'), 'utf8')).toBe('another');
  expect(readFileSync(join(aim, 'hosts'), 'utf8')).toBe('one');
});

test('a file that was changed and keeps its size and time has another copy, too', () => {
  const { from, store, mounts } = open();
  const copy = createEtcCopy(mounts, store);
  const hosts = join(from, 'hosts');
  utimesSync(hosts, 1_000, 1_000);
  const before = copy()[0]?.from ?? '';
  writeFileSync(hosts, 'two');
  utimesSync(hosts, 1_000, 1_000);
  const after = copy()[0]?.from ?? '';
  expect([before, after].map((folder) => readFileSync(join(folder, 'hosts'), 'utf8'))).toEqual(['one', 'two']);
});

test('the next session has the same copy, and one that none has begun with for a week is removed', () => {
  const { from, store, mounts } = open();
  const old = createEtcCopy(mounts, store)()[0]?.from ?? '';
  expect(createEtcCopy(mounts, store)()[0]?.from).toBe(old);
  mkdirSync(join(store, 'notes'));
  for (const path of [old, join(store, 'notes')]) utimesSync(path, new Date(0), new Date(0));
  writeFileSync(join(from, 'hosts'), 'another');
  const fresh = createEtcCopy(mounts, store)()[0]?.from ?? '';
  expect(readdirSync(store).map((name) => join(store, name))).toEqual([fresh, join(store, 'notes')].sort());
});

test('without a folder, or where none can be made, the mounts stay as they are', () => {
  const { from, mounts } = open();
  expect(createEtcCopy(mounts, undefined)()).toBe(mounts);
  expect(createEtcCopy(mounts, join(from, 'hosts'))()).toBe(mounts);
});
