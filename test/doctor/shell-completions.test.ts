import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { commands, runFlags } from '../../src/command-line/options.ts';
import { scenarioNames } from '../../src/demo/scenarios/index.ts';
import { manPage } from '../../src/doctor/man-page.ts';
import { bashCompletion, fishCompletion, runCompletions, zshCompletion } from '../../src/doctor/shell-completions.ts';

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'wink-completions-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What bash offers for a line, asked of a real bash with the printed script. */
function complete(...words: string[]): string[] {
  const script = join(folder, 'completion.bash');
  writeFileSync(script, bashCompletion());
  const quoted = words.map((word) => `'${word}'`).join(' ');
  const program = `source ${script}; COMP_WORDS=(wink-agent ${quoted}); COMP_CWORD=${words.length}; _wink_agent; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', program], { cwd: folder, encoding: 'utf8' })
    .split('\n')
    .filter((line) => line !== '');
}

test('bash completes commands, flags, their choices, folders and what follows a command', () => {
  expect(complete('')).toEqual(commands.map(({ name }) => name));
  expect(complete('do')).toEqual(['doctor']);
  expect(complete('--max')).toEqual(['--max-turns', '--max-cost', '--max-tokens']);
  expect(complete('-p', '--approval', '')).toEqual(['plan', 'ask', 'edits', 'full']);
  expect(complete('--wink', 's')).toEqual(['shadow']);
  expect(complete('config', 's')).toEqual(['set', 'schema']);
  expect(complete('demo', 'to')).toEqual(['tool-failures']);
  expect(complete('completions', 'z')).toEqual(['zsh']);
  writeFileSync(join(folder, 'task.txt'), '');
  expect(complete('replay', 'ta')).toEqual(['task.txt']);
});

test('the scenarios that are completed are those of the demo', () => {
  expect(commands.find(({ name }) => name === 'demo')?.words).toEqual(scenarioNames);
});

const has = (program: string) => spawnSync(program, ['--version']).status === 0;

test.skipIf(!has('fish'))('fish completes commands, choices and what follows a command, without files there', () => {
  const script = join(folder, 'completion.fish');
  writeFileSync(script, fishCompletion());
  writeFileSync(join(folder, 'task.txt'), '');
  const ask = (line: string) =>
    execFileSync('fish', ['--no-config', '-c', `source ${script}; complete -C '${line}'`], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, HOME: folder },
    })
      .split('\n')
      .filter((each) => each !== '')
      .map((each) => each.split('\t')[0]);
  expect(ask('wink-agent do')).toContain('doctor');
  expect(ask('wink-agent --approval ').sort()).toEqual(['ask', 'edits', 'full', 'plan']);
  expect(ask('wink-agent completions ').sort()).toEqual(['bash', 'fish', 'man', 'zsh']);
  expect(ask('wink-agent replay ta')).toEqual(['task.txt']);
});

test.skipIf(!has('zsh'))('the script for zsh is one that zsh can read', () => {
  const script = join(folder, '_wink-agent');
  writeFileSync(script, zshCompletion());
  expect(spawnSync('zsh', ['-f', '-n', script], { encoding: 'utf8' })).toMatchObject({ status: 0, stderr: '' });
});

test('every command and flag of the table is in each script and in the manual', () => {
  for (const text of [bashCompletion(), zshCompletion(), fishCompletion()]) {
    for (const { name } of commands) expect(text).toContain(name);
    for (const { name } of runFlags) expect(text).toContain(name);
  }
  for (const { name } of runFlags) expect(manPage()).toContain(`\\-\\-${name.replace(/-/g, '\\-')}`);
});

test('the published manual page is the one of the program', () => {
  const published = readFileSync(new URL('../../docs/wink-agent.1', import.meta.url), 'utf8');
  expect(published, 'renew it with `node bin/wink-agent.js completions man > docs/wink-agent.1`').toBe(manPage());
});

test('the command prints what is asked for, and says what it takes', async () => {
  const stdout = new PassThrough();
  const io = { stdout, stderr: new PassThrough(), cwd: folder, env: {} };
  expect(await runCompletions(['zsh'], io)).toBe(0);
  expect(String(stdout.read())).toContain('#compdef wink-agent');
  await expect(runCompletions(['powershell'], io)).rejects.toThrow(
    'takes bash, zsh, fish or man; it was given `powershell`',
  );
});
