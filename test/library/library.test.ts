import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { transform } from 'esbuild';
import { beforeAll, expect, test } from 'vitest';
import type { ModelServerOptions } from '../../src/demo/server.ts';
import { ended, makeFolder, serve } from '../program/program.ts';
import { done, shell, write } from '../program/task.ts';

type Replies = Extract<ModelServerOptions['scenario'], readonly unknown[]>;
const root = resolve(import.meta.dirname, '../..');
const examples = [...readFileSync(join(root, 'docs/library.md'), 'utf8').matchAll(/```ts\n([\s\S]*?)```/g)].map(
  ([, code]) => code!,
);

beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'bin/build-types.js')], { stdio: 'ignore' });
}, 120_000);

/** Runs a program of somebody who has installed the package, against a scripted model. */
async function runProgram(code: string, replies: Replies = [done]) {
  const server = await serve({ rules: [{ when: { kind: 'agent' }, replies }] });
  const folder = makeFolder();
  const home = makeFolder();
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(root, join(folder, 'node_modules/wink-agent'));
  symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
  writeFileSync(join(folder, 'a.txt'), 'one\n');
  const { code: script } = await transform(code, { loader: 'ts', format: 'esm' });
  writeFileSync(join(folder, 'program.mjs'), script);
  const env = { PATH: process.env.PATH, HOME: home, OPENAI_BASE_URL: server.url, WINK_MODEL: 'scripted' };
  const child = spawn(process.execPath, ['program.mjs'], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] });
  return { ...(await ended(child)), folder, server };
}

test('the first example of the docs streams an answer and ends with the result', async () => {
  const { stdout, code } = await runProgram(examples[0]!);
  expect({ stdout, code }).toEqual({ stdout: 'All done.\ndone after 1 steps\n', code: 0 });
});

test('the example of an own tool: the model sees it, and gets what it returned', async () => {
  const { stdout, server, stderr } = await runProgram(examples[1]!, [
    { calls: [{ name: 'weather', arguments: { city: 'Rome' } }] },
    { text: 'It is sunny.' },
  ]);
  expect(stderr).toBe('');
  expect(stdout).toBe('It is sunny.\n');
  expect(server.requests[0]!.rawBody).toContain('The weather of a city.');
  expect(server.requests[1]!.rawBody).toContain('Sunny in Rome.');
});

test('the example of an own model asks no endpoint', async () => {
  const { stdout, server } = await runProgram(examples[2]!);
  expect(stdout).toBe('You said: hello\n');
  expect(server.requests).toEqual([]);
});

test('the example of the observer alone reminds of a loop', async () => {
  const { stdout, code } = await runProgram(examples[3]!);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^infinite-loop: /);
  expect(stdout).toContain("class: 'infinite-loop'");
});

test('every example of the docs is one of these', () => {
  expect(examples).toHaveLength(4);
});

test('approve is asked with the change, and its no holds', async () => {
  const { stdout } = await runProgram(
    `import { createAgent } from 'wink-agent';
     import { existsSync } from 'node:fs';
     const agent = await createAgent({ approval: 'ask', approve: async ({ name, view }) => { console.log(name, view?.kind); return 'no'; } });
     const { outcome } = await agent.result('go');
     console.log(outcome, existsSync('b.txt'));
     await agent.close();`,
    [write('b.txt', 'two'), done],
  );
  expect(stdout).toBe('write diff\ndenied false\n');
});

test('leaving the loop early, and aborting, end the run; the agent can be used again', async () => {
  const { stdout, code } = await runProgram(
    `import { createAgent } from 'wink-agent';
     const agent = await createAgent({ approval: 'full' });
     for await (const { type } of agent.run('go')) if (type === 'tool.start') break;
     const stop = new AbortController();
     const outcomes = [];
     for await (const event of agent.run('again', { signal: stop.signal })) {
       if (event.type === 'tool.start') stop.abort();
       if (event.type === 'result') outcomes.push(event.result.outcome);
     }
     outcomes.push((await agent.result('and now')).outcome);
     console.log(outcomes.join(' '));
     await agent.close();`,
    [shell('sleep 60'), shell('sleep 60'), done],
  );
  expect({ stdout, code }).toEqual({ stdout: 'aborted done\n', code: 0 });
});

test('a run ends unread, too; a session has one agent; close ends the run under way and the agent', async () => {
  const { stdout, code } = await runProgram(
    `import { createAgent } from 'wink-agent';
     const say = (error) => console.log(error.name, error.message.replace(/ \\S+-\\S+ /, ' ID '));
     const agent = await createAgent();
     agent.run('one');
     let last;
     for (let tries = 0; last === undefined && tries < 500; tries++) {
       await new Promise((resolve) => setTimeout(resolve, 20));
       last = await agent.result('two').catch(() => undefined);
     }
     console.log(last?.outcome);
     await createAgent({ resume: agent.session }).catch(say);
     await agent.close();
     await agent.result('three').catch(say);
     const reply = (request, listener, signal) => new Promise((_, fail) => signal.addEventListener('abort', () => fail(signal.reason)));
     const usage = { inputTokens: 0, cachedInputTokens: 0, outputTokens: 0, costUsd: null };
     const slow = await createAgent({ resume: agent.session, model: { name: 'slow', reply, estimateCut: () => usage } });
     const running = slow.result('four');
     await Promise.all([slow.close(), slow.close()]);
     console.log((await running).outcome);
     await slow.result(' ').catch(say);`,
    [done, done],
  );
  expect({ lines: stdout.trim().split('\n'), code }).toEqual({
    lines: [
      'done',
      'UserError The session ID is open in another agent of this program; close that one first.',
      'UserError The agent is closed; open another one with createAgent.',
      'aborted',
      'UserError The task is empty.',
    ],
    code: 0,
  });
});

test('wrong options are a UserError in one sentence, in the words of the library', async () => {
  const { stdout } = await runProgram(
    `import { createAgent, createObserver, createTool, UserError } from 'wink-agent';
     import { z } from 'zod';
     const say = (error) => console.log(error instanceof UserError ? error.message : error);
     const wrong = [{ cwd: '/nowhere' }, { allow: ['fly(x)'] }, { approval: 'wild' }, { observer: 'loud' }, { maxTurns: -1 }, { maxTurns: 'x' },
       { timeoutSeconds: 0 }, { aproval: 'ask' }, { approve: 1 }, { tools: [{ name: 'a b' }] }, { model: { name: 'x' } }, { baseUrl: 'nowhere' },
       { resume: 'none' }, { env: { A: 1 } }, null];
     for (const options of wrong) await createAgent(options).then(() => console.log('taken', options), say);
     const observe = [{}, { task: '', config: { graceSteps: -1 } }, { task: '', config: { graceStep: 1 } }, { task: 't', mode: 'x' }];
     for (const options of observe) try { createObserver(options); console.log('taken'); } catch (error) { say(error); }
     try { createObserver({ task: 't' }).step({ calls: [{ name: 'x', input: {} }] }); console.log('taken'); } catch (error) { say(error); }
     const tool = { name: 'a', description: '', input: z.object({}), run: () => '' };
     const tools = [{ name: 'a b' }, { input: z.string() }, { input: z.object({ at: z.date() }) }, { input: {} }, { run: 1 }];
     for (const part of tools) try { createTool({ ...tool, ...part }); console.log('taken'); } catch (error) { say(error); }
     const agent = await createAgent({ cwd: undefined });
     await agent.result(1).catch(say);
     await agent.close();`,
  );
  expect(stdout.trim().split('\n')).toEqual([
    'The folder /nowhere given by `cwd` does not exist.',
    expect.stringMatching(/^The allow rule `fly\(x\)` \(`allow`\) names `fly`, which is not a kind of rule\./),
    'createAgent: `approval` is "wild"; allowed are "plan", "ask", "edits", "full".',
    'createAgent: `observer` is "loud"; allowed are "on", "shadow", "off".',
    'createAgent: `maxTurns` is -1; it must be more than 0.',
    'createAgent: `maxTurns` is "x"; it must be a number.',
    'createAgent: `timeoutSeconds` is 0; it must be more than 0.',
    'createAgent: there is no option `aproval`; did you mean `approval`?',
    'createAgent: `approve` must be a function.',
    'createAgent: `tools[0]` must be a tool that `createTool` made.',
    'createAgent: `model` must be a name such as "openai/gpt-6.1-terra", or an object with `name`, `reply` and `estimateCut`.',
    'createAgent: `baseUrl` is "nowhere"; it must be a valid http or https address.',
    expect.stringMatching(/^There is no session none;/),
    'createAgent: `env.A` is 1; it must be a string.',
    'createAgent: the argument is null; it must be an object.',
    'createObserver: `task` is missing; it must be a string.',
    'createObserver: `config.graceSteps` is -1; it must be at least 0.',
    'createObserver: there is no option `config.graceStep`; did you mean `graceSteps`?',
    'createObserver: `mode` is "x"; allowed are "on", "shadow".',
    'observer.step: `calls[0].output` is missing; it must be a string.',
    'createTool: `name` must be of letters, digits, _ and -.',
    'createTool: `input` must be the schema of an object, such as z.object({ city: z.string() }).',
    expect.stringMatching(/^createTool: `input` can't be described to the model \(/),
    'createTool: `input` must be a schema of zod, version 4.',
    'createTool: `run` must be a function.',
    'A task is a string, and not 1.',
  ]);
});

test('programs that use it are type-checked against the published declarations', () => {
  const folder = makeFolder();
  mkdirSync(join(folder, 'node_modules/@types'), { recursive: true });
  symlinkSync(root, join(folder, 'node_modules/wink-agent'));
  symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
  symlinkSync(join(root, 'node_modules/@types/node'), join(folder, 'node_modules/@types/node'));
  for (const [index, code] of examples.entries()) writeFileSync(join(folder, `example-${index}.ts`), code);
  const compilerOptions = { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: ['node'] };
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions }));
  const tsc = join(root, 'node_modules/typescript/lib/tsc.js');
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', folder], { encoding: 'utf8' });
  expect({ stdout, status }).toEqual({ stdout: '', status: 0 });
});

test('the package is as publint and arethetypeswrong want it', () => {
  const folder = makeFolder();
  const npx = (...words: string[]) => spawnSync('npx', ['--no-install', ...words], { cwd: root, encoding: 'utf8' });
  expect(npx('publint', '--strict', '--pack', 'false')).toMatchObject({ status: 0 });
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], { cwd: root, stdio: 'ignore' });
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const checked = npx(
    'attw',
    join(folder, `wink-agent-${version}.tgz`),
    '--profile',
    'esm-only',
    '--exclude-entrypoints',
    './server',
  );
  expect(checked.status, checked.stdout).toBe(0);
});

test('answer is asked what the model asks', async () => {
  const question = { name: 'ask_user', arguments: { question: 'Which store?', options: ['SQLite'] } };
  const { stdout, server } = await runProgram(
    `import { createAgent } from 'wink-agent';
     const agent = await createAgent({ answer: async ({ question, options }) => { console.log(question, options[0].label); return 'Postgres'; } });
     await agent.result('go');
     await agent.close();`,
    [{ calls: [question] }, done],
  );
  expect(stdout).toBe('Which store? SQLite\n');
  expect(server.requests[1]!.rawBody).toContain('Postgres');
});

test('what the user forbade stands before the model again after eight of their turns', async () => {
  const { server } = await runProgram(
    `import { createAgent } from 'wink-agent';
     const agent = await createAgent();
     await agent.result('Fix it. Do not touch db/.');
     for (let turn = 1; turn <= 8; turn++) await agent.result('Next, number ' + turn + '.');
     await agent.close();`,
    Array.from({ length: 9 }, () => done),
  );
  const ofAgent = server.requests.filter(({ rawBody }) => rawBody.includes('"tools"'));
  const times = ofAgent.map(({ rawBody }) => rawBody.split('Do not touch db/.').length - 1);
  expect(times).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 2]);
});
