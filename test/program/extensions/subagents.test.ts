import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScenarioRule, ScriptedReply } from '../../../src/demo/server/scenario.ts';
import { jsonLines, makeFolder, run, serve } from '../program.ts';

const task = (agent: string, prompt: string, more: object = {}) => ({
  name: 'task',
  arguments: { description: prompt.slice(0, 20), prompt, agent, ...more },
});
const call = (name: string, input: object): ScriptedReply => ({ calls: [{ name, arguments: { ...input } }] });
const done: ScriptedReply = { text: 'All done.' };
const of = (agent: string, replies: readonly ScriptedReply[], more: object = {}): ScenarioRule => ({
  when: { system: `You are the agent ${agent}.`, ...more },
  replies,
});

async function runWith(
  rules: readonly ScenarioRule[],
  flags: readonly string[] = [],
  files: Readonly<Record<string, string>> = {},
  wink = 'off',
) {
  const cwd = makeFolder();
  const home = makeFolder();
  mkdirSync(join(cwd, '.git'));
  writeFileSync(join(cwd, 'a.txt'), 'alpha\n');
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(join(cwd, path, '..'), { recursive: true });
    writeFileSync(join(cwd, path), text);
  }
  const server = await serve({ rules });
  const words = [
    '-p',
    "go on, but don't touch b.txt",
    '--model',
    'scripted',
    '--base-url',
    server.url,
    '--wink',
    wink,
    '--output-format',
    'json',
    '--approval',
    'full',
  ];
  const ended = await run([...words, ...flags], { cwd, home });
  const result = /^\{.*\}$/.test(ended.stdout.trim()) ? JSON.parse(ended.stdout) : {};
  const main = server.requests.filter(
    ({ body }) => Array.isArray(body.tools) && !JSON.stringify(body.messages).includes('# You are a subagent'),
  );
  const lines = () => {
    const folder = join(home, '.wink/sessions');
    const [repository = ''] = readdirSync(folder);
    const [file = ''] = readdirSync(join(folder, repository));
    return jsonLines(readFileSync(join(folder, repository, file), 'utf8'));
  };
  return {
    ...ended,
    cwd,
    home,
    server,
    result,
    said: JSON.stringify(main.at(-1)?.body.messages),
    tools: JSON.stringify(main[0]?.body.tools),
    lines,
  };
}

test('a subagent works in a context of its own, answers with one message, and stands in the session file and the result', async () => {
  const { code, result, said, tools, lines, server } = await runWith([
    of('explore', [call('read', { path: 'a.txt' }), { text: 'It says alpha (a.txt:1).' }]),
    { replies: [{ calls: [task('explore', 'What does a.txt say?')] }, done] },
  ]);
  expect(code).toBe(0);
  expect(tools).toContain('- explore: searches and reads');
  expect(said).toContain('It says alpha (a.txt:1).');
  expect(said).not.toContain('1\\talpha');
  expect(said).toMatch(/\[a1, explore: 2 steps, [\d,]+ tokens\]/);
  const own = server.requests.find(({ body }) => JSON.stringify(body.messages).includes('You are the agent explore.'));
  expect(JSON.stringify(own?.body.messages)).not.toContain('go on, but');
  const names = JSON.stringify(own?.body.tools);
  expect(names).toContain('"name":"grep"');
  for (const name of ['edit', 'write', 'shell', 'task']) expect(names).not.toContain(`"name":"${name}"`);
  expect(result.subagents).toMatchObject([{ id: 'a1', agent: 'explore', outcome: 'done', steps: 2 }]);
  expect(result.steps).toBe(2);
  expect(result.usage.inputTokens).toBeGreaterThan(result.subagents[0].usage.inputTokens);
  const steps = lines().filter(
    (line) => line.type === 'subagent' && JSON.stringify(line.line).startsWith('{"type":"step"'),
  );
  expect(steps).toHaveLength(2);
  expect(lines().filter((line) => line.type === 'step')).toHaveLength(2);
});

test('agents that only read run side by side', async () => {
  const slow: ScriptedReply = { text: 'Found.', firstByteDelayMs: 1_500 };
  const { server, said } = await runWith([
    of('explore', [slow, slow, slow]),
    { replies: [{ calls: [task('explore', 'one'), task('explore', 'two'), task('explore', 'three')] }, done] },
  ]);
  const own = server.requests.filter(({ body }) =>
    JSON.stringify(body.messages).includes('You are the agent explore.'),
  );
  expect(own).toHaveLength(3);
  const lastStart = Math.max(...own.map(({ wholeAtMs }) => wholeAtMs));
  const firstEnd = Math.min(...own.map(({ answeredAtMs }) => answeredAtMs ?? 0));
  expect(lastStart).toBeLessThan(firstEnd);
  expect(said.match(/Found\./g)).toHaveLength(3);
});

test('a subagent’s calls go through the permissions; what the user said holds for it; its own observer watches it', async () => {
  const { said, cwd, result } = await runWith(
    [
      of('general', [
        call('write', { path: 'b.txt', content: 'x' }),
        call('write', { path: 'c.txt', content: 'x' }),
        call('shell', { command: 'touch d.txt' }),
        { text: 'Wrote what I could.' },
      ]),
      { replies: [{ calls: [task('general', 'write files')] }, done] },
    ],
    ['--deny', 'shell'],
    { 'b.txt': 'old' },
    'on',
  );
  expect([
    readFileSync(join(cwd, 'b.txt'), 'utf8'),
    existsSync(join(cwd, 'c.txt')),
    existsSync(join(cwd, 'd.txt')),
  ]).toEqual(['old', true, false]);
  expect(said).toContain('Some of its calls were not allowed.');
  expect(said).toContain('Wrote what I could.');
  expect(result.filesChanged).toEqual(['c.txt']);
  expect(result.subagents[0].wink).toMatchObject({ mode: 'on', health: 'ok', stepsObserved: 4 });
  expect(result.subagents[0].wink.signals).toBeGreaterThan(0);
});

test('a subagent that waits for its model says so where its calls are shown', async () => {
  const busy: ScriptedReply = { fault: { kind: 'status', status: 503, headers: { 'retry-after': '0.1' } } };
  const { stdout } = await runWith(
    [of('explore', [busy, { text: 'Found.' }]), { replies: [{ calls: [task('explore', 'one')] }, done] }],
    ['--output-format', 'stream-json'],
  );
  expect(stdout).toMatch(/"type":"tool\.output"[^\n]*asked again in 1 s, try 1: \S+ answered with status 503/);
});

test('one in the background answers by a message, and the turn waits for it', async () => {
  const { code, said, server, stdout } = await runWith([
    of('explore', [{ text: 'The answer is 42.', firstByteDelayMs: 1_000 }]),
    { when: { user: 'The answer is 42' }, replies: [{ text: 'It is 42.' }] },
    { replies: [{ calls: [task('explore', 'ask', { background: true })] }, { text: 'Meanwhile.' }] },
  ]);
  expect(code).toBe(0);
  expect(said).toContain('works in the background');
  expect(said).toContain('The subagent a1 (explore: ask) has ended. Its answer');
  expect(JSON.parse(stdout).result).toBe('It is 42.');
  expect(server.requests).toHaveLength(4);
});

const config = (subagents: object) => ({ 'own.json': JSON.stringify({ subagents }) });
const useConfig = ['--config', 'own.json'];

test('number, steps, depth and tokens have limits, each with a clear end', async () => {
  const number = await runWith(
    [
      of('explore', [{ text: 'Yes.', times: 9 }]),
      { replies: [{ calls: [task('explore', '1'), task('explore', '2'), task('explore', '3')] }, done] },
    ],
    useConfig,
    config({ maxTotal: 2 }),
  );
  expect(number.said).toContain(
    'There have been 2 subagents in this session, which is the limit (subagents.maxTotal).',
  );
  expect(number.result.subagents).toHaveLength(2);

  const look = call('glob', { pattern: '*' });
  const steps = await runWith(
    [of('explore', [{ ...look, text: 'Looking.', times: 9 }]), { replies: [{ calls: [task('explore', 'x')] }, done] }],
    useConfig,
    config({ maxTurns: 3 }),
  );
  expect(steps.said).toContain('The subagent ended before its task was done (turn-limit)');
  expect(steps.said).toContain('Its last words: Looking.');

  const tokens = await runWith(
    [of('explore', [{ ...look, times: 9 }]), { replies: [{ calls: [task('explore', 'x')] }, done] }],
    useConfig,
    config({ maxTokens: 100 }),
  );
  expect(tokens.said).toContain('it reached its limit of 100 tokens (subagents.maxTokens)');
  expect(tokens.code).toBe(0);

  const shared = await runWith(
    [of('explore', [{ ...look, times: 99 }]), { replies: [{ calls: [task('explore', 'x')] }, done] }],
    ['--max-tokens', '20000'],
  );
  expect(shared.code).toBe(4);
  expect(shared.result.subagents).toMatchObject([{ outcome: 'budget' }]);

  const deep = await runWith(
    [
      of('explore', [{ text: 'Deep answer.' }]),
      of('general', [{ calls: [task('explore', 'deeper')] }, { text: 'Passed on.' }]),
      { replies: [{ calls: [task('general', 'x')] }, done] },
    ],
    useConfig,
    config({ maxDepth: 2 }),
  );
  expect(deep.result.subagents.map((each: { agent: string }) => each.agent)).toEqual(['explore', 'general']);
  const flat = await runWith([
    of('general', [{ calls: [task('explore', 'deeper')] }, { text: 'Could not.' }]),
    { replies: [{ calls: [task('general', 'x')] }, done] },
  ]);
  expect(flat.result.subagents).toHaveLength(1);
});

test('agents from files: their words, tools, model and effort; those of an untrusted repository are ignored', async () => {
  const file =
    '---\nname: reviewer\ndescription: Reviews: looks twice.\ntools: Read, Grep, Task, Frobnicate\nmodel: other-model\n---\nLook twice at everything.';
  const files = { '.claude/agents/reviewer.md': file, '.wink/agents/broken.md': 'no front matter' };
  const rules = [
    of('reviewer', [{ text: 'Looks fine.' }]),
    { replies: [{ calls: [task('reviewer', 'look', { subagent_type: 'reviewer' })] }, done] },
  ];
  const { tools, said, server, stderr } = await runWith(rules, ['--trust'], files);
  expect(tools).toContain('- reviewer: Reviews: looks twice.');
  expect(said).toContain('Looks fine.');
  expect(stderr).toContain('broken.md is left out: it has no front matter with a description');
  expect(stderr).toContain("The agent reviewer names tools that this session doesn't have: Frobnicate.");
  const own = server.requests.find(({ body }) => JSON.stringify(body.messages).includes('Look twice at everything.'));
  expect(own?.body.model).toBe('other-model');
  expect(JSON.stringify(own?.body.tools).match(/"name":"\w+"/g)).toEqual(['"name":"read"', '"name":"grep"']);
  const untrusted = await runWith(rules, [], files);
  expect(untrusted.stderr).toContain('are ignored because you have not trusted this repository');
  expect(untrusted.said).toContain('there is no agent \\"reviewer\\"; there are explore, general');
});

test('a SubagentStop hook sends it on; off is off', async () => {
  const hooks = {
    SubagentStop: [
      {
        matcher: 'explore',
        hooks: [
          { type: 'command', command: `grep -q '"stop_hook_active":true' && exit 0; echo "name the line" >&2; exit 2` },
        ],
      },
    ],
  };
  const { said } = await runWith(
    [
      of('explore', [{ text: 'It is there.' }, { text: 'It is in line 1.' }]),
      { replies: [{ calls: [task('explore', 'where')] }, done] },
    ],
    ['--trust'],
    { '.claude/settings.json': JSON.stringify({ hooks }) },
  );
  expect(said).toContain('It is in line 1.');
  const off = await runWith([{ replies: [done] }], useConfig, config({ enabled: false }));
  expect(off.tools).not.toContain('"name":"task"');
});
