import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleOnce } from '../../bundle.ts';
import { openScreen } from '../driver.ts';

const root = join(import.meta.dirname, '../../..');
const fixtures = join(root, 'test/fixtures/formats');
let program: string;

beforeAll(async () => {
  program = join(await bundleOnce('label', { program: 'test/ui/label/program.ts' }), 'program.js');
});
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const folders: string[] = [];
function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'wink-label-'));
  folders.push(folder);
  return folder;
}

function label(cwd: string, ...args: string[]) {
  return openScreen({ command: process.execPath, args: [program, ...args], cwd, columns: 110, rows: 30 });
}

describe('wink-agent label in a terminal', () => {
  it('marks a run, leaves in the middle of the next, goes on there, and gives the terminal back', async () => {
    const cwd = makeFolder();
    const files = [join(fixtures, 'claude-code.jsonl'), join(fixtures, 'pi-session.jsonl')];
    const first = label(cwd, ...files, '--coder', 'ana');
    await first.shows('1/2  cc-1');
    first.press('j');
    await first.shows('npm test');
    first.press('1');
    await first.shows(/Labels of this run: 1/);
    first.press('t');
    await first.shows('Note: ');
    first.press('says "1');
    await first.shows('Note: says "1');
    first.press('\u0003');
    await first.hides('Note: ');
    first.press('t');
    await first.shows('Note: says "1');
    first.press(' failing"\r');
    await first.shows('says "1 failing"');
    first.press('n');
    await first.shows('2/2  pi-1');
    first.press('2q');
    expect(await first.exit()).toBe(0);
    expect(first.all().join('\n').trimEnd().endsWith('Labels are in labels.jsonl.')).toBe(true);
    expect(first.raw()).toContain('\u001b[?1049l');
    const lines = readFileSync(join(cwd, 'labels.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines).toMatchObject([
      { id: 'cc-1', coder: 'ana', labels: { misbehaviours: [{ start: 1, end: 1, evidence: 'says "1 failing"' }] } },
      { id: 'pi-1', coder: 'ana', draft: true, labels: { misbehaviours: [{ start: 0 }] } },
    ]);
    const again = label(cwd, ...files, '--coder', 'ana');
    await again.shows('1/1  pi-1');
    await again.shows(/Labels of this run: 1/);
    again.press('\u0003');
    expect(await again.exit()).toBe(0);
  });

  it('adds a code that the next coder finds in the codebook', async () => {
    const cwd = makeFolder();
    const file = join(fixtures, 'pi-session.jsonl');
    const first = label(cwd, file, '--coder', 'ana');
    await first.shows('pi-1');
    first.press('cno such\r');
    await first.shows('There is no class like "no such"');
    first.press('c');
    await first.shows('Class: no such');
    first.press('\u001b');
    await first.hides('Class: no such');
    first.press('o');
    await first.shows('Name of the new code');
    first.press('gold plating\r');
    await first.shows('in one sentence');
    first.press('Adds polish.\r');
    await first.shows('gold-plating (added)');
    first.press('nq');
    expect(await first.exit()).toBe(0);
    const second = label(cwd, file, '--coder', 'ben');
    await second.shows('gold-plating (added)');
    await second.shows(/Labels of this run: 0/);
    second.resize(60, 20);
    await second.hides('Codebook');
    second.press('q');
    expect(await second.exit()).toBe(0);
  });

  it('refuses to run without a terminal in one sentence, and leaves no file behind', async () => {
    const { execa } = await import('execa');
    const cwd = makeFolder();
    const run = await execa(process.execPath, [program, join(fixtures, 'pi-session.jsonl')], {
      cwd,
      reject: false,
      input: '',
    });
    expect(run.stderr).toContain('label needs a terminal');
    expect(readdirSync(cwd)).toEqual([]);
  });
});
