import { existsSync, mkdirSync, mkdtempSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pruneSessions } from '../../src/store/prune-sessions.ts';

const now = Date.parse('2026-11-24T12:00:00Z');
const daysAgo = (days: number) => new Date(now - days * 24 * 3600 * 1000);

function makeHome(files: Readonly<Record<string, readonly [bytes: number, days: number]>>): string {
  const home = mkdtempSync(join(tmpdir(), 'wink-prune-'));
  for (const [path, [bytes]] of Object.entries(files)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), 'x'.repeat(bytes));
  }
  for (const [path, [, days]] of Object.entries(files))
    for (const each of [path, dirname(path)]) utimesSync(join(home, each), daysAgo(days), daysAgo(days));
  return home;
}

describe('pruneSessions', () => {
  it('removes sessions and their outputs by age', () => {
    const home = makeHome({
      'sessions/repo-1/old.jsonl': [100, 40],
      'outputs/old/1.txt': [50, 40],
      'sessions/repo-2/new.jsonl': [100, 2],
      'outputs/new/1.txt': [50, 2],
    });
    expect(pruneSessions(home, { days: 30, megabytes: 1, now })).toEqual({ sessions: ['old'], bytes: 150 });
    expect(existsSync(join(home, 'outputs/old'))).toBe(false);
    expect(existsSync(join(home, 'sessions/repo-1'))).toBe(false);
    expect(existsSync(join(home, 'outputs/new/1.txt'))).toBe(true);
  });

  it('removes the oldest until the rest is small enough, but neither what is kept nor what may be running', () => {
    const home = makeHome({
      'sessions/r/a.jsonl': [600_000, 9],
      'sessions/r/b.jsonl': [600_000, 8],
      'sessions/r/c.jsonl': [600_000, 7],
      'sessions/r/d.jsonl': [600_000, 6],
      'sessions/r/e.jsonl': [600_000, 0.01],
    });
    expect(pruneSessions(home, { days: 30, megabytes: 1, now, keep: ['b'] }).sessions).toEqual(['a', 'c', 'd']);
    expect(existsSync(join(home, 'sessions/r/e.jsonl'))).toBe(true);
  });

  it('removes old outputs without a session and old logs', () => {
    const home = makeHome({ 'outputs/lost/1.txt': [10, 40], 'outputs/fresh/1.txt': [10, 1], 'logs/old.log': [5, 40] });
    expect(pruneSessions(home, { days: 30, megabytes: 1, now })).toEqual({ sessions: [], bytes: 15 });
    expect(existsSync(join(home, 'outputs/fresh/1.txt'))).toBe(true);
  });

  it('does nothing in a home that is not there', () => {
    expect(pruneSessions('/nonexistent/home', { days: 1, megabytes: 1, now })).toEqual({ sessions: [], bytes: 0 });
  });
});
