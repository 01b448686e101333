import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findScenario } from '../../src/demo/scenarios/index.ts';
import { type ModelServer, startModelServer } from '../../src/demo/server.ts';
import { runBranch } from '../../src/study/branch/branch-command.ts';
import type { BranchResult } from '../../src/study/branch/branch-run.ts';
import { summariseBranches } from '../../src/study/branch/branch-table.ts';
import { movePaths } from '../../src/study/branch/branch-workspace.ts';
import { closeWorkspace, createWorkspace } from '../../tools/file/workspace.ts';
import { tools } from '../../tools/index.ts';
import { compiledCode } from '../compiled-code.ts';
import { makeFolder } from './temporary.ts';

const root = join(import.meta.dirname, '../..');
const program = [process.execPath, join(root, 'bin', 'wink-agent.js')] as const;
const replay = {
  tools,
  openWorkspace: (cwd: string) => createWorkspace({ cwd, outputFolder: join(cwd, '..', 'outputs') }),
  closeWorkspace,
};

let place: string;
let home: string;
let session: string;
let server: ModelServer;
/** When the reminder arrives depends on the two threads, so the session itself is asked. */
let facts: { steps: number; reminded: number; edited: number; commands: number };

/** The model of the branches: it does better only when told that another round is of no use. */
function branchScenario() {
  const { scenario } = findScenario('stuck-loop');
  if (!('rules' in scenario)) throw new Error('The scenario has no rules.');
  const [stuck, better] = scenario.rules;
  return {
    rules: [
      { ...better!, when: { kind: 'agent' as const, user: 'Another round' }, after: 'restart' as const },
      { replies: [stuck!.replies.at(-1)!], after: 'repeat' as const },
    ],
  };
}

beforeAll(async () => {
  place = await makeFolder('branch');
  const repository = join(place, 'till');
  await promisify(execFile)(program[0], [
    program[1],
    'demo',
    'stuck-loop',
    '--keep',
    repository,
    '--output-format',
    'json',
  ]);
  home = join(repository, '.wink-home');
  const folder = join(home, 'sessions', readdirSync(join(home, 'sessions'))[0]!);
  session = readdirSync(folder)[0]!.replace('.jsonl', '');
  facts = readFacts(join(folder, `${session}.jsonl`));
  server = await startModelServer({ scenario: branchScenario() });
}, 60_000);
afterAll(() => server.close());

function readFacts(path: string) {
  const lines = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const steps = lines.filter((line) => line.type === 'step');
  const names = (step: { calls: { name: string }[] }) => step.calls.map((call) => call.name);
  const edited = steps.findIndex((step) => names(step).includes('edit'));
  return {
    steps: steps.length,
    reminded: lines.find((line) => line.type === 'reminder').step,
    edited,
    commands: steps
      .slice(0, edited + 1)
      .flatMap(names)
      .filter((name) => name === 'shell').length,
  };
}

async function run(argv: string[]) {
  const chunks = { out: '', err: '' };
  const sink = (name: 'out' | 'err') =>
    new Writable({
      write: (chunk, _encoding, done) => {
        chunks[name] += String(chunk);
        done();
      },
    });
  const env = { ...process.env, WINK_HOME: home, ...compiledCode, OPENAI_API_KEY: 'test', WINK_MODEL: 'scripted' };
  const code = await runBranch(argv, { stdout: sink('out'), stderr: sink('err'), env, cwd: place }, replay, program);
  return { code, ...chunks };
}

describe('wink-agent branch', () => {
  it('forks before the reminder: told, the model fixes the bug; told nothing of use, it stays lost', async () => {
    const out = join(place, 'out');
    const flags = [
      '--base-url',
      server.url,
      '--score',
      'npm test',
      '--max-turns',
      '6',
      '--out',
      out,
      '--format',
      'json',
    ];
    const { out: text, err } = await run([session, '--runs', '1', '--keep', ...flags]);
    const report = JSON.parse(text);
    expect(err).toContain(' commands that ran after the checkpoint were not run again');
    const outcomes = report.branches.map((one: BranchResult) => [one.condition, one.solved, one.recurred]);
    expect(outcomes).toEqual([
      ['none', false, true],
      ['neutral', false, true],
      ['reminder', true, false],
    ]);
    expect(report).toMatchObject({ at: facts.reminded, class: 'infinite-loop' });
    expect(report.pairs).toHaveLength(4);
    const kept = readFileSync(join(out, 'reminder-1', 'workspace', 'src', 'discount.js'), 'utf8');
    expect(kept).toContain('cents >= from');
    expect(existsSync(join(out, 'none-1', 'workspace', '.git'))).toBe(true);
  }, 90_000);

  it('never shows the model or its tools the path of the original', async () => {
    const bodies = server.requests.map((request) => request.rawBody);
    expect(bodies.length).toBeGreaterThan(3);
    const original = join(place, 'till');
    expect(bodies.filter((body) => body.includes(`${original}/`) || body.includes(`${original}"`))).toEqual([]);
  });

  it('runs only what is missing when it is started again', async () => {
    const before = server.requests.length;
    const flags = ['--base-url', server.url, '--score', 'npm test', '--max-turns', '6', '--out', join(place, 'out')];
    const { out } = await run([session, '--runs', '1', ...flags]);
    expect(server.requests.length).toBe(before);
    expect(out).toMatch(/reminder +100\.0 %/);
    expect(out).toContain('solved: reminder against none');
  });

  it('applies the edits of the session again where the checkpoint is older than the fork', async () => {
    const out = join(place, 'later');
    const flags = [
      '--at',
      String(facts.edited + 1),
      '--reminder',
      'Another round of checks is due.',
      '--conditions',
      'none',
      '--max-turns',
      '1',
    ];
    const { err } = await run([session, '--runs', '1', '--keep', '--base-url', server.url, '--out', out, ...flags]);
    expect(err).toContain(`${facts.commands} commands that ran after the checkpoint`);
    expect(readFileSync(join(out, 'none-1', 'workspace', 'src', 'discount.js'), 'utf8')).toContain('Math.round');
    expect(readFileSync(join(place, 'till', 'src', 'discount.js'), 'utf8')).toContain('Math.round');
  }, 60_000);

  it('says what is wrong with a session, a step or a condition it can not use', async () => {
    await expect(run([])).rejects.toThrow(/branch needs a session/);
    await expect(run(['no-such-session'])).rejects.toThrow(/There is no session no-such-session/);
    await expect(run([session, '--at', '99'])).rejects.toThrow(new RegExp(`from 0 to ${facts.steps}`));
    await expect(run([session, '--at', '1'])).rejects.toThrow(
      new RegExp(`no reminder before step 1; there are before ${facts.reminded} .infinite-loop`),
    );
    await expect(run([session, '--conditions', 'some'])).rejects.toThrow(/--conditions takes/);
    await expect(run([session, '--runs', '0'])).rejects.toThrow(/--runs takes a whole number/);
  });

  it('refuses a session whose repository has neither checkpoint nor commits', async () => {
    const bare = join(place, 'bare');
    await mkdir(bare);
    const header = {
      type: 'header',
      format: 1,
      session: 'b-1',
      at: '2026-03-01T10:00:00Z',
      version: '0',
      model: 'm',
      baseUrl: '',
      cwd: bare,
      repository: bare,
      mode: 'on',
      approval: 'full',
      task: 'x',
      system: '',
    };
    const file = join(place, 'bare.jsonl');
    await writeFile(file, `${JSON.stringify(header)}\n`);
    await expect(run([file, '--at', '0', '--reminder', 'x'])).rejects.toThrow(
      /no checkpoint, and .* is not a git repository/,
    );
  });
});

describe('branch parts', () => {
  it('replaces a path only where it is that folder', () => {
    expect(movePaths('/a/app/x "/a/app" /a/app2 /a/app.old /a/app. /b/a/app', '/a/app', '/t')).toBe(
      '/t/x "/t" /a/app2 /a/app.old /t. /b/a/app',
    );
  });

  it("counts pairs by run and tests them with McNemar's exact test", () => {
    const branch = (condition: BranchResult['condition'], at: number, solved: boolean): BranchResult => ({
      type: 'branch',
      session: 's',
      at: 1,
      class: 'c',
      condition,
      run: at,
      outcome: 'done',
      solved,
      recurred: !solved,
      steps: 5,
      tokens: 100,
      costUsd: null,
      ms: 1,
    });
    const results = Array.from({ length: 10 }, (_, at) => [
      branch('none', at, at < 2),
      branch('reminder', at, at !== 0),
    ]).flat();
    const [solved] = summariseBranches(results).pairs;
    expect(solved).toMatchObject({ both: 1, onlyFirst: 1, onlySecond: 8, neither: 0 });
    expect(solved?.p).toBeCloseTo(0.0391, 4);
  });
});
