import { readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { consultPolicyTable, loadPolicyTable } from '../../src/core/policy-table.ts';
import type { Figure } from '../../src/study/metrics/figures.ts';
import type { Report } from '../../src/study/metrics/report-figures.ts';
import type { CompareReport } from '../../src/study/report/compare-report.ts';
import { runReport } from '../../src/study/report/report-command.ts';
import { writeSyntheticSessions } from './synthetic-sessions.ts';
import { makeFolder } from './temporary.ts';

const fixtures = join(import.meta.dirname, '../fixtures/formats');

function collect() {
  const chunks: string[] = [];
  const stream = new Writable({
    write: (chunk, _encoding, done) => {
      chunks.push(String(chunk));
      done();
    },
  });
  return { stream, text: () => chunks.join('') };
}

async function run(argv: string[], home = '/nowhere') {
  const [out, err] = [collect(), collect()];
  const code = await runReport(argv, {
    stdout: out.stream,
    stderr: err.stream,
    env: { WINK_HOME: home },
    cwd: tmpdir(),
  });
  return { code, out: out.text(), err: err.text() };
}

type Json = Report & { readonly compare: CompareReport };

async function runJson(argv: string[], home?: string): Promise<Json> {
  return JSON.parse((await run([...argv, '--format', 'json'], home)).out);
}

function figure(report: Json, key: string): Figure {
  return report.figures.find((candidate) => candidate.key === key)!;
}

let folder: string;
beforeAll(async () => {
  folder = await makeFolder('report');
  await writeSyntheticSessions(join(folder, 'sessions'), { sessions: 240, experiment: 'pilot' });
});

describe('report', () => {
  it('counts one session of ours exactly', async () => {
    const report = await runJson([join(fixtures, 'wink-session.jsonl')]);
    expect(report).toMatchObject({
      sessions: 1,
      totals: { steps: 3, calls: 2, tokens: 457, costUsd: null, signals: 1, verdicts: 1, reminders: 1 },
      classes: [
        { class: 'tool-call-failure', episodes: 1, treated: { value: 1, n: 1 }, shadow: { value: null, n: 0 } },
      ],
      outcomes: [{ name: 'done', count: 1 }],
    });
    expect(figure(report, 'toolFailureRate').estimate).toMatchObject({ value: 0.5, n: 1, interval: null });
    expect(figure(report, 'interventions').estimate.value).toBe(1);
    expect(figure(report, 'detectionSteps').estimate.value).toBe(1);
    expect(figure(report, 'detectionMs').estimate.value).toBe(10);
    expect(figure(report, 'deliveryMs').estimate.value).toBe(490);
    expect(figure(report, 'observerCost').estimate.value).toBe(0.002);
  });

  it('replays the detectors over runs of agents that nobody watched, unless told not to', async () => {
    const replayed = await runJson([join(fixtures, 'pi-session.jsonl')]);
    expect(replayed.modes).toEqual([{ name: 'replayed', count: 1 }]);
    const bare = await runJson([join(fixtures, 'pi-session.jsonl'), '--no-replay']);
    expect(figure(bare, 'misbehaving').estimate).toEqual({ value: null, n: 0, interval: null });
  });

  it('names a file of unknown form and goes on', async () => {
    const { out, err, code } = await run([fixtures]);
    expect(code).toBe(0);
    expect(err).toContain('unknown.json: its form is not known');
    expect(out).toMatch(/^2\d sessions/);
  });

  it('refuses a path that does not exist, a wrong format and an empty folder', async () => {
    await expect(run(['/no/such/path'])).rejects.toThrow(/There is no file or folder/);
    await expect(run([fixtures, '--out', '/no/such/folder/r.txt'])).rejects.toThrow(/can't be written \(ENOENT\)/);
    await expect(run([fixtures, '--format', 'pdf'])).rejects.toThrow(/--format takes/);
    await expect(run([await makeFolder('empty')])).rejects.toThrow(/There is no session in/);
  });

  it('gives each figure with n and a 95 % interval, in text too', async () => {
    const { out } = await run([join(folder, 'sessions')]);
    expect(out).toMatch(/Tool calls that failed +\d\.\d % +\[\d\.\d %, \d\.\d %\] +240 sessions/);
    expect(out).toMatch(/Recovered by itself \(shadow, replay\) +\d+\.\d %/);
    expect(out).toMatch(/Verdicts a session \(on, shadow\) +0\.\d\d +\[0\.\d\d, 0\.\d\d\] +240 sessions/);
    expect(out).toMatch(/cool-down +\d+ +0\.\d\d \[0\.\d\d, 0\.\d\d\] \(n = 240\)/);
  });

  it('writes what no session says as unknown, and not as 0', async () => {
    const { out } = await run([join(fixtures, 'openai-messages.json')]);
    expect(out).toContain('tokens unknown, cost unknown');
  });

  it('merges the facts of shards into exactly the report of the whole', async () => {
    const whole = await runJson([join(folder, 'sessions')]);
    const parts: string[] = [];
    for (const shard of ['1/3', '2/3', '3/3']) {
      const part = join(folder, `part-${shard[0]}.jsonl`);
      await run([join(folder, 'sessions'), '--shard', shard, '--format', 'facts', '--out', part]);
      parts.unshift(part);
    }
    expect(await runJson(['--merge', ...parts])).toEqual(whole);
    await writeFile(join(folder, 'other.jsonl'), '{"a":1}\n');
    await expect(run(['--merge', join(folder, 'other.jsonl')])).rejects.toThrow(/other.jsonl:1 is not a line of facts/);
  });

  it('writes facts over the file they came from, and leaves a file alone when the reading fails', async () => {
    const out = join(folder, 'over.jsonl');
    await run([join(folder, 'sessions'), '--format', 'facts', '--out', out]);
    await run(['--merge', out, '--format', 'facts', '--out', out]);
    const before = await readFile(out, 'utf8');
    expect(before.split('\n').length).toBe(241);
    await expect(run([join(folder, 'mistyped'), '--format', 'facts', '--out', out])).rejects.toThrow('mistyped');
    expect(await readFile(out, 'utf8')).toBe(before);
    expect((await readdir(folder)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('refuses facts together with what needs them all at once', async () => {
    const table = join(folder, 'no-table.json');
    for (const more of [['--policy-table', table], ['--compare']])
      await expect(run([join(folder, 'sessions'), '--format', 'facts', ...more])).rejects.toThrow(
        '--format facts takes neither --compare nor --policy-table',
      );
  });

  it('writes one page that loads nothing from anywhere and escapes what it shows', async () => {
    const page = join(folder, 'report.html');
    await run([join(folder, 'sessions'), '--format', 'html', '--compare', '--out', page], folder);
    const html = await readFile(page, 'utf8');
    expect(html).not.toMatch(/(?:src|href)=|url\(|@import|<script/);
    expect(html).toContain('prefers-color-scheme:dark');
    expect(html.match(/<svg /g)!.length).toBeGreaterThanOrEqual(5);
    expect(html).not.toContain('NaN');
  });
});

describe('report --compare', () => {
  it('compares the arms of an experiment, corrected, and warns at the second look', async () => {
    const home = await makeFolder('home');
    const first = await runJson([join(folder, 'sessions'), '--compare'], home);
    expect(first.compare.head).toMatchObject({ experiment: 'pilot', control: 'shadow', treatment: 'on', warnings: [] });
    const persisted = first.compare.comparisons.find((one) => one.key === 'persisted')!;
    expect(persisted.relative).toBeLessThan(0);
    expect(persisted.p).toBeLessThan(0.05);
    expect(persisted.adjustedP).toBeGreaterThanOrEqual(persisted.p!);
    const again = await runJson([join(folder, 'sessions'), '--compare'], home);
    expect(again.compare.head.warnings).toEqual([]);
    const more = await makeFolder('more');
    await writeSyntheticSessions(more, { sessions: 20, seed: 2, experiment: 'pilot' });
    const grown = await runJson([join(folder, 'sessions'), more, '--compare'], home);
    expect(grown.compare.head.warnings.join(' ')).toContain('look 2 at growing data');
    await runJson([join(folder, 'sessions'), '--compare'], home);
    const same = await runJson([join(folder, 'sessions'), more, '--compare'], home);
    expect(same.compare.head.warnings.join(' ')).toContain('look 2 at growing data');
  });

  it('warns of small arms, of peeking, and of arms that no experiment assigned', async () => {
    const small = await makeFolder('small');
    await writeSyntheticSessions(small, { sessions: 12 });
    const { compare } = await runJson([small, '--compare', '--planned', '500'], small);
    const warnings = compare.head.warnings.join(' ');
    expect(warnings).toContain('not assigned by an experiment');
    expect(warnings).toContain('The arm shadow is too small: 6 sessions');
    expect(warnings).toContain('Peeked: 6 of 500 planned');
  });

  it('takes repositories as the units when they were assigned', async () => {
    const { compare } = await runJson([join(folder, 'sessions'), '--compare', '--unit', 'repository'], folder);
    const tokens = compare.comparisons.find((one) => one.key === 'tokens')!;
    expect(tokens.control.n).toBe(10);
    expect(compare.head.unit).toBe('repository');
  });

  it('says which experiment when there are several', async () => {
    const both = await makeFolder('both');
    await writeSyntheticSessions(join(both, 'a'), { sessions: 4, experiment: 'first' });
    await writeSyntheticSessions(join(both, 'b'), { sessions: 4, experiment: 'second' });
    await expect(run([both, '--compare'])).rejects.toThrow(/several experiments \(first, second\)/);
    await expect(run([both, '--compare', '--experiment', 'third'])).rejects.toThrow(/No session belongs/);
  });
});

describe('report --policy-table', () => {
  it('writes a table in which speaking pays where reminders save runs, and the policy can ask it', async () => {
    const sessions = await makeFolder('policy');
    await writeSyntheticSessions(sessions, { sessions: 500, persists: { on: 0.1, shadow: 0.7 } });
    const path = join(sessions, 'table.json');
    await run([sessions, '--policy-table', path, '--format', 'json', '--out', join(sessions, 'r.json')]);
    const table = loadPolicyTable(path);
    const row = table.rows.find((one) => one.class === 'tool-call-failure' && one.detector === null)!;
    expect(row).toMatchObject({ pays: 'yes' });
    expect(row.failing.value).toBeGreaterThan(0.55);
    expect(row.gain.interval![0]).toBeGreaterThan(0);
    expect(consultPolicyTable(table, 'tool-call-failure', 'same-failure')).toMatchObject({ speak: true });
    expect(consultPolicyTable(table, 'a-class-of-its-own', undefined).reason).toContain('too little');
  });

  it('holds back where reminders do harm, and only there', async () => {
    const sessions = await makeFolder('policy');
    await writeSyntheticSessions(sessions, { sessions: 500, persists: { on: 0.7, shadow: 0.1 } });
    const path = join(sessions, 'table.json');
    await run([sessions, '--policy-table', path]);
    const table = loadPolicyTable(path);
    expect(consultPolicyTable(table, 'tool-call-failure', undefined)).toMatchObject({ speak: false });
    expect(consultPolicyTable(table, 'tool-call-failure', undefined).reason).toContain('costs');
  });

  it('says unknown of a handful of sessions', async () => {
    const sessions = await makeFolder('policy');
    await writeSyntheticSessions(sessions, { sessions: 40 });
    const path = join(sessions, 'table.json');
    await run([sessions, '--policy-table', path]);
    expect(loadPolicyTable(path).rows.every((row) => row.pays === 'unknown')).toBe(true);
    await expect(async () => loadPolicyTable(join(sessions, 's-0.jsonl'))).rejects.toThrow(/policy table/);
  });
});
