import { existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { watchAbsent } from '../../src/sandbox/made/set-aside.ts';
import { asideControl } from '../../src/session/screen/aside-control.ts';
import type { ShownSession } from '../../src/session/screen/shown-session.ts';
import { removeFolder } from '../remove-folder.ts';

/** A workspace in which a command made what acts by itself. */
function workspace() {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-aside-')));
  onTestFinished(() => removeFolder(base));
  const [cwd, outputFolder] = [join(base, 'work'), join(base, 'kept')];
  mkdirSync(cwd);
  const tidy = watchAbsent([cwd], 'workspace', () => outputFolder);
  mkdirSync(join(cwd, '.vscode'));
  writeFileSync(join(cwd, '.vscode/tasks.json'), '{\n  "tasks": []\n}\n');
  writeFileSync(join(cwd, '.envrc'), Buffer.from([0xff, 0xfe, 0x00]));
  expect(tidy()?.wants).toContain('/aside shows it');
  const setup = { cwd, addDirs: [], loaded: { repository: cwd } };
  const shown = { setup, current: () => ({ outputFolder }) } as unknown as ShownSession;
  const control = asideControl(shown);
  const place = (name: string) => control.list().find((one) => one.name === name)?.place ?? '';
  return { base, cwd, control, place };
}

test('what was set aside is shown whole, and goes back to where it was', async () => {
  const { cwd, control, place } = workspace();
  expect(
    control
      .list()
      .map(({ name }) => name)
      .sort(),
  ).toEqual(['.envrc', '.vscode']);
  expect(control.show(place('.vscode'))).toEqual(['tasks.json:', '  {', '    "tasks": []', '  }']);
  expect(control.show(place('.envrc'))).toBeUndefined();
  expect(await control.moveBack(place('.vscode'))).toBe(`${join(cwd, '.vscode')} is back.`);
  expect(readFileSync(join(cwd, '.vscode/tasks.json'), 'utf8')).toContain('tasks');
  expect(control.list().map(({ name }) => name)).toEqual(['.envrc']);
});

test('it goes over nothing that is there again', async () => {
  const { cwd, control, place } = workspace();
  writeFileSync(join(cwd, '.envrc'), 'new');
  expect(await control.moveBack(place('.envrc'))).toMatch(
    /^Something is at .*\.envrc again, and stays\. Move it by hand: mv /,
  );
  expect(readFileSync(join(cwd, '.envrc'), 'utf8')).toBe('new');
});

test.runIf(process.platform === 'linux')('no link that a command put on the way leads it elsewhere', async () => {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'wink-aside-')));
  onTestFinished(() => removeFolder(base));
  const [cwd, outputFolder, home] = ['work', 'kept', 'home'].map((name) => join(base, name)) as [
    string,
    string,
    string,
  ];
  for (const folder of [cwd, home, join(outputFolder, 'set-aside')]) mkdirSync(folder, { recursive: true });
  const place = join(outputFolder, 'set-aside', 'x-.envrc');
  writeFileSync(place, 'evil');
  writeFileSync(
    join(outputFolder, 'set-aside/places.jsonl'),
    `${JSON.stringify({ path: join(cwd, 'sub/.envrc'), place, at: '2026-01-01T00:00:00Z' })}\n`,
  );
  symlinkSync(home, join(cwd, 'sub'));
  const setup = { cwd, addDirs: [], loaded: { repository: cwd } };
  const control = asideControl({ setup, current: () => ({ outputFolder }) } as unknown as ShownSession);
  expect(await control.moveBack(place)).toMatch(/could not be moved back/);
  expect([existsSync(join(home, '.envrc')), existsSync(place)]).toEqual([false, true]);
});
