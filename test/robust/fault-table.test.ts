import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { hardUseTrials } from './hard-use-trials.ts';
import { machineTrials } from './machine-trials.ts';
import { modelTrials } from './model-trials.ts';
import { type Row, tryFault } from './trial.ts';

const isForTable = process.env.npm_lifecycle_event === 'faults';
/** Faults of the model's side have tests of their own (test/model/faults.test.ts): an ordinary run tries a quarter of them. */
const trials = [...modelTrials.filter((_, index) => isForTable || index % 4 === 2), ...machineTrials, ...hardUseTrials];
const page = join(import.meta.dirname, '../../docs/faults.md');

test('a fault in the middle of a task is told in plain words, and nothing is lost', {
  timeout: 900_000,
}, async () => {
  const rows: Row[] = [];
  const waiting = trials.map((trial, index) => ({ trial, index }));
  const work = async () => {
    // The last first: they take longest.
    for (let next = waiting.pop(); next; next = waiting.pop()) rows[next.index] = await tryFault(next.trial);
  };
  await Promise.all([work(), work(), work(), work()]);
  if (isForTable) publish(tableOf(rows));
  expect(rows.filter(({ survived }) => !survived)).toEqual([]);
  expect(rows.filter(({ lost }) => lost.length > 0)).toEqual([]);
});

function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(({ fault, said, code, survived, lost }) => {
    const words = said === '' ? '(nothing: the task continues)' : said.replaceAll('|', '\\|');
    return `| ${fault} | ${words} | ${code ?? 'killed'} | ${survived ? 'yes' : 'NO'} | ${lost.join(', ') || 'nothing'} |`;
  });
  const survived = rows.filter((row) => row.survived).length;
  return [
    '| fault | what stderr says | exit code | survived | lost |',
    '|---|---|---|---|---|',
    ...lines,
    '',
    `${rows.length} faults tried, ${survived} survived, ${rows.filter(({ lost }) => lost.length > 0).length} lost something.`,
  ].join('\n');
}

/** Prints the table and puts it into the documentation. */
function publish(table: string): void {
  console.log(table);
  const text = readFileSync(page, 'utf8');
  writeFileSync(
    page,
    text.replace(/(?<=<!-- table -->\n)[\s\S]*?(?=\n<!-- end of table -->)/, () => table),
  );
}
