import { mkdirSync, mkdtempSync, readdirSync, realpathSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createMarkFinder } from '../../src/sandbox/marks/marks.ts';
import { followMarks } from '../../src/sandbox/marks/moved-marks.ts';
import { openMovedRecord } from '../../src/sandbox/marks/moved-record.ts';
import { removeFolder } from '../remove-folder.ts';

const tests = { isHidden: (path: string) => /\/(\.env|conf\/plan)$/.test(path), isProtected: () => false };

function open() {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'wink-moved-')));
  const letGo = new AbortController();
  onTestFinished(() => {
    letGo.abort();
    removeFolder(root);
  });
  for (const folder of ['conf', 'node_modules']) mkdirSync(join(root, folder));
  for (const file of ['conf/.env', 'conf/plan']) writeFileSync(join(root, file), 'content\n');
  const find = followMarks(createMarkFinder([root], tests), [root], letGo.signal);
  const hidden = async () => (await find())?.hidden.map((path) => path.slice(root.length + 1));
  const move = (from: string, to: string | Buffer) =>
    renameSync(join(root, from), Buffer.concat([Buffer.from(`${root}/`), Buffer.from(to)]));
  return { root, hidden, move, letGo };
}

test.runIf(process.platform === 'linux').each([
  ['among installed packages', 'node_modules/conf'],
  ['to where its path says nothing', 'public'],
])('what was hidden stays so when the folder it lies in is moved %s', async (_, place) => {
  const { root, hidden, move } = open();
  expect(await hidden()).toEqual(['conf/.env', 'conf/plan']);
  move('conf', place);
  mkdirSync(join(root, 'conf'));
  writeFileSync(join(root, 'conf/.env'), 'another\n');
  const both = ['conf/.env', `${place}/.env`, `${place}/plan`];
  expect(await hidden()).toEqual(both);
  move(place, 'node_modules/again');
  expect(await hidden()).toEqual(['conf/.env', 'node_modules/again/.env', 'node_modules/again/plan']);
  rmSync(join(root, 'node_modules/again/plan'));
  expect(await hidden()).toEqual(['conf/.env', 'node_modules/again/.env']);
  rmSync(join(root, 'node_modules'), { recursive: true });
  expect(await hidden()).toEqual(['conf/.env']);
});

test.runIf(process.platform === 'linux')('the next session knows what a command moved in this one', async () => {
  const { root, move } = open();
  const session = () => {
    const letGo = new AbortController();
    onTestFinished(() => letGo.abort());
    const record = openMovedRecord(join(root, 'state'), [root], () => {});
    const find = followMarks(createMarkFinder([root], tests), [root], letGo.signal, record);
    const hidden = async () => (await find())?.hidden.map((path) => path.slice(root.length + 1));
    return { hidden, note: find.note };
  };
  const first = session();
  await first.hidden();
  move('conf', 'node_modules/conf');
  first.note();
  expect(await session().hidden()).toEqual(['node_modules/conf/.env', 'node_modules/conf/plan']);
  // Another file at the same place is none of them, and what lies where it is found needs no record.
  rmSync(join(root, 'node_modules/conf/plan'));
  writeFileSync(join(root, 'node_modules/conf/plan'), 'x');
  expect(await session().hidden()).toEqual(['node_modules/conf/.env']);
  move('node_modules/conf', 'conf');
  expect(await session().hidden()).toEqual(['conf/.env', 'conf/plan']);
  expect(readdirSync(join(root, 'state'))).toEqual([]);
});

test.runIf(process.platform === 'linux')('where no mount can name it, not all is known until it is back', async () => {
  const { hidden, move, root } = open();
  await hidden();
  const odd = Buffer.from([0x63, 0xff]);
  move('conf', odd);
  expect(await hidden()).toBeUndefined();
  renameSync(Buffer.concat([Buffer.from(`${root}/`), odd]), join(root, 'conf'));
  expect(await hidden()).toEqual(['conf/.env', 'conf/plan']);
});

test.runIf(process.platform === 'linux')('nothing is held open after the end', async () => {
  const count = () => readdirSync('/proc/self/fd').length;
  const { hidden, letGo } = open();
  const before = count();
  await hidden();
  expect(count()).toBe(before + 2);
  letGo.abort();
  await hidden();
  expect(count()).toBe(before);
});

test.runIf(process.platform === 'linux')(
  'after a kill in the middle of a command the next session finds what it had moved, and says so',
  async () => {
    const { root, move } = open();
    const state = realpathSync(mkdtempSync(join(tmpdir(), 'wink-state-')));
    onTestFinished(() => removeFolder(state));
    const session = () => {
      const letGo = new AbortController();
      onTestFinished(() => letGo.abort());
      const warnings: string[] = [];
      const record = openMovedRecord(state, [root], (message) => void warnings.push(message));
      const find = followMarks(createMarkFinder([root], tests), [root], letGo.signal, record);
      const hidden = async () => (await find())?.hidden.map((path) => path.slice(root.length + 1));
      return { hidden, begin: find.begin, warnings };
    };
    const killed = session();
    await killed.hidden();
    killed.begin();
    move('conf/plan', 'node_modules/notes.txt');
    const next = session();
    expect(await next.hidden()).toEqual(['conf/.env', 'node_modules/notes.txt']);
    expect(next.warnings).toEqual([expect.stringContaining(`${root}/node_modules/notes.txt`)]);
    // It is told once; and what the user moves between two sessions is no command's doing.
    move('conf/.env', 'node_modules/own.txt');
    const later = session();
    expect(await later.hidden()).toEqual(['node_modules/notes.txt']);
    expect(later.warnings).toEqual([]);
  },
);

test.runIf(process.platform === 'linux')('what runs code stays fixed among installed packages', async () => {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'wink-moved-')));
  const letGo = new AbortController();
  onTestFinished(() => {
    letGo.abort();
    removeFolder(root);
  });
  for (const folder of ['app/.git', 'app/.vscode', 'node_modules']) mkdirSync(join(root, folder), { recursive: true });
  const acting = { isHidden: () => false, isProtected: (path: string) => /\/\.(git|vscode)(\/|$)/.test(path) };
  const find = followMarks(createMarkFinder([root], acting), [root], letGo.signal);
  const fixed = async () => (await find())?.fixed.map((path) => path.slice(root.length + 1));
  expect(await fixed()).toEqual(['app/.git', 'app/.vscode']);
  renameSync(join(root, 'app'), join(root, 'node_modules/app'));
  expect(await fixed()).toEqual(['node_modules/app/.git', 'node_modules/app/.vscode']);
  renameSync(join(root, 'node_modules/app'), join(root, 'app'));
  expect(await fixed()).toEqual(['app/.git', 'app/.vscode']);
});

test.runIf(process.platform === 'linux')(
  'what is hidden stays so behind more of its kind than can be held open',
  async () => {
    const { root, hidden, move } = open();
    mkdirSync(join(root, '!'));
    for (let count = 0; count < 520; count += 1) {
      mkdirSync(join(root, `!/${count}`));
      writeFileSync(join(root, `!/${count}/.env`), '');
    }
    expect(await hidden()).toContain('conf/.env');
    move('conf', 'node_modules/conf');
    const both = ['node_modules/conf/.env', 'node_modules/conf/plan'];
    expect(await hidden()).toEqual(expect.arrayContaining([...both, '!/7/.env']));
    rmSync(join(root, 'node_modules/conf'), { recursive: true });
    expect((await hidden())?.filter((path) => !path.startsWith('!'))).toEqual([]);
  },
);
