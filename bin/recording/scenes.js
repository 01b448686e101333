// What is recorded: how each scene is set up, and what a person does in it. The model is the scripted one of src/demo, over HTTP.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../setup.js';

const launcher = join(root, 'bin/wink-agent.js');
const enter = '\r';

/** The picture in the README: the demo, as anybody can play it. */
export const demo = {
  label:
    'A run of wink-agent: the agent repeats a failing test run, the observer reminds it, it reads the code, fixes the bug and the tests pass.',
  open: async (home) => {
    mkdirSync(join(home, 'till'));
    return { cwd: home, words: [launcher, 'demo', 'stuck-loop', '--keep', join(home, 'till')] };
  },
  act: async ({ until, type, press, look }) => {
    await until(/✓ done/);
    await look(1500);
    await type('/wink');
    press(enter);
    await until(/What the observer saw/);
    await look(1500);
  },
};

/** A screen in the demo's repository before a scripted model; `replies` are its answers in order. */
function screen(replies, flags = []) {
  return async (home) => {
    const { createDemoRepository, startModelServer } = await loadDemo(home);
    const cwd = join(home, 'till');
    createDemoRepository(cwd);
    const wink = join(home, '.wink');
    mkdirSync(wink);
    writeFileSync(join(wink, 'config.json'), '{ "observer": { "judge": { "level": "off" } } }');
    const paced = replies.map((reply) => ({ tokensPerSecond: 40, ...reply }));
    const server = await startModelServer({ scenario: { rules: [{ when: { kind: 'agent' }, replies: paced }] } });
    return {
      cwd,
      words: [launcher, '--model', 'scripted', '--base-url', server.url, ...flags],
      env: { WINK_HOME: wink, OPENAI_API_KEY: 'none' },
      close: () => server.close(),
    };
  };
}

/** The demo's own sources, bundled for this once. */
async function loadDemo(home) {
  const { build } = await import('esbuild');
  const outdir = join(home, '.demo');
  await build({
    absWorkingDir: root,
    entryPoints: { server: 'src/demo/server.ts', repository: 'src/demo/repository.ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outdir,
    outExtension: { '.js': '.mjs' },
  });
  const load = (name) => import(pathToFileURL(join(outdir, `${name}.mjs`)).href);
  return { ...(await load('server')), ...(await load('repository')) };
}

const read = { name: 'read', arguments: { path: 'src/discount.js' } };
const edit = (path, ...edits) => ({ name: 'edit', arguments: { path, edits } });
const fix = edit(
  'src/discount.js',
  { oldText: 'cents > from', newText: 'cents >= from' },
  { oldText: 'Math.floor', newText: 'Math.round' },
);
const note = {
  name: 'write',
  arguments: { path: 'NOTES.md', content: '# Discounts\n\nA step holds from its limit on; amounts are rounded.\n' },
};
const runTests = { name: 'shell', arguments: { command: 'node --test' } };
const task = 'An amount of exactly 50.00 gets no discount. Fix it.';
const answer = 'An amount that is exactly at a limit now gets its discount, and amounts are rounded. All tests pass.';

/** Gives the task, and waits until it is done. */
async function work({ until, type, press, look }, words = task) {
  await until(/Ask for something/);
  await type(words);
  press(enter);
  await until(/✓ done/);
  await look(1500);
}

export const scenes = {
  approval: {
    label:
      'A change is asked about with its whole diff; a yes writes it, and the tests run in the sandbox without a question.',
    open: screen([
      { text: 'I look at how the step is chosen.', calls: [read] },
      { text: 'The comparison leaves the limit itself out.', calls: [fix] },
      { text: 'Now the tests.', calls: [runTests] },
      { text: answer },
    ]),
    act: async ({ until, type, press, look }) => {
      await until(/Ask for something/);
      await type(task);
      press(enter);
      await until(/Yes/);
      await look(2500);
      press(enter);
      await until(/✓ done/);
      await look(1000);
    },
  },
  plan: {
    label: 'In plan mode the agent only reads; its plan is shown, and a yes lets it begin.',
    open: screen(
      [
        { text: 'I read before I plan.', calls: [read] },
        {
          text: 'The step is looked for with `>`, so an amount that is exactly at a limit gets the step below it.\n\n1. Compare with `>=` in `src/discount.js`, so that a step holds from its limit on.\n2. Round to the nearest cent there; the fraction is cut off now.\n3. Run `node --test` and look at the two tests of the limits.',
        },
        { text: 'As planned.', calls: [fix] },
        { text: 'And the tests.', calls: [runTests] },
        { text: answer },
      ],
      ['--approval', 'plan'],
    ),
    act: async ({ until, type, press, look }) => {
      await until(/Ask for something/);
      await type(task);
      press(enter);
      await until(/Start now/);
      await look(2500);
      press(enter);
      await until(/Allow edit/);
      await look(1500);
      press(enter);
      await until(/are rounded[\s\S]*✓ done/);
      await look(1500);
    },
  },
  undo: {
    label: 'Two turns change files; /rewind lists them with their diffs, and /undo takes the last one back.',
    open: screen(
      [
        { text: 'The limit itself was left out.', calls: [fix, runTests] },
        { text: answer },
        { text: 'A note on it.', calls: [note] },
        { text: 'NOTES.md says how discounts are meant.' },
      ],
      ['--approval', 'edits'],
    ),
    act: async (hands) => {
      await work(hands);
      await hands.type('Write it down in NOTES.md');
      hands.press(enter);
      await hands.until(/says how discounts[\s\S]*✓ done/);
      await hands.look(800);
      await hands.type('/rewind');
      hands.press(enter);
      await hands.until(/Write it down[\s\S]*An amount of/);
      await hands.look(2500);
      hands.press('\u001b');
      await hands.look(400);
      await hands.type('/undo');
      hands.press(enter);
      await hands.until(/1 file put back/);
      await hands.look(2000);
    },
  },
  completion: {
    label: 'A task that asked for three things ends with a list of them and the evidence for each; one has none.',
    open: screen(
      [
        { text: 'First the limit.', calls: [fix] },
        { text: 'The tests.', calls: [runTests] },
        { text: answer },
        { text: answer },
      ],
      ['--approval', 'edits'],
    ),
    act: (hands) => work(hands, 'Fix the limit in src/discount.js. Run the tests. Write a note about it in NOTES.md.'),
  },
};
