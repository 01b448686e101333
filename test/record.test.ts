import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, onTestFinished, test } from 'vitest';

const root = join(import.meta.dirname, '..');

/** The words of each picture of a recording, in order. */
function picturesOf(svg: string): string[] {
  const rows = new Map(
    [...svg.matchAll(/<g id="(r\d+)">(.*?)<\/g>/g)].map(([, id, body = '']) => [id, body.replace(/<[^>]+>/g, ' ')]),
  );
  return [...svg.matchAll(/<g transform="[^"]*">(.*?)<\/g>/g)].map(([, uses = '']) =>
    [...uses.matchAll(/href="#(r\d+)"/g)].map(([, id]) => rows.get(id)).join('\n'),
  );
}

/** What a reader must see: the failing runs, the reminder, the edit, the end, and the observer's page. */
function expectWholeRun(svg: string): void {
  const pictures = picturesOf(svg);
  const film = pictures.join('\n').replace(/\s+/g, ' ');
  expect(film).toContain('the observer said to the model');
  expect(film).toContain('src/discount.js (2 edits)');
  expect(film).toContain('recovered from infinite-loop after 1 reminder');
  expect(film).toMatch(/✓ done/);
  expect(pictures.at(-1)).toContain('What the observer saw');
  expect(svg).toContain('prefers-reduced-motion');
  expect(svg).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org\/2000\/svg")/);
  expect(Buffer.byteLength(svg)).toBeLessThan(300_000);
}

test('the recording in the README shows a whole run and needs nothing from elsewhere', () => {
  expect(readFileSync(join(root, 'README.md'), 'utf8')).toContain('](docs/demo.svg)');
  expectWholeRun(readFileSync(join(root, 'docs/demo.svg'), 'utf8'));
});

test('each recording of a feature shows it, needs nothing from elsewhere, and is small', () => {
  const page = readFileSync(join(root, 'docs/recordings.md'), 'utf8');
  const shown = {
    approval: [/Allow edit\?[\s\S]*Yes, this once/, /✓ done/],
    plan: [/Start now\?/, /Allow edit\?/, /✓ done/],
    undo: [/Write it down in NOTES\.md/, /1 file put back/],
    subagents: [/explore/, /✓ done/],
    watch: [/watch install claude/, /the observer> The same bash call came 3 times/, /1 session, 4 steps/],
    runs: [/hopeless\.jsonl\.gz/, /3 trajectories/, /3 sessions, \d+ steps/],
    completion: [/3 things asked for, evidence for 2/, /no evidence found/],
  };
  for (const [name, patterns] of Object.entries(shown)) {
    expect(page).toContain(`](recordings/${name}.svg)`);
    const svg = readFileSync(join(root, `docs/recordings/${name}.svg`), 'utf8');
    const film = picturesOf(svg).join('\n').replace(/&gt;/g, '>').replace(/ +/g, ' ');
    for (const pattern of patterns) expect(film).toMatch(pattern);
    expect(svg).not.toMatch(/<script|https?:\/\/(?!www\.w3\.org\/2000\/svg")/);
    expect(Buffer.byteLength(svg)).toBeLessThan(120_000);
  }
  expect(readdirSync(join(root, 'docs/recordings')).sort()).toEqual(
    Object.keys(shown)
      .map((name) => `${name}.svg`)
      .sort(),
  );
});

test('the recorder plays the demo in a terminal and writes such a picture', { timeout: 180_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), 'wink-recording-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'demo.svg');
  await promisify(execFile)(process.execPath, [join(root, 'bin/record.js'), file]);
  expectWholeRun(readFileSync(file, 'utf8'));
});
