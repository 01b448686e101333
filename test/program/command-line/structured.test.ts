import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { isObject, parseJson } from '../../../src/core/text/json.ts';
import type { Scenario } from '../../../src/demo/server/scenario.ts';
import { ended, makeFolder, serve, start } from '../program.ts';

const schema = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  properties: { files: { type: 'array', items: { type: 'string' } }, count: { type: 'integer', minimum: 0 } },
  required: ['files', 'count'],
  additionalProperties: false,
};
const right = '{"files": ["a.ts"], "count": 1}';

async function run(scenario: Scenario, words: readonly string[], stdin?: string) {
  const cwd = makeFolder();
  writeFileSync(join(cwd, 'schema.json'), JSON.stringify(schema));
  writeFileSync(join(cwd, 'broken.json'), '{"type": "nonsense"}');
  writeFileSync(join(cwd, 'words.json'), 'no JSON');
  const server = await serve(scenario);
  const all = [...words, '--base-url', server.url, '--model', 'scripted', '--wink', 'off', '--approval', 'full'];
  const child = start(all, { cwd, home: makeFolder(), ...(stdin === undefined ? {} : { stdin: 'pipe' }) });
  child.stdin?.end(stdin);
  return { ...(await ended(child)), server };
}

describe('--output-schema', () => {
  const words = ['-p', 'List them.', '--output-schema', 'schema.json'];

  test('the answer is the JSON alone; the model was told the schema', async () => {
    const { stdout, code, server } = await run([{ text: right }], words);
    expect([code, stdout]).toEqual([0, `${right}\n`]);
    expect(JSON.stringify(server.requests[0]?.body.messages)).toContain('additionalProperties');
  });

  test('a fence that is the whole answer is taken off, and steps before it are free', async () => {
    const { stdout, code } = await run(
      [
        { text: 'I look.', calls: [{ name: 'glob', arguments: { pattern: '*' } }] },
        { text: `\`\`\`json\n${right}\n\`\`\`` },
      ],
      words,
    );
    expect([code, stdout]).toEqual([0, `${right}\n`]);
  });

  test('what does not match is asked again once, with what is wrong', async () => {
    const { stdout, code, server } = await run([{ text: '{"files": "a.ts", "count": -1}' }, { text: right }], words);
    expect([code, stdout, server.requests.length]).toEqual([0, `${right}\n`, 2]);
    expect(JSON.stringify(server.requests[1]?.body.messages)).toMatch(/\/files must be array; \/count must be >= 0/);
  });

  test('twice wrong is exit 1 with the reason, in the result too', async () => {
    const { stdout, stderr, code, server } = await run(
      [{ text: 'Here.' }, { text: 'Sorry.' }],
      [...words, '--output-format', 'json'],
    );
    expect([code, server.requests.length]).toEqual([1, 2]);
    expect(JSON.parse(stdout)).toMatchObject({
      outcome: 'error',
      error: expect.stringMatching(/schema of --output-schema: it is not JSON/),
    });
    expect(stderr).toContain('it is not JSON');
  });

  test.each([
    ['nowhere.json', /does not exist/],
    ['words.json', /must hold one JSON schema/],
    ['broken.json', /not a valid JSON schema/],
  ])('%s is one sentence and exit 2, before anything is asked', async (file, wrong) => {
    const { stderr, code, server } = await run([], ['-p', 'Hi.', '--output-schema', file]);
    expect([code, stderr.trim().split('\n').length, server.requests.length]).toEqual([2, 1, 0]);
    expect(stderr).toMatch(wrong);
  });
});

describe('--input-format stream-json', () => {
  const words = ['-p', '--input-format', 'stream-json', '--output-format', 'stream-json'];
  const line = (content: unknown) => JSON.stringify({ type: 'user', message: { role: 'user', content } });
  const results = (stdout: string) =>
    stdout
      .trim()
      .split('\n')
      .map(parseJson)
      .filter(isObject)
      .filter(({ type }) => type === 'result');

  test('a message a line, each a turn with its own result; the end of the input is the end', async () => {
    const { stdout, code, server } = await run(
      { rules: [{ replies: [{ text: 'Answer {{n}}.' }], after: 'repeat' }] },
      words,
      `${line('First.')}\n${line([
        { type: 'text', text: 'Second.' },
        { type: 'image', source: { type: 'base64', media_type: 'image/tiff', data: 'iVBORw0KGgo=' } },
      ])}\n`,
    );
    expect(code).toBe(0);
    expect(results(stdout)).toMatchObject([{ result: { result: 'Answer 1.' } }, { result: { result: 'Answer 2.' } }]);
    const said = JSON.stringify(server.requests.at(-1)?.body.messages);
    expect(said).toContain('First.');
    expect(said).toContain('Second.');
    expect(said).toContain('data:image/png;base64,iVBORw0KGgo=');
  });

  test('turns follow each other when each result is waited for', async () => {
    const server = await serve([{ text: 'One.' }, { text: 'Two.' }]);
    const all = [...words, '--base-url', server.url, '--model', 'scripted', '--wink', 'off'];
    const child = start(all, { cwd: makeFolder(), home: makeFolder(), stdin: 'pipe' });
    const end = ended(child);
    let heard = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      heard += chunk.toString();
    });
    child.stdin?.write(`${line('First.')}\n`);
    await expect.poll(() => results(heard).length, { timeout: 10_000 }).toBe(1);
    child.stdin?.write(`${line('Second.')}\n`);
    await expect.poll(() => results(heard).length, { timeout: 10_000 }).toBe(2);
    child.stdin?.end();
    expect((await end).code).toBe(0);
    expect(results(heard)).toMatchObject([{ result: { result: 'One.' } }, { result: { result: 'Two.' } }]);
  });

  test('an interrupt ends the turn under way', async () => {
    const server = await serve([{ text: 'A long answer.', fault: { kind: 'silence', at: 'midway' } }]);
    const all = [...words, '--base-url', server.url, '--model', 'scripted', '--wink', 'off'];
    const child = start(all, { cwd: makeFolder(), home: makeFolder(), stdin: 'pipe' });
    const end = ended(child);
    child.stdin?.write(`${line('First.')}\n`);
    await expect.poll(() => server.requests.length, { timeout: 10_000 }).toBe(1);
    child.stdin?.end('{"type":"control_request","request":{"subtype":"interrupt"}}\n');
    const { stdout, code } = await end;
    expect([code, results(stdout)]).toMatchObject([130, [{ result: { outcome: 'aborted' } }]]);
  });

  test('a signal ends it though the input stays open', async () => {
    const server = await serve({ rules: [{ replies: [{ text: 'ok' }], after: 'repeat' }] });
    const all = [...words, '--base-url', server.url, '--model', 'scripted', '--wink', 'off'];
    const child = start(all, { cwd: makeFolder(), home: makeFolder(), stdin: 'pipe' });
    const end = ended(child);
    child.stdin?.write(`${line('First.')}\n`);
    await expect.poll(() => server.requests.length, { timeout: 10_000 }).toBe(1);
    child.kill('SIGTERM');
    expect((await end).code).toBe(143);
  });

  test.each([
    ['no JSON', 'hello\n', /Line 1 of the input is not a message/],
    [
      'a picture that is none',
      line([{ type: 'image', source: { type: 'base64', media_type: 'image/png', data: 'PHN2Zy8+' } }]),
      /Line 1 of the input holds data that is not a PNG, JPEG, GIF or WebP picture or a PDF/,
    ],
    ['another kind', `${line('Hi.')}\n{"type":"song"}\n`, /Line 2 of the input is not a message/],
  ])('a line that is %s is one sentence and exit 2', async (_, input, wrong) => {
    const { stderr, code } = await run({ rules: [{ replies: [{ text: 'ok' }], after: 'repeat' }] }, words, input);
    expect(code).toBe(2);
    expect(stderr).toMatch(wrong);
  });

  test('it goes with the same form of output only, and an empty input is not a fault', async () => {
    const { stderr, code } = await run([], ['-p', '--input-format', 'stream-json'], '');
    expect([code, stderr]).toEqual([2, expect.stringMatching(/needs --output-format stream-json/)]);
    expect((await run([], words, '')).code).toBe(0);
  });
});
