import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { demoFlags, runFlags } from '../../src/command-line/options.ts';
import { jsonLines, makeFolder, run } from './program.ts';
import { done, runAlone, runTask, shell, write } from './task.ts';

/** For each flag of a run, what it changes when the built program is given it. A flag without a proof fails the last test. */
const proofs: Readonly<Record<string, () => Promise<void>>> = {
  print: async () => {
    const { stdout, code } = await runTask({});
    expect({ code, stdout: JSON.parse(stdout).result }).toEqual({ code: 0, stdout: 'All done.' });
  },
  model: async () => {
    const { requests } = await runAlone({ flags: ['--model', 'another'] });
    expect(requests[0]!.body.model).toBe('another');
  },
  'base-url': async () => {
    expect((await runTask({})).requests).toHaveLength(1);
  },
  api: async () => {
    const { requests } = await runAlone({ flags: ['--api', 'responses'] });
    expect(requests[0]!.path).toContain('/responses');
  },
  'observer-model': async () => {
    const { server } = await runTask({
      replies: [write('b.txt', 'two'), { text: 'All done: every test passes.' }, done],
      judge: { text: 'no' },
      flags: ['--observer-model', 'smaller', '--approval', 'edits'],
    });
    const judged = server.requests.filter(({ body }) => body.tools === undefined && body.messages !== undefined);
    expect(judged.length).toBeGreaterThan(0);
    expect(judged.every(({ body }) => body.model === 'smaller')).toBe(true);
  },
  wink: async () => {
    expect((await runTask({ flags: ['--wink', 'off'] })).result.wink).toMatchObject({ mode: 'off', health: 'off' });
  },
  shadow: async () => {
    expect((await runTask({ flags: ['--shadow'] })).result.wink).toMatchObject({ mode: 'shadow' });
  },
  approval: async () => {
    const replies = [write('b.txt', 'two'), done];
    const [asked, full] = [
      await runAlone({ replies, flags: ['--approval', 'ask'] }),
      await runAlone({ replies, flags: ['--approval', 'full'] }),
    ];
    expect([existsSync(join(asked.cwd, 'b.txt')), existsSync(join(full.cwd, 'b.txt'))]).toEqual([false, true]);
  },
  allow: async () => {
    const { cwd } = await runAlone({ replies: [write('b.txt', 'two'), done], flags: ['--allow', 'edit(b.txt)'] });
    expect(existsSync(join(cwd, 'b.txt'))).toBe(true);
  },
  deny: async () => {
    const flags = ['--approval', 'full', '--deny', 'edit(b.txt)'];
    const { cwd, code } = await runAlone({ replies: [write('b.txt', 'two'), done], flags });
    expect({ isThere: existsSync(join(cwd, 'b.txt')), code }).toEqual({ isThere: false, code: 7 });
  },
  'output-format': async () => {
    expect((await runAlone({ flags: ['--output-format', 'text'] })).stdout).toBe('All done.\n');
  },
  'output-schema': async () => {
    const schema = { type: 'object', properties: { count: { type: 'integer' } }, required: ['count'] };
    const { stdout } = await runAlone({
      replies: [{ text: '{"count": 2}' }],
      files: { 'schema.json': JSON.stringify(schema) },
      flags: ['--output-schema', 'schema.json', '--output-format', 'text'],
    });
    expect(JSON.parse(stdout)).toEqual({ count: 2 });
  },
  'input-format': async () => {
    const words = '{"type":"user","message":{"role":"user","content":"hello by a line"}}\n';
    const { server, stdout } = await runAlone({
      flags: ['--input-format', 'stream-json', '--output-format', 'stream-json'],
      input: words,
    });
    expect(server.requests[0]!.rawBody).toContain('hello by a line');
    expect(stdout).toContain('"type":"result"');
  },
  'max-turns': async () => {
    const { code, result } = await runAlone({
      replies: [shell('echo a')],
      after: 'repeat',
      flags: ['--max-turns', '2'],
    });
    expect({ code, steps: result.steps }).toEqual({ code: 3, steps: 2 });
  },
  'max-cost': async () => {
    const { code } = await runAlone({
      replies: [{ ...shell('echo a'), usage: { input: 1000, output: 10 } }],
      after: 'repeat',
      config: { prices: { scripted: { input: 1000, output: 1000 } } },
      flags: ['--max-cost', '0.5'],
    });
    expect(code).toBe(4);
  },
  'max-tokens': async () => {
    const replies = [{ ...shell('echo a'), usage: { input: 900, output: 200 } }];
    expect((await runAlone({ replies, after: 'repeat', flags: ['--max-tokens', '1000'] })).code).toBe(4);
  },
  timeout: async () => {
    const replies = [{ text: 'x', fault: { kind: 'silence', at: 'before' } }] as const;
    expect((await runAlone({ replies, flags: ['--timeout', '0.5'] })).code).toBe(5);
  },
  cwd: async () => {
    const folder = makeFolder();
    const { result } = await runAlone({ flags: ['--cwd', folder] });
    expect(result.cwd).toContain(folder);
  },
  'add-dir': async () => {
    const folder = makeFolder();
    const replies = [write(join(folder, 'b.txt'), 'two'), done];
    const [without, given] = [
      await runAlone({ replies, flags: ['--approval', 'edits'] }),
      await runAlone({ replies, flags: ['--approval', 'edits', '--add-dir', folder] }),
    ];
    expect([without.code, given.code]).toEqual([7, 0]);
  },
  session: async () => {
    expect((await runAlone({ flags: ['--session', 'mine'] })).result.session).toBe('mine');
  },
  continue: async () => {
    const place = { cwd: makeFolder(), home: makeFolder() };
    await runAlone({ place, prompt: 'the first words' });
    const { requests } = await runAlone({ place, prompt: 'and on', flags: ['--continue'] });
    expect(requests[0]!.rawBody).toContain('the first words');
  },
  artifact: async () => {
    const { cwd } = await runAlone({
      replies: [write('b.txt', 'two\n'), done],
      flags: ['--approval', 'full', '--artifact', 'run.jsonl.gz'],
    });
    const lines = jsonLines(gunzipSync(readFileSync(join(cwd, 'run.jsonl.gz'))).toString());
    expect(lines.map(({ type }) => type)).toEqual(['header', 'note', 'step', 'step', 'end', 'result', 'patch']);
    const elsewhere = makeFolder();
    execFileSync('git', ['apply'], { cwd: elsewhere, input: String(lines.at(-1)!.patch) });
    expect(readFileSync(join(elsewhere, 'b.txt'), 'utf8')).toBe('two\n');
  },
  'no-session': async () => {
    const { home } = await runAlone({ flags: ['--no-session'] });
    expect(existsSync(join(home, '.wink/sessions'))).toBe(false);
  },
  trust: async () => {
    const files = { '.wink/config.json': '{ "approval": "full" }' };
    const replies = [write('b.txt', 'two'), done];
    const [without, given] = [
      await runAlone({ replies, files }),
      await runAlone({ replies, files, flags: ['--trust'] }),
    ];
    expect([without.code, given.code]).toEqual([7, 0]);
  },
  config: async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, 'mine.json'), '{ "maxTurns": 1 }');
    const flags = ['--config', join(folder, 'mine.json')];
    expect((await runAlone({ replies: [shell('echo a')], after: 'repeat', flags })).code).toBe(3);
  },
  verbose: async () => {
    const replies = [shell('echo a'), done];
    const flags = ['--output-format', 'text', '--approval', 'full'];
    const [brief, verbose] = [
      await runAlone({ replies, flags }),
      await runAlone({ replies, flags: [...flags, '--verbose'] }),
    ];
    expect(verbose.stderr.length).toBeGreaterThan(brief.stderr.length);
  },
  version: async () => {
    const { stdout } = await run(['--version'], { cwd: makeFolder(), home: makeFolder() });
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  },
  help: async () => {
    const { stdout } = await run(['--help'], { cwd: makeFolder(), home: makeFolder() });
    for (const { name } of runFlags) expect(stdout).toContain(`--${name}`);
  },
  keep: async () => {
    const folder = join(makeFolder(), 'kept');
    mkdirSync(folder);
    const { code } = await run(['demo', 'fix', '--keep', folder, '--output-format', 'json'], {
      cwd: makeFolder(),
      home: makeFolder(),
    });
    expect({ code, files: readdirSync(folder).includes('package.json') }).toEqual({ code: 0, files: true });
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toContain('"test"');
  },
};

test.each(Object.entries(proofs))('--%s does what its help says', (_, prove) => prove());

test('each flag has its proof', () => {
  const flags = [...runFlags, ...demoFlags].map(({ name }) => name);
  expect(flags.filter((name) => !(name in proofs))).toEqual([]);
});
