import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { jsonLines, makeFolder, run } from '../program.ts';

// Whole runs of the built program, each test run in them a process of its own.
vi.setConfig({ testTimeout: 180_000 });

type Result = {
  outcome: string;
  result: string;
  steps: number;
  wink: {
    reminders: number;
    signals: number;
    episodes: { class: string; outcome: string; mode: string; interventions: number }[];
  };
};

async function demo(scenario: string, ...flags: string[]) {
  const keep = join(makeFolder(), 'repository');
  const { code, stdout } = await run(['demo', scenario, '--output-format', 'json', '--keep', keep, ...flags], {
    cwd: makeFolder(),
    home: makeFolder(),
  });
  const [result] = jsonLines(stdout) as unknown as Result[];
  return { code, result: result!, keep };
}

function testsPass(folder: string): boolean {
  try {
    execFileSync('npm', ['test'], { cwd: folder, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

function sessionLines(keep: string) {
  const folder = join(keep, '.wink-home/sessions');
  const [slug] = readdirSync(folder);
  const [file] = readdirSync(join(folder, slug!));
  return jsonLines(readFileSync(join(folder, slug!, file!), 'utf8'));
}

describe('the demo', () => {
  test('fix goes well: no reminder, and the repository is fixed', async () => {
    const { code, result, keep } = await demo('fix');
    expect({ code, outcome: result.outcome, reminders: result.wink.reminders }).toEqual({
      code: 0,
      outcome: 'done',
      reminders: 0,
    });
    expect(testsPass(keep)).toBe(true);
  });

  test.each([
    ['stuck-loop', 'infinite-loop'],
    ['tool-failures', 'tool-call-failure'],
    ['forbidden-edit', 'did-not-follow-instructions'],
  ])('%s is reminded of %s, recovers, and the tests pass', async (scenario, className) => {
    const { code, result, keep } = await demo(scenario);
    expect({ code, outcome: result.outcome }).toEqual({ code: 0, outcome: 'done' });
    expect(result.wink.reminders).toBeGreaterThanOrEqual(1);
    expect(result.wink.episodes).toContainEqual(
      expect.objectContaining({ class: className, outcome: 'recovered', mode: 'on' }),
    );
    expect(testsPass(keep)).toBe(true);
  });

  test.each(['stuck-loop', 'tool-failures', 'forbidden-edit'])(
    '%s in shadow stays lost, and the session file says what would have been said',
    async (scenario) => {
      const { code, result, keep } = await demo(scenario, '--shadow', '--max-turns', '8');
      expect({ code, outcome: result.outcome, reminders: result.wink.reminders }).toEqual({
        code: 3,
        outcome: 'turn-limit',
        reminders: 0,
      });
      expect(result.wink.signals).toBeGreaterThanOrEqual(1);
      expect(sessionLines(keep)).toContainEqual(expect.objectContaining({ type: 'reminder', mode: 'shadow' }));
    },
  );

  test('hopeless is stopped at the end of the ladder', async () => {
    const { code, result } = await demo('hopeless');
    expect({ code, outcome: result.outcome }).toEqual({ code: 6, outcome: 'stuck' });
    expect(result.wink.episodes).toContainEqual(
      expect.objectContaining({ class: 'infinite-loop', outcome: 'persisted' }),
    );
  });
});
