// What is recorded: how each scene is set up, and what a person does in it. The model is the scripted one of src/demo, over HTTP.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { root } from '../setup.js';

const launcher = join(root, 'bin/wink-agent.cjs');
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

/** A shell with wink-agent in its PATH, and files in its folder. */
function shell(files = {}) {
  return async (home) => {
    const [cwd, bin] = [join(home, 'till'), join(home, 'bin')];
    for (const folder of [cwd, bin]) mkdirSync(folder);
    writeFileSync(join(bin, 'wink-agent'), `#!/bin/sh\nexec "${process.execPath}" "${launcher}" "$@"\n`, {
      mode: 0o755,
    });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(cwd, name), text);
    const env = { PS1: '$ ', WINK_HOME: join(home, '.wink'), PATH: `${bin}:${process.env.PATH}` };
    return { command: 'bash', words: ['--norc', '--noprofile'], cwd, env };
  };
}

/** Types a command into the shell, and waits until what it prints is there. */
async function command({ type, press, until, look }, words, end, ms = 2000) {
  await type(words);
  press(enter);
  await until(end);
  await look(ms);
}

/** An agent of one's own that tells the observer what it does, as docs/watch.md says; it repeats itself. */
const ownAgent = `import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

const observer = spawn('wink-agent', ['watch', 'serve', '--json'], { stdio: ['pipe', 'pipe', 'inherit'] });
const answers = createInterface({ input: observer.stdout })[Symbol.asyncIterator]();
const session = crypto.randomUUID();

async function tell(event, facts) {
  observer.stdin.write(JSON.stringify({ session_id: session, cwd: '.', hook_event_name: event, ...facts }) + '\\n');
  return JSON.parse((await answers.next()).value);
}

await tell('UserPromptSubmit', { prompt: 'Fix the failing test.' });
for (let attempt = 1; attempt <= 3; attempt++) {
  console.log('my agent> npm test  (1 failing)');
  const call = { tool_name: 'bash', tool_input: { command: 'npm test' }, error: 'Exit code 1: 1 failing' };
  const answer = await tell('PostToolUseFailure', call);
  if (answer.kind === 'context') console.log('\\nthe observer> ' + answer.text + '\\n');
}
await tell('Stop', { last_assistant_message: 'I could not fix it.' });
observer.stdin.end();
`;

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
  subagents: {
    label:
      'The agent gives a search to a subagent, which reads in a context of its own; its answer comes back, and the work goes on.',
    open: screen(
      [
        {
          text: 'I let somebody look where limits are compared.',
          calls: [
            {
              name: 'task',
              arguments: {
                agent: 'explore',
                description: 'find the limits',
                prompt: 'Where are limits of discounts compared?',
              },
            },
          ],
        },
        { text: 'Looking.', calls: [{ name: 'search', arguments: { pattern: 'from' } }] },
        { text: 'Reading.', calls: [read] },
        { text: 'Only in src/discount.js: `cents > from`, so the limit itself is left out.' },
        { text: 'One place.', calls: [fix] },
        { text: 'And the tests.', calls: [runTests] },
        { text: answer },
      ],
      ['--approval', 'edits'],
    ),
    act: (hands) => work(hands),
  },
  watch: {
    label:
      'The observer beside other agents: its hooks are installed for Claude Code, and an agent of thirty lines is reminded when it repeats itself.',
    open: shell({ 'my-agent.mjs': ownAgent }),
    act: async (hands) => {
      await command(hands, 'wink-agent watch install claude', /^\$$/m);
      await command(hands, 'wink-agent watch status', /claude[\s\S]*^\$$/m);
      await command(hands, 'clear; node my-agent.mjs', /the observer>[\s\S]*^\$$/m, 3000);
      await command(hands, 'wink-agent watch report | head -20', /report[\s\S]*\n[\s\S]*^\$$/m);
    },
  },
  runs: {
    label:
      'Three runs leave a file each; a report over them says how they went, and replay what the observer would have seen.',
    open: shell(),
    act: async (hands) => {
      const run =
        'for t in fix stuck-loop hopeless; do wink-agent demo $t --artifact $t.jsonl.gz 2>/dev/null | tail -n 1; done; echo ended';
      await command(hands, run.replace('wink-agent demo $t', 'wink-agent demo $t --output-format text'), /^ended/m);
      await command(hands, 'clear; ls; wink-agent replay *.gz', /trajector[\s\S]*^\$$/m);
      await command(hands, 'clear; wink-agent report *.gz | head -26', /\n[\s\S]*^\$$/m, 3000);
    },
  },
};
