import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunResult } from '../../src/core/run/run-result.ts';
import { type Episode, noUsage, type Step } from '../../src/core/types.ts';
import { writeAnnotations, writeSummary } from '../../src/modes/ci-summary.ts';
import { createStepSummary, findChecks } from '../../src/modes/step-summary.ts';

const episode: Episode = {
  id: 'e',
  mode: 'on',
  category: 'Reasoning Problems',
  class: 'infinite-loop',
  openedAtStep: 4,
  evidenceSteps: [2, 3, 4],
  interventions: 1,
  outcome: 'recovered',
};

function result(changes: Partial<RunResult> = {}): RunResult {
  return {
    type: 'result',
    outcome: 'done',
    result: 'Fixed src/a.ts.',
    session: 's1',
    model: 'm',
    steps: 9,
    usage: { inputTokens: 1000, cachedInputTokens: 800, outputTokens: 50, costUsd: 0.0123 },
    durationMs: 4200,
    cwd: '/',
    filesChanged: [],
    wink: {
      mode: 'on',
      health: 'ok',
      stepsObserved: 9,
      signals: 2,
      verdicts: 1,
      reminders: 1,
      suppressed: 0,
      judgeCalls: 0,
      usage: noUsage,
      episodes: [episode],
    },
    ...changes,
  };
}

test('a summary has task, outcome, answer, diff stat, checks, cost and episodes', () => {
  const page = writeSummary({
    task: 'Fix the failing test.',
    result: result(),
    changes: [
      { path: 'src/a.ts', added: 3, removed: 1 },
      { path: 'logo.png', added: null, removed: null },
    ],
    checks: [{ command: 'npm test', exitCode: 0 }],
  });
  expect(page).toContain('## wink-agent: done\n\n> Fix the failing test.');
  expect(page).toContain('Fixed src/a.ts.');
  expect(page).toContain('### 2 files changed, +3 -1');
  expect(page).toContain('| `src/a.ts` | +3 | -1 |\n| `logo.png` | binary |  |');
  expect(page).toContain('| `npm test` | passed |');
  expect(page).toContain('| `m` | 9 | 4.2 s | 1000 (80 %) | 50 | $0.0123 | on, ok | `s1` |');
  expect(page).toContain('| infinite-loop | 5 | 3-5 | 1 | recovered |');
});

test('an unknown cost is unknown, no check is said, and the error stands first', () => {
  const page = writeSummary({
    task: 't',
    result: result({ outcome: 'budget', error: 'The run reached its limit.', usage: { ...noUsage, costUsd: null } }),
    changes: undefined,
    checks: [],
  });
  expect(page).toContain('stopped at the budget');
  expect(page).toContain('**The run reached its limit.**');
  expect(page).toContain('| unknown |');
  expect(page).toContain('No test or check was run.');
});

test('what the model or a file name says can neither break the page nor give orders to the runner', () => {
  const page = writeSummary({
    task: '<script>x</script>\n# title',
    result: result({ result: '````\n<img src=x>\n::error::fake\u001b[2J' }),
    changes: [{ path: 'a|b`c.ts', added: 1, removed: 0 }],
    checks: [],
  });
  expect(page).toContain('> \\<script\\>x\\</script\\>\n> # title');
  expect(page).toContain("| `a'b'c.ts` |");
  expect(page).toContain('`````text\n````\n<img');
  expect(page).not.toContain('\u001b');
});

test('a check whose exit code was lost in a pipe is not called passed', () => {
  const lines = [
    'npm test | tail -5',
    'npm test || true',
    'npm test; echo done',
    'npm test || exit 1',
    'npm test 2>&1',
  ];
  const checks = lines.map((command) => ({ command, exitCode: 0 }));
  const page = writeSummary({ task: 't', result: result(), changes: [], checks });
  expect([...page.matchAll(/^\| `npm test.*\| (.+) \|$/gm)].map((match) => match[1])).toEqual([
    'not known (its exit code was lost)',
    'not known (its exit code was lost)',
    'not known (its exit code was lost)',
    'passed',
    'passed',
  ]);
});

test('annotations say why a run did not end well, in one line each', () => {
  const facts = {
    task: 't',
    result: result({ outcome: 'stuck', error: 'Stuck:\nat 100%' }),
    changes: [],
    checks: [{ command: 'npm test', exitCode: 1 }],
  };
  expect(writeAnnotations(facts)).toEqual([
    '::error title=wink-agent  stopped by the observer::Stuck:%0Aat 100%25',
    '::warning title=Check failed::npm test failed when it was last run.',
  ]);
  expect(writeAnnotations({ ...facts, result: result(), checks: [] })).toEqual([]);
});

function commandStep(command: string, exitCode: number): Step {
  const view = { kind: 'command', title: command, command, exitCode } as const;
  return {
    type: 'step',
    index: 0,
    at: '',
    notes: [],
    text: '',
    calls: [],
    results: [{ callId: 'c', name: 'shell', output: '', isError: false, ms: 0, view }],
    usage: noUsage,
    ms: 0,
    finish: 'tool-calls',
  };
}

test.each([
  'npm test',
  'npm run lint',
  'cd web && npx vitest run a.test.ts',
  'python -m pytest -q',
  'cargo test',
  'go test ./...',
  './gradlew check',
  'make test',
  'node --test',
])('%s is a check', (command) => {
  expect(findChecks(commandStep(command, 0))).toEqual([{ command, exitCode: 0 }]);
});

test.each(['npm install', 'cat test.txt', 'ls', 'git status', 'grep -r pytestx .'])('%s is none', (command) => {
  expect(findChecks(commandStep(command, 0))).toEqual([]);
});

let cwd: string;

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'wink-summary-'));
});
afterEach(() => rmSync(cwd, { recursive: true, force: true }));

function git(...args: string[]): void {
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', ...args], { cwd, stdio: 'ignore' });
}

function listen(env: Record<string, string>) {
  const printed: string[] = [];
  const listener = createStepSummary({
    env,
    task: 'the task',
    cwd,
    secrets: ['s3cret', 's3cret', env.OPENAI_API_KEY ?? ''],
    print: (line) => printed.push(line),
  });
  return { listener, printed };
}

test('in GitHub Actions the page is appended to the step summary, keys are masked, commits and new files are counted', () => {
  git('init');
  writeFileSync(join(cwd, 'a.txt'), '1\n2\n');
  git('add', 'a.txt');
  git('commit', '-m', '1');
  const file = join(cwd, '..', `${cwd.split('/').at(-1)}.md`);
  writeFileSync(file, 'before\n');
  const { listener, printed } = listen({
    GITHUB_STEP_SUMMARY: file,
    GITHUB_ACTIONS: 'true',
    OPENAI_API_KEY: 'from-the-runner',
  });
  writeFileSync(join(cwd, 'a.txt'), '1\n3\n4\n');
  git('commit', '-a', '-m', '2');
  writeFileSync(join(cwd, 'new file.txt'), 'x\ny\n');
  listener?.({ type: 'step', step: commandStep('npm test', 1) });
  listener?.({ type: 'step', step: commandStep('npm test', 0) });
  listener?.({ type: 'result', result: result() });
  const page = readFileSync(file, 'utf8');
  rmSync(file);
  expect(page).toMatch(/^before\n## wink-agent: done/);
  expect(page).toContain('| `a.txt` | +2 | -1 |');
  expect(page).toContain('| `new file.txt` | +2 | -0 |');
  expect(page).toContain('| `npm test` | passed |');
  expect(printed).toEqual(['::add-mask::s3cret']);
});

test('elsewhere $WINK_SUMMARY names the file and no workflow command is printed; without either nothing is watched', () => {
  const file = join(cwd, 'summary.md');
  const { listener, printed } = listen({ WINK_SUMMARY: file });
  listener?.({ type: 'result', result: result({ outcome: 'error' }) });
  expect(readFileSync(file, 'utf8')).toContain('ended with an error');
  expect(printed).toEqual([]);
  expect(listen({ GITHUB_ACTIONS: 'true' }).listener).toBeUndefined();
});
