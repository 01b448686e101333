import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { openTrajectories } from '../../src/study/input/read-trajectories.ts';
import type { StudyTrajectory } from '../../src/study/input/trajectory.ts';
import { breakingRun, goodRun, stuckRun, temporaryFolder, writeDataset } from './runs.ts';

const folder = temporaryFolder();

async function readAll(...paths: string[]): Promise<{ runs: StudyTrajectory[]; skipped: string[] }> {
  const runs: StudyTrajectory[] = [];
  const skipped: string[] = [];
  for await (const run of openTrajectories(paths, { onSkip: (place, reason) => skipped.push(`${place}: ${reason}`) }))
    runs.push(run);
  return { runs, skipped };
}

it('says of a file on the web why it is skipped, with its address once', async () => {
  const { skipped } = await readAll('http://127.0.0.1:9/x.jsonl');
  expect(skipped).toEqual(["http://127.0.0.1:9/x.jsonl: can't be read: connect ECONNREFUSED 127.0.0.1:9"]);
});

describe('openTrajectories', () => {
  it('reads a folder with its trees, packed files and all, in a stable order', async () => {
    const tree = join(folder, 'tree');
    mkdirSync(join(tree, 'deep'), { recursive: true });
    writeDataset(join(tree, 'b.jsonl'), [goodRun]);
    writeDataset(join(tree, 'a.jsonl.gz'), [stuckRun, breakingRun]);
    writeDataset(join(tree, 'deep', 'c.jsonl'), [goodRun]);
    writeFileSync(join(tree, 'notes.md'), 'nothing for us');
    const { runs, skipped } = await readAll(tree);
    expect(runs.map((run) => run.id)).toEqual(['stuck', 'breaking', 'good', 'good']);
    expect(skipped).toEqual([]);
  });

  it('gives steps as the observer sees them', async () => {
    const file = writeDataset(join(folder, 'steps.jsonl'), [
      {
        ...goodRun,
        steps: [
          { tool: 'Bash', args: { command: 'ls' }, result: { files: 2 }, isError: null, user: 'look around' },
          { index: 7, tool: 'Read', args: '{"path": ', result: null, isError: true },
        ],
      },
    ]);
    const [run] = (await readAll(file)).runs;
    expect(run?.steps).toEqual([
      {
        index: 0,
        userTexts: ['look around'],
        text: '',
        reasoning: '',
        isLossy: false,
        calls: [{ name: 'Bash', act: 'shell', input: { command: 'ls' }, output: '{"files":2}', isError: false }],
      },
      {
        index: 7,
        userTexts: [],
        text: '',
        reasoning: '',
        isLossy: false,
        calls: [{ name: 'Read', act: 'read', input: { raw: '{"path": ' }, output: '', isError: true }],
      },
    ]);
  });

  it('reads a run without steps, and one without id, task or indexes', async () => {
    const file = writeDataset(join(folder, 'bare.jsonl'), [
      { id: 'empty', source: 's', steps: [] },
      { steps: [{ tool: 'x', args: {}, result: 'y' }] },
    ]);
    const { runs } = await readAll(file);
    expect(runs.map((run) => [run.id, run.steps.length])).toEqual([
      ['empty', 0],
      ['bare.jsonl:2', 1],
    ]);
  });

  it('names lines and files that it can not read, and goes on', async () => {
    const file = join(folder, 'broken.jsonl');
    writeFileSync(
      file,
      `${JSON.stringify(goodRun)}\n{"id": "cut", "steps": [\n{"id": "other", "steps": 3}\n\n${JSON.stringify(stuckRun)}`,
    );
    writeFileSync(join(folder, 'other.json'), '{"name": "not a run"}');
    writeFileSync(join(folder, 'cut.jsonl.gz'), gzipSync(JSON.stringify(goodRun)).subarray(0, 40));
    const { runs, skipped } = await readAll(file, join(folder, 'other.json'), join(folder, 'cut.jsonl.gz'));
    expect(runs.map((run) => run.id)).toEqual(['good', 'stuck']);
    expect(skipped).toEqual([
      `${file}:2: it is not whole JSON`,
      `${file}:3: it has not the form of its file`,
      `${join(folder, 'other.json')}: its form is not known`,
      `${join(folder, 'cut.jsonl.gz')}: unexpected end of file`,
    ]);
  });

  it('follows links to files, and says when a folder has nothing to read', async () => {
    const tree = join(folder, 'links');
    mkdirSync(tree);
    await expect(readAll(tree)).rejects.toThrow(`There is no session in the folder ${tree}`);
    writeFileSync(join(folder, 'linked.jsonl'), `${JSON.stringify(goodRun)}\n`);
    symlinkSync(join(folder, 'linked.jsonl'), join(tree, 'link.jsonl'));
    symlinkSync(join(folder, 'gone.jsonl'), join(tree, 'dangling.jsonl'));
    symlinkSync(tree, join(tree, 'circle.jsonl'));
    expect((await readAll(tree)).runs.map((run) => run.id)).toEqual(['good']);
  });

  it('unpacks a file by its content, whatever its name', async () => {
    const packed = join(folder, 'packed.jsonl');
    const plain = join(folder, 'plain.jsonl.gz');
    writeFileSync(packed, gzipSync(`${JSON.stringify(goodRun)}\n`));
    writeFileSync(plain, `${JSON.stringify(stuckRun)}\n`);
    const { runs, skipped } = await readAll(packed, plain);
    expect(runs.map((run) => run.id)).toEqual(['good', 'stuck']);
    expect(skipped).toEqual([]);
  });

  it.skipIf(process.getuid?.() === 0)('refuses a folder that can not be read, in one sentence', async () => {
    const closed = join(folder, 'closed');
    mkdirSync(closed, { mode: 0o000 });
    await expect(readAll(closed)).rejects.toThrow(/can't be read: you have no permission/);
  });

  it('refuses a path that does not exist', async () => {
    await expect(readAll(join(folder, 'nowhere'))).rejects.toThrow(/There is no file or folder/);
  });

  it('reads a file of many megabytes line by line', async () => {
    const long = { ...goodRun, steps: [{ tool: 'shell', args: { command: 'cat big' }, result: 'x'.repeat(300_000) }] };
    const file = writeDataset(
      join(folder, 'big.jsonl'),
      Array.from({ length: 20 }, (_, n) => ({ ...long, id: `big-${n}` })),
    );
    const { runs, skipped } = await readAll(file);
    expect(runs.map((run) => run.id)).toEqual(Array.from({ length: 20 }, (_, n) => `big-${n}`));
    expect(skipped).toEqual([]);
  });
});
