import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScriptedReply } from '../../../src/demo/server/scenario.ts';
import { jsonLines, makeFolder, run, serve } from '../program.ts';
import { type ScriptedRun, scriptedRuns, writeRepository } from './scripted-runs.ts';

/** What was said in a run and before which step, as the session file has it or as a replay of that file would have it. */
type Said = readonly string[];

/** A model takes its time, above all for its first two answers; the observer's thread, which starts with the first step, has done so by then. */
function asByModel(replies: readonly ScriptedReply[]): ScriptedReply[] {
  return replies.map((reply, turn) => ({ ...reply, firstByteDelayMs: turn < 2 ? 600 : 60 }));
}

async function playLive(replies: ScriptedRun['replies'], task: string, home: string): Promise<void> {
  const server = await serve({ rules: [{ when: { kind: 'agent' }, replies: asByModel(replies), after: 'repeat' }] });
  const cwd = makeFolder();
  writeRepository(cwd);
  const flags = ['--model', 'scripted', '--base-url', server.url, '--approval', 'full', '--max-turns', '16'];
  await run(['-p', task, ...flags], { cwd, home });
  await server.close();
}

function sessionFile(home: string): string {
  const sessions = join(home, '.wink/sessions');
  const [folder = ''] = readdirSync(sessions);
  return join(sessions, folder, readdirSync(join(sessions, folder))[0]!);
}

function saidLive(file: string): Said {
  return jsonLines(readFileSync(file, 'utf8'))
    .filter(({ type }) => type === 'reminder')
    .map(({ class: name, detector, rung, step }) => `${name} (${detector}, ${rung}) before step ${step}`);
}

/** What a replay of each file says, in their order; one program reads them all. */
async function saidInReplay(files: readonly string[]): Promise<readonly Said[]> {
  const home = makeFolder();
  const { stdout } = await run(['replay', ...files, '--format', 'jsonl'], { cwd: home, home });
  return jsonLines(stdout).map((line) =>
    // Replay gives the step after whose result it would have been said.
    (line.reminders as Record<string, unknown>[]).map(
      ({ class: name, detector, rung, step }) => `${name} (${detector}, ${rung}) before step ${Number(step) + 1}`,
    ),
  );
}

/** Plays runs, two at a time, and gives those whose replay differs, with what differs. */
async function findDifferences(runs: readonly ScriptedRun[]): Promise<Map<ScriptedRun, string>> {
  const files = new Map<ScriptedRun, string>();
  const waiting = [...runs];
  const playOn = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const home = makeFolder();
      mkdirSync(join(home, '.wink'));
      await playLive(next.replies, next.task, home);
      files.set(next, sessionFile(home));
    }
  };
  await Promise.all([playOn(), playOn()]);
  const replayed = await saidInReplay(runs.map((each) => files.get(each)!));
  const differences = new Map<ScriptedRun, string>();
  for (const [index, each] of runs.entries()) {
    const [live, replay] = [saidLive(files.get(each)!), replayed[index]!];
    if (live.join('\n') !== replay.join('\n')) differences.set(each, `${live.join('; ')} | ${replay.join('; ')}`);
  }
  return differences;
}

/** On a busy machine a look may take longer than a request waits for it; what differs five times differs for another reason. */
const plays = 5;

test('live and replay say the same before the same steps', { timeout: 600_000 }, async () => {
  let differences = new Map(scriptedRuns.map((each) => [each, '']));
  for (let play = 0; play < plays && differences.size > 0; play += 1)
    differences = await findDifferences([...differences.keys()]);
  expect([...differences].map(([{ name }, difference]) => `${name}: ${difference}`)).toEqual([]);
});
