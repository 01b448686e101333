import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { freshMs } from '../../../src/ui/input/consent.ts';
import { pasteMs } from '../../../src/ui/terminal/lone-lines.ts';
import { matchesGolden } from '../golden.ts';
import { golden, screensForTests } from '../start.ts';

const start = screensForTests();

describe('long answers', () => {
  it('prints each of 400 lines once and in order, whatever the speed', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('long\r');
    await screen.printed('✓ done');
    // Each picture is one synchronised write, with the cursor where the words go.
    const pictures = screen.raw().split('\u001b[?2026h').slice(1);
    expect(pictures.length).toBeGreaterThan(0);
    for (const picture of pictures) {
      expect(picture.split('\u001b[?2026l')).toHaveLength(2);
      if (picture.includes('❯')) expect(picture).toMatch(/\u001b\[\?25h\u001b\[\?2026l/);
    }
    const numbers = [
      ...screen
        .all()
        .join(' ')
        .matchAll(/Line\s+number\s+(\d+)\s+of/g),
    ].map((match) => match[1]);
    expect(numbers).toEqual(Array.from({ length: 400 }, (_, index) => String(index)));
  });

  it('prints a code block longer than the screen whole, with its colours', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('code\r');
    await screen.printed('✓ done');
    const values = screen.all().flatMap((row) => row.match(/^ {2}const value(\d+) = \d+;$/)?.[1] ?? []);
    expect(values).toEqual(Array.from({ length: 120 }, (_, index) => String(index)));
    expect(screen.all().join('\n')).not.toContain('```');
  });

  it('shows an answer that was asked again once', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('retry\r');
    await screen.shows('✓ done');
    expect(screen.all().join('\n')).not.toContain('Half an ans');
    expect(screen.all().filter((row) => row.includes('The whole answer.'))).toHaveLength(1);
  });
});

describe('sizes', () => {
  it('fits 60 columns', async () => {
    const screen = start({ columns: 60, rows: 24 });
    await screen.shows('Ask for something');
    screen.press('loop\r');
    await screen.shows('✓ done');
    await screen.shows('Ask for something');
    await matchesGolden(() => golden(screen.all()), 'narrow.txt');
    // The words of the help change with each command; that its two tables stand straight does not.
    screen.press('/help\r');
    await screen.printed('/theme');
    await screen.shows('Ask for something');
    const rows = screen.all();
    expect(Math.max(...rows.map((row) => row.length))).toBeLessThan(60);
    const bars = rows.slice(rows.findIndex((row) => row.startsWith('key '))).filter((row) => row.includes(' │'));
    expect(bars.length).toBeGreaterThan(20);
    expect(new Set(bars.map((row) => row.indexOf(' │'))).size).toBeLessThanOrEqual(2);
  });

  it('stays whole when the window becomes narrower and wider', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('loop\r');
    await screen.shows('✓ done');
    screen.press('a draft of some length that will have to be wrapped when the window is only sixty columns wide');
    await screen.shows('sixty columns wide');
    for (const [columns, rows] of [
      [61, 24],
      [140, 40],
      [80, 24],
      [300, 50],
      [100, 30],
    ] as const) {
      await screen.resize(columns, rows);
      await expect
        .poll(() =>
          screen
            .rows()
            .filter((row) => /^─+$/.test(row))
            .map((row) => row.length),
        )
        .toEqual([columns - 1]);
      await screen.shows('columns wide');
    }
    expect(screen.all().filter((row) => row.includes('wink ok'))).toHaveLength(1);
    expect(screen.all().filter((row) => row === '❯ loop')).toHaveLength(1);
  });

  it('goes on working through resizes', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('slow\r');
    await screen.shows('sleep 1');
    for (const columns of [70, 120, 61, 100]) {
      await screen.resize(columns, 30);
      await expect.poll(() => screen.rows().some((row) => row.length === columns - 1 && /^─+$/.test(row))).toBe(true);
    }
    screen.press('finish\r');
    await screen.shows('✓ done');
    await screen.shows('wink ok');
    // Neither copies nor remains, whatever the terminal made of the rows between two sizes.
    const count = (part: string) => screen.all().filter((row) => row.includes(part)).length;
    expect(['❯ slow', '✓ done', 'wink ok', 'Ask for something'].map(count)).toEqual([1, 1, 1, 1]);
    const rounds = screen.all().flatMap((row) => /sleep (\d+)/.exec(row)?.[1] ?? []);
    expect(rounds).toEqual(rounds.map((_, index) => String(index)));
  });
});

describe('manners', () => {
  it('draws all of the screen where CI is set', async () => {
    const screen = start({ env: { CI: 'true', CONTINUOUS_INTEGRATION: '1' } });
    await screen.shows('Ask for something');
    screen.press('typed');
    await screen.shows('❯ typed');
  });

  it('shows no colour under NO_COLOR', async () => {
    const screen = start({ env: { NO_COLOR: '1' } });
    await screen.shows('Ask for something');
    screen.press('task\r');
    await screen.shows('Allow edit?');
    await screen.answers('y');
    await screen.shows('✓ done');
    expect(screen.hasColour()).toBe(false);
    await matchesGolden(() => golden(screen.all()), 'no-color.txt');
  });

  it('draws with plain signs where the locale has no Unicode', async () => {
    const screen = start({ env: { LANG: 'C', LC_ALL: 'C' } });
    await screen.shows('Ask for something');
    screen.press('loop\r');
    await screen.shows('+ done');
    const drawn = screen.all().join('\n');
    expect(drawn.replace(/[\x20-\x7e\n]/g, '')).toBe('');
  });

  it('never passes on escape sequences of files, names or the model', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    const before = screen.raw().length;
    screen.press('hostile\r');
    await screen.shows('✓ done');
    const bytes = screen.raw().slice(before);
    for (const sequence of ['\u001b[2J', '\u001b]0;owned', '\u202e', '\u001b]52', '\u001b[?1049h'])
      expect(bytes).not.toContain(sequence);
    await screen.shows('<U+202E>gnp.exe');
  });

  it('leaves the terminal as it was found after a crash, says what happened, and keeps what was being written', async () => {
    const home = mkdtempSync(join(tmpdir(), 'wink-crash-'));
    onTestFinished(() => rmSync(home, { recursive: true }));
    const screen = start({ home });
    await screen.shows('Ask for something');
    screen.press('crash\r\u001b[Fhalf a thought');
    expect(await screen.exit()).toBe(1);
    const end = screen.raw();
    for (const off of ['\u001b[?2004l', '\u001b[?1004l', '\u001b[<u', '\u001b[?25h']) expect(end).toContain(off);
    expect(end).toContain('Error: a bug');
    await start({ home }).shows('❯ half a thought');
  });

  it('keeps what was being written when its window is closed', async () => {
    const home = mkdtempSync(join(tmpdir(), 'wink-closed-'));
    onTestFinished(() => rmSync(home, { recursive: true }));
    const screen = start({ home });
    await screen.shows('Ask for something');
    screen.press('half a thought');
    await screen.shows('❯ half a thought');
    screen.close();
    await screen.exit();
    const next = start({ home });
    await next.shows('is back in the composer');
    await next.shows('❯ half a thought');
  });

  it('gives back what was being written or waited when it was killed, but not what is written elsewhere or was sent', async () => {
    const home = mkdtempSync(join(tmpdir(), 'wink-killed-'));
    onTestFinished(() => rmSync(home, { recursive: true }));
    const kept = () => {
      const folder = join(home, 'drafts');
      return existsSync(folder) ? readdirSync(folder).map((name) => readFileSync(join(folder, name), 'utf8')) : [];
    };
    const isKept = (words: string, count: number) =>
      expect.poll(() => kept().filter((text) => text.includes(words)).length, { timeout: 20_000 }).toBe(count);
    const [screen, other] = [start({ home }), start({ home, info: { cwd: '/home/me/other' } })];
    await screen.shows('Ask for something');
    screen.press('waiting\r');
    await screen.shows('Esc interrupts');
    screen.press('then this\r');
    await screen.shows('next: then this');
    screen.press('half a thought');
    await isKept('half a thought', 1);
    await isKept('then this', 1);
    await other.shows('Ask for something');
    other.press('of another folder');
    await isKept('of another folder', 1);
    const neighbour = start({ home });
    await neighbour.shows('Ask for something');
    other.kill('SIGKILL');
    await other.exit();
    screen.kill('SIGKILL');
    await screen.exit();
    const next = start({ home });
    await next.shows('is back in the composer');
    await next.shows('❯ half a thought');
    next.press('\r');
    await next.printed('✓ done');
    await isKept('half a thought', 0);
    await next.shows('❯ then this');
    await isKept('of another folder', 1);
  });

  it('leaves the terminal as it was found when it is terminated', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.kill('SIGTERM');
    expect(await screen.exit()).toBe(143);
    expect(screen.raw()).toContain('\u001b[?2004l');
  });

  it('leaves the terminal as it was found even when it is killed outright', async () => {
    // However long it takes to note the settings: ours are not among them.
    const slow = mkdtempSync(join(tmpdir(), 'wink-stty-'));
    writeFileSync(join(slow, 'stty'), '#!/bin/sh\nsleep 0.3\nexec "$REAL_STTY" "$@"\n', { mode: 0o755 });
    onTestFinished(() => rmSync(slow, { recursive: true }));
    const screen = start({
      env: { SLOW: slow },
      shell: `before=$(stty -g)
        REAL_STTY=$(command -v stty) PATH="$SLOW:$PATH" "$@"
        until [ "$(stty -g)" = "$before" ]; do sleep 0.02; done; echo same settings`,
    });
    await screen.shows('Ask for something');
    screen.press('die\r');
    await screen.shows('same settings');
    await expect.poll(() => screen.raw().includes('\u001b[?2004l')).toBe(true);
  });

  it('goes on after Ctrl+Z where no shell could bring it back', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('a draft\u001a');
    await expect.poll(() => screen.raw().split('\u001b[?2004h').length).toBe(3);
    screen.press(' goes on');
    await screen.shows('❯ a draft goes on');
  });

  it('notifies when it has finished and the terminal is not looked at', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('\u001b[O');
    screen.press('hello\r');
    await screen.shows('✓ done');
    await expect.poll(() => screen.raw().includes('\u0007')).toBe(true);
    await expect.poll(() => screen.title()).toBe('wink-agent hello');
  });

  it('shows everything unfolded on Ctrl+O and gives the conversation back', async () => {
    const screen = start();
    await screen.shows('Ask for something');
    screen.press('task\r');
    await screen.shows('Allow edit?');
    await screen.answers('y');
    await screen.shows('✓ done');
    screen.press('\u000f');
    await screen.shows('Transcript');
    screen.press('a');
    await screen.shows('Transcript');
    screen.press('g');
    await screen.shows('Let me look at the function first.');
    screen.press('q');
    await screen.shows('✓ done');
  });

  it('asks in plain lines in the accessible mode', async () => {
    const screen = start({ info: { isPlain: true } });
    await screen.shows('wink-agent');
    screen.press('task\r');
    await screen.printed('Allow edit?');
    screen.press('y but read it first\r');
    await screen.printed('The question waits');
    await screen.printed('Your words go to the agent at its next step: y but read it first');
    await wait(freshMs);
    expect(screen.text()).toContain('The number of an answer, then Enter; Ctrl+C stops the run');
    screen.press('1\ris the first of a pasted list\r');
    await vi.waitFor(() => expect(screen.text().match(/The question waits/g)).toHaveLength(3), 10_000);
    await wait(2 * pasteMs);
    screen.press('1\r');
    await screen.printed('done');
    screen.press('/resume\r');
    await screen.printed('Ctrl+C closes');
    screen.press('\u0003');
    screen.press('echoes of it\r');
    await screen.printed(/> echoes of it[\s\S]*done - 1 step/);
    // What an interruption gives back is no part of the next line: an empty one sends it.
    screen.press('waiting\r');
    await screen.printed(/> waiting\s+working/);
    screen.press('echoes words\r');
    await wait(2 * pasteMs);
    screen.press('\u0003');
    await screen.printed('Interrupted');
    screen.press('echoes first\r');
    await screen.printed('> echoes first');
    await wait(2 * pasteMs);
    screen.press('\r');
    await screen.printed(/^> echoes words$/m);
    expect(screen.raw()).not.toContain('\u001b[?25l');
  });

  it('runs no line of a paste as a command in plain lines', async () => {
    const screen = start({ info: { isPlain: true } });
    await screen.shows('wink-agent');
    screen.press('!touch one\r/clear\r');
    await screen.printed('Not run, since it came together with other lines: !touch one');
    await screen.printed('Not run, since it came together with other lines: /clear');
  });
});
