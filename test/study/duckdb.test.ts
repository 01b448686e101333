import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { z } from 'zod';
import type { CommandIo } from '../../src/core/command-io.ts';
import { runReplay } from '../../src/study/replay/replay-command.ts';
import { runReport } from '../../src/study/report/report-command.ts';
import { breakingRun, captureIo, goodRun, stuckRun, temporaryFolder, writeDataset } from './runs.ts';
import { keys, startS3 } from './s3-server.ts';
import { writeSyntheticSessions } from './synthetic-sessions.ts';

const folder = temporaryFolder();
const page = readFileSync(join(import.meta.dirname, '../../docs/scale.md'), 'utf8');
const queries = (/```sql\n([\s\S]*?)```/.exec(page)?.[1] ?? '').split(';').filter((query) => query.trim());

type Row = Readonly<Record<string, unknown>>;
type DuckDb = { create: (path: string) => Promise<{ connect: () => Promise<Connection> }> };
type Connection = { runAndReadAll: (query: string) => Promise<{ getRowObjectsJson: () => readonly Row[] }> };

async function ask(query: string): Promise<readonly Row[]> {
  const { DuckDBInstance }: { DuckDBInstance: DuckDb } = createRequire(import.meta.url)('@duckdb/node-api');
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return (await connection.runAndReadAll(query)).getRowObjectsJson();
}

test('the queries of docs/scale.md run over facts that come from an object storage and over replay output', async () => {
  const sessions = join(folder, 'sessions');
  await writeSyntheticSessions(sessions, { sessions: 30 });
  const facts = await runs(runReport, [sessions, '--format', 'facts']);
  const lines = facts.split(/(?<=\n)/);
  const half = Math.ceil(lines.length / 2);
  const storage = await startS3({
    'facts/a.jsonl': Buffer.from(lines.slice(0, half).join('')),
    'facts/b.jsonl.gz': gzipSync(lines.slice(half).join('')),
  });
  onTestFinished(async () => void (await storage.close()));
  const env = { ...keys, AWS_ENDPOINT_URL: storage.url };
  const fromStorage = await runs(runReport, ['--merge', 's3://fleet/facts', '--format', 'facts'], env);
  expect(sessionsOf(fromStorage)).toEqual(sessionsOf(facts));
  writeFileSync(join(folder, 'facts-1.jsonl'), fromStorage);
  const dataset = writeDataset(join(folder, 'runs.jsonl'), [goodRun, stuckRun, breakingRun]);
  writeFileSync(join(folder, 'replay-1.jsonl'), await runs(runReplay, [dataset, '--format', 'jsonl']));

  const [byModel = [], byClass = [], byDetector = []] = await Promise.all(
    queries.map((query) => ask(query.replaceAll("_auto('", `_auto('${folder}/`))),
  );
  const sum = (rows: readonly Row[], column: string) => rows.reduce((all, row) => all + Number(row[column]), 0);
  expect(sum(byModel, 'sessions')).toBe(lines.length);
  expect(Object.keys(byModel[0] ?? {})).toEqual(['model', 'mode', 'sessions', 'rate']);
  const episodes = lines.flatMap((line) => z.object({ episodes: z.array(outcome) }).parse(JSON.parse(line)).episodes);
  expect(sum(byClass, 'episodes')).toBe(
    episodes.filter((each) => /recovered|persisted/.test(each.outcome ?? '')).length,
  );
  expect(byDetector).toContainEqual({ detector: 'repeated-call', class: 'infinite-loop', signals: '1', runs: '1' });
});

const sessionsOf = (lines: string) => [...lines.matchAll(/"session":"(.+?)"/g)].map(([, name]) => name).toSorted();

const outcome = z.object({ outcome: z.string().nullable() });

async function runs(
  command: (argv: readonly string[], io: CommandIo) => Promise<number>,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { io, stdout, stderr } = captureIo();
  expect(await command(argv, { ...io, env: { ...env, WINK_HOME: folder } }), stderr()).toBe(0);
  return stdout();
}
