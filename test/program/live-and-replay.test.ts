import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScriptedReply } from '../../src/demo/server/scenario.ts';
import { jsonLines, makeFolder, run, serve } from './program.ts';
import { scriptedRuns, writeRepository } from './scripted-runs.ts';

/** What was said in a run and before which step, as the session file has it or as a replay of that file would have it. */
type Said = readonly string[];

/** A model takes its time, above all for its first answer; the observer's thread has started by then. */
function asByModel(replies: readonly ScriptedReply[]): ScriptedReply[] {
  return replies.map((reply, turn) => ({ ...reply, firstByteDelayMs: turn === 0 ? 600 : 10 }));
}

async function playLive(replies: (typeof scriptedRuns)[number]['replies'], task: string, home: string): Promise<void> {
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

async function saidInReplay(file: string, home: string): Promise<Said> {
  const { stdout } = await run(['replay', file, '--format', 'jsonl'], { cwd: home, home });
  const [{ reminders }] = jsonLines(stdout) as [{ reminders: Record<string, unknown>[] }];
  // Replay gives the step after whose result it would have been said.
  return reminders.map(
    ({ class: name, detector, rung, step }) => `${name} (${detector}, ${rung}) before step ${Number(step) + 1}`,
  );
}

/** What differs between a run and its replay; undefined when nothing does. */
async function findDifference({ task, replies }: (typeof scriptedRuns)[number]): Promise<string | undefined> {
  const home = makeFolder();
  mkdirSync(join(home, '.wink'));
  await playLive(replies, task, home);
  const file = sessionFile(home);
  const [live, replayed] = [saidLive(file), await saidInReplay(file, home)];
  return live.join('\n') === replayed.join('\n') ? undefined : `${live.join('; ')} | ${replayed.join('; ')}`;
}

/** On a busy machine a look may take longer than a request waits for it; what differs three times differs for another reason. */
const plays = 3;

test('live and replay say the same before the same steps', { timeout: 600_000 }, async () => {
  const differences: string[] = [];
  for (const run of scriptedRuns) {
    let difference: string | undefined = '';
    for (let play = 0; play < plays && difference !== undefined; play += 1) difference = await findDifference(run);
    if (difference !== undefined) differences.push(`${run.name}: ${difference}`);
  }
  expect(differences).toEqual([]);
});
