import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { expect, test } from 'vitest';
import { ended, makeFolder, serve, start } from '../program.ts';
import { done, runTask, shell, type TaskEnd, type TaskOptions } from '../task.ts';

const server = resolve(import.meta.dirname, '../../fixtures/language-server.mjs');
const flags = ['--approval', 'full', '--trust', '--wink', 'off'];
const edit = (oldText: string, newText: string) => ({
  calls: [{ name: 'edit', arguments: { path: 'a.txt', edits: [{ oldText, newText }] } }],
});
/** Waits until a file holds this text. */
const waitFor = (path: string, text: string) => shell(`until grep -q '${text}' ${path}; do sleep 0.05; done`);

const results = ({ requests }: TaskEnd) =>
  (requests.at(-1)!.body.messages as { role: string; content: string }[])
    .filter(({ role }) => role === 'tool')
    .map(({ content }) => content);

/** `log` is made when the server starts, and `log.told` gets the versions that it has answered. */
function withServer(log: string, options: TaskOptions): TaskOptions {
  const fake = { command: [process.execPath, server, log], languages: { txt: 'plaintext' } };
  return {
    files: { 'a.txt': 'one\nBAD of old\n' },
    flags,
    ...options,
    config: { diagnostics: { servers: { fake } }, ...options.config },
  };
}

/** Processes that were started with this path as an argument: in a sandbox they know numbers of their own. */
const startedWith = (path: string) =>
  readdirSync('/proc').filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, 'utf8').split('\0').includes(path);
    } catch {
      return false;
    }
  });

test('what an edit has brought comes with its own result, with the next one, or before the turn ends', async () => {
  const log = join(makeFolder(), 'pids');
  const options = withServer(log, {
    replies: [
      edit('one', 'BAD of mine'),
      waitFor(`${log}.told`, 'version 2'),
      edit('BAD of mine', 'BAD of mine\nBAD again'),
      waitFor(`${log}.told`, 'version 3'),
      edit('BAD of mine\nBAD again', 'fine'),
      edit('fine', 'fine\nBAD at last'),
      { text: 'Done so far.' },
      done,
    ],
  });
  const end = await runTask(options);
  const found = results(end);
  expect(found[0]).not.toContain('BAD of mine (');
  expect(found[1]).toMatch(/\[fake finds a new error since your edit:\na\.txt:1:1 BAD of mine\]$/);
  // With its own result when the server is quick, else with the next one.
  expect(
    `${found[2]}${found[3]}`.match(/\[fake finds a new error since your edit:\na\.txt:2:1 BAD again\]/g),
  ).toHaveLength(1);
  expect(found[4]).not.toContain('finds');
  const said = end.requests.map(({ rawBody }) => rawBody.match(/BAD at last\]/g)?.length ?? 0);
  expect(Math.max(...said)).toBe(1);
  expect(end.requests.some(({ rawBody }) => rawBody.includes('since your edit:\\na.txt:1:1 BAD of old'))).toBe(false);
  expect(end.result).toMatchObject({ outcome: 'done' });
  await expect.poll(() => startedWith(log)).toEqual([]);
});

test('it is started in a trusted repository only, and not where it is off', async () => {
  const log = join(makeFolder(), 'pids');
  const replies = [edit('one', 'BAD'), edit('BAD', 'BAD too'), done];
  const untrusted = await runTask(withServer(log, { replies, flags: ['--approval', 'full'] }));
  const off = await runTask(withServer(log, { replies, config: { diagnostics: { enabled: false } } }));
  expect([untrusted, off].map((end) => results(end).join().includes('finds'))).toEqual([false, false]);
  expect(existsSync(log)).toBe(false);
});

test('a server that dies is said once and left out; one that never answers holds nobody up', async () => {
  const log = join(makeFolder(), 'pids');
  const dying = await runTask(
    withServer(log, {
      replies: [edit('one', 'DIE'), waitFor(`${log}.told`, 'died'), edit('DIE', 'two'), edit('two', 'three'), done],
    }),
  );
  expect(dying.result).toMatchObject({ outcome: 'done' });
  expect(dying.stderr.match(/The language server fake ended \(exit code 3\)/g)).toHaveLength(1);
  const silent = await runTask(
    withServer(log, {
      files: { 'a.txt': 'SILENT one\n' },
      replies: [edit('one', 'two BAD'), edit('two BAD', 'three BAD'), done],
    }),
  );
  expect(silent.result).toMatchObject({ outcome: 'done' });
  expect(results(silent).join()).not.toContain('finds');
});

test('a server that the workspace holds writes nothing outside it', async () => {
  const made = join(makeFolder(), 'made');
  const fake = { command: ['tools/fake'], languages: { txt: 'plaintext' } };
  const end = await runTask({
    files: { 'a.txt': 'one\n' },
    flags: ['--approval', 'edits', '--trust', '--wink', 'off'],
    config: { diagnostics: { servers: { fake } } },
    replies: [
      shell(`mkdir tools && printf '#!/bin/sh\\ntouch ${made}; exit 3' > tools/fake && chmod +x tools/fake`),
      edit('one', 'two'),
      shell('sleep 2'),
      done,
    ],
  });
  expect(end.stderr).toMatch(/The language server fake ended|denied/);
  expect(existsSync(made)).toBe(false);
});

test('a server of the user’s, which may load what the workspace holds, has neither network nor secrets, and goes on', async () => {
  const log = join(makeFolder(), 'pids');
  const look = `cat .env > ${log}.env; tail -n +3 /proc/net/dev | cut -d: -f1 > ${log}.net; exec "$@"`;
  const fake = { command: ['sh', '-c', look, 'sh', process.execPath, server, log], languages: { txt: 'plaintext' } };
  const end = await runTask({
    files: { 'a.txt': 'one\n', '.env': 'KEY=S3CRET\n' },
    flags,
    config: { diagnostics: { servers: { fake } } },
    replies: [edit('one', 'BAD of mine'), waitFor(`${log}.told`, 'version 2'), { text: 'Done so far.' }, done],
  });
  expect(JSON.stringify(end.requests.at(-1)!.body.messages)).toContain('a.txt:1:1 BAD of mine');
  expect(readFileSync(`${log}.env`, 'utf8')).toBe('');
  expect(readFileSync(`${log}.net`, 'utf8').trim()).toBe('lo');
});

test('a server ends when the program is killed', async () => {
  const log = join(makeFolder(), 'pids');
  const options = withServer(log, {});
  const model = await serve([edit('one', 'two'), shell('sleep 60')] as never);
  const [cwd, home] = [makeFolder(), makeFolder()];
  writeFileSync(join(cwd, 'a.txt'), 'one\n');
  mkdirSync(join(home, '.wink'));
  writeFileSync(join(home, '.wink/config.json'), JSON.stringify(options.config));
  const child = start(['-p', 'go', '--model', 'scripted', '--base-url', model.url, ...flags], { cwd, home });
  await expect.poll(() => existsSync(log), { timeout: 30_000 }).toBe(true);
  child.kill('SIGKILL');
  await ended(child);
  await expect.poll(() => startedWith(log), { timeout: 10_000 }).toEqual([]);
});

test('the repository’s own checker says what later runs add to its first', async () => {
  const runs = join(makeFolder(), 'runs');
  const command = `grep -n BAD {files} /dev/null | sed 's/:/:1: error: /2'; echo run $(grep -c . {files}) >> ${runs}`;
  const check = { command, extensions: ['txt'] };
  const end = await runTask({
    files: { 'a.txt': 'one\nBAD of old\n' },
    flags,
    config: { diagnostics: { check, servers: { fake: { command: [] } } } },
    replies: [
      edit('one', 'two'),
      waitFor(runs, 'run 2'),
      edit('two', 'BAD of mine\nthree'),
      waitFor(runs, 'run 3'),
      shell('true'),
      done,
    ],
  });
  expect(
    results(end)
      .join('\n')
      .match(/\[check finds.*\n.*/g),
  ).toEqual(['[check finds a new error since your edit:\na.txt:1:1 BAD of mine]']);
});

test('a checker that can’t be run, or takes too long, is left out in one line; it is run for its files only', async () => {
  const checked = async (settings: object) => {
    const { stderr, result } = await runTask({
      flags,
      config: { diagnostics: { check: settings, servers: { fake: { command: [] } } } },
      replies: [edit('one', 'two'), shell('sleep 1'), done],
    });
    expect(result).toMatchObject({ outcome: 'done' });
    return stderr.includes('The checker (diagnostics.check) could not be run');
  };
  expect(await checked({ command: 'no-such-program {files}' })).toBe(true);
  expect(await checked({ command: 'sleep 60', timeoutSeconds: 0.3 })).toBe(true);
  expect(await checked({ command: 'no-such-program', extensions: ['md'] })).toBe(false);
});
