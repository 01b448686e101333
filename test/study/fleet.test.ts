import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { UserError } from '../../src/core/errors.ts';
import { findTrouble } from '../../src/study/fleet/findings.ts';
import { countFleet } from '../../src/study/fleet/fleet.ts';
import { writeFleetPage } from '../../src/study/fleet/fleet-html.ts';
import { stateOf } from '../../src/study/fleet/run-state.ts';
import { gatherFacts } from '../../src/study/metrics/gather-facts.ts';
import { factsSchema, type SessionFacts } from '../../src/study/metrics/session-facts.ts';
import { runReplay } from '../../src/study/replay/replay-command.ts';
import { runReport } from '../../src/study/report/report-command.ts';
import { makeFolder, run } from '../program/program.ts';
import { captureIo } from './runs.ts';
import { keys, startS3 } from './s3-server.ts';

let made = 0;
function facts(more: Partial<SessionFacts>): SessionFacts {
  made += 1;
  return factsSchema.parse({
    type: 'facts',
    session: `run-${made}`,
    source: `run-${made}`,
    agent: 'wink-agent',
    model: 'm',
    repository: 'shop/till',
    startedAt: '2026-11-20T10:00:00Z',
    experiment: null,
    mode: 'on',
    outcome: 'done',
    success: true,
    steps: 3,
    calls: 2,
    failedCalls: 0,
    inputTokens: 100,
    cachedInputTokens: 0,
    outputTokens: 10,
    costUsd: 0.5,
    durationMs: 60_000,
    interventions: { interrupts: 0, redirects: 0, corrections: 0, total: 0 },
    classes: [],
    categories: [],
    signals: 0,
    verdicts: 0,
    reminders: 0,
    shadowReminders: 0,
    suppressed: {},
    episodes: [],
    detection: [],
    delivery: [],
    disruption: null,
    observer: null,
    ...more,
  });
}

function fleetOf(all: readonly SessionFacts[]) {
  const fleet = countFleet();
  for (const one of all) fleet.add(one);
  return fleet.finish();
}

const times = (count: number, more: Partial<SessionFacts>) => Array.from({ length: count }, () => facts(more));
const failed = { outcome: 'error', success: false };

test.each([
  [{}, 'done'],
  [{ isLastCheckRed: true }, 'doubtful'],
  [{ score: 0.4 }, 'doubtful'],
  [{ outcome: 'budget', success: false }, 'limit'],
  [{ outcome: 'stuck', success: false }, 'failed'],
  [{ outcome: 'aborted', success: null }, 'unknown'],
  [{ outcome: null, success: null }, 'unknown'],
  [{ outcome: null, success: true }, 'done'],
])('a run with %j counts as %s', (more, state) => {
  expect(stateOf(facts(more))).toBe(state);
});

test('a run of which no request was answered has no tokens and no price; one that cost nothing does', () => {
  const run = { id: 'a', source: 'a', task: '', cwd: '', steps: [], file: '' };
  const priceOf = (inputTokens: number) => {
    const usage = { inputTokens, cachedInputTokens: 0, outputTokens: 0, costUsd: 0 };
    const { inputTokens: tokens, costUsd } = gatherFacts({ ...run, record: { stepTimes: [], interrupts: 0, usage } });
    return [tokens, costUsd];
  };
  expect(priceOf(0)).toEqual([null, null]);
  expect(priceOf(10)).toEqual([10, 0]);
});

test('a run that is read twice, from its session file and its artifact, is counted once', async () => {
  const file = join(makeFolder(), 'facts.jsonl');
  const one = facts({ session: 'total' });
  const others = [
    { ...one, startedAt: '2026-11-21T10:00:00Z' },
    { ...one, repository: 'else' },
  ];
  const unknown = { ...one, startedAt: null };
  writeFileSync(file, [one, ...others, one, unknown, unknown].map((each) => JSON.stringify(each)).join('\n'));
  const { io, stdout, stderr } = captureIo();
  await runReport(['--fleet', '--format', 'json', '--merge', file], io);
  expect(JSON.parse(stdout())).toMatchObject({ all: { runs: 5 } });
  expect(stderr()).toContain('1 session came more than once, and is counted once.');
});

test('a repository that is worse than the rest is named, and one that is worse by chance is not', () => {
  const rest = [...times(90, {}), ...times(10, failed)];
  const bad = [...times(20, { repository: 'legacy' }), ...times(20, { repository: 'legacy', ...failed })];
  expect(findTrouble(fleetOf([...rest, ...bad]))).toEqual([
    {
      title: 'Repository legacy',
      words: '20 of 40 runs did not end well, 50 % against 10 % elsewhere.',
    },
  ]);
  const chance = [...times(9, { repository: 'small' }), ...times(2, { repository: 'small', ...failed })];
  expect(findTrouble(fleetOf([...rest, ...chance]))).toEqual([]);
});

test('a last day that is worse or costly, runs without an end, and runs that nobody watched are named', () => {
  const days = ['2026-11-16', '2026-11-17', '2026-11-18'].flatMap((day) =>
    times(20, { startedAt: `${day}T10:00:00Z` }),
  );
  const last = { startedAt: '2026-11-19T10:00:00Z', costUsd: 2, mode: 'off' as const };
  const endless = times(9, { ...last, outcome: null, success: null });
  const found = findTrouble(fleetOf([...days, ...times(10, last), ...times(10, { ...last, ...failed }), ...endless]));
  expect(found.map(({ title }) => title)).toEqual([
    'The last day, 2026-11-19',
    'The cost of 2026-11-19',
    'Runs that nobody watched',
    'Runs without an end',
  ]);
});

test('the page loads and runs nothing, and shows names as text', () => {
  const episode = { class: 'infinite-loop', category: 'Reasoning Problems', mode: 'on', outcome: 'recovered' } as const;
  const page = writeFleetPage(
    fleetOf([
      facts({ repository: '<img src=x onerror=alert(1)>', ...failed, score: 0.2 }),
      facts({
        episodes: [
          {
            ...episode,
            detector: null,
            interventions: 1,
            complied: null,
            wrong: false,
            withheld: false,
            stepsAfter: null,
            tokensAfter: null,
          },
        ],
        reminders: 1,
      }),
    ]),
    '2026-11-20T00:00:00Z',
    '0.1.0',
  );
  expect(page).not.toMatch(/<(?:img|script|link|iframe)|url\(|https?:/);
  expect(page).toContain('50.0 % of 2 runs ended well');
  expect(page.match(/<rect [^>]*fill="var\(--bad\)"/g)?.length).toBeGreaterThan(1);
});

test('a million runs would be kept as their counts: of many runs the latest are kept, in order', () => {
  const at = (index: number) => new Date(Date.UTC(2026, 0, 1) + ((index * 7_919) % 5_000) * 60_000).toISOString();
  const { latest, all } = fleetOf(Array.from({ length: 5_000 }, (_, index) => facts({ startedAt: at(index) })));
  expect(all.runs).toBe(5_000);
  expect(latest).toHaveLength(1_200);
  expect(latest[0]?.startedAt).toBe(new Date(Date.UTC(2026, 0, 1) + 3_800 * 60_000).toISOString());
});

test.each([
  [
    'nobody at the address',
    { AWS_ENDPOINT_URL: 'http://127.0.0.1:9' },
    /^s3:\/\/runs\/x can't be read: .*ECONNREFUSED/,
  ],
  ['an address that is none', { AWS_ENDPOINT_URL: 'minio' }, /^AWS_ENDPOINT_URL is not a URL: minio/],
])('an object storage with %s is one sentence', async (_, env, sentence) => {
  const io = { stdout: process.stdout, stderr: process.stderr, env: { ...keys, ...env }, cwd: '/' };
  for (const [command, ...words] of [
    [runReport, 's3://runs/x'],
    [runReport, '--merge', 's3://runs/x'],
    [runReplay, 's3://runs/x'],
  ] as const) {
    const failed = command(words, io);
    await expect(failed).rejects.toThrow(sentence);
    await expect(failed).rejects.toBeInstanceOf(UserError);
  }
});

test('facts are read from an object storage: signed, page by page, packed or not, and on from where a connection broke', async () => {
  const lines = (all: readonly SessionFacts[]) => Buffer.from(all.map((one) => `${JSON.stringify(one)}\n`).join(''));
  const storage = await startS3({
    'facts/a b & c+ü.jsonl': lines(times(3, {})),
    'facts/deep/b.jsonl.gz': gzipSync(lines(times(2, failed))),
    'facts/c.jsonl': lines(times(4, {})),
    'facts/readme.md': Buffer.from('no facts'),
    'facts-old/d.jsonl': lines(times(9, {})),
  });
  onTestFinished(async () => void (await storage.close()));
  const home = makeFolder();
  const out = join(home, 'fleet.html');
  const env = { ...keys, AWS_ENDPOINT_URL: storage.url };
  const words = ['report', '--fleet', '--merge', 's3://fleet/facts'];
  const [page, json, table, wrong, refused] = await Promise.all([
    run([...words, '--format', 'html', '--out', out], { cwd: home, home, env }),
    run([...words, '--format', 'json'], { cwd: home, home, env }),
    run(['report', '--fleet', '--merge', 's3://fleet/facts/*.gz'], { cwd: home, home, env }),
    run(['report', '--fleet', '--compare'], { cwd: home, home, env }),
    run(words, { cwd: home, home, env: { ...env, AWS_SECRET_ACCESS_KEY: 'another' } }),
  ]);
  expect(page.code, page.stderr).toBe(0);
  expect(readFileSync(out, 'utf8')).toContain('77.8 % of 9 runs ended well');
  expect(JSON.parse(json.stdout)).toMatchObject({ type: 'fleet', all: { runs: 9, states: { done: 7, failed: 2 } } });
  expect(table.stdout).toMatch(/^2 runs, 2026-11-20 to 2026-11-20: failed 2\n/);
  expect(wrong).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('--fleet takes --format table, json or html'),
  });
  expect(storage.ranges).toEqual(Array(3).fill('bytes=100-'));
  expect(refused).toMatchObject({ code: 2, stdout: '' });
  expect(refused.stderr).toContain('the server answered 403 (SignatureDoesNotMatch); keys are taken from');
});
