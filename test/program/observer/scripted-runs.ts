import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScriptedCall, ScriptedReply } from '../../../src/demo/server/scenario.ts';

/** A run that a scripted model makes: what the user asked, and what the model answers, whatever it is told meanwhile. */
export type ScriptedRun = { readonly name: string; readonly task: string; readonly replies: readonly ScriptedReply[] };

/** The repository that all of them work in. */
export function writeRepository(folder: string): void {
  for (const name of ['src', 'test', 'docs']) mkdirSync(join(folder, name));
  const files: Readonly<Record<string, string>> = {
    'a.txt': 'one\n',
    'big.txt': Array.from({ length: 900 }, (_, line) => `line ${line}`).join('\n'),
    'src/sum.js': 'export const sum = (a, b) => a - b;\n',
    'src/list.js': 'export const list = [1, 2, 3];\n',
    'docs/guide.md': '# Guide\n\nAdd numbers.\n',
    'test/sum.test.js':
      "import { sum } from '../src/sum.js';\ntest('sums', () => {\n  expect(sum(1, 2)).toBe(3);\n});\n",
    'red.sh': 'echo "1 failing: expected 3 but got -1 in sum.test.js"\nexit 1\n',
    'green.sh': 'echo "1 passed"\n',
    'slow.sh': 'echo "took $RANDOM ms, run $$: 1 failing"\nexit 1\n',
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
}

const call = (name: string, input: ScriptedCall['arguments']): ScriptedCall => ({ name, arguments: input });
const read = (path: string, more: object = {}) => call('read', { path, ...more });
const shell = (command: string) => call('shell', { command });
const grep = (pattern: string) => call('grep', { pattern });
const edit = (path: string, oldText: string, newText: string) => call('edit', { path, edits: [{ oldText, newText }] });
const write = (path: string, content: string) => call('write', { path, content });
const says = (text: string): ScriptedReply => ({ text });
const does = (...calls: readonly ScriptedCall[]): ScriptedReply => ({ text: 'Next.', calls });
const times = (count: number, ...replies: readonly ScriptedReply[]): ScriptedReply[] =>
  Array.from({ length: count }, () => replies).flat();

const fix = edit('src/sum.js', 'a - b', 'a + b');
const unfix = edit('src/sum.js', 'a + b', 'a - b');
const done = says('Done.');

/** Loops, failing calls, broken constraints, weak ends, several calls at once, and work in which nothing is wrong. */
export const scriptedRuns: readonly ScriptedRun[] = [
  run('the same read', 'Fix the sum.', ...times(6, does(read('src/sum.js'))), done),
  run('the same red test', 'Fix the sum.', ...times(9, does(shell('sh red.sh'))), done),
  run('the same red test with other numbers', 'Fix the sum.', ...times(7, does(shell('bash slow.sh'))), done),
  run('a circle of three', 'Fix it.', ...times(5, does(read('a.txt')), does(grep('sum')), does(shell('ls src'))), done),
  run('an edit back and forth', 'Fix it.', ...times(4, does(fix), does(unfix)), done),
  run('back and forth in one call', 'Fix it.', ...times(4, does(fix, unfix)), done),
  run('missing texts', 'Fix it.', ...[1, 2, 3, 4, 5].map((n) => does(edit('src/sum.js', `no ${n}`, 'x'))), done),
  run('a missing file', 'Fix it.', ...times(5, does(read('src/none.js'))), done),
  run('an unknown tool', 'Fix it.', ...times(4, does(call('browse', { url: 'x' }))), done),
  run('wrong arguments', 'Fix it.', ...times(4, does(call('read', { file: 'a.txt' }))), done),
  run('a command that is not there', 'Fix it.', ...times(5, does(shell('frobnicate --now'))), done),
  run('paging', 'Find line 850.', ...pages(14), done),
  run('only talk', 'Fix it.', ...times(1, says('I think about it.'))),
  run('a failing call among good ones', 'Fix it.', ...times(5, does(read('src/none.js'), read('a.txt'))), done),
  run('two loops at once', 'Fix it.', ...times(6, does(read('a.txt'), read('src/sum.js'))), done),
  run(
    'recovered and back',
    'Fix it.',
    ...times(3, does(read('a.txt'))),
    does(fix),
    ...times(5, does(read('a.txt'))),
    done,
  ),
  run(
    'a forbidden file thrice',
    'Fix it. Do not modify src/list.js.',
    ...times(5, does(edit('src/list.js', '1', '2'))),
    done,
  ),
  run(
    'a forbidden command',
    'Fix the sum. Do not run sh red.sh.',
    does(read('src/sum.js')),
    does(shell('sh red.sh')),
    done,
  ),
  run(
    'a weakened test',
    'Fix the sum.',
    does(read('test/sum.test.js')),
    does(shell('sh red.sh')),
    does(edit('test/sum.test.js', "test('sums'", "test.skip('sums'")),
    does(read('a.txt')),
    done,
  ),
  run(
    'a red test called green',
    'Fix the sum.',
    does(fix),
    does(shell('npm test; sh red.sh')),
    says('Fixed, all tests pass.'),
  ),
  run('an unchecked end', 'Fix the sum.', does(read('src/sum.js')), does(fix), says('I fixed it.')),
  run('a checked end', 'Fix the sum.', does(read('src/sum.js')), does(fix), does(shell('sh green.sh')), done),
  run('a look around', 'What is here?', does(shell('ls')), does(read('a.txt'), read('src/sum.js')), says('A sum.')),
  run('many files', 'Change all.', ...[1, 2, 3, 4, 5, 6].map((n) => does(write(`docs/${n}.md`, `# ${n}\n`))), done),
  run(
    'edit, test, edit, test',
    'Fix it.',
    does(fix),
    does(shell('sh red.sh')),
    does(edit('src/list.js', '1', '2')),
    does(shell('sh red.sh')),
    does(edit('src/list.js', '3', '4')),
    does(shell('sh green.sh')),
    done,
  ),
  run('waiting for a job', 'Wait.', ...times(6, does(shell('sleep 0.01; echo still running'))), done),
  run(
    'searches without hits',
    'Find it.',
    ...['alpha', 'beta', 'gamma', 'delta'].map((word) => does(grep(`${word}zz`))),
    done,
  ),
  run(
    'the same answer in other words',
    'Look.',
    ...['ls src', 'ls ./src', 'ls src/', 'ls -1 src', 'ls src | cat', 'ls -C1 src'].map((line) => does(shell(line))),
    done,
  ),
];

function run(name: string, task: string, ...replies: readonly ScriptedReply[]): ScriptedRun {
  return { name, task, replies };
}

function pages(count: number): ScriptedReply[] {
  return Array.from({ length: count }, (_, page) => does(read('big.txt', { offset: page * 20 + 1, limit: 20 })));
}
