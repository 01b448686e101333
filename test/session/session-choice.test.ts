import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parseNoFlags } from '../../src/command-line/args.ts';
import { withExperiment } from '../../src/session/session-choice.ts';
import { prepareSetup } from '../../src/session/setup.ts';
import { makeFolder } from '../program/program.ts';

async function setUp(experiment: object) {
  const cwd = makeFolder();
  const home = join(cwd, 'home');
  mkdirSync(home);
  writeFileSync(join(home, 'config.json'), JSON.stringify({ experiment }));
  return prepareSetup({ ...parseNoFlags(), cwd }, { WINK_HOME: home });
}

test('an experiment assigns each session to an arm, the same one each time, and says so in the setup', async () => {
  const setup = await setUp({ name: 'trial', arms: { on: 0.5, shadow: 0.5 }, unit: 'session' });
  const arms = Array.from(
    { length: 60 },
    (_, n) => withExperiment(setup, parseNoFlags(), { id: `s${n}` }).experiment?.arm,
  );
  expect(new Set(arms)).toEqual(new Set(['on', 'shadow']));
  expect(Array.from({ length: 60 }, (_, n) => withExperiment(setup, parseNoFlags(), { id: `s${n}` }).mode)).toEqual(
    arms,
  );
});

test("a repository as unit gives all its sessions one arm; a flag of the user's takes a run out of the experiment", async () => {
  const setup = await setUp({ name: 'trial', arms: { on: 0.5, shadow: 0.5 }, unit: 'repository' });
  const arms = Array.from({ length: 30 }, (_, n) => withExperiment(setup, parseNoFlags(), { id: `s${n}` }).mode);
  expect(new Set(arms).size).toBe(1);
  expect(withExperiment(setup, { ...parseNoFlags(), wink: 'on' }, { id: 's' }).experiment).toBeUndefined();
});
