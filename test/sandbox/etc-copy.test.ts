import { lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createEtcCopy } from '../../src/sandbox/etc-copy.ts';

function open() {
  const base = mkdtempSync(join(tmpdir(), 'wink-etc-'));
  const [from, aim] = [join(base, 'from'), join(base, 'aim')];
  mkdirSync(join(from, 'certs'), { recursive: true });
  mkdirSync(aim);
  writeFileSync(join(from, 'hosts'), 'one');
  const mounts = [
    { path: '/etc/hosts', from: join(from, 'hosts') },
    { path: '/etc/ssl/certs', from: join(from, 'certs') },
    { path: '/etc/zone', from: '/usr/share/zoneinfo/UTC', isLink: true },
  ];
  return { from, aim, mounts };
}

test('files of /etc are one mount, its folders one each, and a file that changed is copied anew', () => {
  const { from, aim, mounts } = open();
  const copy = createEtcCopy(mounts, () => aim);
  expect(copy()).toEqual([{ path: '/etc', from: aim }, mounts[1]]);
  expect(readdirSync(aim).sort()).toEqual(['hosts', 'ssl', 'zone']);
  expect(lstatSync(join(aim, 'zone')).isSymbolicLink()).toBe(true);
  writeFileSync(join(from, 'hosts'), 'another');
  copy();
  expect(readFileSync(join(aim, 'hosts'), 'utf8')).toBe('another');
});

test('what else lies in the folder is never removed, and without a folder nothing is copied', () => {
  const { aim, mounts } = open();
  writeFileSync(join(aim, 'passwd'), 'kept');
  createEtcCopy(mounts, () => aim)();
  expect(readFileSync(join(aim, 'passwd'), 'utf8')).toBe('kept');
  expect(createEtcCopy(mounts, undefined)()).toBe(mounts);
});

test('a folder that can not be written leaves the mounts as they are', () => {
  const { from, mounts } = open();
  expect(createEtcCopy(mounts, () => join(from, 'hosts'))()).toBe(mounts);
});
