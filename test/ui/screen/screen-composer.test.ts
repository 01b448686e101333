import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { screensForTests } from '../start.ts';

const start = screensForTests();
const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wink-composer-'));
  folders.push(folder);
  return folder;
}

function repository(): string {
  const folder = temporary();
  mkdirSync(join(folder, 'src/deep'), { recursive: true });
  writeFileSync(join(folder, '.gitignore'), 'ignored.txt\n');
  for (const name of ['src/parser.ts', 'src/deep/printer.ts', 'ignored.txt', 'README.md'])
    writeFileSync(join(folder, name), 'x\n');
  execFileSync('git', ['init', '-q'], { cwd: folder });
  return folder;
}

describe('the composer', () => {
  it('takes several lines by Shift+Enter, Ctrl+J and backslash Enter', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    // Where pastes are marked, keys that are read together are keys all the same.
    screen.press('\u001b[?2004;1$yone\u001b[13;2utwo\nthree\\\r\u001b[Ffour');
    await screen.shows(/❯ one\s*\n {2}two\s*\n {2}three\s*\n {2}four/);
  });

  it('edits wide characters, emoji and combining marks as one each, with the cursor where they end', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('日本👩‍👩‍👧e\u0301');
    await screen.shows('日本');
    await expect.poll(() => screen.cursor().x).toBe(2 + 4 + 2 + 1);
    screen.press('\u007f\u007f');
    await expect.poll(() => screen.cursor().x).toBe(2 + 4);
    screen.press('\u001b[D\u007f!');
    await screen.shows('!本');
  });

  it('folds a large paste into a label that is deleted whole', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press(`\u001b[200~${Array.from({ length: 30 }, (_, index) => `line ${index}`).join('\n')}\u001b[201~`);
    await screen.shows('[Pasted text #1, 30 lines]');
    screen.press('\u007f');
    await screen.shows('Ask for something');
  });

  it('completes files from git by fuzzy letters, without what is ignored', async () => {
    const screen = start({ cwd: repository() });
    await screen.shows('Ask for something');
    screen.press('look at @prin');
    await screen.shows('▸ @src/deep/printer.ts');
    screen.press('\t');
    await screen.shows('look at @src/deep/printer.ts');
    screen.press('@ign');
    await screen.hides('ignored.txt');
  });

  it('completes commands with their help, and arguments', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('/appr');
    await screen.shows('what the agent may do without asking');
    const row = screen.rows().findIndex((text) => text.startsWith('❯ /appr'));
    await expect.poll(screen.cursor).toEqual({ x: 7, y: row });
    screen.press('\t');
    await screen.shows(/▸ ask +reads files and runs commands/);
    screen.press('\u001b[B\r');
    await screen.shows('Approval edits');
    await screen.shows('· edits ·');
    screen.press('/approval\r');
    await screen.shows(/▸ edits +also edits files/);
    screen.press('\u001b[B\r');
    await screen.shows('· full ·');
  });

  it('runs what was typed and not what was offered for its beginning, and a command by the name that others give it', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('?');
    await screen.shows('▸ /help');
    screen.press('\u0015/win');
    await screen.shows('▸ /wink');
    screen.press('\r');
    await screen.shows('shadow  The observer watches');
    screen.press('\r');
    await screen.shows('What the observer saw');
    screen.press('q');
    await screen.shows('Ask for something');
    screen.press('/c');
    await screen.shows('▸ /clear');
    screen.press('ost\r');
    await screen.shows('of it cached');
    screen.press('/exit\r');
    expect(await screen.exit()).toBe(0);
  });

  it('keeps the history across sessions and finds it by Ctrl+R', async () => {
    const home = temporary();
    const first = start({ home });
    await first.shows('Ask for something');
    first.press('a special question\r');
    await first.shows('✓ done');
    first.press('\u0004');
    await first.exit();
    expect(readFileSync(join(home, 'history.jsonl'), 'utf8')).toContain('a special question');
    const second = start({ home });
    await second.shows('Ask for something');
    second.press('\u001b[A');
    await second.shows('❯ a special question');
    second.press('\u0015\u0012spec');
    await second.shows('1 of 1');
    second.press('\r');
    await second.shows('❯ a special question');
  });

  it('opens $EDITOR on Ctrl+G and takes its text', async () => {
    const editor = join(temporary(), 'edit.sh');
    writeFileSync(editor, '#!/bin/sh\nprintf "%s and more" "$(cat "$1")" > "$1"\n');
    chmodSync(editor, 0o755);
    const screen = start({ env: { EDITOR: editor, VISUAL: '' } });
    await screen.shows('Ask for something');
    screen.press('words\u0007');
    await screen.shows('❯ words and more');
    screen.press(' yet');
    await screen.shows('❯ words and more yet');
  });

  it('runs a command of the user and gives its output along with the next words', async () => {
    const screen = start({ info: { cwd: repository() } });
    await screen.shows('Ask for something');
    screen.press('! \r');
    await screen.shows('Write a command after the !.');
    screen.press('\u001b[?2004;1$y\u0015!echo hello there; exit 3\r');
    await screen.shows(/^ {2}exit 3$/m);
    await screen.shows(/^ {2}hello there$/m);
  });

  it("ends the user's command with its shell; what that left running goes on, and Esc does not end it", async () => {
    const folder = repository();
    const screen = start({ info: { cwd: folder } });
    await screen.shows('Ask for something');
    screen.press('\u001b[?2004;1$y!(sleep 1; echo late; touch lived) & echo started\r');
    await screen.shows(/^ {2}started$/m);
    await screen.shows('a process that it started is still running');
    screen.press('\u001b');
    await screen.shows('Esc again goes back');
    screen.press('!echo second-one\r');
    await screen.shows(/^ {2}second-one$/m);
    await expect.poll(() => existsSync(join(folder, 'lived')), { timeout: 20_000 }).toBe(true);
  });

  it('keeps a command in the composer while another one runs', async () => {
    const screen = start({ info: { cwd: repository() } });
    await screen.shows('Ask for something');
    screen.press('\u001b[?2004;1$y!echo begun; sleep 60\r');
    await screen.shows('└ begun');
    await screen.shows('Esc ends it');
    screen.press('!echo other\r');
    await screen.shows('Then send this one');
    await screen.shows('❯ !echo other');
    screen.press('\u001b');
    await screen.shows('  stopped');
    expect(screen.all().join('\n')).not.toContain('goes on');
  });

  it('clears the text on Esc Esc and offers earlier messages when there is none', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('hello\r');
    await screen.shows('✓ done');
    screen.press('draft');
    await screen.shows('❯ draft');
    screen.press('\u001b');
    await screen.shows('Esc again clears');
    // Another key between the two makes them two.
    screen.press('s\u001b[27ut');
    await screen.shows('❯ draftst');
    screen.press('\u001b[27u\u001b[27u');
    await screen.shows('Ask for something');
    screen.press('\u001b');
    await screen.shows('Esc again goes back');
    screen.press('\u001b');
    await screen.shows('Go back to before a message');
    screen.press('\r');
    await screen.shows('What should go back?');
    await screen.answers('c');
    await screen.shows('❯ the earlier words');
  });

  it('resumes a session from a picker with search', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('/resume\r');
    await screen.shows('2 of 2');
    screen.press('parser');
    await screen.shows('1 of 2');
    screen.press('\r');
    await screen.shows('The parser is mended.');
    await screen.shows('❯ mend the parser');
  });

  it('cycles approval with Shift+Tab', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('\u001b[Z');
    await screen.shows('· edits ·');
    screen.press('\u001b[Z');
    await screen.shows('· plan ·');
  });
});
