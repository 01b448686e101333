import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ModelServer } from '../../../src/demo/server.ts';
import { openKeychain } from '../../../src/providers/keychain.ts';
import { ended, makeFolder, serve, start } from '../program.ts';

/** A folder for a program of the platform's that keeps what it gets by stdin in a file, as secret-tool does. */
function fakeKeyring(): { path: string; kept: string } {
  const path = makeFolder();
  const kept = join(path, 'kept');
  writeFileSync(
    join(path, 'secret-tool'),
    `#!/bin/sh\ncase "$1" in\nstore) shift; echo "$@" > ${kept}.words; cat > ${kept} ;;\nlookup) cat ${kept} ;;\nclear) rm ${kept} ;;\nesac\n`,
  );
  chmodSync(join(path, 'secret-tool'), 0o755);
  return { path: `${path}:${process.env.PATH}`, kept };
}

function place(server: ModelServer, env: NodeJS.ProcessEnv = {}) {
  const home = makeFolder();
  mkdirSync(join(home, '.wink'), { recursive: true });
  writeFileSync(
    join(home, '.wink', 'config.json'),
    JSON.stringify({ providers: { groq: { baseUrl: server.url }, work: { baseUrl: server.url } } }),
  );
  return { cwd: makeFolder(), home, keys: join(home, '.wink', 'keys.json'), env: { PATH: '/usr/bin:/bin', ...env } };
}

async function login(words: readonly string[], where: ReturnType<typeof place>, key: string) {
  const child = start(['login', ...words], { ...where, stdin: 'pipe' });
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(key);
  return ended(child);
}

describe('login', () => {
  test('keeps a key that the provider takes in a private file, and the next run uses it', async () => {
    const server = await serve([{ text: 'Hello.' }], { apiKey: 'right-key-123' });
    const where = place(server);
    const { code, stdout } = await login(['groq', '--file'], where, 'right-key-123\n');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/kept in .*keys\.json \(it works: 1 model\)/)]);
    expect(statSync(where.keys).mode & 0o777).toBe(0o600);
    const run = await ended(start(['-p', 'Hi.', '--model', 'groq/scripted', '--wink', 'off'], where));
    expect([run.code, run.stdout.trim()]).toEqual([0, 'Hello.']);
  });

  test('ends at once where there is no keyring', { timeout: 30_000 }, async () => {
    const where = place(await serve([{ text: 'Hello.' }], { apiKey: 'right-key-123' }), { PATH: makeFolder() });
    const { code, stdout } = await login(['groq'], where, 'right-key-123\n');
    expect([code, stdout]).toEqual([0, expect.stringMatching(/kept in .*keys\.json/)]);
  });

  test('keeps the key of a service of web search that takes it', async () => {
    const service = createServer((request, response) => {
      const isRight = request.headers['x-api-key'] === 'right-key-123';
      response.writeHead(isRight ? 200 : 401).end('{"results":[]}');
    });
    await new Promise<void>((listening) => service.listen(0, '127.0.0.1', listening));
    onTestFinished(() => void service.close());
    onTestFinished(() => service.closeAllConnections());
    const where = place(await serve([]));
    const baseUrl = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
    const config = { web: { search: { provider: 'exa', baseUrl } } };
    writeFileSync(join(where.home, '.wink', 'config.json'), JSON.stringify(config));
    const wrong = await login(['exa', '--file'], where, 'wrong-key-123\n');
    expect([wrong.code, wrong.stderr]).toEqual([1, expect.stringMatching(/was not kept.*Exa answered 401/)]);
    const right = await login(['exa', '--file'], where, 'right-key-123\n');
    expect([right.code, right.stdout]).toEqual([0, expect.stringMatching(/key of Exa is kept in .*it works/)]);
    expect(readFileSync(where.keys, 'utf8')).toContain('"exa": "right-key-123"');
  });

  test('does not keep one that the provider refuses, nor unasked one that could not be checked', async () => {
    const server = await serve([], { apiKey: 'right-key-123' });
    const where = place(server);
    const refused = await login(['groq', '--file'], where, 'wrong-key-123');
    expect([refused.code, refused.stderr]).toEqual([
      1,
      expect.stringMatching(/Groq does not take this key; nothing was kept/),
    ]);
    expect(refused.stderr + refused.stdout).not.toContain('wrong-key-123');
    await server.close();
    const unchecked = await login(['groq', '--file'], where, 'some-key-123');
    expect([unchecked.code, unchecked.stderr]).toEqual([1, expect.stringMatching(/could not be checked; --no-check/)]);
    expect(() => readFileSync(where.keys)).toThrow(/ENOENT/);
    expect((await login(['groq', '--file', '--no-check'], where, 'some-key-123')).code).toBe(0);
  });

  test("keeps it in the desktop's keyring where there is one, handed over by stdin, and forgets it again", async () => {
    const server = await serve([{ text: 'Hello.' }], { apiKey: 'right-key-123' });
    const { path, kept } = fakeKeyring();
    const where = place(server, { PATH: path });
    expect((await login(['work'], where, 'right-key-123\n')).stdout).toMatch(/kept in keyring of the desktop/);
    expect(readFileSync(kept, 'utf8')).toBe('right-key-123');
    expect(readFileSync(`${kept}.words`, 'utf8')).not.toContain('right-key-123');
    expect(readFileSync(where.keys, 'utf8')).not.toContain('right-key-123');
    const words = ['-p', 'Hi.', '--model', 'work/scripted', '--wink', 'off'];
    expect((await ended(start(words, where))).stdout.trim()).toBe('Hello.');
    expect((await login(['work', '--remove'], where, '')).stdout).toMatch(/forgotten/);
    expect(() => readFileSync(kept)).toThrow(/ENOENT/);
  });

  test.each([
    [[], /login takes one provider: openai/],
    [['nowhere'], /There is no provider `nowhere`; login knows openai, .*groq.*work.*brave/],
    [['ollama'], /Ollama runs on your own machine and wants no key/],
    [['groq'], /No key was given/],
    [['groq', '--keep'], /--keep/],
  ])('says in a sentence what is wrong with %j', async (words, wrong) => {
    const { code, stderr } = await login(words, place(await serve([])), '');
    expect([code, stderr.trim().split('\n').length]).toEqual([2, 1]);
    expect(stderr).toMatch(wrong);
  });
});

test('the macOS keychain gets its words by stdin, quoted as its shell reads them', async () => {
  const folder = makeFolder();
  writeFileSync(
    join(folder, 'security'),
    `#!/bin/sh\necho "$@" >> ${folder}/words\n[ "$1" = -i ] && cat >> ${folder}/stdin\nexit 0\n`,
  );
  chmodSync(join(folder, 'security'), 0o755);
  const keychain = openKeychain({ PATH: `${folder}:/usr/bin:/bin` }, 'darwin');
  expect(await keychain?.save('openai', 'a"b\\c')).toBe(true);
  expect(readFileSync(`${folder}/stdin`, 'utf8')).toBe(
    'add-generic-password -U -s wink-agent -a openai -w "a\\"b\\\\c"\n',
  );
  expect(readFileSync(`${folder}/words`, 'utf8')).toBe('-i\n');
});
