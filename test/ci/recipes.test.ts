import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { createDemoRepository } from '../../src/demo/repository.ts';
import { fix } from '../../src/demo/scenarios/fix.ts';
import { fixIt } from '../../src/demo/scenarios/moves.ts';
import type { Scenario } from '../../src/demo/server/scenario.ts';
import { type ModelServer, startModelServer } from '../../src/demo/server.ts';
import { compiledCode } from '../compiled-code.ts';
import { commentEvent, startGitHub } from '../github/github-server.ts';
import { type Place, runJob, runScript, workflowSchema } from './runner.ts';

const root = join(import.meta.dirname, '../..');
const recipes = [
  ...readFileSync(join(root, 'docs/ci.md'), 'utf8').matchAll(
    /^## (.+)\n(?:(?!^## )[\s\S])*?```(?:yaml|bash|python)\n([\s\S]*?)```/gm,
  ),
].map((match) => ({ title: match[1] ?? '', text: match[2] ?? '' }));

// Each runs the packed program several times; npm and npx install it where nothing stands in for them.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

let packed: string;
let folder: string;
let server: ModelServer | undefined;

beforeAll(() => {
  if (!existsSync(join(root, 'dist/main.cjs')))
    throw new Error('The recipes run the packed program: build it first (`npm test` does).');
  packed = realpathSync(mkdtempSync(join(tmpdir(), 'wink-packed-')));
  execFileSync('npm', ['pack', '--ignore-scripts', '--loglevel=error', '--pack-destination', packed], {
    cwd: root,
    stdio: 'ignore',
  });
});
afterAll(() => rmSync(packed, { recursive: true, force: true }));
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), 'wink-ci-')));
});
afterEach(async () => {
  await server?.close();
  server = undefined;
  rmSync(folder, { recursive: true, force: true });
});

function recipe(title: string): string {
  const found = recipes.find((each) => each.title.includes(title));
  if (found === undefined) throw new Error(`docs/ci.md has no recipe "${title}".`);
  return found.text;
}

/** A clean checkout and its remote, both made once. */
function makeRepository(repository: string, remote: string): void {
  const made = join(packed, 'repository');
  if (!existsSync(made)) createDemoRepository(made);
  cpSync(made, repository, { recursive: true });
  execFileSync('git', ['clone', '--quiet', '--bare', repository, remote]);
  execFileSync('git', ['remote', 'add', 'origin', remote], { cwd: repository });
  execFileSync('git', ['fetch', '--quiet', 'origin'], { cwd: repository });
}

const program = `exec "${process.execPath}" "${join(root, 'bin/wink-agent.js')}" "$@"\n`;

/** Where the package has been installed by npm once, the program is put where npm would put it. */
function writeInstaller(programs: string): void {
  const path = execFileSync('sh', ['-c', 'command -v npm'], { encoding: 'utf8' }).trim();
  const install = `mkdir -p "$RUNNER_TEMP/wink-agent/bin" && cp "${join(programs, 'installed')}" "$RUNNER_TEMP/wink-agent/bin/wink-agent"`;
  writeProgram(join(programs, 'installed'), program);
  writeProgram(
    join(programs, 'npm'),
    `case "$1 $2" in "install --global") ${install};; *) exec "${path}" "$@";; esac\n`,
  );
}

/** What stands in for `npx --yes --package NAME -- wink-agent`. */
function writeRunner(programs: string): void {
  writeProgram(join(programs, 'npx'), `shift 5\n${program}`);
}

function writeProgram(path: string, script: string): void {
  writeFileSync(path, `#!/bin/sh\n${script}`, { mode: 0o755 });
}

/** A clean checkout with a remote, a `gh` that notes what it is asked, and a model behind HTTP. `real`: which of npm and npx installs the package. */
async function prepare(scenario: Scenario, real?: 'npm' | 'npx'): Promise<Place & { readonly summary: string }> {
  server = await startModelServer({ scenario, apiKey: 'the-key' });
  const repository = join(folder, 'repository');
  makeRepository(repository, join(folder, 'remote.git'));
  const programs = join(folder, 'programs');
  mkdirSync(programs);
  writeProgram(join(programs, 'gh'), `echo "$@" >> ${join(folder, 'gh.log')}\n`);
  if (real !== 'npm') writeInstaller(programs);
  if (real !== 'npx') writeRunner(programs);
  const tarball = readdirSync(packed).find((name) => name.endsWith('.tgz')) ?? '';
  const summary = join(folder, 'summary.md');
  return {
    folder: repository,
    temporary: join(folder, 'temporary'),
    artifacts: join(folder, 'artifacts'),
    summary,
    env: {
      PATH: `${programs}:${process.env.PATH}`,
      HOME: join(folder, 'home'),
      ...compiledCode,
      npm_config_cache: join(packed, 'npm'),
      npm_config_update_notifier: 'false',
      WINK_PACKAGE: join(packed, tarball),
      OPENAI_BASE_URL: server.url,
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: summary,
      GITHUB_RUN_ID: '7',
    },
  };
}

const secrets = { OPENAI_API_KEY: 'the-key' };

test('the action fixes a failing test, the tests pass, the change is offered, the session is an artifact', async () => {
  const place = await prepare(fix.scenario, 'npm');
  const workflow = workflowSchema.parse(parse(recipe('fix the failing test')));
  const end = await runJob(workflow.jobs.fix ?? fail(), workflow.env, { secrets, github: { token: 't' } }, place);
  expect(end.failed, end.log).toBeUndefined();
  expect(readFileSync(join(folder, 'gh.log'), 'utf8')).toBe('pr create --fill\n');
  expect(
    execFileSync('git', ['show', '--stat', 'wink/fix-7'], { cwd: join(folder, 'remote.git'), encoding: 'utf8' }),
  ).toContain('src/discount.js');
  const [slug = ''] = readdirSync(join(place.artifacts, 'wink-session'));
  expect(readdirSync(join(place.artifacts, 'wink-session', slug)).some((name) => name.endsWith('.jsonl'))).toBe(true);
  const page = readFileSync(place.summary, 'utf8');
  expect(page).toContain('## wink-agent: done');
  expect(page).toMatch(/\| `src\/discount.js` \| \+\d \| -\d \|/);
  expect(page).toContain('| `npm test` | passed |');
  expect(end.log).not.toContain('the-key');
});

test('a comment that calls the agent gets its answer and a branch, and the run itself has no token', async () => {
  const place = await prepare([
    {
      text: 'Looking.',
      calls: [
        {
          name: 'shell',
          arguments: { command: 'node --test; env | grep -c the-token > seen.txt; echo "[$GITHUB_PATH]" >> seen.txt' },
        },
      ],
    },
    { text: 'Two of them fail.' },
  ]);
  const gitHub = await startGitHub({ permissions: { ann: 'admin' }, answers: { '': { default_branch: 'main' } } });
  const event = join(folder, 'event.json');
  writeFileSync(event, JSON.stringify(commentEvent('@wink-agent run the tests')));
  mkdirSync(join(folder, 'github/wink'), { recursive: true });
  symlinkSync(join(folder, 'remote.git'), join(folder, 'github/wink/demo.git'));
  const env = {
    ...place.env,
    GITHUB_EVENT_NAME: 'issue_comment',
    GITHUB_EVENT_PATH: event,
    GITHUB_REPOSITORY: 'wink/demo',
    GITHUB_API_URL: gitHub.url,
    GITHUB_SERVER_URL: `file://${join(folder, 'github')}`,
  };
  const { jobs } = workflowSchema.parse(parse(recipe('@wink-agent')));
  const job = jobs.wink ?? fail();
  for (const step of job.steps) if (step.id === 'wink') step.with.approval = 'full';
  const end = await runJob(job, {}, { secrets, github: { token: 'the-token' } }, { ...place, env });
  await gitHub.close();
  expect(end.failed, end.log).toBeUndefined();
  expect(gitHub.writes().at(-1)?.body.body).toContain('Two of them fail.');
  expect(readFileSync(join(place.folder, 'seen.txt'), 'utf8')).toBe('0\n[]\n');
  expect(
    execFileSync('git', ['show', 'wink-agent/issue-12-7:seen.txt'], {
      cwd: join(folder, 'remote.git'),
      encoding: 'utf8',
    }),
  ).toBe('0\n[]\n');
  expect(existsSync(join(place.artifacts, 'wink-session'))).toBe(true);
});

test('the action’s outputs say how a run ended that failed, and `fail: false` lets the job go on', async () => {
  const place = await prepare([
    { text: 'x', calls: [{ name: 'shell', arguments: { command: 'ls {{n}}' } }], times: 50 },
  ]);
  const step = {
    id: 'wink',
    uses: 'wink-agent/wink-agent@v0',
    env: {},
    with: {
      prompt: 'go on',
      model: 'm',
      'api-key': 'the-key',
      approval: 'full',
      'max-turns': '2',
      wink: 'off',
      fail: 'false',
    },
  };
  const end = await runJob(
    {
      steps: [step],
      outputs: { outcome: lookUp('steps.wink.outputs.outcome'), code: lookUp('steps.wink.outputs.exit-code') },
    },
    {},
    {},
    place,
  );
  expect(end.failed, end.log).toBeUndefined();
  expect(end.outputs).toEqual({ outcome: 'turn-limit', code: '3' });
});

test('a pull request is reviewed from its diff without changing anything', async () => {
  const place = await prepare([{ text: 'src/discount.js:9: `>` should be `>=`.' }], 'npx');
  writeFileSync(join(place.folder, 'new.txt'), 'a new line\n');
  execFileSync('git', ['add', 'new.txt'], { cwd: place.folder });
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', 'commit', '-qm', 'new'], {
    cwd: place.folder,
  });
  const branch = execFileSync('git', ['branch', '--show-current'], { cwd: place.folder, encoding: 'utf8' }).trim();
  const workflow = workflowSchema.parse(parse(recipe('review this pull request')));
  const { WINK_PACKAGE: _, ...env } = workflow.env;
  const end = await runJob(
    workflow.jobs.review ?? fail(),
    env,
    { secrets, github: { token: 't', base_ref: branch, event: { number: 12 } } },
    place,
  );
  expect(end.failed, end.log).toBeUndefined();
  expect(readFileSync(join(place.folder, 'review.md'), 'utf8')).toBe('src/discount.js:9: `>` should be `>=`.\n');
  expect(readFileSync(join(folder, 'gh.log'), 'utf8')).toBe('pr comment 12 --body-file review.md\n');
  expect(JSON.stringify(server?.requests[0]?.body)).toContain('+a new line');
});

test('tasks of one file go through a matrix, each with its session, and one report collects them', async () => {
  const place = await prepare([{ text: 'Done.', times: 9 }]);
  writeFileSync(
    join(place.folder, 'tasks.jsonl'),
    '{"id":"one","prompt":"Say \\"done\\"; it\'s $HOME."}\n{"id":"two","prompt":"Say done."}\n',
  );
  const { jobs, env: workflowEnv } = workflowSchema.parse(parse(recipe('job matrix')));
  const { WINK_PACKAGE: _, ...env } = workflowEnv;
  const plan = await runJob(jobs.plan ?? fail(), env, {}, place);
  const tasks = z.array(z.object({ id: z.string(), prompt: z.string() })).parse(JSON.parse(plan.outputs.tasks ?? ''));
  for (const task of tasks) {
    const own = { ...place, temporary: join(place.temporary, task.id) };
    const end = await runJob(jobs.run ?? fail(), env, { secrets, matrix: { task } }, own);
    expect(end.failed, end.log).toBeUndefined();
  }
  expect(lastWords(0)).toBe(`Say "done"; it's $HOME.`);
  const report = await runJob(jobs.report ?? fail(), env, {}, place);
  expect(report.failed, report.log).toBeUndefined();
  expect(readFileSync(join(place.artifacts, 'report/report.html'), 'utf8')).toContain('<html');
});

test('a pod of the Kubernetes Job, a task of the Slurm array and tasks of Ray take their lines', async () => {
  const place = await prepare([{ text: 'Done.', times: 9 }]);
  const container = z.object({ args: z.array(z.string()) });
  const pod = z.object({ spec: z.object({ containers: z.array(container) }) });
  const job = z.object({ spec: z.object({ template: pod }) }).parse(parse(recipe('Kubernetes')));
  const tasks = join(folder, 'tasks.jsonl');
  writeFileSync(tasks, '{"id":"one","prompt":"first"}\n{"id":"two","prompt":"second"}\n');
  const own = {
    REPOSITORY: `file://${place.folder}`,
    WINK_MODEL: 'm',
    OPENAI_API_KEY: 'the-key',
    WINK_HOME: join(folder, 'wink'),
    PYTHONPATH: folder,
  };
  const runIn = async (script: string, env: Record<string, string>) => {
    const end = await runScript(script, { ...own, ...env }, { ...place, folder });
    expect(end.isOk, end.log).toBe(true);
  };
  await runIn(job.spec.template.spec.containers[0]?.args[0] ?? '', { JOB_COMPLETION_INDEX: '1', TASKS: tasks });
  expect(lastWords(0)).toBe('second');
  await runIn(recipe('Slurm'), { SLURM_ARRAY_TASK_ID: '1' });
  expect(lastWords(1)).toBe('first');
  const sessions = execFileSync('find', [join(folder, 'wink/sessions'), '-name', '*.jsonl'], { encoding: 'utf8' });
  expect([sessions.includes('/one.jsonl'), sessions.includes('/two.jsonl')]).toEqual([true, true]);
  // Ray itself does not run here: what it would send to its machines is done at once.
  writeFileSync(
    join(folder, 'ray.py'),
    'def remote(**_):\n  def wrap(f):\n    f.remote = f\n    return f\n  return wrap\ndef init(): pass\ndef get(values): return values\n',
  );
  writeFileSync(join(folder, 'tasks.py'), recipe('Ray'));
  await runIn('python3 tasks.py', {});
  const lines = readFileSync(join(folder, 'facts.jsonl'), 'utf8').trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).session)).toEqual(['one', 'two']);
});

test('the GitLab job fixes the test and leaves a summary and a patch', async () => {
  const place = await prepare({ rules: [{ when: { kind: 'agent' }, replies: fixIt }] });
  const job = z.object({ fix: z.object({ script: z.array(z.string()) }) }).parse(parse(recipe('GitLab')));
  const { GITHUB_ACTIONS: _, GITHUB_STEP_SUMMARY: __, ...env } = place.env;
  const own = {
    OPENAI_API_KEY: 'the-key',
    WINK_HOME: join(folder, 'wink'),
    WINK_SUMMARY: join(folder, 'wink-summary.md'),
  };
  const end = await runScript(job.fix.script.join('\n'), own, { ...place, env });
  expect(end.isOk, end.log).toBe(true);
  expect(readFileSync(join(place.folder, 'change.patch'), 'utf8')).toContain('src/discount.js');
  expect(readFileSync(own.WINK_SUMMARY, 'utf8')).toContain('## wink-agent: done');
});

/** The user's words of a request. */
function lastWords(request: number): unknown {
  const body = z
    .object({ messages: z.array(z.object({ role: z.string(), content: z.unknown() })) })
    .parse(server?.requests[request]?.body);
  return body.messages.findLast(({ role }) => role === 'user')?.content;
}

const lookUp = (path: string) => `\${{ ${path} }}`;

function fail(): never {
  throw new Error('The recipe has no such job.');
}
