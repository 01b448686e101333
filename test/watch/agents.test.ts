import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { ended, serve } from '../program/program.ts';
import { done } from '../program/task.ts';
import { findProgram, makePlace } from './place.ts';

/** The real programs, where they are installed: on the PATH, or in the folders of WINK_TEST_AGENTS. */
const programs = { claude: findProgram('claude'), codex: findProgram('codex') };

const call = (name: string, input: object) => ({ calls: [{ name, arguments: { ...input } }] });
/** The resident process needs a moment to start; the first call gives it. */
const calls = (name: string, input: (command: string) => object) => [
  call(name, input('sleep 2')),
  ...Array.from({ length: 4 }, () => call(name, input('cat missing.txt'))),
  done,
];

async function runClaude(program: string, flags: string[]) {
  const place = makePlace();
  await place.watch('install', 'claude', ...flags);
  const server = await serve(calls('Bash', (command) => ({ command, description: 'look' })));
  const env = {
    ...{ PATH: process.env.PATH, HOME: place.home, IS_SANDBOX: '1', ANTHROPIC_API_KEY: 'sk-ant-test' },
    ANTHROPIC_BASE_URL: server.url.replace(/\/v1$/, ''),
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    WINK_WATCH_SECONDS: '4',
  };
  const words = ['-p', 'Fix the failing test.', '--dangerously-skip-permissions'];
  const child = spawn(program, words, { cwd: place.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  return { ...(await ended(child)), bodies: server.requests.map(({ rawBody }) => rawBody), place };
}

async function runCodex(program: string, flags: string[]) {
  const place = makePlace();
  await place.watch('install', 'codex', ...flags);
  const server = await serve(calls('exec_command', (command) => ({ cmd: command })));
  mkdirSync(join(place.home, '.codex'), { recursive: true });
  writeFileSync(
    join(place.home, '.codex/config.toml'),
    `model = "scripted"\nmodel_provider = "local"\n[model_providers.local]\nname = "local"\nbase_url = "${server.url}"\nwire_api = "responses"\n`,
  );
  const env = { PATH: process.env.PATH, HOME: place.home, WINK_WATCH_SECONDS: '4' };
  const words = [
    'exec',
    '--dangerously-bypass-approvals-and-sandbox',
    '--dangerously-bypass-hook-trust',
    'Fix the failing test.',
  ];
  const child = spawn(program, words, { cwd: place.cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  return { ...(await ended(child)), bodies: server.requests.map(({ rawBody }) => rawBody), place };
}

const trials = [
  ['Claude Code', programs.claude, runClaude],
  ['Codex', programs.codex, runCodex],
] as const;

for (const [title, program, trial] of trials)
  test.skipIf(program === undefined)(
    `${title}: the reminder reaches its model at the next request; in shadow nothing does`,
    async () => {
      const spoken = await trial(program!, []);
      const first = spoken.bodies.findIndex((body) => body.includes('wink-agent, the observer'));
      expect(first, spoken.stdout + spoken.stderr).toBeGreaterThan(0);
      expect(spoken.place.records().some(({ type, mode }) => type === 'reminder' && mode === 'on')).toBe(true);
      const shadow = await trial(program!, ['--shadow']);
      expect(shadow.bodies.some((body) => body.includes('wink-agent, the observer'))).toBe(false);
      expect(shadow.place.records().some(({ type, mode }) => type === 'reminder' && mode === 'shadow')).toBe(true);
    },
    120_000,
  );
