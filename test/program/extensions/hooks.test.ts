import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { ScriptedReply } from '../../../src/demo/server/scenario.ts';
import { jsonLines, makeFolder, run, serve } from '../program.ts';

const log = 'cat >> log.jsonl; echo >> log.jsonl';
const print = (output: object) => `echo '${JSON.stringify(output)}'`;
const hook = (command: string, matcher?: string) => [
  { ...(matcher === undefined ? {} : { matcher }), hooks: [{ type: 'command', command }] },
];

/** Runs a task in a repository whose .claude/settings.json holds these hooks. */
async function runWith(
  hooks: object,
  replies: readonly ScriptedReply[],
  more: readonly string[] = ['--trust'],
  approval = 'full',
) {
  const cwd = makeFolder();
  const home = makeFolder();
  for (const folder of ['.git', '.claude']) mkdirSync(join(cwd, folder));
  writeFileSync(join(cwd, '.claude/settings.json'), JSON.stringify({ permissions: {}, hooks }));
  writeFileSync(join(cwd, 'a.txt'), 'old\n');
  const server = await serve(replies);
  const words = ['-p', 'go', '--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--approval', approval];
  const ended = await run([...words, ...more], { cwd, home });
  const said = () => JSON.stringify(server.requests.at(-1)?.body.messages ?? []);
  const logged = () =>
    existsSync(join(cwd, 'log.jsonl')) ? jsonLines(readFileSync(join(cwd, 'log.jsonl'), 'utf8')) : [];
  return { ...ended, cwd, server, said, logged };
}

const shell = (command: string): ScriptedReply => ({ calls: [{ name: 'shell', arguments: { command } }] });
const done: ScriptedReply = { text: 'Done.' };

test('hooks of every event run, with what the common form tells them', async () => {
  const events = ['SessionStart', 'UserPromptSubmit', 'PreToolUse', 'PostToolUse', 'Stop', 'SessionEnd'];
  const hooks = Object.fromEntries(events.map((event) => [event, hook(log)]));
  const edit = { path: 'a.txt', edits: [{ oldText: 'old', newText: 'new' }] };
  const { code, cwd, logged } = await runWith(hooks, [{ calls: [{ name: 'edit', arguments: edit }] }, done]);
  expect(code).toBe(0);
  const seen = logged();
  expect(seen.map((each) => each.hook_event_name)).toEqual(events);
  for (const each of seen)
    expect(each).toMatchObject({
      cwd,
      permission_mode: 'bypassPermissions',
      session_id: expect.any(String),
      transcript_path: expect.stringContaining('.jsonl'),
    });
  expect(seen[0]).toMatchObject({ source: 'startup', model: 'scripted' });
  expect(seen[1]).toMatchObject({ prompt: 'go' });
  expect(seen[2]).toMatchObject({
    tool_name: 'Edit',
    tool_input: { file_path: join(cwd, 'a.txt'), old_string: 'old', new_string: 'new' },
  });
  expect(seen[3]).toMatchObject({ tool_name: 'Edit', tool_response: { success: true } });
  expect(seen[4]).toMatchObject({ stop_hook_active: false, last_assistant_message: 'Done.' });
});

test('before a call: exit 2 refuses, allow answers in the user’s place, other arguments are judged and run, a broken guard refuses', async () => {
  const refused = await runWith({ PreToolUse: hook('echo "not today" >&2; exit 2', 'Bash') }, [
    shell('touch made'),
    done,
  ]);
  expect(refused.code).toBe(7);
  expect(refused.said()).toContain('A hook of this repository refused it: not today');
  expect(existsSync(join(refused.cwd, 'made'))).toBe(false);

  const broken = await runWith({ PreToolUse: hook('./no-such-guard.sh', 'Bash') }, [shell('touch made'), done]);
  expect(broken.code).toBe(7);
  expect(broken.stderr).toContain('./no-such-guard.sh');
  expect(existsSync(join(broken.cwd, 'made'))).toBe(false);

  const allow = print({
    hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'allow', permissionDecisionReason: 'fine' },
  });
  const write: ScriptedReply = { calls: [{ name: 'write', arguments: { path: 'made', content: 'x' } }] };
  const allowed = await runWith({ PreToolUse: hook(allow, 'Write') }, [write, done], ['--trust'], 'ask');
  expect(allowed.code).toBe(0);
  expect(existsSync(join(allowed.cwd, 'made'))).toBe(true);
  const forbidden = await runWith(
    { PreToolUse: hook(allow, 'Write') },
    [write, done],
    ['--trust', '--deny', 'edit(made)'],
    'ask',
  );
  expect(forbidden.code).toBe(7);

  const change = print({
    hookSpecificOutput: { hookEventName: 'PreToolUse', updatedInput: { command: 'touch other' } },
  });
  const changed = await runWith({ PreToolUse: hook(change, 'Bash') }, [shell('touch made'), done]);
  expect(changed.code).toBe(0);
  expect([existsSync(join(changed.cwd, 'made')), existsSync(join(changed.cwd, 'other'))]).toEqual([false, true]);
  expect(changed.said()).toContain('changed the arguments of your call of shell');
  const worse = await runWith(
    { PreToolUse: hook(change, 'Bash') },
    [shell('touch made'), done],
    ['--trust', '--deny', 'shell(touch other)'],
  );
  expect(worse.code).toBe(7);
  expect(existsSync(join(worse.cwd, 'other'))).toBe(false);

  const ask = print({ hookSpecificOutput: { hookEventName: 'PreToolUse', permissionDecision: 'ask' } });
  const asked = await runWith({ PreToolUse: hook(ask, 'Bash') }, [shell('touch made'), done]);
  expect(asked.code).toBe(7);
  expect(asked.said()).toContain('Nobody can be asked in this run.');
});

test('after a call: what a hook blocks or adds is read by the model with the result', async () => {
  const { code, said } = await runWith(
    {
      PostToolUse: [
        ...hook('echo "run the formatter" >&2; exit 2', 'Bash'),
        ...hook(print({ hookSpecificOutput: { additionalContext: 'and the tests' } }), 'Bash'),
      ],
    },
    [shell('true'), done],
  );
  expect(code).toBe(0);
  expect(said()).toContain('[hook: run the formatter and the tests]');
});

test('a prompt can be given context, or not be taken at all', async () => {
  const given = await runWith(
    { SessionStart: hook('echo "Use tabs."'), UserPromptSubmit: hook('echo "It is Tuesday."') },
    [done],
  );
  expect(given.said()).toContain('Use tabs.');
  expect(given.said()).toContain('It is Tuesday.');
  const refused = await runWith({ UserPromptSubmit: hook('echo "has a secret in it" >&2; exit 2') }, [done]);
  expect(refused.code).toBe(7);
  expect(refused.stderr).toContain('A hook of this repository did not take the prompt: has a secret in it');
  expect(refused.server.requests).toEqual([]);
});

test('the model is told whose hook speaks: the user’s, this repository’s, or both', async () => {
  const cwd = makeFolder();
  const home = makeFolder();
  for (const folder of [join(cwd, '.git'), join(cwd, '.wink'), join(home, '.wink')]) mkdirSync(folder);
  const says = (words: string) => hook(print({ hookSpecificOutput: { additionalContext: words } }));
  const own = { SessionStart: says('Use tabs.'), UserPromptSubmit: says('It is Tuesday.') };
  const repositorys = { UserPromptSubmit: says('It rains.'), PreToolUse: says('Mind the step.') };
  writeFileSync(join(home, '.wink/config.json'), JSON.stringify({ hooks: own }));
  writeFileSync(join(cwd, '.wink/config.json'), JSON.stringify({ hooks: repositorys }));
  const server = await serve([shell('true'), done]);
  const words = ['-p', 'go', '--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--approval', 'full'];
  await run([...words, '--trust'], { cwd, home });
  const said = JSON.stringify(server.requests.at(-1)?.body.messages);
  expect(said).toContain('A hook of the user says: Use tabs.');
  expect(said).toContain('A hook of the user, and one of this repository, says: It is Tuesday.\\n\\nIt rains.');
  expect(said).toContain('A hook of this repository says: Mind the step.');
});

test('a turn can be kept from ending, not for ever; a run can be ended', async () => {
  const once = `grep -q '"stop_hook_active":true' && exit 0; echo "write the tests" >&2; exit 2`;
  const kept = await runWith({ Stop: hook(once) }, [done, { text: 'Now done.' }]);
  expect(kept.stdout).toBe('Now done.\n');
  expect(kept.said()).toContain('keeps the turn from ending: write the tests');
  const always = await runWith({ Stop: hook('echo more >&2; exit 2') }, [{ text: 'Done.', times: 20 }]);
  expect(always.code).toBe(0);
  expect(always.server.requests).toHaveLength(11);
  expect(always.stderr).toContain('has kept the turn from ending 10 times in a row');
  const ended = await runWith({ PreToolUse: hook(print({ continue: false, stopReason: 'enough for today' })) }, [
    shell('touch made'),
    done,
  ]);
  expect(ended.code).toBe(7);
  expect(ended.stderr).toContain('A hook ended the run: enough for today');
});

test('hooks of a repository that is not trusted do nothing, and a line says so; files that the user names count', async () => {
  const { code, stderr, logged } = await runWith({ PreToolUse: hook('exit 2') }, [shell('true'), done], []);
  expect(code).toBe(0);
  expect(stderr).toContain('.claude/settings.json are ignored because they can run code');
  expect(logged()).toEqual([]);
  const cwd = makeFolder();
  const home = makeFolder();
  mkdirSync(join(home, '.wink'));
  mkdirSync(join(home, '.codex'));
  writeFileSync(
    join(home, '.codex/hooks.json'),
    JSON.stringify({ hooks: { PreToolUse: hook('echo "by a file" >&2; exit 2', 'Bash') } }),
  );
  writeFileSync(
    join(home, '.wink/config.json'),
    JSON.stringify({
      hookFiles: ['~/.codex/hooks.json'],
      hooks: { PreToolUse: hook('echo "by the configuration" >&2; exit 2', 'Bash') },
    }),
  );
  const server = await serve([shell('true'), done]);
  const ended = await run(
    ['-p', 'go', '--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--approval', 'full'],
    { cwd, home },
  );
  expect(ended.code).toBe(7);
  expect(JSON.stringify(server.requests.at(-1)?.body.messages)).toContain('by the configuration by a file');
});

test('a file of the repository that commands can change gives no hooks, whoever names it and whether it is trusted or not', async () => {
  for (const [name, trust, does] of [
    ['tools/hooks.json', [], 'commands may change it'],
    ['tools/hooks.json', ['--trust'], 'commands may change it'],
    ['.wink/hooks.json', [], 'you have not trusted'],
    ['.wink/hooks.json', ['--trust'], 'it was asked'],
  ] as const) {
    const cwd = makeFolder();
    const home = makeFolder();
    for (const folder of [join(cwd, '.git'), join(cwd, 'tools'), join(cwd, '.wink'), join(home, '.wink')])
      mkdirSync(folder);
    writeFileSync(join(cwd, name), JSON.stringify({ hooks: { PreToolUse: hook('echo "it was asked" >&2; exit 2') } }));
    writeFileSync(join(home, '.wink/config.json'), JSON.stringify({ hookFiles: [name] }));
    const server = await serve([shell('true'), done]);
    const words = ['-p', 'go', '--model', 'scripted', '--base-url', server.url, '--wink', 'off', '--approval', 'full'];
    const { stderr } = await run([...words, ...trust], { cwd, home });
    expect(`${stderr}${JSON.stringify(server.requests.at(-1)?.body.messages)}`).toContain(does);
  }
});

test('before a compaction a hook is asked, and can keep the context as it is', async () => {
  const big: ScriptedReply = {
    text: 'On.',
    fillerTokens: 5_000,
    calls: [{ name: 'glob', arguments: { pattern: '*' } }],
    times: 9,
  };
  const config = ['--trust', '--config', 'own.json'];
  const start = async (command: string) => {
    const cwd = makeFolder();
    for (const folder of ['.git', '.claude']) mkdirSync(join(cwd, folder));
    writeFileSync(join(cwd, '.claude/settings.json'), JSON.stringify({ hooks: { PreCompact: hook(command) } }));
    writeFileSync(join(cwd, 'own.json'), JSON.stringify({ contextWindow: 40_000, compaction: { keepSteps: 2 } }));
    const server = await serve([big, done]);
    await run(
      [
        '-p',
        'go',
        '--model',
        'scripted',
        '--base-url',
        server.url,
        '--wink',
        'off',
        '--approval',
        'full',
        '--output-format',
        'stream-json',
        ...config,
      ],
      { cwd, home: makeFolder() },
    );
    return { cwd, summaries: server.requests.filter(({ body }) => !Array.isArray(body.tools)).length };
  };
  const { cwd, summaries } = await start(log);
  expect(summaries).toBeGreaterThan(0);
  const seen = jsonLines(readFileSync(join(cwd, 'log.jsonl'), 'utf8'));
  expect(seen[0]).toMatchObject({ hook_event_name: 'PreCompact', trigger: 'auto', custom_instructions: '' });
  expect((await start('echo no >&2; exit 2')).summaries).toBe(0);
});

test('a hook that starts what the workspace holds is held like a command that nobody was asked about', async () => {
  const outside = join(makeFolder(), 'made');
  const script = `mkdir -p tools; echo 'touch ${outside} ran' > tools/lint.sh; echo 'touch ended' > tools/end.sh`;
  const write: ScriptedReply = { calls: [{ name: 'write', arguments: { path: 'b.txt', content: 'b\n' } }] };
  const lines = ['sh tools/lint.sh', `sh -c 'echo own > ${outside}.own'`];
  const hooks = { PostToolUse: lines.flatMap((line) => hook(line, 'Write')), SessionEnd: hook('sh tools/end.sh') };
  const { cwd } = await runWith(hooks, [shell(script), write, done], ['--trust'], 'edits');
  // Where nothing can confine the command it was not run.
  const isWritten = existsSync(join(cwd, 'tools/lint.sh'));
  expect(existsSync(join(cwd, 'ended'))).toBe(isWritten);
  expect([existsSync(join(cwd, 'ran')), existsSync(outside), existsSync(`${outside}.own`)]).toEqual([
    isWritten,
    false,
    true,
  ]);
});
