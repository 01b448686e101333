import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isObject, parseJson } from '../../src/core/text/json.ts';
import type { Scenario } from '../../src/demo/server/scenario.ts';
import type { ModelServer, ModelServerOptions } from '../../src/demo/server.ts';
import { ended, makeFolder, serve, start } from '../program/program.ts';

const call = (word: string) => ({ name: 'repeat', arguments: { word } });

/** A model that does what it is asked. */
const able: Scenario = {
  rules: [
    { when: { lastUser: 'with the word WINK' }, replies: [{ calls: [call('WINK')] }] },
    { when: { lastUser: 'twice in this one' }, replies: [{ calls: [call('ONE'), call('TWO')] }] },
    { when: { lastUser: 'Which colour' }, replies: [{ text: 'Red.' }] },
    { when: { lastUser: 'How many legs' }, replies: [{ text: '{"legs": 8}' }] },
  ],
};

async function doctor(server: ModelServer, more: readonly string[] = [], api = 'chat') {
  const home = makeFolder();
  const file = join(home, '.wink', 'config.json');
  mkdirSync(join(home, '.wink'), { recursive: true });
  writeFileSync(file, JSON.stringify({ model: 'work/scripted', providers: { work: { baseUrl: server.url, api } } }));
  const { stdout, stderr, code } = await ended(
    start(['doctor', '--try', '--format', 'json', ...more], { cwd: makeFolder(), home }),
  );
  const report = parseJson(stdout);
  if (!isObject(report) || !Array.isArray(report.checks))
    throw new Error(`no report (exit ${code}): ${stdout}${stderr}`);
  const tried = report.checks.filter(isObject).filter(({ name }) => String(name).startsWith('Try: '));
  return {
    tried: Object.fromEntries(tried.map(({ name, state, detail }) => [String(name).slice(5), `${state} ${detail}`])),
    file,
  };
}

test.each(['chat', 'responses', 'messages'])(
  'a trial says what a model that can do everything does over %s',
  async (api) => {
    const server = await serve(able);
    const { tried } = await doctor(server, [], api);
    expect(tried).toEqual({
      'tool call': 'ok as asked',
      'several calls': 'ok 2 in one answer',
      picture: 'ok seen',
      'JSON schema': 'ok json_schema is taken',
      'prompt cache': expect.stringMatching(/^ok \d\d % of the repeated input/),
      usage: 'ok reported with each answer',
      cost: expect.stringMatching(/^ok 4 requests, \d+ tokens in, \d+ out: the price is unknown/),
      quirks: 'ok none beyond what is configured',
    });
  },
);

test('quirks are found and, when asked for, written to the configuration that the next run reads', async () => {
  const manners: ModelServerOptions['manners'] = ['turns', 'no-images', 'wants-reasoning'];
  const server = await serve(able, { manners });
  const before = await doctor(server);
  expect(before.tried.picture).toMatch(/^warn the model takes none/);
  expect(before.tried.quirks).toBe('warn strictOrder: true, returnReasoning: reasoning_content');
  const { file, tried } = await doctor(await serve(able, { manners }), ['--save']);
  expect(tried.quirks).toMatch(/^ok .*written to/);
  expect(JSON.parse(readFileSync(file, 'utf8')).providers.work.quirks).toEqual({
    strictOrder: true,
    returnReasoning: 'reasoning_content',
  });
});

test('a model that makes no calls, or prints them, is told apart', async () => {
  const mute = await doctor(await serve({ rules: [{ replies: [{ text: 'I am a poet.' }], after: 'repeat' }] }));
  expect(mute.tried['tool call']).toMatch(/^fail the model made none and said "I am a poet."/);
  const printed = '<tool_call>{"name":"repeat","arguments":{"word":"WINK"}}</tool_call>';
  const printer = await doctor(await serve({ rules: [{ replies: [{ text: printed }], after: 'repeat' }] }));
  expect(printer.tried['tool call']).toMatch(/^warn printed as text/);
});

test('an endpoint that refuses the key or the request fails with what it said', async () => {
  const server = await serve([{ fault: { kind: 'status', status: 400, message: 'tools are not for you' } }]);
  expect((await doctor(server)).tried['tool call']).toMatch(/^fail .*tools are not for you/);
});

test('--save without --try is one sentence', async () => {
  const { code, stderr } = await ended(start(['doctor', '--save'], { cwd: makeFolder(), home: makeFolder() }));
  expect([code, stderr]).toEqual([2, 'wink-agent: --save writes what --try finds; give both.\n']);
});
